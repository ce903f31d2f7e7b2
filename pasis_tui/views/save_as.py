"""Asks where to save a file until it is written; what was typed stays meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from pasis_tui.files.whole import shown_path
from pasis_tui.shell.view import View
from pasis_tui.validation.findings import NOTHING, Confirmed, Unconfirmed
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.dialogs import Prompt, Warned

Write = Callable[[str, Confirmed], Awaitable[Path]]  # (what was typed, what was confirmed)


async def save_as(
    view: View, heading: str, line: str, write: Write, typed: str, fault: str = ""
) -> None:
    """Ask for a file, *write* it and say where it is.

    What cannot be written keeps the dialogue and what was typed, with the reason at it; so does a
    no to what *write* warns of.
    """
    path = Path()
    warned: Unconfirmed | None = None

    async def attempt(text: str, confirmed: Confirmed = NOTHING) -> str:
        nonlocal path, warned
        warned = None
        try:
            path = await write(text, confirmed)
        except ForPeople as trouble:
            return trouble.said_in_place()
        except Unconfirmed as warning:
            warned = warning
        return ""

    async def accepted(text: str) -> None:
        if warned is None:
            view.say(f"Sparad: {shown_path(path)}", good=True)
            return
        findings = warned.findings

        async def anyway(_: bool) -> None:
            if why := await attempt(text, frozenset(findings)):
                await save_as(view, heading, line, write, text, why)
            else:
                view.say(f"Sparad: {shown_path(path)}", good=True)

        async def again() -> None:
            await save_as(view, heading, line, write, text, findings[0].message)

        await view.pasis.open_dialog(Warned(findings, anyway, again))

    prompt = Prompt(heading, [line], "Fil", accepted, text=typed, check=attempt)
    prompt.fault = fault
    await view.pasis.open_dialog(prompt)
