"""040 Vårdåtaganden: from the referral's day to the closing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from pasis_tui.commands import key_of
from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.commitments.commitment_cards import CommitmentCard, CommitmentRow
from pasis_tui.services.patients import patients
from pasis_tui.shell.meanings import show_meanings
from pasis_tui.shell.view import View
from pasis_tui.validation.care_commitments import REST, START
from pasis_tui.validation.closing import CLOSING
from pasis_tui.validation.findings import NOTHING, Confirmed
from pasis_tui.validation.records import as_typed
from pasis_tui.validation.rules import finding
from pasis_tui.views.typed_values import day_of
from pasis_tui.widgets.dialogs import Confirm, Prompt
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import RecordList, Row


class CareCommitmentsView(View):
    """The patient's commitments at this unit; one of them open below, or a new one."""

    file = "040_vardataganden"
    may_have_draft = True

    async def start(self) -> None:
        """Show the carried patient's list, or wait for a number."""
        self._key = self.form("key")
        self._list = self.record_list("commitments")
        self._form = self.form("commitment")
        self._card: CommitmentCard | None = None
        self._mode = ""
        self._new_confirmed: Confirmed = NOTHING
        self.let_go()
        identity = self.arguments.get("identity", "")
        owner, carried = self.arguments.get("patient"), self.session.patient
        if owner and (carried is None or carried.id != owner):  # F8 went to another meanwhile
            self.session.carry(await self.ask(patients.get, owner))
            self.refresh_frame()
        if identity:
            self._key.fill({"identity_number": identity})
            await self.read(self._key)
        elif self.session.patient is not None:
            self._key.fill({"identity_number": self.session.patient.identity_text})
            await self._show_list()
            wanted = self.arguments.get("commitment") or self.session.commitment_id
            if wanted:
                await self._open(wanted)
        else:
            self.say("Personnummer: 10 siffror i följd, sedan Enter (Läs patient).")

    # --- the list ---------------------------------------------------------------------------

    async def read(self, form: Form | None) -> None:
        """Läs at a new commitment, Läs patient everywhere else."""
        if self._mode == "new" and form is not self._key:
            await self.press_read()
            return
        await self.pasis.if_saved(self, self._read_patient)

    async def _read_patient(self) -> None:
        card = await self.take_patient(self._key.get("identity_number"), own=False)
        self._key.fill({"identity_number": card.identity_text})
        self._close_form()
        await self._show_list()

    async def _show_list(self) -> None:
        patient = self.session.patient
        if patient is None:
            return
        self._list.display = True
        self._key.show_button("new", True)
        commitments = await self.ask(care_commitments.for_patient, patient.id)
        await self._list.load_all([_row(number, row) for number, row in enumerate(commitments, 1)])
        if commitments:
            self.activate(self._list)
            self.say("Enter öppnar raden. Ny (Alt+N) lägger upp ett nytt vårdåtagande.")
        else:
            self._key.go("button:new")
            self.activate(self._key)
            self.say(
                f"Inga vårdåtaganden på {self.session.actor.unit_code}. Ny (Alt+N) lägger upp ett."
            )

    async def opened(self, section: RecordList) -> None:
        """Open the row under the cursor."""
        if section.current is not None:
            await self.pasis.if_saved(self, partial(self._open, section.current.subject))

    def let_go(self) -> None:
        """Show no commitments without a patient."""
        self._close_form()
        self._list.display = False
        self._key.show_button("new", False)

    # --- one commitment ---------------------------------------------------------------------

    def _close_form(self) -> None:
        self._mode = ""
        self._card = None
        self._form.clear()
        self.show_section(self._form, False)

    async def _open(self, commitment_id: int) -> None:
        await self._show(await self.ask(care_commitments.get, commitment_id))

    async def _show(self, card: CommitmentCard) -> None:
        self._mode = "open"
        self._card = card
        self.session.commitment_id = card.id
        self.session.trail.stand("040", commitment=card.id, patient=card.patient_id)
        form = self._form
        form.unmark()
        form.fill(card.raw())
        self._notes(card)
        form.set_status("")
        form.set_heading(f"Vårdåtagande {card.id}  {card.status}  {card.visits} besök")
        form.protect(*START, *REST, *CLOSING, locked=not card.is_open)
        form.show_button("read", False)
        form.show_button("forms", True)
        form.show_button("reopen", not card.is_open)
        for name in ("save", "remove", "close"):
            form.show_button(name, card.is_open)
        whole = card.enrolment and card.discharge and card.follow_up
        form.marked_buttons = {"forms"} if whole else set()
        self.show_section(form, True)
        form.go("button:forms")
        self.activate(form)
        if card.is_open:
            self.say(
                "Formulär (Alt+F) registrerar in-, utskrivning och uppföljning."
                " Avsluta (Alt+A) föreslår avslutet."
            )
        else:
            self.say("Vårdåtagandet är avslutat. Återöppna (Alt+E) om det var fel.")

    def _notes(self, card: CommitmentCard) -> None:
        form = self._form
        form.set_note("unit", card.unit_name)
        form.set_note("referring_unit", card.referring_unit_name)
        form.set_note("caregiver", f"{card.caregiver_name}, {card.caregiver_category}")
        form.set_note("closing_caregiver", card.closing_caregiver_name)

    async def press_read_patient(self) -> None:
        """Read the patient."""
        await self.read(self._key)

    async def press_forms(self) -> None:
        """Open the commitment in 048."""
        if self._card is not None:
            await self.pasis.open("048", commitment=self._card.id)

    # --- a new one --------------------------------------------------------------------------

    async def press_new(self) -> None:
        """Begin a new commitment."""
        await self.pasis.if_saved(self, self._new)

    async def _new(self) -> None:
        proposal = await self.ask(care_commitments.start_proposal)
        self._mode = "new"
        self._card = None
        form = self._form
        form.clear()
        form.fill(proposal)
        form.set_note("unit", self.session.actor.unit_name)
        form.set_status("")
        form.set_heading("Nytt vårdåtagande: fyll i Problem och Ankomstdatum, sedan Läs")
        form.protect(*START, locked=False)
        form.protect(*REST, *CLOSING)
        for name in ("save", "forms", "remove", "close", "reopen"):
            form.show_button(name, False)
        form.show_button("read", True)
        self.show_section(form, True)
        form.go_first()
        self.activate(form)
        self.say("Problem: KBT, IPT eller PDT. Ankomstdatum är dagen då remissen kom.")

    async def press_read(self) -> None:
        """Check what a new commitment begins with, and open the rest of it."""
        if self._mode != "new" or self.session.patient is None:
            return

        async def done(raw: dict[str, str]) -> None:
            self._new_confirmed = self.confirmed
            await self._opened_for_all(raw)
            self.say(f"Fyll i remissens uppgifter och tryck Spara ({key_of('save')}).")

        values = {k: v for k, v in self._form.values.items() if k in ("unit", *START)}
        await self.attempt(care_commitments.check_start, self.session.patient.id, values, done=done)

    async def _opened_for_all(self, raw: dict[str, str]) -> None:
        self._mode = "read"
        form = self._form
        form.fill({k: v for k, v in raw.items() if k in START}, saved=False)
        form.fill({k: v for k, v in raw.items() if k in REST})
        form.protect(*REST, locked=False)
        form.show_button("read", False)
        form.show_button("save", True)
        form.set_status("Nyuppläggning")
        form.set_heading("Nytt vårdåtagande")
        await show_meanings(self, form)
        form.go_first()
        self.activate(form)

    # --- saving -----------------------------------------------------------------------------

    async def save(self) -> None:
        """Spara: a new commitment, changes, and the closing when its block is filled in."""
        patient = self.session.patient
        if self._mode == "new":
            empty = next((n for n in START if not self._form.get(n).strip()), "")
            self.refuse(finding("VA05", empty, self.pasis.today))
            if not empty:
                self._form.go("button:read")
        elif self._mode == "read" and patient is not None:
            await self.attempt(
                care_commitments.create,
                patient.id,
                self._form.values,
                done=self._created,
                confirmed=self._new_confirmed,
            )
        elif self._mode == "open" and self._card is not None:
            await self._save_open(self._card)
        elif patient is None:
            self.deny("Läs patienten först: personnummer och Enter.")
        else:
            self.deny("Öppna ett vårdåtagande (Enter på raden) eller lägg upp ett nytt (Alt+N).")

    press_save = save

    async def _created(self, card: CommitmentCard) -> None:
        self.remember(self._form)
        await self._show_list()
        await self._show(card)
        self.say_saved(
            f"Sparat: vårdåtagande {card.id}. Nästa steg: Formulär (Alt+F), Inskrivning."
        )

    async def _save_open(self, card: CommitmentCard) -> None:
        if self.nothing_new():
            return
        form = self._form
        closing = any(form.get(name).strip() for name in CLOSING)
        if any(form.is_changed(name) for name in (*START, *REST)):

            async def changed(saved: CommitmentCard) -> None:
                if closing:
                    await self._close(saved)
                else:
                    await self._saved(saved, f"Sparat: vårdåtagande {saved.id}.")

            await self.attempt(
                care_commitments.change, card.id, card.version, form.values, done=changed
            )
        elif closing:
            await self._close(card)

    async def _close(self, card: CommitmentCard) -> None:
        async def done(closed: CommitmentCard) -> None:
            how = f"{closed.closed_on} {closed.closing_reason}"
            await self._saved(closed, f"Vårdåtagande {closed.id} är avslutat {how}.")

        await self.attempt(
            care_commitments.close, card.id, card.version, self._form.values, done=done
        )

    async def _saved(self, card: CommitmentCard, message: str) -> None:
        self.remember(self._form)
        await self._show_list()
        await self._show(card)
        self.say_saved(message)

    async def press_close(self) -> None:
        """Propose the closing."""
        if (card := self._card) is None:
            return
        self._form.fill(card.closing_proposal(), saved=False)
        await show_meanings(self, self._form)
        self._form.go("closing_date")
        self.activate(self._form)
        if card.why_no_closing:
            self.say(card.why_no_closing)
        else:
            self.say(
                f"Föreslaget avslut. Kontrollera och tryck Spara ({key_of('save')}); {key_of('back')} ångrar."
            )

    async def press_remove(self) -> None:
        """Ask whether the commitment is to be removed."""
        if (card := self._card) is None:
            return
        if card.why_no_removal:
            await self._remove()
            return

        async def answered(_: bool) -> None:
            await self.attempt_act("Borttag", self._remove)

        await self.pasis.open_dialog(
            Confirm("Borttag", [f"Vårdåtagande {card.id} tas bort."], "OK", "Avbryt", answered)
        )

    async def _remove(self, _: Confirmed = NOTHING) -> None:
        if (card := self._card) is not None:
            await self.ask(care_commitments.remove, card.id, card.version)
            await self.record_gone()
            self.say(f"Vårdåtagande {card.id} är borttaget.", good=True)

    async def press_reopen(self) -> None:
        """Ask why the commitment is opened again."""
        if self._card is None:
            return

        async def reopen(reason: str, _: Confirmed) -> None:
            if (card := self._card) is not None:
                opened = await self.ask(care_commitments.reopen, card.id, card.version, reason)
                await self._saved(opened, f"Vårdåtagande {card.id} är öppet igen.")

        async def accepted(reason: str) -> None:
            await self.attempt_act("Återöppna", partial(reopen, reason))

        await self.pasis.open_dialog(
            Prompt(
                "Återöppna",
                ["Återöppnandet loggas. Varför öppnas vårdåtagandet?"],
                "Orsak",
                accepted,
            )
        )

    # --- the rest ---------------------------------------------------------------------------

    async def step_back(self) -> bool:
        """Close the commitment first, then leave the screen."""
        if not self._mode:
            return False

        async def back() -> None:
            self.session.commitment_id = None
            self._close_form()
            self.activate(self._list if self._list.rows else self._key)
            self.say("")

        await self.pasis.if_saved(self, back)
        return True

    def list_filters(self, form: Form, field: str) -> dict[str, Any]:
        """Referring units of the chosen kind; caregivers of the day; closing reasons as allowed."""
        if field == "caregiver" and (day := day_of(form.get("review_date"))):
            return {"on": day}  # VA10
        if field == "referring_unit":
            return {"source": form.get("referral_source")}
        if field == "closing_reason" and self._card is not None:
            return {"only": [code for code, _ in self._card.closing_reasons]}
        return {}

    async def left(self, form: Form, field: str) -> str | None:
        """Forget the referral code's name when the kind of referrer changed."""
        if field == "referral_source" and form.is_changed(field):
            form.set_note("referring_unit", "")
        return None

    async def read_record(self) -> None:
        """Show the commitment as saved now."""
        if self._card is not None:
            await self._open(self._card.id)

    async def record_gone(self) -> None:
        """Show the list without the commitment that was removed."""
        self.session.commitment_id = None
        self._close_form()
        await self._show_list()

    def draft_forms(self) -> Sequence[Form]:
        """The commitment being typed."""
        return (self._form,) if self._mode else ()

    def draft_record(self) -> tuple[str, int, int | None] | None:
        """The commitment that is open."""
        return ("care_commitment", self._card.id, self._card.version) if self._card else None

    def draft_state(self) -> str:
        """Which commitment it is, or how far a new one has come."""
        return str(self._card.id) if self._card else self._mode

    async def enter_draft_state(self, state: str) -> bool:
        """Open that commitment, or the new one as far as it had come."""
        if state in {"new", "read"}:
            await self._new()
            if state == "read":
                await self._opened_for_all(await self.ask(care_commitments.opening_values))
        elif state.isdecimal():
            await self._open(int(state))
        return bool(self._mode)


def _row(number: int, row: CommitmentRow) -> Row:
    shown = (
        *("unit", "problem", "arrival_date", "status", "visits"),
        *("decision_date", "review_date", "closed_on", "invoiced_on"),
    )
    cells = {name: as_typed(getattr(row, name)) for name in shown}
    cells |= {"row_number": str(number), "commitment_id": str(row.id)}
    return Row(row.id, row.id, cells, dim=not row.is_open)
