"""The lock: whoever left the desk must type their password; the form behind stays as it was."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable

from textual.geometry import Offset

from pasis_tui.commands import key_of
from pasis_tui.widgets.dialogs import Dialog
from pasis_tui.widgets.inputs import Input, KeyPress, Pasted
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.strips import RowPainter

_LABEL = "Lösenord "


class Lock(Dialog):
    """Covers the screen until *check* accepts the password; *check* returns "" or why not."""

    locks = True
    unasked = True

    def __init__(self, who: str, check: Callable[[str], Awaitable[str]]) -> None:
        super().__init__("Låst")
        self.who = who
        self.check = check
        self.editor = LineEditor("", 100)
        self.fault = ""

    def on_mount(self) -> None:
        """Hide the screen behind entirely."""
        self.styles.background = self.palette.ground

    def rows(self) -> int:
        """Who, the password, why it was refused."""
        return 4 + len(self._notes())

    def _notes(self) -> list[str]:
        text = self.fault or f"Enter låser upp. {key_of('quit')} avslutar."
        return textwrap.wrap(f"{text} {self.note}", self.width - 6)

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint one row."""
        palette = self.palette
        painter.to(2)
        if row == 0:
            painter.put(f"{self.who} har varit borta en stund.", palette.text)
        elif row == 2:
            painter.put(_LABEL, palette.label)
            painter.put("•" * min(40, len(self.editor.text)), palette.entry_active)
            painter.put(" ", palette.cursor)
        elif row >= 4:
            style = palette.fault if self.fault else palette.label
            painter.put(self._notes()[row - 4], style)

    def caret(self) -> Offset:
        """Return the cell after the password's dots."""
        return Offset(3 + len(_LABEL) + min(40, len(self.editor.text)), 3)

    async def receive(self, event: Input) -> None:
        """Take the password; no key leads past the lock."""
        if isinstance(event, KeyPress):
            await self.press(event)
        elif isinstance(event, Pasted):
            self.editor.insert(event.text)
            self.redraw()

    async def press(self, pressed: KeyPress) -> None:
        """Edit the password; Enter tries it."""
        if pressed.key == "enter":
            self.fault = await self.check(self.editor.text)
            self.editor.load("")
            self.note = ""
            if not self.fault:
                await self.pasis.close_dialog(self)
                return
            self.pasis.drop_typed_ahead()
        elif self.editor.press(pressed.key, pressed.character) is not None:
            self.fault = self.note = ""
        self.redraw()
