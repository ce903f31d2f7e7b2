"""The notice of a terminal that is too small."""

from __future__ import annotations

import textwrap
from typing import cast

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip

from pasis_tui.commands import keys_in_text
from pasis_tui.shell.page import Host
from pasis_tui.widgets.painted import Painted
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter

_TEXT = (
    "Fönstret är för litet. PASiS behöver minst 80×24 tecken."
    " Gör det större så fortsätter du där du var. {quit} avslutar."
)


class _Words(Painted):
    """The notice's words, broken where the terminal ends."""

    DEFAULT_CSS = "_Words { width: 1fr; height: 1fr; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="words")
        self._palette = palette

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        painter = RowPainter(self.size.width, self._palette.text)
        lines = textwrap.wrap(keys_in_text(_TEXT), max(1, self.size.width))
        if y < len(lines):
            painter.put(lines[y], self._palette.text)
        painter.to(self.size.width)
        return painter.strip()


class TooSmall(ModalScreen[None]):
    """Covers everything until the terminal is large enough; nothing is lost under it, and no key
    is done, as its effect could not be seen."""

    AUTO_FOCUS = None

    def on_mount(self) -> None:
        """Hide the screen, which would be cut; the theme's own background can be transparent."""
        self.styles.background = cast("Host", self.app).palette.ground

    def on_unmount(self) -> None:
        """Forget the painted rows, as a dialogue does."""
        self.refresh()

    def compose(self) -> ComposeResult:
        """Lay out the notice."""
        yield _Words(cast("Host", self.app).palette)
