"""The lock: whoever left the desk must show who they are; the form behind stays as it was."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable

from textual.geometry import Offset

from pasis_tui.widgets.dialogs import Dialog
from pasis_tui.widgets.keys import Input, KeyPress, Pasted
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.strips import RowPainter

_LABEL = "Lösenord "


class Lock(Dialog):
    """Covers the whole screen until *check* takes the password; *check* returns "" or why not."""

    def __init__(self, who: str, check: Callable[[str], Awaitable[str]]) -> None:
        super().__init__("Låst")
        self.who = who
        self.check = check
        self.editor = LineEditor("", 100)
        self.fault = ""

    def on_mount(self) -> None:
        """Let nothing of the screen behind be seen."""
        self.styles.background = self.palette.ground

    def rows(self) -> int:
        """Who, the password, why it was refused."""
        return 4 + len(self._told())

    def _told(self) -> list[str]:
        told = self.fault or "Enter låser upp. Ctrl+Q avslutar."
        return textwrap.wrap(told, self.width - 6)

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
            painter.put(self._told()[row - 4], style)

    def caret(self) -> Offset:
        """Stand after the password's dots."""
        return Offset(3 + len(_LABEL) + min(40, len(self.editor.text)), 3)

    async def receive(self, given: Input) -> None:
        """Take the password; no key leads past the lock."""
        if isinstance(given, KeyPress):
            await self.press(given, None)
        elif isinstance(given, Pasted):
            self.editor.insert(given.text)
            self.redraw()

    async def press(self, given: KeyPress, command: str | None) -> None:
        """Edit the password; Enter tries it."""
        if given.key == "enter":
            self.fault = await self.check(self.editor.text)
            self.editor.load("")
            if not self.fault:
                await self.pasis.close_dialog(self)
                return
        else:
            self.editor.press(given.key, given.character)
            self.fault = ""
        self.redraw()
