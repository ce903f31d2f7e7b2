"""184 Medicinsk registrering and its screen of KVÅ codes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pasis_tui.services import code_lists, contacts, medical, patients
from pasis_tui.services.medical import MedicalCard
from pasis_tui.validation.findings import Finding, Level, Refused
from pasis_tui.validation.medical import PROCEDURES, ROWS
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.meanings import show_meanings
from pasis_tui.widgets.view import View

_PROCEDURE_FIELDS = tuple(f"kva_{n}" for n in PROCEDURES)
_DIAGNOSIS_FIELDS = ("main_diagnosis", "problem", *(f"diagnosis_{n}" for n in ROWS))


def head_line(card: MedicalCard) -> str:
    """Return the visit in one line."""
    marks = "".join(
        f"  {word}" for word, on in (("distans", card.distance), ("tolk", card.interpreter)) if on
    )
    return (
        f"{card.date} {card.time:%H:%M}  {card.reception}  {card.caregiver}"
        f"  {card.contact_type}{marks}"
    )


class MedicalRegistrationView(View):
    """The diagnoses of one visit."""

    file = "184_medicinsk_registrering"

    async def start(self) -> None:
        """Show the visit asked for, the one carried, or the patient's latest without diagnosis."""
        self._form = self.form("medical")
        self._card: MedicalCard | None = None
        self._kva: dict[str, str] = {}
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
            await self.pasis.if_saved(self, partial(self._open, self._card.visit_id))
            return
        card = await self.take_patient(self._form.get("identity_number"), own=True)
        await self._open_latest(card.id)

    async def _open_latest(self, patient_id: int) -> None:
        page = await self.ask(contacts.contacts_page, patient_id, size=200)
        owed = [r for r in page.rows if r.dia_reg == "N" and r.date <= self.pasis.today]
        coded = [r for r in page.rows if r.dia_reg == "J"]
        if found := (owed or coded):
            await self._open(found[0].visit_id)
        else:
            patient = self.session.patient
            self._form.fill({"identity_number": patient.identity_text if patient else ""})
            self._form.protect(*_DIAGNOSIS_FIELDS)
            self.say("Patienten har inget besök att registrera. Registrera besöket i 085 först.")

    async def _open(self, visit_id: int) -> None:
        card = await self.ask(medical.get, visit_id)
        self.session.carry(await self.ask(patients.get, card.patient_id))
        self.session.visit_id = card.visit_id
        self.refresh_frame()
        await self._show(card)
        if pending := self.arguments.get("pending"):
            self._form.fill(
                {k: v for k, v in pending.items() if k in _DIAGNOSIS_FIELDS}, saved=False
            )
            self._kva = {k: v for k, v in pending.items() if k in _PROCEDURE_FIELDS}
            await self._show_meanings()
        if refused := self.arguments.get("finding"):
            self.refuse(refused)

    async def _show(self, card: MedicalCard) -> None:
        self._card = card
        form = self._form
        raw = card.raw()
        self._kva = {name: raw.get(name, "") for name in _PROCEDURE_FIELDS}
        form.protect(*_DIAGNOSIS_FIELDS, locked=bool(card.why_not))
        for name in form.buttons:
            form.show_button(name, not card.why_not)
        form.protect("identity_number")
        patient = self.session.patient
        form.fill(
            {
                "identity_number": patient.identity_text if patient else "",
                "visit": head_line(card),
                **{k: v for k, v in raw.items() if k in form.cells},
            }
        )
        await self._show_meanings()
        form.go("main_diagnosis")
        if card.why_not:
            self.say(card.why_not)
        elif card.version is None:
            origin = f" Förslag: {card.origin}." if card.origin else ""
            self.say(
                f"Ingen medicinsk registrering ännu.{origin} Kontrollera och tryck Spara (F10)."
            )
        else:
            self.say("Registrerad. Ändra och tryck Spara (F10). KVÅ/operationer: Alt+K.")

    async def _show_meanings(self) -> None:
        shown = [v for v in self._kva.values() if v]
        known = await self.ask(code_lists.meanings, "kva", shown)
        texts = ", ".join(f"{code} {known.get(code, '')}".strip() for code in shown)
        self._form.fill({"kva": texts or "inga koder ännu (KVÅ/operationer, Alt+K)"})
        await show_meanings(self, self._form)

    async def button(self, form: Form, name: str) -> None:
        """KVÅ/operationer or Spara."""
        if name == "save":
            await self.save()
        elif self._card is not None:
            pending = {**{n: form.get(n) for n in _DIAGNOSIS_FIELDS}, **self._kva}
            await self.pasis.open("184 K", visit=self._card.visit_id, pending=pending)
        else:
            self.say("Läs patienten först: personnummer och Enter.")

    async def save(self) -> None:
        """Spara: diagnoses and KVÅ together."""
        if self._card is None or self._card.why_not:
            self.say(
                self._card.why_not if self._card else "Det finns inget besök att registrera här."
            )
            return
        raw = {n: self._form.get(n) for n in _DIAGNOSIS_FIELDS} | self._kva
        try:
            await self.attempt(
                medical.save, self._card.visit_id, self._card.version, raw, done=self._saved
            )
        except Refused as refusal:
            first = refusal.findings[0]
            if first.field in self._form.cells:
                raise
            self.refuse(Finding(first.rule, Level.BLOCK, "main_diagnosis", first.message))

    async def _saved(self, card: MedicalCard) -> None:
        self.remember(self._form)
        await self._show(card)
        self.say(
            f"Sparat: medicinsk registrering {card.date} {card.time:%H:%M}. Dia reg J.", good=True
        )

    def draft_forms(self) -> Sequence[Form]:
        """The diagnoses."""
        return (self._form,) if self._card is not None else ()

    def draft_subject(self) -> str:
        """The visit."""
        return str(self._card.visit_id) if self._card else ""


