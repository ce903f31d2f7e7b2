"""A text to be read, with what can be done about it below, each by its letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pasis_tui.widgets.cells import wrap
from pasis_tui.widgets.dialogs import WIDTH, Otherwise, TextPage, Then
from pasis_tui.widgets.inputs import KeyPress
from pasis_tui.widgets.strips import RowPainter


class Way(NamedTuple):
    """Something that can be done: its letter, which is also the answer, and its words."""

    letter: str
    words: str


class Choices(TextPage):
    """Scrolls its text; a letter answers, Enter answers *enter* ("" closes), Esc closes."""

    def __init__(
        self,
        heading: str,
        lines: Sequence[str],
        ways: Sequence[Way],
        then: Then,
        *,
        enter: str = "",
        otherwise: Otherwise | None = None,
    ) -> None:
        super().__init__(heading, lines, otherwise)
        self.then = then
        self.ways = ways
        self.enter = enter
        words = [
            f"{way.letter}{' eller Enter' if way.letter == enter else ''} {way.words}"
            for way in ways
        ]
        closes = "Enter eller Esc stänger" if not enter else "Esc stänger"
        self.foot: list[str] = []
        for each in [*words, closes]:
            line = f"{self.foot[-1]}   {each}" if self.foot else each
            if self.foot and len(line) <= WIDTH - 6:
                self.foot[-1] = line
            else:
                self.foot.append(each)
        self.lines = [part for line in lines for part in (wrap(line, WIDTH - 6) or [""])]

    def _height(self) -> int:
        return min(len(self.lines), self.app.size.height - 5 - len(self.foot))

    def rows(self) -> int:
        """The text, a gap or how to see more of it, and the ways."""
        return self._height() + 1 + len(self.foot)

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint a line of the text, or of the ways."""
        at = row - self._height() - 1
        if at >= 0:
            painter.to(2)
            painter.put(self.foot[at], self.palette.key)
            return
        if at == -1:
            more = len(self.lines) - self.top - self._height()
            painter.to(2)
            painter.put("PgDn mer" if more > 0 else self.note, self.palette.label)
            return
        super().paint(painter, row)

    async def press(self, pressed: KeyPress) -> None:
        """Answer by a letter, or by Enter; else scroll."""
        letter = (pressed.character or "").upper()
        if any(way.letter == letter for way in self.ways):
            await self.answer(letter)
        elif pressed.key == "enter" and self.enter:
            await self.answer(self.enter)
        else:
            await super().press(pressed)
