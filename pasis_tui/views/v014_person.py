"""014 Personuppgifter."""

from __future__ import annotations

from collections.abc import Sequence

from pasis_tui.services import patients
from pasis_tui.services.patients import PatientCard
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.view import View

_DETAILS = (
    "family_name",
    "given_name",
    "address",
    "phone",
    "postcode",
    "city",
    "listed_unit",
    "protected",
    "deceased_on",
    "interpreter_language",
)


class PersonView(View):
    """The person: read by number, corrected, saved; a reservnummer for the unknown."""

    file = "014_personuppgifter"

    async def start(self) -> None:
        """Show the carried patient, or wait for a number."""
        self._version: int | None = None
        self._person = self.form("person")
        if identity := self.arguments.get("identity"):
            self._person.fill({"identity_number": identity}, saved=False)
            await self._show(await self.take_patient(identity, own=True))
        elif carried := self.session.patient:
            await self._show(await self.take_patient(carried.identity_number, own=True))
        else:
            self.say("Personnummer: 10 siffror i följd, sedan Enter.")

    async def _show(self, card: PatientCard) -> None:
        self._version = card.version
        self._person.fill(card.raw())
        self._person.set_note("listed_unit", card.listed_unit_name)
        self._person.protect("sex", locked=card.kind != "reservnummer")
        self._person.protect("identity_number")
        self._person.go("family_name")
        self.say("Läst. Rätta och tryck Spara (F10). Rensa (Alt+R) tar en annan patient.")

    async def read(self, form: Form | None) -> None:
        """Läs, or read again: what was typed is asked about first."""
        if self._version is None:
            await self._read()
        else:
            await self.pasis.if_saved(self, self._read)

    async def _read(self) -> None:
        number = self._person.get("identity_number")
        await self._show(await self.take_patient(number, own=True))

    async def button(self, form: Form, name: str) -> None:
        """Läs, Spara or Nytt reservnummer."""
        if name == "read":
            await self.read(form)
        elif name == "save":
            await self.save()
        else:
            await self.pasis.if_saved(self, self._reserve)

    async def _reserve(self) -> None:
        number = await self.ask(patients.new_reserve_number)
        self.session.carry(None)
        self.refresh_frame()
        self._version = None
        self._person.clear()
        self._person.protect("identity_number", "sex", locked=False)
        self._person.fill({"identity_number": number}, saved=False)
        self._person.go("sex")
        self.say(f"Nytt reservnummer {number}. Fyll i kön och namn och tryck Spara (F10).")

    async def save(self) -> None:
        """Spara."""
        card = await self.ask(patients.save, self._person.values, self._version)
        self.remember(self._person)
        self.session.carry(card)
        self.refresh_frame()
        await self._show(card)
        self.say(f"Sparat: {card.identity_text} {card.name}.", good=True)

    def draft_forms(self) -> Sequence[Form]:
        """Everything typed here is kept."""
        return (self.form("person"),)
