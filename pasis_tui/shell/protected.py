"""Why a patient with protected identity is looked at: asked before anything of them is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pasis_tui.shell.page import Page
from pasis_tui.validation.findings import ProtectedIdentity
from pasis_tui.widgets.dialogs import Prompt

HEADING = "SKYDDADE PERSONUPPGIFTER"
_LINES = (
    "Patienten har skyddade personuppgifter. Skriv varför du behöver se dem: orsaken loggas med"
    " allt du ser. Utan orsak visas inget.",
)


async def ask_why_read(
    view: Page, asked: ProtectedIdentity, again: Callable[[], Awaitable[None]] | None
) -> None:
    """Ask for the reason and do *again* what was stopped, None where the clerk has to; Esc: nothing."""

    async def accepted(reason: str) -> None:
        view.session.reasons[asked.patient_id] = reason
        if again is not None:
            await again()
        else:
            view.say("Orsaken gäller tills du tar en annan patient. Gör om det du gjorde.")

    async def refused() -> None:
        view.stay()
        view.refuse(*asked.findings, foreseen=True)

    question = Prompt(HEADING, _LINES, "Orsak", accepted)
    question.unasked = True  # nothing typed for a form may become the reason
    question.otherwise = refused
    await view.pasis.open_dialog(question)
