"""Dialogues: they answer to Enter and Esc, and are never left by accident."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from textual.geometry import Offset
from textual.screen import ModalScreen
from textual.strip import Strip

from pasis_tui.widgets.editor_drawing import caret_cell, paint_editor
from pasis_tui.widgets.keys import Clicked, Input, KeyPress, Pasted
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.painted import Painted
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from pasis_tui.validation.findings import Finding
    from pasis_tui.widgets.host import Host

Then = Callable[[Any], Awaitable[None]]


class Box(Painted):
    """A framed block of painted lines in the middle of the screen."""

    DEFAULT_CSS = "Box { height: auto; width: auto; }"

    def __init__(self, dialog: Dialog) -> None:
        super().__init__(id="box")
        self.dialog = dialog

    def get_content_width(self, container: object, viewport: object) -> int:
        """Return the cells a line takes, borders included."""
        return self.dialog.width

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return the rows, borders included."""
        return self.dialog.rows() + 2

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        dialog = self.dialog
        palette = dialog.palette
        width = dialog.width
        painter = RowPainter(width, palette.text)
        if y == 0:
            painter.put("┌ ", palette.rule)
            painter.put(dialog.heading + " ", palette.title)
            painter.put("─" * (width - painter.at - 1) + "┐", palette.rule)
        elif y == dialog.rows() + 1:
            painter.put("└" + "─" * (width - 2) + "┘", palette.rule)
        else:
            painter.put("│", palette.rule)
            inner = RowPainter(width - 2, palette.text)
            dialog.paint(inner, y - 1)
            inner.to(width - 2)
            for segment in inner.strip():
                painter.put(segment.text, segment.style or palette.text)
            painter.put("│", palette.rule)
        return painter.strip()


class Dialog(ModalScreen[None]):
    """The base: a box, an answer, and what is to be done with it."""

    DEFAULT_CSS = "Dialog { align: center middle; background: $background 0%; }"
    AUTO_FOCUS = None
    heading = ""
    width = 76

    def __init__(self, heading: str, then: Then | None = None) -> None:
        super().__init__()
        self.heading = heading
        self.then = then

    @property
    def pasis(self) -> Host:
        """The application."""
        return cast("Host", self.app)

    @property
    def palette(self) -> Palette:
        """The palette in force."""
        return self.pasis.palette

    def compose(self) -> ComposeResult:
        """Lay out the box."""
        yield Box(self)

    def redraw(self) -> None:
        """Draw the box again, its size too."""
        self.query_one(Box).refresh(layout=True)

    async def answer(self, value: Any) -> None:
        """Close, then do what was to be done with *value* (None: nothing was chosen)."""
        await self.pasis.close_dialog(self)
        if self.then is not None:
            await self.then(value)
            if self.pasis.view is not None:
                self.pasis.view.place_cursor()

    def rows(self) -> int:
        """Return the rows inside the border."""
        raise NotImplementedError

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint the row *row* inside the border."""
        raise NotImplementedError

    def caret(self) -> Offset | None:
        """Return the cell of the real cursor inside the box, or None."""
        return None

    async def receive(self, given: Input) -> None:
        """Take one input."""
        if isinstance(given, KeyPress):
            command = self.pasis.keymap.command(given.key)
            if command == "quick":
                await self.answer(None)
                await self.pasis.go_to_quick_select()
            elif command == "back":
                await self.answer(None)
            else:
                await self.press(given, command)
        elif isinstance(given, Pasted):
            self.paste(given.text)
        elif isinstance(given, Clicked):
            await self.click(given.x, given.y)

    async def press(self, given: KeyPress, command: str | None) -> None:
        """Take one key that neither closed the dialogue nor went to Snabbval."""
        raise NotImplementedError

    def paste(self, text: str) -> None:
        """Take pasted text; most dialogues have nowhere to put it."""

    async def click(self, x: int, y: int) -> None:
        """Take a click; most dialogues have nothing to click on."""


def _wrap(lines: Sequence[str], width: int) -> list[str]:
    return [part for line in lines for part in (textwrap.wrap(line, width) or [""])]


class Confirm(Dialog):
    """A question: Enter (or J, or Spara) says yes, Esc (or N) says no."""

    def __init__(self, heading: str, lines: Sequence[str], yes: str, no: str, then: Then) -> None:
        super().__init__(heading, then)
        self.lines = _wrap(lines, self.width - 6)
        self.yes = yes
        self.no = no

    def rows(self) -> int:
        """Text, a gap, the buttons."""
        return len(self.lines) + 2

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint text or buttons."""
        palette = self.palette
        painter.to(2)
        if row < len(self.lines):
            painter.put(self.lines[row], palette.text)
        elif row == self.rows() - 1:
            painter.put(f"[{self.yes}]", palette.button_active)
            painter.put(" Enter   ", palette.label)
            painter.put(f"[{self.no}]", palette.button)
            painter.put(" Esc", palette.label)

    async def press(self, given: KeyPress, command: str | None) -> None:
        """Enter, J or Spara: yes.  N: no.  Anything else is ignored."""
        if given.key == "enter" or command == "save" or given.key in {"j", "J"}:
            await self.answer(True)
        elif given.key in {"n", "N"}:
            await self.answer(None)


class Warned(Confirm):
    """What a save warns of: go on, or go back; F1 explains each rule."""

    def __init__(self, findings: Sequence[Finding], then: Then) -> None:
        lines = [f"{found.rule} Varning: {found.message}" for found in findings]
        super().__init__("Varning", lines, "Spara ändå", "Tillbaka", then)
        self.findings = findings

    async def press(self, given: KeyPress, command: str | None) -> None:
        """F1: the rules.  Everything else as any question."""
        if command == "help":
            from pasis_tui.validation.rules import rule_help

            pages = [line for found in self.findings for line in (*rule_help(found.rule), "")]
            await self.pasis.open_dialog(TextPage("Hjälp", pages))
        else:
            await super().press(given, command)


