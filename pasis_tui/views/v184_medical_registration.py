"""184 Medicinsk registrering and its screen of KVÅ codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from pasis_tui.commands import key_of
from pasis_tui.services.patients import patients
from pasis_tui.services.register import code_lists
from pasis_tui.services.users.draft_content import FormText
from pasis_tui.services.visits import contacts, medical
from pasis_tui.services.visits.medical import MedicalCard
from pasis_tui.services.visits.visit_cards import VisitCard
from pasis_tui.shell.meanings import show_meanings
from pasis_tui.shell.view import View
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.medical import PROCEDURES, ROWS
from pasis_tui.widgets.form import Form

if TYPE_CHECKING:
    from pasis_tui.shell.returned import Returned

_PROCEDURE_FIELDS = tuple(f"kva_{n}" for n in PROCEDURES)
_SAID_SAVED = "Sparat: medicinsk registrering {visit.date} {visit.time:%H:%M}. Dia reg J."
_NO_VISIT = "Patienten har inget besök att registrera. Registrera besöket i 085 först."
_DIAGNOSIS_FIELDS = ("main_diagnosis", "problem", *(f"diagnosis_{n}" for n in ROWS))


def head_line(visit: VisitCard) -> str:
    """Return the visit in one line."""
    marks = "".join(
        f"  {word}" for word, on in (("distans", visit.distance), ("tolk", visit.interpreter)) if on
    )
    return (
        f"{visit.date} {visit.time:%H:%M}  {visit.reception}  {visit.caregiver}"
        f"  {visit.contact_type}{marks}"
    )


class MedicalRegistrationView(View):
    """The diagnoses of one visit."""

    file = "184_medicinsk_registrering"

    async def start(self) -> None:
        """Show the visit asked for, the one carried, or the patient's latest without diagnosis."""
        self._form = self.form("medical")
        self._card: MedicalCard | None = None
        self._kva: dict[str, str] = {}
        self._kva_saved: dict[str, str] = {}
        self._form.protect(*_DIAGNOSIS_FIELDS)
        visit = self.arguments.get("visit")
        if identity := self.arguments.get("identity"):
            self._form.fill({"identity_number": identity})
            await self.take_patient(identity, own=True)
        elif visit is None:
            visit = self.session.visit_id
        if visit is not None:
            await self._open(visit)
        elif self.session.patient is not None:
            await self._open_latest(self.session.patient.id)
        else:
            self._form.go("identity_number")
            self.say("Personnummer: 10 siffror i följd, sedan Enter. Eller välj besöket i 083.")

    async def read(self, form: Form | None) -> None:
        """Läs: the patient's latest visit without diagnosis; or this one again."""
        if self._card is not None:
            self.arguments = {}
            await self.pasis.if_saved(self, partial(self._open, self._card.visit.id))
            return
        card = await self.take_patient(self._form.get("identity_number"), own=True)
        await self._open_latest(card.id)

    async def _open_latest(self, patient_id: int) -> None:
        page = await self.ask(contacts.contacts_page, patient_id, size=200)
        owed = [r for r in page.rows if r.dia_reg == "N" and r.date <= self.pasis.today]
        coded = [r for r in page.rows if r.dia_reg == "J"]
        if candidates := (owed or coded):
            await self._open(candidates[0].visit_id)
        else:
            patient = self.session.patient
            self._form.fill({"identity_number": patient.identity_text if patient else ""})
            self._form.protect(*_DIAGNOSIS_FIELDS)
            self.say(_NO_VISIT)

    async def _open(self, visit_id: int) -> None:
        card = await self.ask(medical.get, visit_id)
        self.session.carry(await self.ask(patients.get, card.visit.patient_id))
        self.session.visit_id = card.visit.id
        self.refresh_frame()
        await self._show(card)
        if pending := self.arguments.get("pending"):
            before = self.arguments.get("before", {})
            self._form.fill({k: v for k, v in before.items() if k in _DIAGNOSIS_FIELDS})
            self._kva_saved |= {k: v for k, v in before.items() if k in _PROCEDURE_FIELDS}
            self._form.fill(
                {k: v for k, v in pending.items() if k in _DIAGNOSIS_FIELDS}, saved=False
            )
            self._kva |= {k: v for k, v in pending.items() if k in _PROCEDURE_FIELDS}
            self._card = replace(card, version=self.arguments.get("version", card.version))
            await self._show_meanings()
        if findings := self.arguments.get("findings"):
            self.refuse(*findings)

    async def _show(self, card: MedicalCard) -> None:
        self._card = card
        form = self._form
        raw = card.raw()
        self._kva = {name: raw.get(name, "") for name in _PROCEDURE_FIELDS}
        self._kva_saved = dict(self._kva)
        form.protect(*_DIAGNOSIS_FIELDS, locked=bool(card.why_not))
        for name in form.buttons:
            form.show_button(name, not card.why_not)
        form.protect("identity_number")
        patient = self.session.patient
        form.fill(
            {
                "identity_number": patient.identity_text if patient else "",
                "visit": head_line(card.visit),
                **{k: v for k, v in raw.items() if k in form.cells},
            }
        )
        await self._show_meanings()
        form.go("main_diagnosis")
        if card.why_not:
            self.say(card.why_not.message)
        elif card.version is None:
            origin = f" Förslag: {card.origin}." if card.origin else ""
            self.say(
                f"Ingen medicinsk registrering ännu.{origin} Kontrollera och tryck Spara ({key_of('save')})."
            )
        else:
            self.say(
                f"Registrerad. Ändra och tryck Spara ({key_of('save')}). KVÅ/operationer: Alt+K."
            )

    async def _show_meanings(self) -> None:
        await self._show_procedures()
        await show_meanings(self, self._form)

    async def _show_procedures(self) -> None:
        shown = [v for v in self._kva.values() if v]
        known = await self.ask(code_lists.meanings, "kva", shown)
        texts = ", ".join(f"{code} {known.get(code, '')}".strip() for code in shown)
        self._form.fill({"kva": texts or "inga koder ännu (KVÅ/operationer, Alt+K)"})

    async def press_kva(self) -> None:
        """Open KVÅ/operationer, with what stands here."""
        if self._card is not None:
            pending = {**{n: self._form.get(n) for n in _DIAGNOSIS_FIELDS}, **self._kva}
            cells = self._form.cells.items()
            before = {n: cell.saved for n, cell in cells if n in _DIAGNOSIS_FIELDS}
            before |= self._kva_saved
            more = {"pending": pending, "before": before, "version": self._card.version}
            await self.pasis.open("184 K", visit=self._card.visit.id, **more)
        else:
            self.deny("Läs patienten först: personnummer och Enter.")

    async def save(self) -> None:
        """Spara: diagnoses and KVÅ together."""
        if self._card is None:
            self.deny(
                _NO_VISIT
                if self.session.patient
                else "Läs patienten först: personnummer och Enter."
            )
            return
        if self._card.why_not:
            self.deny(self._card.why_not.message)
            return
        if self._card.version is not None and self.nothing_new():
            return
        raw = {n: self._form.get(n) for n in _DIAGNOSIS_FIELDS} | self._kva
        try:
            await self.attempt(
                medical.save, self._card.visit.id, self._card.version, raw, done=self._saved
            )
        except Refused as refusal:
            first, *more = refusal.findings
            if first.field in self._form.cells:
                raise
            # The field is on the next screen: say how to get there.
            text = f"{first.message} Koderna står i KVÅ/operationer (Alt+K)."
            self.refuse(first._replace(field="main_diagnosis", message=text), *more)

    press_save = save

    async def _saved(self, card: MedicalCard) -> None:
        self.remember(self._form)
        await self._show(card)
        self.say_saved(_SAID_SAVED.format(visit=card.visit))

    @property
    def dirty(self) -> bool:
        """Diagnoses, or codes taken back from KVÅ/operationer."""
        return super().dirty or self._kva != self._kva_saved

    def draft_elsewhere(self) -> Mapping[str, FormText]:
        """The codes typed in KVÅ/operationer."""
        if self._card is None:
            return {}
        return {"kva": FormText(dict(self._kva), dict(self._kva_saved))}

    async def take_elsewhere(self, back: Returned) -> None:
        """Take the codes back, unless newer ones have just been carried here."""
        carried = dict(self._kva) if self.arguments.get("pending") else {}
        locked = bool(self._card and self._card.why_not)
        back.fill_codes("kva", self._kva, self._kva_saved, locked=locked)
        self._kva |= carried
        await self._show_meanings()

    def put_elsewhere(self, form: str, values: Mapping[str, str]) -> None:
        """Take the codes that were chosen."""
        self._kva |= values

    async def draft_restored(self) -> None:
        """Show the codes put back, and what they mean."""
        await self._show_procedures()

    async def read_record(self) -> None:
        """Show the registration as saved now."""
        if self._card is not None:
            self._carry_nothing()
            await self._open(self._card.visit.id)

    def draft_dropped(self) -> None:
        """Stop carrying the codes: they are saved or dropped."""
        self._kva_saved = dict(self._kva)
        self._carry_nothing()

    def _carry_nothing(self) -> None:
        self.arguments = {}
        if self._card is not None and self.session.trail.current.code == "184":
            self.session.trail.stand("184", visit=self._card.visit.id)

    def draft_forms(self) -> Sequence[Form]:
        """The diagnoses."""
        return (self._form,) if self._card is not None else ()

    def draft_subject(self) -> str:
        """The visit."""
        return str(self._card.visit.id) if self._card else ""

    def draft_arguments(self) -> dict[str, int]:
        """The visit."""
        return {"visit": self._card.visit.id} if self._card else {}

    def draft_record(self) -> tuple[str, int, int | None] | None:
        """The visit's registration, which another may write first."""
        card = self._card
        return (medical.ENTITY, card.visit.id, card.version) if card else None


