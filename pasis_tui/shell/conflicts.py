"""Two clerks at one row, as shown to the second: who was first, and whether to save over it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pasis_tui.commands import key_of
from pasis_tui.shell.page import Page
from pasis_tui.shell.returned import Returned, first_saver
from pasis_tui.widgets.dialogs import Confirm


async def differing(view: Page, back: Returned) -> tuple[tuple[str, ...], str]:
    """Return the lines that a save must ask about, and the message to show at once."""
    from pasis_tui.services import overtaken

    entity, key, _ = view.draft_record() or ("", 0, None)
    who = first_saver(await view.ask(overtaken.latest, entity, key))
    differences = "; ".join([*back.apart, *back.moved])
    if not back.apart:
        return (), f"{who}. {differences}. Det du skrev står kvar."
    return (
        f"{who}.",
        *back.apart,
    ), f"{who}. {differences}. {key_of('save')} frågar; {key_of('read')} läser om."


class Overtake(Confirm):
    """Asks whether to save over another's values; Enter or J answers, not the F10 that asked."""

    unasked = True

    async def do_save(self) -> None:
        """Do nothing: F10 was pressed twice."""


async def after_asking(view: Page, save: Callable[[], Awaitable[None]]) -> None:
    """Do *save*; ask first where it would put a draft over what another has saved since."""
    if not view.overtaken:
        await save()
        return

    async def overtake(_: bool) -> None:
        view.overtaken = ()
        await save()
        await view.go_on_when_saved()

    async def stay() -> None:
        view.stay()

    lines = [*view.overtaken, "Ska det du skrev ersätta det sparade?"]
    await view.pasis.open_dialog(
        Overtake("Sparat av annan", lines, "Spara mitt", "Tillbaka", overtake, stay)
    )