class Prompt(Dialog):
    """One line to be typed, such as the reason for a cancellation."""

    def __init__(
        self,
        heading: str,
        lines: Sequence[str],
        label: str,
        then: Then,
        *,
        text: str = "",
        limit: int = 120,
    ) -> None:
        super().__init__(heading, then)
        self.lines = _wrap(lines, self.width - 6)
        self.label = label
        self.editor = LineEditor(text, limit)
        self.fault = ""

    def rows(self) -> int:
        """Text, a gap, the line, the reason it was refused."""
        return len(self.lines) + 3

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint text, the line or its fault."""
        palette = self.palette
        painter.to(2)
        at = row - len(self.lines)
        if at < 0:
            painter.put(self.lines[row], palette.text)
        elif at == 1:
            painter.put(self.label + " ", palette.label)
            width = self.width - 6 - len(self.label)
            paint_editor(painter, self.editor, width, palette, tight=True)
        elif at == 2:
            painter.put(
                self.fault or "Enter godtar, Esc ångrar",
                palette.fault if self.fault else palette.label,
            )

    def caret(self) -> Offset:
        """Stand in the line."""
        width = self.width - 6 - len(self.label)
        at = caret_cell(self.editor, width, tight=True)
        return Offset(4 + len(self.label) + at, len(self.lines) + 2)

    async def press(self, given: KeyPress, command: str | None) -> None:
        """Edit; Enter or Spara accepts a line that is not empty."""
        if given.key == "enter" or command == "save":
            if self.editor.text.strip():
                await self.answer(self.editor.text.strip())
                return
            self.fault = f"{self.label}: får inte vara tom. Esc ångrar."
        else:
            self._taken(self.editor.press(given.key, given.character) is not False)
        self.redraw()

    def paste(self, text: str) -> None:
        """Put pasted text into the line."""
        self._taken(self.editor.insert(text))
        self.redraw()

    def _taken(self, whole: bool) -> None:
        self.fault = "" if whole else f"{self.label}: högst {self.editor.limit} tecken ryms."


class TextPage(Dialog):
    """Text to be read, scrolled when it is long: help, a long message."""

    def __init__(self, heading: str, lines: Sequence[str], then: Then | None = None) -> None:
        super().__init__(heading, then)
        self.lines = _wrap(lines, Dialog.width - 6)
        self.top = 0

    def _height(self) -> int:
        return min(len(self.lines), self.app.size.height - 5)

    def rows(self) -> int:
        """As many as fit, and the way out."""
        return self._height() + 1

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint a line of the text."""
        painter.to(2)
        if row < self._height():
            line = self.lines[self.top + row]
            is_head = line.isupper() and len(line) > 3
            painter.put(line, self.palette.heading if is_head else self.palette.text)
        else:
            self.paint_keys(painter)

    def paint_keys(self, painter: RowPainter) -> None:
        """Paint what can be done."""
        more = len(self.lines) - self.top - self._height()
        painter.put("PgDn mer   " if more > 0 else "", self.palette.key)
        painter.put("Enter eller Esc stänger", self.palette.label)

    async def press(self, given: KeyPress, command: str | None) -> None:
        """Scroll, or close."""
        page, end = self._height(), len(self.lines)
        steps = {"down": 1, "up": -1, "pagedown": page, "pageup": -page, "home": -end, "end": end}
        if given.key in steps:
            last = max(0, end - page)
            self.top = max(0, min(last, self.top + steps[given.key]))
            self.redraw()
        elif given.key == "enter" or command == "help":
            await self.answer(None)


class TablePage(TextPage):
    """Rows of a table, its head in sight all the time; the arrows move it sideways."""

    STEP = 20

    def __init__(self, heading: str, rows: Sequence[Sequence[str]]) -> None:
        super().__init__(heading, ())
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        self.head, *self.lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        self.left = 0

    @property
    def width(self) -> int:  # type: ignore[override]
        """As wide as the table, where the terminal is."""
        return min(max(Dialog.width, len(self.head) + 6), self.app.size.width - 4)

    def _height(self) -> int:
        return min(len(self.lines), self.app.size.height - 6)

    def rows(self) -> int:
        """The head, as many as fit, and the way out."""
        return self._height() + 2

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint the head or a row, as far as it goes."""
        painter.to(2)
        if row > self._height():
            self.paint_keys(painter)
            return
        line = self.lines[self.top + row - 1] if row else self.head
        shown = line[self.left : self.left + self.width - 6]
        painter.put(shown, self.palette.text if row else self.palette.label)

    def paint_keys(self, painter: RowPainter) -> None:
        """Paint where in the table this is, and what can be done."""
        last = self.top + self._height()
        if self.lines:
            painter.put(f"{self.top + 1}–{last} av {len(self.lines)}   ", self.palette.label)
        if self._overhang:
            painter.put("← → i sidled   ", self.palette.key)
        super().paint_keys(painter)

    @property
    def _overhang(self) -> int:
        """Cells of a line that lie beyond the right edge when none lie beyond the left."""
        return max(0, len(self.head) - self.width + 6)

    async def press(self, given: KeyPress, command: str | None) -> None:
        """Move sideways, scroll, or close."""
        if given.key in {"left", "right"}:
            step = self.STEP if given.key == "right" else -self.STEP
            self.left = max(0, min(self._overhang, self.left + step))
            self.redraw()
        else:
            await super().press(given, command)
