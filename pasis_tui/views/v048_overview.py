"""048 Översikt vårdåtaganden: all of the unit's, with their forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pasis_tui.commands import key_of
from pasis_tui.services.forms import forms
from pasis_tui.services.forms.forms import FormsCard, OverviewRow
from pasis_tui.services.patients import patients
from pasis_tui.shell.view import View
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.records import as_typed
from pasis_tui.views.protected import ask_why
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row

_FORMS = {"enrolment": "048 I", "discharge": "048 U", "follow_up": "048 P"}


class OverviewView(View):
    """A list to search in; a row opened shows the three form buttons."""

    file = "048_oversikt"

    async def start(self) -> None:
        """Show the carried patient's commitments, else all ongoing ones."""
        self._search = self.form("search")
        self._list = self.record_list("overview")
        self._list.ends_at_cursor = True
        self._forms = self.form("forms")
        self._card: FormsCard | None = None
        self.show_section(self._forms, False)
        self._typed = ""
        commitment = self.arguments.get("commitment")
        wanted = commitment or self.arguments.get("wanted")
        identity = self.arguments.get("identity", "")
        if identity:
            self._search.fill({"identity_number": identity})
            await self.take_patient(identity, own=True)
        if wanted:
            self._search.fill({"commitment_id": str(wanted)})
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
            if protected_reason is not None:  # it was given for opening them too
                self.session.reasons |= {r.patient_id: protected_reason for r in page.rows}
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
                self.say(f"Sökt. Enter visar formulären. Rensa ({key_of('clear')}) visar alla.")
            else:
                self.say("Enter visar formulären. Tab till sökfälten.")
        else:
            self.activate(self._search)
            self.say("Inga vårdåtaganden passar sökningen.")

    async def read(self, form: Form | None) -> None:
        """Enter in a search field."""
        if faults := self._search.faults(self.pasis.today):
            self.refuse(*faults, form=self._search)
            return
        values = self._search.values
        searched = values["commitment_id"].strip() or values["identity_number"].strip()
        if values["state"].strip() == "S" and not searched:
            await ask_why(self, self._load)
        else:
            await self._load()

    async def clear(self) -> None:
        """Rensa: show all ongoing ones again, with the cursor in the field for a number."""
        await super().clear()
        if isinstance(view := self.pasis.view, OverviewView):
            view.to_search("")
            view.say("Skriv ID eller personnummer (Tab) och tryck Enter. Shift+Tab till listan.")

    def to_search(self, typed: str) -> None:
        """Go on typing in the field for an ID."""
        self._search.go("commitment_id")
        if typed:
            self._search.fill({"commitment_id": typed})
            self._search.place_caret(len(typed))
        self.activate(self._search)

    async def list_key(self, section: RecordList, character: str) -> bool:
        """A digit goes to that row; a number that no row has is an ID that is searched for."""
        if not character.isdecimal():
            self._typed = ""
            return False
        self._typed += character
        if not await section.choose(int(self._typed)):
            self.to_search(self._typed)
            self._typed = ""
            self.say("Enter söker vårdåtagandets ID.")
        return True

    def moved(self, section: RecordList) -> None:
        """Begin a new number."""
        self._typed = ""

    async def opened(self, section: RecordList) -> None:
        """Show the row's form buttons."""
        self._typed = ""
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
        self._why_not = {
            name: why
            for name, why in (
                ("discharge", card.why_no_discharge),
                ("follow_up", card.why_no_follow_up),
            )
            if why
        }
        dead = {name: why.message for name, why in self._why_not.items()}
        buttons.dead_buttons = dead
        buttons.set_heading(f"Formulär för vårdåtagande {card.commitment_id} ({card.problem})")
        self.show_section(buttons, True)
        owed = next((n for n in _FORMS if getattr(card, n) is None and n not in dead), "overview")
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

    async def press_enrolment(self) -> None:
        """Open Inskrivning."""
        await self._open_form("enrolment")

    async def press_discharge(self) -> None:
        """Open Utskrivning."""
        await self._open_form("discharge")

    async def press_follow_up(self) -> None:
        """Open Uppföljning."""
        await self._open_form("follow_up")

    async def _open_form(self, name: str) -> None:
        if self._card is None:
            return
        if why := self._why_not.get(name):
            self.refuse(why)
        else:
            await self.pasis.open(_FORMS[name], commitment=self._card.commitment_id)

    async def press_overview(self) -> None:
        """Go back to the list."""
        await self.step_back()

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
        """Return no forms: a search is not kept as a draft."""
        return ()


def _row(row: OverviewRow) -> Row:
    mark = "SKYDDAD " if row.protected else ""
    shown = (
        *("problem", "diagnosis", "arrival_date", "visits", "commitment_id", "enrolled_on"),
        *("discharged_on", "followed_up_on", "closed_on", "closing_reason"),
    )
    cells = {
        "patient": f"{row.identity_text} {mark}{row.name}",
        "due_whole": row.due,
        "due": row.due_short,
        **{name: as_typed(getattr(row, name)) for name in shown},
        **{name: "V" if getattr(row, name) else "-" for name in _FORMS},
    }
    key = (row.arrival_date, row.commitment_id)  # as forms.overview_page orders
    return Row(key, row.commitment_id, cells, dim=not row.is_open)
