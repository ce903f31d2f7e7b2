"""085 Besöksregistrering: a visit, and in the quick lane its medical registration too."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pasis_tui.commands import key_of
from pasis_tui.services.patients import patients
from pasis_tui.services.visits import visits
from pasis_tui.services.visits.visits import VisitCard, VisitProposal
from pasis_tui.shell.desk import weekday
from pasis_tui.shell.meanings import show_meanings
from pasis_tui.shell.view import View
from pasis_tui.validation import codes
from pasis_tui.validation.fees import no_show_costs
from pasis_tui.validation.findings import Confirmed
from pasis_tui.validation.medical import proposed_kva
from pasis_tui.validation.visits import FEE_FIELDS
from pasis_tui.views.typed_values import day_of, start_of
from pasis_tui.widgets.dialogs import Prompt
from pasis_tui.widgets.form import Form

if TYPE_CHECKING:
    from pasis_tui.services.fees.fee_history import Protection


class VisitRegistrationView(View):
    """A new visit, proposed from what is known, or a saved one being changed."""

    file = "085_besoksregistrering"

    async def start(self) -> None:
        """Propose a visit of the carried patient, open a saved one, or wait for a number."""
        self._visit = self.form("visit")
        self._medical = self.form("medical")
        self._proposal: VisitProposal | None = None
        self._card: VisitCard | None = None
        self._protection: Protection | None = None
        self._payer: dict[str, str] = {}  # as proposed last
        self._quick = self.session.settings.lane == "S"
        self.show_section(self._medical, False)
        for name in ("second", "cancel", "medical", "save_all"):
            self._visit.show_button(name, False)
        self._visit.fill({"unit": self.session.actor.unit_code})
        if visit := self.arguments.get("visit"):
            await self._open(visit)
        else:
            await self.read_asked_for(self._visit)

    # --- a new visit ------------------------------------------------------------------------

    async def read(self, form: Form | None) -> None:
        """Läs: read the patient and propose a visit, or read the saved visit again."""
        if self._card is not None:
            await self.pasis.if_saved(self, partial(self._open, self._card.id))
        elif self._proposal is not None:
            await self.pasis.if_saved(self, self._read)
        else:
            await self._read()

    async def _read(self) -> None:
        card = await self.take_patient(self._visit.get("identity_number"), own=True)
        self._visit.fill({"identity_number": card.identity_text})
        self._visit.protect("identity_number")
        self._show_proposal(await self.ask(visits.propose, card.id, self.session.commitment_id))

    def _show_proposal(self, proposal: VisitProposal) -> None:
        self._proposal = proposal
        self._card = None
        self._protection = proposal.protection
        self._payer = {name: proposal.raw[name] for name in ("without_fee", "exemption")}
        form = self._visit
        form.unmark()
        form.protect(*(n for n in form.cells if n != "identity_number"), locked=False)
        for name in ("second", "cancel", "medical"):
            form.show_button(name, False)
        form.fill({k: v for k, v in proposal.raw.items() if k in form.cells})
        form.set_note("reception", proposal.reception_name)
        form.set_note("caregiver", proposal.category)
        self._show_derived()
        self._show_medical(proposal)
        if proposal.why_not:
            form.go("commitment")
            self.refuse(proposal.why_not)
            return
        if proposal.commitment_id is None:
            form.go("commitment")
            self.say(f"Patienten har flera öppna vårdåtaganden. Välj med {key_of('values')} (<<).")
        else:
            form.go("time")
            self.say("Tid är när besöket startar. 9 = 09:00, 1430 = 14:30.")
        self.activate(form)

    def _show_medical(self, proposal: VisitProposal) -> None:
        shown = self._quick and proposal.medical is not None
        self.show_section(self._medical, shown)
        self._visit.show_button("save_all", shown)
        if proposal.medical is not None:
            self._medical.fill(proposal.medical)
            self._medical.set_heading(f"Förslag till 184: {proposal.medical_origin}")

    def _show_derived(self) -> None:
        """Show what the fields imply: weekday, category, number of the visit, fee."""
        form, proposal, card = self._visit, self._proposal, self._card
        values = form.values
        if written := day_of(values["date"]):
            form.set_note("date", weekday(written)[:3])
        source = card or proposal
        if source is None:
            return
        number: int | None = 0  # a no-show is not counted
        if values["no_show"] != "J" and card is not None:
            number = card.visit_number
        elif values["no_show"] != "J" and proposal is not None:
            number = proposal.number_at(written or self.pasis.today, start_of(values["time"]))
        allowed = source.visits_allowed
        of = f"/{allowed}" if allowed else ""
        form.set_note("commitment", f"{source.problem} {number}{of}" if number else source.problem)
        birth = self.session.patient.birth_date if self.session.patient else None
        day = written or self.pasis.today
        amount, reason = visits.fee_for(
            birth,
            day,
            no_show=values["no_show"] == "J",
            without_fee=values["without_fee"] == "J",
            exemption=values["exemption"],
            protection=self._protection,
            at=start_of(values["time"]),
        )
        if card is not None and not self._decides_fee(card):
            amount = card.fee
        count = (
            f"Besök {number} av {allowed}"
            if number and allowed
            else (f"Besök {number}" if number else "")
        )
        form.fill({"fee": f"{amount} kr", "visit_count": f"{count}  {reason}".strip()})

    def _fill_category(self) -> None:
        if text := self._visit.note("caregiver"):
            category = text.rsplit(", ", 1)[-1]
            self._visit.fill({"category": category})
            self._visit.set_note("category", codes.table("category").get(category, ""))

    def _decides_fee(self, card: VisitCard) -> bool:
        """Whether something was typed that gives a saved visit another fee."""
        saved = card.raw()
        return any(self._visit.get(name) != saved[name] for name in FEE_FIELDS)

    def _propose_payer(self) -> None:
        """Propose who pays again when the day changes, unless the clerk has already decided it."""
        form = self._visit
        day = day_of(form.get("date"))
        stands = all(form.get(name) == value for name, value in self._payer.items())
        if self._proposal is None or self._protection is None or day is None or not stands:
            return
        self._payer = self._protection.payer_on(day, start_of(form.get("time")))
        form.fill(self._payer)

    async def left(self, form: Form, field: str) -> str | None:
        """Update what depends on the field."""
        if form is self._medical:
            return None
        if field == "caregiver":
            self._fill_category()
        elif field == "commitment" and form.is_changed("commitment") and self._proposal:
            wanted = int(form.get("commitment") or 0)
            if wanted in {c.id for c in self._proposal.commitments}:
                self.session.commitment_id = wanted
                self._show_proposal(
                    await self.ask(visits.propose, self._proposal.patient_id, wanted)
                )
                return None
        elif field in {"distance", "interpreter"} and self._medical.display:
            self._propose_kva()
            await show_meanings(self, self._medical)
        if field in {"date", "time"}:
            self._propose_payer()
        if field in {*FEE_FIELDS, "time"}:
            card = self._card
            if card is not None and self._protection is None and self._decides_fee(card):
                patient = self.session.patient
                self._protection = await self.ask(
                    visits.protection_of,
                    card.patient_id,
                    patient.birth_date if patient else None,
                    card.id,
                )
            self._show_derived()
        return None

    def _propose_kva(self) -> None:
        form = self._visit
        added = {codes.TELEMEDICINE, codes.INTERPRETER}
        kept = [c for c in self._medical.get("kva").split() if c not in added]
        extra = proposed_kva(
            "", distance=form.get("distance") == "J", interpreter=form.get("interpreter") == "J"
        )
        self._medical.fill({"kva": " ".join([*kept, *extra])})

    # --- a saved visit ----------------------------------------------------------------------

    async def _open(self, visit_id: int) -> None:
        card = await self.ask(visits.get, visit_id)
        self.session.carry(await self.ask(patients.get, card.patient_id))
        self.refresh_frame()
        self._show_saved(card)
        if card.cancelled:
            self.say(f"Besöket är makulerat: {card.cancel_reason}")
        else:
            self.say(
                f"Sparat besök. Ändra och tryck Spara ({key_of('save')}), eller Makulera (Alt+K)."
            )

    def _show_saved(self, card: VisitCard) -> None:
        self._card = card
        self._proposal = None
        self._protection = None
        self.session.trail.stand("085", visit=card.id)
        self.session.visit_id = card.id
        self.session.commitment_id = card.commitment_id
        form = self._visit
        patient = self.session.patient
        form.unmark()
        form.fill({**card.raw(), "identity_number": patient.identity_text if patient else ""})
        form.protect("identity_number", "commitment")
        form.set_note("reception", card.reception_name)
        form.set_note("caregiver", card.category)
        self._show_derived()
        self.show_section(self._medical, False)
        editable = [n for n in form.cells if n not in {"identity_number", "commitment"}]
        form.protect(*editable, locked=card.cancelled)
        excused = card.cancelled or card.no_show
        for name, shown in (
            ("save", not card.cancelled),
            ("save_all", False),
            ("second", card.may_double and not excused and not card.double_of_visit_id),
            ("cancel", not card.cancelled),
            ("medical", card.dia_reg != "-"),
        ):
            form.show_button(name, shown)
        form.go("button:medical" if card.dia_reg == "N" else "date")
        self.activate(form)

    # --- acts -------------------------------------------------------------------------------

    async def save(self) -> None:
        """Spara: the visit alone."""
        if self._card is not None:
            if self.nothing_new():
                return
            await self.attempt(
                visits.change,
                self._card.id,
                self._card.version,
                self._visit.values,
                done=self._changed,
            )
        elif self._proposal is not None:
            await self.attempt(
                visits.save, self._proposal.patient_id, self._visit.values, done=self._saved
            )
        else:
            self.deny("Läs patienten först: personnummer och Enter.")

    async def save_everything(self) -> None:
        """A medical registration that was typed is saved with its visit."""
        await (self.press_save_all() if self._medical.dirty else self.save())

    async def press_save_all(self) -> None:
        """Save the visit and its medical registration together."""
        if self._proposal is None or not self._medical.display:
            await self.save()
            return
        await self.attempt(
            visits.save_all,
            self._proposal.patient_id,
            {**self._visit.values, **self._medical.values},
            done=self._saved,
        )

    async def _saved(self, card: VisitCard) -> None:
        self.remember(self._visit)
        self._medical.mark_saved()
        self._show_saved(card)
        when = f"{card.date} {card.time:%H:%M}"
        if card.dia_reg == "J":
            text = f"Sparat: besök {when} med medicinsk registrering."
        elif card.dia_reg == "N":
            text = f"Sparat: besök {when}. Medicinsk registrering återstår (Alt+E)."
        else:
            text = f"Sparat: uteblivet besök {when}."
        self.say_saved(" ".join([text, *card.notices]))

    async def _changed(self, card: VisitCard) -> None:
        self.remember(self._visit)
        self._show_saved(card)
        text = f"Ändrat: besök {card.date} {card.time:%H:%M}."
        self.say_saved(" ".join([text, *card.notices]))

    press_save = save

    async def press_medical(self) -> None:
        """Open the visit's medical registration."""
        if self._card is not None:
            await self.pasis.open("184", visit=self._card.id)

    async def press_second(self) -> None:
        """Propose the other half of a double session."""
        if self._card is not None:
            self._show_proposal(await self.ask(visits.propose_second, self._card.id))
            self.say("Andra halvan av dubbelsessionen: Utan avgift, SJ. Kontrollera och spara.")

    async def press_cancel(self) -> None:
        """Ask why the visit is cancelled."""
        if (card := self._card) is None:
            return

        async def cancel(reason: str, confirmed: Confirmed) -> None:
            if (now := self._card) is not None:
                gone = await self.ask(visits.cancel, now.id, now.version, reason, confirmed)
                await self._cancelled(gone)

        async def accepted(reason: str) -> None:
            await self.attempt_act("Makulera", partial(cancel, reason))

        await self.pasis.open_dialog(
            Prompt(
                "Makulera",
                [f"Besöket {card.date} {card.time:%H:%M} makuleras. Raden står kvar i 083."],
                "Orsak",
                accepted,
            )
        )

    async def _cancelled(self, card: VisitCard) -> None:
        self._show_saved(card)
        text = f"Makulerat: besök {card.date} {card.time:%H:%M}."
        self.say_saved(" ".join([text, *card.notices]))

    # --- the rest ---------------------------------------------------------------------------

    def more_help(self, form: Form, field: str) -> Sequence[str]:
        """What a no-show costs on the form's day."""
        if field != "no_show":
            return ()
        return (no_show_costs(day_of(form.get("date")) or self.pasis.today),)

    def list_filters(self, form: Form, field: str) -> dict[str, Any]:
        """Caregivers who were active on the visit's day."""
        if field == "caregiver" and (day := day_of(form.get("date"))):
            return {"on": day}
        return {}

    def own_list(self, form: Form, field: str) -> Sequence[tuple[str, str]] | None:
        """The patient's open commitments."""
        if field != "commitment" or self._proposal is None:
            return None
        return [
            (str(c.id), f"{c.problem} {c.arrival_date}, {c.visits} besök")
            for c in self._proposal.commitments
        ]

    def chosen_value(self, form: Form, field: str, code: str) -> str:
        """Add a chosen KVÅ code to those already in the field."""
        if field == "kva":
            present = form.get("kva").split()
            return " ".join(present if code in present else [*present, code])
        return code

    def draft_forms(self) -> Sequence[Form]:
        """The visit and its medical proposal."""
        if self._proposal is not None:
            return (self._visit, self._medical) if self._medical.display else (self._visit,)
        return (self._visit,) if self._card is not None else ()

    def draft_subject(self) -> str:
        """The patient, and the saved visit being changed."""
        return f"{super().draft_subject()}/{self._card.id if self._card else ''}"

    def draft_arguments(self) -> dict[str, int]:
        """The saved visit being changed."""
        return {"visit": self._card.id} if self._card else {}

    def draft_record(self) -> tuple[str, int, int | None] | None:
        """The saved visit being changed."""
        return ("visit", self._card.id, self._card.version) if self._card else None

    def draft_state(self) -> str:
        """The commitment that a new visit belongs to."""
        proposal = self._proposal
        return str(proposal.commitment_id or "") if proposal else ""

    async def enter_draft_state(self, state: str) -> bool:
        """Propose a visit of that commitment."""
        proposal = self._proposal
        if (
            proposal is not None
            and state != self.draft_state()
            and state in {str(c.id) for c in proposal.commitments}
        ):
            wanted = self.session.commitment_id = int(state)
            self._show_proposal(await self.ask(visits.propose, proposal.patient_id, wanted))
        return True

    async def read_record(self) -> None:
        """Show the visit as saved now."""
        if self._card is not None:
            await self._open(self._card.id)

    async def draft_restored(self) -> None:
        """The category, the weekday, the visit's number and the fee."""
        self._fill_category()
        self._show_derived()
