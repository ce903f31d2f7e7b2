"""Dialogues: answered with Enter and Esc, and never left by accident."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any, Protocol, cast

from textual.app import ComposeResult
from textual.geometry import Offset
from textual.screen import ModalScreen
from textual.strip import Strip

from pasis_tui.display.keymap import Keymap
from pasis_tui.validation.findings import Finding
from pasis_tui.widgets.cells import clip, wrap
from pasis_tui.widgets.editor_drawing import caret_cell, paint_editor
from pasis_tui.widgets.inputs import Clicked, Input, KeyPress, Pasted, dropped_text
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.painted import Painted
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter

Then = Callable[[Any], Awaitable[None]]
Otherwise = Callable[[], Awaitable[None]]
WIDTH = 76


class Beneath(Protocol):
    """The view under a dialogue, which has the cursor again when the dialogue is gone."""

    def place_cursor(self) -> None:
        """Put the terminal's own cursor where typing goes."""


class DialogHost(Protocol):
    """What a dialogue needs of the application it runs in."""

    palette: Palette
    keymap: Keymap

    @property
    def today(self) -> date:
        """The working date."""
        ...

    @property
    def view(self) -> Beneath | None:
        """The view that is open, under any dialogue."""

    async def open_dialog(self, dialog: Dialog) -> None:
        """Show another dialogue."""

    async def close_dialog(self, dialog: Dialog) -> None:
        """Take a dialogue away."""

    async def do_quick(self) -> None:
        """Put the cursor in the Snabbval box."""

    def place_caret(self) -> None:
        """Put the terminal's own cursor where an open dialogue's typing goes."""

    def drop_typed_ahead(self) -> None:
        """Drop what is typed before the coming refusal or question can be seen."""


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
            painter.put(clip(dialog.heading, width - 5) + " ", palette.title)
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
    """The base of dialogues: a box, an answer, and what to do with it.

    *then* is given what was chosen; *otherwise* is done when nothing was.
    """

    DEFAULT_CSS = "Dialog { align: center middle; background: $background 0%; }"
    AUTO_FOCUS = None
    heading = ""
    locks = False  # True for the lock, which nothing behind it is seen or reached past
    unasked = False  # True for a question the clerk could not foresee: typed-ahead keys must not answer it

    def __init__(
        self, heading: str, then: Then | None = None, otherwise: Otherwise | None = None
    ) -> None:
        super().__init__()
        self.heading = heading
        self.then = then
        self.otherwise = otherwise
        self.note = ""

    @property
    def pasis(self) -> DialogHost:
        """The application."""
        return cast("DialogHost", self.app)

    @property
    def width(self) -> int:
        """The cells a row takes, borders included."""
        return WIDTH

    @property
    def palette(self) -> Palette:
        """The palette in force."""
        return self.pasis.palette

    def compose(self) -> ComposeResult:
        """Lay out the box."""
        yield Box(self)

    def on_unmount(self) -> None:
        """Forget the painted rows: Textual remembers a thousand closed screens, rows and all."""
        self.refresh()

    def on_screen_resume(self) -> None:
        """Place the cursor again once the box has its place in a terminal of this size."""
        self.call_after_refresh(self.pasis.place_caret)

    def on_resize(self) -> None:
        """Move the cursor along with the box, which has its new place now."""
        self.call_after_refresh(self.pasis.place_caret)

    def redraw(self) -> None:
        """Draw the box again, with a new size if needed."""
        for box in self.query(Box):  # none while it is not laid out
            box.refresh(layout=True)

    def show_dropped(self, count: int) -> None:
        """Say how many keys were typed too early to be meant for this dialogue."""
        self.note = f"{dropped_text(count)}."
        self.redraw()

    def show_waiting(self, text: str) -> None:
        """Show *text* as a note while something is waited for; "" removes it."""
        self.note = text
        self.redraw()

    async def answer(self, value: Any) -> None:
        """Close, then pass *value* on (None: nothing was chosen)."""
        await self.pasis.close_dialog(self)
        if value is None and self.otherwise is not None:
            await self.otherwise()
        elif value is not None and self.then is not None:
            await self.then(value)
        if self.pasis.view is not None:
            self.pasis.view.place_cursor()

    def rows(self) -> int:
        """Return the rows inside the border."""
        raise NotImplementedError

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint the row *row* inside the border."""
        raise NotImplementedError

    def caret(self) -> Offset:
        """Return the cell of the real cursor, from the box's corner: what a key acts on."""
        raise NotImplementedError

    async def receive(self, event: Input) -> None:
        """Take one input: a command that the dialogue has a ``do_`` method for, or a plain key."""
        if isinstance(event, KeyPress):
            # A dialogue answers to Esc, as it does to Enter, whatever the keymap says.
            command = "back" if event.key == "escape" else self.pasis.keymap.command(event.key)
            act = getattr(self, f"do_{command}", None)
            await (act() if act else self.press(event))
        elif isinstance(event, Pasted):
            self.paste(event.text)
        elif isinstance(event, Clicked):
            await self.click(event.x, event.y)

    async def do_back(self) -> None:
        """Close, with nothing chosen."""
        await self.answer(None)

    async def do_quick(self) -> None:
        """Close, and go to Snabbval."""
        await self.answer(None)
        await self.pasis.do_quick()

    async def press(self, pressed: KeyPress) -> None:
        """Take one key that is no command here."""
        raise NotImplementedError

    def paste(self, text: str) -> None:
        """Take pasted text; most dialogues have nowhere to put it."""

    async def click(self, x: int, y: int) -> None:
        """Take a click; most dialogues have nothing to click on."""


