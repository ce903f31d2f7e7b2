"""The ``<<`` list: typing filters; Enter or the number in front of a row chooses.

Where codes are numbers, a digit searches: a row shows a number only when that digit chooses it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.geometry import Offset

from pasis_tui.validation.narrowing import searches
from pasis_tui.widgets.cells import clip, pad, visible, wrap
from pasis_tui.widgets.dialogs import Dialog, TextPage, Then
from pasis_tui.widgets.editor_drawing import caret_cell, paint_editor
from pasis_tui.widgets.frame import in_help
from pasis_tui.widgets.inputs import Input, KeyPress, Pasted
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.strips import RowPainter

PAGE = 9  # one digit a row
_FILTER = 24  # cells of the filter
_CODE = 7  # cells of a code, or as the longest takes
_BEFORE = 5  # cells before it
_WHOLE = 500  # rows of a list that is read whole; in a longer one each digit is looked up
_DIGITS = "123456789"


class Values(NamedTuple):
    """One page of a list: (code, text) rows, how many match in all, a hint on where there are more."""

    rows: Sequence[tuple[str, str]]
    total: int
    hint: str = ""


Look = Callable[[str, int, int], Awaitable[Values]]  # (filter, offset, size)


class ValueList(Dialog):
    """A searchable list of codes.  The answer is the code, or None."""

    def __init__(self, heading: str, look: Look, then: Then, *, by_row: bool = False) -> None:
        super().__init__(heading, then)
        self.by_row = by_row  # the beginning of the code is typed already: a digit chooses
        self.look = look
        self.editor = LineEditor("", 30)
        self.page = Values((), 0)
        self.everything = 0
        self.whole: Sequence[tuple[str, str]] | None = None  # unless the list is too long
        self.first = 0
        self.cursor = 0

    async def prepare(self) -> None:
        """Get the first page, before the dialogue is shown."""
        await self._load(0)
        self.everything = self.page.total
        if self.everything <= PAGE:
            self.whole = self.page.rows
        elif self.everything <= _WHOLE:
            self.whole = (await self.look("", 0, _WHOLE)).rows

    async def _load(self, offset: int) -> None:
        self.first = offset
        self.page = await self.look(self.editor.text.strip(), offset, PAGE)
        self.cursor = 0

    def rows(self) -> int:
        """The filter, nine rows, the full text of a cut one, the hint, the keys."""
        return PAGE + 2 + self._below() + bool(self.page.hint)

    def _code_width(self) -> int:
        return max([_CODE, *(cell_len(visible(code)) for code, _ in self.page.rows)])

    def _cut(self, text: str) -> list[str]:
        """Return the lines of *text* when its row has no room for it."""
        text = visible(text)
        room = self.width - 2 - _BEFORE - self._code_width() - 2
        return [] if cell_len(text) <= room else wrap(text, self.width - 2 - _BEFORE)

    def _below(self) -> int:
        """Return how many lines are kept for the full text of the marked row, the same for every row."""
        room = self.app.size.height - PAGE - 4 - bool(self.page.hint)
        return min(room, max((len(self._cut(text)) for _, text in self.page.rows), default=0))

    def _whole(self, line: int) -> str:
        """Return a line of the marked row's full text, "" when the row shows it all; F1 has the rest."""
        if not self.page.rows:
            return ""
        lines = self._cut(self.page.rows[self.cursor][1])
        if line + 1 == self._below() < len(lines):
            return clip(f"{lines[line]} …", self.width - 2 - _BEFORE - len(in_help())) + in_help()
        return lines[line] if line < len(lines) else ""

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint the filter, a row, the full text, the hint or the keys."""
        palette = self.palette
        painter.to(1)
        if row == 0:
            painter.put("Sök ", palette.label)
            paint_editor(painter, self.editor, _FILTER, palette, tight=True)
            count = f"{self.page.total} av {self.everything}"
            painter.to(painter.width - len(count) - 1)
            painter.put(count, palette.note)
        elif row <= PAGE:
            index = row - 1
            if index < len(self.page.rows):
                code, text = self.page.rows[index]
                here = index == self.cursor
                base = palette.row_active if here else palette.text
                number = row if self._chooses(str(row)) else " "
                painter.put(f"{'›' if here else ' '}{number} ", palette.link)
                painter.put(f" {pad(code, self._code_width())} ", base)
                painter.put(clip(text, painter.width - painter.at - 1), base)
            elif row == 1:
                none = "Inget i listan passar. Ta bort något i sökningen."
                painter.put(f"  {none if self.editor.text else 'Listan är tom.'}", palette.note)
            elif row == 2:
                painter.put(f"  {self.note}", palette.warning)
        elif row <= PAGE + self._below():
            painter.to(_BEFORE)
            painter.put(self._whole(row - PAGE - 1), palette.note)
        elif row == PAGE + self._below() + 1 and self.page.hint:
            painter.put(self.page.hint, palette.note)
        else:
            more = self.first + PAGE < self.page.total
            painter.put("PgDn fler  " if more else "", palette.key)
            if self.note and self.page.rows:
                painter.put(self.note, palette.warning)
            else:
                painter.put(f"{self._what_digits_do()}, Esc ångrar", palette.label)

    def _chooses(self, digit: str) -> bool:
        """Tell whether *digit* chooses its row, as far as is known without reading more."""
        typed = self.editor.text
        if self.by_row and not typed:
            return True
        return not searches(self.page.rows if self.whole is None else self.whole, typed, digit)

    def _what_digits_do(self) -> str:
        choosing = [self._chooses(digit) for digit in _DIGITS[: len(self.page.rows)]]
        if not any(choosing):
            return "siffror söker, Enter väljer"
        if all(choosing):
            return "siffra eller Enter väljer"
        return "siffror söker, synligt nummer väljer"

    def caret(self) -> Offset:
        """Return the cell of the cursor in the filter."""
        return Offset(6 + caret_cell(self.editor, _FILTER, tight=True), 1)

    async def do_save(self) -> None:
        """Choose nothing: it may have been meant for the form."""
        self.note = "Enter väljer raden, Esc ångrar."
        self.redraw()

    async def do_help(self) -> None:
        """Show the marked row whole."""
        self.note = ""
        if rows := self.page.rows:
            await self.pasis.open_dialog(TextPage(self.heading, rows[self.cursor]))

    async def press(self, pressed: KeyPress) -> None:
        """Filter, page, choose."""
        self.note = ""
        rows = self.page.rows
        if pressed.key == "enter":
            if rows:
                await self.answer(rows[self.cursor][0])
            else:
                self.pasis.drop_typed_ahead()
                self.redraw()
            return
        if pressed.character and pressed.character in _DIGITS:
            chosen = int(pressed.character) - 1
            if chosen < len(rows) and not await self._searches(pressed.character):
                await self.answer(rows[chosen][0])
                return
        if pressed.key == "down":
            self.cursor = max(0, min(len(rows) - 1, self.cursor + 1))
        elif pressed.key == "up":
            self.cursor = max(0, self.cursor - 1)
        elif pressed.key == "pagedown":
            if self.first + PAGE < self.page.total:
                await self._load(self.first + PAGE)
        elif pressed.key == "pageup":
            if self.first:
                await self._load(max(0, self.first - PAGE))
        elif self.editor.press(pressed.key, pressed.character) is not None:
            await self._load(0)
        self.redraw()

    async def _searches(self, digit: str) -> bool:
        """Tell whether *digit* extends the search: something in the whole list matches it."""
        typed = self.editor.text
        if self.by_row and not typed:
            return False
        if self.whole is not None:
            return searches(self.whole, typed, digit)
        # Codes that begin with it come first.
        hits = await self.look(typed.lstrip() + digit, 0, PAGE)
        return searches(hits.rows, typed, digit)

    async def receive(self, event: Input) -> None:
        """Take one input; what is pasted filters at once."""
        if isinstance(event, Pasted):
            self.editor.insert(event.text.strip())
            await self._load(0)
            self.redraw()
        else:
            await super().receive(event)