class ProcedureCodesView(View):
    """184 KVÅ/operationer: the codes of the visit; Spara saves the whole registration."""

    file = "184_kva"

    async def start(self) -> None:
        """Show the codes as they stand in 184."""
        self._form = self.form("kva")
        self._visit: int = self.arguments["visit"]
        self._card = await self.ask(medical.get, self._visit)
        self._pending: dict[str, str] = self.arguments.get("pending") or self._card.raw()
        self.session.carry(await self.ask(patients.get, self._card.patient_id))
        self.session.visit_id = self._visit
        self.refresh_frame()
        self._form.fill({"visit": head_line(self._card)})
        self._form.fill({n: self._pending.get(n, "") for n in _PROCEDURE_FIELDS})
        await show_meanings(self, self._form)
        self._form.go("kva_1")
        self.say("Fyll i koderna och tryck Spara (F10). F4 listar. F3 går till diagnoserna.")

    async def read(self, form: Form | None) -> None:
        """Read the codes again, as they are saved."""
        self.session.trail[-1] = ("184 K", {"visit": self._visit})
        await self.pasis.if_saved(self, self.pasis.reopen)

    async def button(self, form: Form, name: str) -> None:
        """Spara."""
        await self.save()

    async def save(self) -> None:
        """Spara; a fault in the diagnoses opens 184 at it."""
        raw = {**self._pending, **{n: self._form.get(n) for n in _PROCEDURE_FIELDS}}
        try:
            await self.attempt(medical.save, self._visit, self._card.version, raw, done=self._saved)
        except Refused as refusal:
            first = refusal.findings[0]
            if first.field in self._form.cells:
                raise
            await self._back(raw, finding=first)

    async def _saved(self, card: MedicalCard) -> None:
        self.remember(self._form)
        self.session.trail.pop()
        if self.session.trail and self.session.trail[-1][0] == "184":
            self.session.trail.pop()
        await self.pasis.open("184", visit=self._visit)
        if self.pasis.view:
            self.pasis.view.say(
                f"Sparat: medicinsk registrering {card.date} {card.time:%H:%M}. Dia reg J.",
                good=True,
            )

    async def _back(self, raw: dict[str, str], **more: object) -> None:
        self.pasis.drafting.drop(self)  # 184 carries the codes on
        self.session.trail.pop()
        if self.session.trail and self.session.trail[-1][0] == "184":
            self.session.trail.pop()
        await self.pasis.open("184", visit=self._visit, pending=raw, **more)

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
