"""What the views and dialogues need of the application they run in.

The application stands above them and is never imported here; this is its face downwards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from textual.geometry import Size

    from pasis_tui.keymap import Keymap
    from pasis_tui.store.actor import Actor
    from pasis_tui.store.database import Database
    from pasis_tui.widgets.dialogs import Dialog
    from pasis_tui.widgets.drafting import Drafting
    from pasis_tui.widgets.frame import Standing
    from pasis_tui.widgets.palette import Palette
    from pasis_tui.widgets.session import Session
    from pasis_tui.widgets.view import View


class Host(Protocol):
    """The application as its screens see it."""

    palette: Palette
    keymap: Keymap
    session: Session
    drafting: Drafting
    today: date
    logged_on: bool
    quick_history: list[str]
    trouble: str

    @property
    def home(self) -> Path:
        """The folder everything is written in."""
        ...

    @property
    def database_name(self) -> str:
        """The path or URL of the database to open."""
        ...

    @property
    def view(self) -> View | None:
        """The view that is open, under any dialogue."""
        ...

    @property
    def size(self) -> Size:
        """The terminal's size in cells."""
        ...

    async def open(self, code: str, **arguments: Any) -> None:
        """Open the screen *code*."""
        ...

    async def reopen(self) -> None:
        """Open the same screen afresh."""
        ...

    async def go_back(self, steps: int = 1) -> None:
        """Go back in the trail."""
        ...

    async def open_dialog(self, dialog: Dialog) -> None:
        """Show a dialogue."""
        ...

    async def close_dialog(self, dialog: Dialog) -> None:
        """Take a dialogue away."""
        ...

    async def if_saved(self, view: View, then: Callable[[], Awaitable[None]]) -> None:
        """Do *then*, after asking when something is unsaved."""
        ...

    async def command(self, name: str) -> None:
        """Do a command of the whole program."""
        ...

    async def go_to_quick_select(self) -> None:
        """The cursor to the Snabbval box."""
        ...

    async def quick_select(self, text: str) -> None:
        """Do what was typed in the Snabbval box."""
        ...

    async def show_help(self, view: View) -> None:
        """Show help."""
        ...

    def standing(self) -> Standing:
        """Who stands where and when."""
        ...

    async def logged_in(self, database: Database, actor: Actor) -> None:
        """Start a session."""
        ...

    def set_today(self, day: date) -> None:
        """Move the working date."""
        ...

    def in_background(self, job: Callable[[Callable[[str], None]], str]) -> None:
        """Run *job* in a thread; what it reports and returns is said on the message line."""
        ...

    def leave_with(self, trouble: str) -> None:
        """End the program with a sentence and a non-zero exit code."""
        ...