def _wrap(lines: Sequence[str], width: int) -> list[str]:
    return [part for line in lines for part in wrap(line, width)]


class Confirm(Dialog):
    """A question: Enter or J says yes, Esc or N says no."""

    def __init__(
        self,
        heading: str,
        lines: Sequence[str],
        yes: str,
        no: str,
        then: Then,
        otherwise: Otherwise | None = None,
    ) -> None:
        super().__init__(heading, then, otherwise)
        self.lines = _wrap(lines, WIDTH - 6)
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
        elif row == len(self.lines):
            painter.put(self.note, palette.note)
        else:
            painter.put(f"[{self.yes}]", palette.button_active)
            painter.put(" Enter   ", palette.label)
            painter.put(f"[{self.no}]", palette.button)
            painter.put(" Esc", palette.label)

    def caret(self) -> Offset:
        """Return the cell of the button that Enter presses."""
        return Offset(3, len(self.lines) + 2)

    async def do_save(self) -> None:
        """Do nothing: the key may have been meant for the form."""
        self.note = "Enter eller J svarar ja, Esc eller N svarar nej."
        self.redraw()

    async def press(self, pressed: KeyPress) -> None:
        """Enter or J: yes.  N: no."""
        if pressed.key in {"enter", "j", "J"}:
            await self.answer(True)
        elif pressed.key in {"n", "N"}:
            await self.answer(None)


class Warned(Confirm):
    """The warnings of a save: go on or go back; F1 explains each rule."""

    unasked = True

    def __init__(self, findings: Sequence[Finding], then: Then, otherwise: Otherwise) -> None:
        lines = [f"{each.rule} Varning: {each.message}" for each in findings]
        super().__init__("Varning", lines, "Spara ändå", "Tillbaka", then, otherwise)
        self.findings = findings

    async def do_help(self) -> None:
        """Show the rules."""
        from pasis_tui.validation.rules import rule_help

        pages = [
            line
            for each in self.findings
            for line in (*rule_help(each.rule, self.pasis.today, each.level), "")
        ]
        await self.pasis.open_dialog(TextPage("Hjälp", pages))


class Prompt(Dialog):
    """Asks for one line, such as the reason for a cancellation."""

    def __init__(
        self,
        heading: str,
        lines: Sequence[str],
        label: str,
        then: Then,
        *,
        text: str = "",
        limit: int = 120,
        check: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        super().__init__(heading, then)
        self.check = check  # returns why the line is refused; what was typed stays
        self.lines = _wrap(lines, self.width - 6)
        self.label = label
        self.editor = LineEditor(text, limit)
        self.fault = ""

    def rows(self) -> int:
        """Text, a gap, the line, and why it was refused."""
        return len(self.lines) + 2 + len(self._notes())

    def _notes(self) -> list[str]:
        text = f"{self.fault} {self.note}".strip()
        return _wrap([text or "Enter godtar, Esc ångrar"], self.width - 6)

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
        elif at >= 2:
            style = palette.fault if self.fault else palette.label
            painter.put(self._notes()[at - 2], style)

    def caret(self) -> Offset:
        """Return the cell of the cursor in the line."""
        width = self.width - 6 - len(self.label)
        at = caret_cell(self.editor, width, tight=True)
        return Offset(4 + len(self.label) + at, len(self.lines) + 2)

    async def do_save(self) -> None:
        """Accept a line that is not empty."""
        if text := self.editor.text.strip():
            self.fault = await self.check(text) if self.check else ""
            if not self.fault:
                await self.answer(text)
                return
        else:
            self.fault = f"{self.label}: får inte vara tom. Esc ångrar."
        self.note = ""
        self.pasis.drop_typed_ahead()
        self.redraw()

    async def press(self, pressed: KeyPress) -> None:
        """Edit; Enter does what Spara does."""
        if pressed.key == "enter":
            await self.do_save()
            return
        if (done := self.editor.press(pressed.key, pressed.character)) is not None:
            self._taken(done)
        self.redraw()

    def paste(self, text: str) -> None:
        """Put pasted text into the line."""
        self._taken(self.editor.insert(text))
        self.redraw()

    def _taken(self, whole: bool) -> None:
        self.fault = "" if whole else f"{self.label}: högst {self.editor.limit} tecken ryms."
        self.note = ""


class TextPage(Dialog):
    """Text to be read, scrolled when it is long: help, a long message.  *then* is done at its end."""

    def __init__(self, heading: str, lines: Sequence[str], then: Otherwise | None = None) -> None:
        super().__init__(heading, otherwise=then)
        self.lines = _wrap(lines, WIDTH - 6)
        self.top = 0

    def _height(self) -> int:
        return min(len(self.lines), self.app.size.height - 5)

    def rows(self) -> int:
        """As many lines as fit, and the keys."""
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

    def caret(self) -> Offset:
        """Return the cell where the text begins."""
        return Offset(3, 1)

    def paint_keys(self, painter: RowPainter) -> None:
        """Paint the keys."""
        more = len(self.lines) - self.top - self._height()
        painter.put("PgDn mer   " if more > 0 else "", self.palette.key)
        painter.put("Enter eller Esc stänger", self.palette.label)

    async def do_help(self) -> None:
        """Close: the key that opened the help."""
        await self.answer(None)

    async def press(self, pressed: KeyPress) -> None:
        """Scroll, or close."""
        page, end = self._height(), len(self.lines)
        steps = {"down": 1, "up": -1, "pagedown": page, "pageup": -page, "home": -end, "end": end}
        if pressed.key in steps:
            last = max(0, end - page)
            self.top = max(0, min(last, self.top + steps[pressed.key]))
            self.redraw()
        elif pressed.key == "enter":
            await self.answer(None)