class ProcedureCodesView(View):
    """184 KVÅ/operationer: the codes of the visit; Spara saves the whole registration."""

    file = "184_kva"

    async def start(self) -> None:
        """Show the codes as they stand in 184."""
        self._form = self.form("kva")
        self._visit: int = self.arguments["visit"]
        self._card = await self.ask(medical.get, self._visit)
        if "version" in self.arguments:  # the version that the text in 184 began from
            self._card = replace(self._card, version=self.arguments["version"])
        carried = cast("Mapping[str, Any]", self.arguments)
        self._before: dict[str, str] = dict(carried.get("before") or self._card.raw())
        self._pending: dict[str, str] = dict(carried.get("pending") or self._card.raw())
        self.session.carry(await self.ask(patients.get, self._card.visit.patient_id))
        self.session.visit_id = self._visit
        self.refresh_frame()
        self._form.fill({"visit": head_line(self._card.visit)})
        self._form.fill({n: self._pending.get(n, "") for n in _PROCEDURE_FIELDS})
        await show_meanings(self, self._form)
        self._form.go_first()
        self.say(
            f"Fyll i koderna och tryck Spara ({key_of('save')}). {key_of('values')} listar. {key_of('back')} går till diagnoserna."
        )

    async def read(self, form: Form | None) -> None:
        """Read the codes again, as they are saved."""
        self.session.trail.stand("184 K", visit=self._visit)
        await self.pasis.if_saved(self, self.pasis.reopen)

    async def save(self) -> None:
        """Spara; a fault in the diagnoses opens 184 at it."""
        raw = {**self._pending, **{n: self._form.get(n) for n in _PROCEDURE_FIELDS}}
        as_saved = all(text.values == text.saved for text in self.draft_elsewhere().values())
        if self._card.version is not None and as_saved and self.nothing_new():
            return
        try:
            await self.attempt(medical.save, self._visit, self._card.version, raw, done=self._saved)
        except Refused as refusal:
            if refusal.findings[0].field in self._form.cells:
                raise
            await self._back(raw, findings=refusal.findings)

    press_save = save

    async def _saved(self, card: MedicalCard) -> None:
        self.remember(self._form)
        self.pasis.drafting.drop_of(MedicalRegistrationView.file, str(self._visit))
        self.session.trail.leave("184")
        await self.pasis.open("184", visit=self._visit)
        if self.pasis.view:
            self.pasis.view.say_saved(_SAID_SAVED.format(visit=card.visit))

    async def _back(self, raw: dict[str, str], **more: object) -> None:
        self.stay()
        self.session.trail.leave("184")
        more |= {"pending": raw, "before": self._before, "version": self._card.version}
        await self.pasis.open("184", visit=self._visit, **more)
        opened = self.pasis.view
        if opened is not None and opened.draft_forms():  # it keeps the codes carried
            self.pasis.drafting.keep(opened)
            self.pasis.drafting.drop_of(self.file, str(self._visit))

    async def step_back(self) -> bool:
        """Back to the diagnoses, with the codes as they stand."""
        raw = {**self._pending, **{n: self._form.get(n) for n in _PROCEDURE_FIELDS}}
        await self._back(raw)
        return True

    def draft_forms(self) -> Sequence[Form]:
        """The codes."""
        return (self.form("kva"),)

    def draft_subject(self) -> str:
        """The visit."""
        return str(self.arguments["visit"])

    def draft_arguments(self) -> dict[str, int]:
        """The visit."""
        return {"visit": self._visit}

    def draft_record(self) -> tuple[str, int, int | None] | None:
        """The visit's registration, which another may write first."""
        return medical.ENTITY, self._visit, self._card.version

    async def read_record(self) -> None:
        """Show the registration as saved now."""
        self._card = await self.ask(medical.get, self._visit)
        self._before = self._card.raw()
        self._pending = dict(self._before)
        self.arguments = {"visit": self._visit}
        self.session.trail.stand("184 K", visit=self._visit)
        locked = bool(self._card.why_not)
        self._form.protect(*_PROCEDURE_FIELDS, locked=locked)
        self._form.fill({n: self._pending[n] for n in _PROCEDURE_FIELDS})
        if self._card.why_not:
            self.say(self._card.why_not.message)

    def draft_elsewhere(self) -> Mapping[str, FormText]:
        """The diagnoses as they stand in 184."""
        values, saved = (
            {n: text.get(n, "") for n in _DIAGNOSIS_FIELDS}
            for text in (self._pending, self._before)
        )
        return {"medical": FormText(values, saved)}

    async def take_elsewhere(self, back: Returned) -> None:
        """Take the diagnoses back, unless newer ones have just been carried here."""
        arguments = cast("Mapping[str, Any]", self.arguments)
        carried: Mapping[str, str] = arguments.get("pending") or {}
        locked = bool(self._card.why_not)
        back.fill_codes("medical", self._pending, self._before, locked=locked)
        self._pending |= {n: carried[n] for n in _DIAGNOSIS_FIELDS if n in carried}

    def put_elsewhere(self, form: str, values: Mapping[str, str]) -> None:
        """Take the diagnoses that were chosen."""
        self._pending |= values
