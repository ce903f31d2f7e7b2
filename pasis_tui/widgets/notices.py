"""The notice of a terminal that is too small."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import ModalScreen
from textual.widgets import Static

from pasis_tui.widgets.keys import Input

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from pasis_tui.widgets.host import Host


class TooSmall(ModalScreen[None]):
    """Covers everything until the terminal is large enough again; nothing is lost under it."""

    WIDTH = 80
    HEIGHT = 24
    DEFAULT_CSS = "TooSmall Static { width: 1fr; }"
    AUTO_FOCUS = None

    def on_mount(self) -> None:
        """Let nothing of what would be cut be seen; the theme's own ground can be see-through."""
        self.styles.background = cast("Host", self.app).palette.ground

    def compose(self) -> ComposeResult:
        """Say what is wanted."""
        yield Static(
            "Fönstret är för litet. PASiS behöver minst 80×24 tecken."
            " Gör det större så fortsätter du där du var. Ctrl+Q avslutar.",
            markup=False,
        )

    async def receive(self, given: Input) -> None:
        """Take no keys: what they would do could not be seen."""
