"""How 048 and AG ask why protected identities are to be shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pasis_tui.shell.view import View
from pasis_tui.widgets.dialogs import Prompt


async def ask_why(view: View, show: Callable[[str], Awaitable[None]]) -> None:
    """Ask for the reason, and *show* the list with it; without one nothing is shown."""
    lines = [
        "Patienter med skyddade personuppgifter visas i den här listan.",
        "Skriv varför du behöver se dem: orsaken loggas med vem du såg.",
    ]
    await view.pasis.open_dialog(Prompt("Skyddade personuppgifter", lines, "Orsak", show))
