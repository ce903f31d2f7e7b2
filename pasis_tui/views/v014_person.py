"""014 Personuppgifter."""

from __future__ import annotations

from collections.abc import Sequence

from pasis_tui.commands import key_of
from pasis_tui.services.errors import NotFound
from pasis_tui.services.patients import numbers, patients
from pasis_tui.services.patients.numbers import NewNumber
from pasis_tui.services.patients.patients import PatientCard
from pasis_tui.shell.conflicts import after_asking
from pasis_tui.shell.view import View
from pasis_tui.validation.findings import Refused
from pasis_tui.widgets.dialogs import Prompt
from pasis_tui.widgets.form import Form


class PersonView(View):
    """The person: read by number, corrected, saved; a reservnummer for the unknown."""

    file = "014_personuppgifter"

    async def start(self) -> None:
        """Show the carried patient, or wait for a number."""
        self._card: PatientCard | None = None
        self._person = self.form("person")
        if identity := self.arguments.get("identity"):
            self._person.fill({"identity_number": identity}, saved=False)
            await self._read()
        elif carried := self.session.patient:
            await self._show(await self.take_patient(carried.identity_number, own=True))
        else:
            self.say("Personnummer: 10 siffror i följd, sedan Enter.")

    async def _show(self, card: PatientCard) -> None:
        self._card = card
        self._person.fill(card.raw())
        self._person.set_note("listed_unit", card.listed_unit_name)
        self._person.protect("sex", locked=card.kind != "reservnummer")
        self._person.protect("identity_number")
        self._person.go("family_name")
        self.say(
            f"Läst. Rätta och tryck Spara ({key_of('save')}). Rensa ({key_of('clear')}) tar en annan patient."
        )

    async def read(self, form: Form | None) -> None:
        """Läs, or read again: what was typed is asked about first."""
        if self._card is None:
            await self._read()
        else:
            await self.pasis.if_saved(self, self.read_record)

    async def _read(self) -> None:
        number = self._person.get("identity_number")
        try:
            card = await self.take_patient(number, own=True)
        except NotFound:  # no refusal here: what was typed ahead is the name
            self._person.go("family_name")
            self.say(
                f"Personen är inte upplagd än. Fyll i namnet och tryck Spara ({key_of('save')})."
            )
            return
        await self._show(card)

    async def press_read(self) -> None:
        """Read the person."""
        await self.read(self._person)

    async def press_reserve(self) -> None:
        """Begin a person without a number."""
        await self.pasis.if_saved(self, self._ask_birth)

    async def _ask_birth(self) -> None:
        """Ask when the person without a number was born: nothing is guessed."""
        proposed: list[NewNumber] = []

        async def check(text: str) -> str:
            try:
                proposed[:] = [await self.ask(numbers.new_reserve_number, text)]
            except Refused as refused:
                return refused.findings[0].message
            return ""

        async def accepted(_: str) -> None:
            self._reserve(proposed[0])

        lines = [
            "Reservnumret bär födelsedatumet. Skriv det (ÅÅÅÅMMDD), eller av en okänd person bara"
            " det uppskattade året (ÅÅÅÅ): då gäller dagens månad och dag, och namnet blir OID."
        ]
        await self.pasis.open_dialog(
            Prompt("Nytt reservnummer", lines, "Född", accepted, limit=16, check=check)
        )

    def _reserve(self, new: NewNumber) -> None:
        self.session.carry(None)
        self.refresh_frame()
        self._card = None
        self._person.clear()
        self._person.protect("identity_number", "sex", locked=False)
        names = dict.fromkeys(("family_name", "given_name"), "OID") if new.estimated else {}
        self._person.fill({"identity_number": new.number} | names, saved=False)
        self._person.set_note("identity_number", f"{new.age} år")
        self._person.go("sex")
        born = f"född {new.birth_date}{' (uppskattat)' if new.estimated else ''}"
        rest = "kön" if new.estimated else "kön och namn"
        self.say(
            f"Nytt reservnummer {new.number}: {new.age} år, {born}. Fyll i {rest} och tryck Spara"
            f" ({key_of('save')})."
        )

    async def save(self) -> None:
        """Spara."""
        card = self._card
        if card is not None and card.fetched and not self.dirty:
            self._say_saved(card)  # by Läs: a clerk who registers a new patient is told so
            return
        if card is not None and self.nothing_new():
            return
        await after_asking(self, self._save)

    press_save = save

    async def _save(self) -> None:
        version = self._card.version if self._card else None
        await self.attempt(patients.save, self._person.values, version, done=self._saved)

    async def _saved(self, card: PatientCard) -> None:
        self.remember(self._person)
        self.session.carry(card)
        if card.protected:
            self.session.reasons.setdefault(card.id, "registrerade skyddet i 014")
        self.refresh_frame()
        await self._show(card)
        self._say_saved(card)

    def _say_saved(self, card: PatientCard) -> None:
        self.say_saved(f"Sparat: {card.identity_text} {card.name}.")

    async def read_record(self) -> None:
        """Show the person as saved now.

        By id: whoever is protected meanwhile stays carried while why is asked, with what was typed.
        """
        if self._card is not None:
            card = await self.ask(patients.get, self._card.id)
            self.session.carry(card)
            self.refresh_frame()
            await self._show(card)

    def draft_forms(self) -> Sequence[Form]:
        """Everything typed here is kept."""
        return (self.form("person"),)

    def draft_record(self) -> tuple[str, int, int | None] | None:
        """The person, once read."""
        return ("patient", self._card.id, self._card.version) if self._card else None
