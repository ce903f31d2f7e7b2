"""The ``<<`` list: typing filters, the number in front of a row or Enter chooses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from textual.geometry import Offset

from pasis_tui.widgets.dialogs import Dialog, Then
from pasis_tui.widgets.editor_drawing import caret_cell, paint_editor
from pasis_tui.widgets.keys import KeyPress
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.strips import RowPainter, clip

PAGE = 9  # one digit a row
_FILTER = 24  # cells of the filter


class Values(NamedTuple):
    """One page of a list: (code, text) rows, how many fit the filter in all, a word on more."""

    rows: Sequence[tuple[str, str]]
    total: int
    hint: str = ""


Look = Callable[[str, int, int], Awaitable[Values]]  # (filter, offset, size)


class ValueList(Dialog):
    """A searchable list of codes.  The answer is the code, or None."""

    def __init__(self, heading: str, look: Look, then: Then, *, everything: int = 0) -> None:
        super().__init__(heading, then)
        self.look = look
        self.editor = LineEditor("", 30)
        self.found = Values((), 0)
        self.everything = everything
        self.first = 0
        self.cursor = 0

    async def prepare(self) -> None:
        """Get the first page, before the dialogue is shown."""
        await self._load(0)
        self.everything = self.found.total

    async def _load(self, offset: int) -> None:
        self.first = offset
        self.found = await self.look(self.editor.text.strip(), offset, PAGE)
        self.cursor = 0

    def rows(self) -> int:
        """The filter, nine rows, the word on more, the way out."""
        return PAGE + 2 + bool(self.found.hint)

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint the filter, a row, or the way out."""
        palette = self.palette
        painter.to(1)
        if row == 0:
            painter.put("Sök ", palette.label)
            paint_editor(painter, self.editor, _FILTER, palette, tight=True)
            count = f"{self.found.total} av {self.everything}"
            painter.to(painter.width - len(count) - 1)
            painter.put(count, palette.note)
        elif row <= PAGE:
            index = row - 1
            if index < len(self.found.rows):
                code, text = self.found.rows[index]
                here = index == self.cursor
                base = palette.row_active if here else palette.text
                painter.put(f"{'›' if here else ' '}{row} ", palette.link)
                painter.put(f" {code:<7} ", base)
                painter.put(clip(text, painter.width - painter.at - 1), base)
            elif row == 1:
                painter.put("  Inget i listan passar. Ta bort något i sökningen.", palette.note)
        elif row == PAGE + 1 and self.found.hint:
            painter.put(self.found.hint, palette.note)
        else:
            more = self.first + PAGE < self.found.total
            painter.put("PgDn fler  " if more else "", palette.key)
            painter.put("siffra eller Enter väljer, Esc ångrar", palette.label)

    def caret(self) -> Offset:
        """Stand in the filter."""
        return Offset(6 + caret_cell(self.editor, _FILTER, tight=True), 1)

    async def press(self, given: KeyPress, command: str | None) -> None:
        """Filter, page, choose."""
        rows = self.found.rows
        if given.key == "enter":
            if rows:
                await self.answer(rows[self.cursor][0])
            return
        if given.character and given.character in "123456789":
            chosen = int(given.character) - 1
            if chosen < len(rows) and not await self._begins_a_code(given.character):
                await self.answer(rows[chosen][0])
                return
        if given.key == "down":
            self.cursor = min(len(rows) - 1, self.cursor + 1)
            if self.cursor < 0:
                self.cursor = 0
        elif given.key == "up":
            self.cursor = max(0, self.cursor - 1)
        elif given.key == "pagedown":
            if self.first + PAGE < self.found.total:
                await self._load(self.first + PAGE)
        elif given.key == "pageup":
            if self.first:
                await self._load(max(0, self.first - PAGE))
        elif self.editor.press(given.key, given.character) is not None:
            await self._load(0)
        self.redraw()

    async def _begins_a_code(self, digit: str) -> bool:
        """Whether the filter with *digit* added begins a code, which need not be on this page."""
        if not (typed := self.editor.text.strip()):
            return False
        longer = (typed + digit).casefold()
        found = await self.look(longer, 0, PAGE)
        return any(code.casefold().startswith(longer.replace(".", "")) for code, _ in found.rows)

    def paste(self, text: str) -> None:
        """Put pasted text into the filter; the next key looks it up."""
        self.editor.insert(text.strip())
        self.redraw()
