"""048 Översikt vårdåtaganden: all of the unit's, with their forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pasis_tui.services import forms, patients
from pasis_tui.services.forms import FormsCard, OverviewRow
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.rules import finding
from pasis_tui.views.protected import ask_why
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View

_FORMS = {"enrolment": "048 I", "discharge": "048 U", "follow_up": "048 P"}


class OverviewView(View):
    """A list to search in; a row opened shows the three form buttons."""

    file = "048_oversikt"

    async def start(self) -> None:
        """Show the carried patient's commitments, else all ongoing ones."""
        self._search = self.form("search")
        self._list = self.record_list("overview")
        self._forms = self.form("forms")
        self._card: FormsCard | None = None
        self.show_section(self._forms, False)
        commitment = self.arguments.get("commitment")
        identity = self.arguments.get("identity", "")
        if identity:
            self._search.fill({"identity_number": identity})
            await self.take_patient(identity, own=True)
        if commitment:
            self._search.fill({"commitment_id": str(commitment)})
        elif self.session.patient is not None:
            self._search.fill({"identity_number": self.session.patient.identity_text})
        await self._load()
        if commitment:
            await self._open(commitment)

    async def _load(self, protected_reason: str | None = None) -> None:
        values = self._search.values
        wanted = {
            "commitment_id": int(values["commitment_id"])
            if values["commitment_id"].strip()
            else None,
            "identity": values["identity_number"].strip() or None,
        }
        state = values["state"].strip() or "P"

        async def fetch(**at: Any) -> Batch:
            page = await self.ask(
                forms.overview_page,
                state,
                count=True,
                protected_reason=protected_reason,
                **wanted,
                **at,
            )
            rows = [_row(r) for r in page.rows]
            return Batch(rows, page.before, page.after, page.total)

        self.show_section(self._forms, False)
        self._card = None
        try:
            await self._list.load(fetch)
        except Refused:
            self._list.empty_out()  # its rows were the former search's
            raise
        if self._list.rows:
            self.activate(self._list)
            searched = wanted["commitment_id"] or wanted["identity"]
            if protected_reason is not None:
                self.say("Skyddade personuppgifter; orsaken är loggad. Enter visar formulären.")
            elif searched:
                self.say("Sökt. Enter visar formulären. Rensa (Alt+R) visar alla.")
            else:
                self.say("Enter visar formulären. Tab till sökfälten.")
        else:
            self.activate(self._search)
            self.say("Inga vårdåtaganden passar sökningen.")

    async def read(self, form: Form | None) -> None:
        """Enter in a search field."""
        if fault := self._search.fault(self.pasis.today):
            self.refuse(fault, self._search)
            return
        values = self._search.values
        searched = values["commitment_id"].strip() or values["identity_number"].strip()
        if values["state"].strip() == "S" and not searched:
            await ask_why(self, self._load)
        else:
            await self._load()

    async def opened(self, section: RecordList) -> None:
        """Show the row's form buttons."""
        if section.current is not None:
            await self._open(section.current.subject)

    async def _open(self, commitment_id: int) -> None:
        card = await self.ask(forms.get, commitment_id)
        self._card = card
        self.session.carry(await self.ask(patients.get, card.patient_id))
        self.session.commitment_id = card.commitment_id
        self.refresh_frame()
        buttons = self._forms
        buttons.marked_buttons = {n for n in _FORMS if getattr(card, n) is not None}
        buttons.dead_buttons = {"follow_up"} if card.why_no_follow_up else set()
        buttons.set_heading(f"Formulär för vårdåtagande {card.commitment_id} ({card.problem})")
        self.show_section(buttons, True)
        owed = next((n for n in _FORMS if getattr(card, n) is None), "overview")
        buttons.go(f"button:{owed}")
        self.activate(buttons)
        self.say(self._next_step(card))

    @staticmethod
    def _next_step(card: FormsCard) -> str:
        if card.closed_on is not None:
            return f"Vårdåtagandet avslutades {card.closed_on} {card.closing_reason}."
        if card.enrolment is None:
            return "Nästa formulär: Inskrivning (Alt+I)."
        if card.discharge is None:
            return "Nästa formulär: Utskrivning (Alt+U), när behandlingen är klar."
        if card.follow_up is None and card.follow_up_window is not None:
            first, last = card.follow_up_window
            return f"Uppföljning (Alt+P) ska ske {first}–{last} (FO05)."
        return "Alla formulär är registrerade. Avsluta i 040 (Snabbval 40)."

    async def button(self, form: Form, name: str) -> None:
        """Open a form, or go back to the list."""
        if self._card is None:
            return
        if name == "overview":
            await self.step_back()
        elif name == "follow_up" and self._card.why_no_follow_up:
            self.refuse(finding("FO04", "", self._card.why_no_follow_up))
        else:
            await self.pasis.open(_FORMS[name], commitment=self._card.commitment_id)

    async def step_back(self) -> bool:
        """From the buttons to the list."""
        if self._card is None:
            return False
        self._card = None
        self.show_section(self._forms, False)
        self.activate(self._list if self._list.rows else self._search)
        self.say("")
        return True

    def draft_forms(self) -> Sequence[Form]:
        """A search is nothing to keep."""
        return ()


def _row(row: OverviewRow) -> Row:
    mark = "SKYDDAD " if row.protected else ""
    cells = (
        f"{row.identity_text} {mark}{row.name}",
        row.arrival_date.isoformat(),
        f"{row.visits:>5}",
        "V" if row.enrolment else "-",
        "V" if row.discharge else "-",
        "V" if row.follow_up else "-",
        str(row.commitment_id),
        row.due_short,
    )
    key = (row.arrival_date, row.commitment_id)  # as forms.overview_page orders
    return Row(key, row.commitment_id, cells, dim=not row.is_open)
