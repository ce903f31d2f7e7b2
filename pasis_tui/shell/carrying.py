"""The patient carried from screen to screen: read, named in the frame, shown beside the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pasis_tui.shell.beside import FROM, Beside
from pasis_tui.shell.page import Page
from pasis_tui.validation.findings import Refused
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.frame import patient_banner
from pasis_tui.widgets.painted import Body

if TYPE_CHECKING:
    from pasis_tui.services.patients.patients import PatientCard

WAITING = "Personnummer: 10 siffror i följd, sedan Enter."


class CarriesPatient(Page):
    """The part of a view that knows the patient."""

    beside: Beside | None = None

    def refresh_frame(self) -> None:
        """Show user, unit, date and patient in the frame."""
        self.head.standing = self.pasis.standing()
        patient = self.session.patient if self.pasis.logged_on else None
        self.head.banner = patient_banner(patient) if patient else None
        self.head.refresh()
        if self.beside is not None:
            self.beside.show_patient(patient.id if patient else None)

    def fit_beside(self) -> None:
        """Show or hide the patient's panel, as the terminal's size allows."""
        terminal = self.app.size.width
        if self.beside is None and self.display_file.patient and terminal >= FROM:
            self.beside = Beside(self.pasis.palette)
            self.query_one(Body).mount(self.beside)
            self.refresh_frame()
        if self.beside is not None:
            self.beside.fit(terminal, lists=any(f.list for f in self.display_file.formats))

    def place_cursor(self) -> None:
        """Put the cursor where typing goes, and read the patient's panel again when it changed."""
        super().place_cursor()
        if self.beside is not None:
            self.beside.look(self.context)

    async def read_asked_for(self, form: Form, waiting: str = WAITING) -> None:
        """Read the number Snabbval brought or the carried patient's; with neither, wait for one."""
        carried = self.session.patient
        number = self.arguments.get("identity") or (carried.identity_number if carried else "")
        if number:
            form.fill({"identity_number": number})
            await self.read(form)
        else:
            form.go("identity_number")
            self.say(waiting)

    async def take_patient(self, text: str, *, own: bool, century: str = "") -> PatientCard:
        """Read the patient whose number was typed, and carry it from now on.

        With *own*, a patient that only other units have is refused (SE01).
        """
        from pasis_tui.services.patients import patients

        read = patients.read if own else patients.find
        try:
            card = await self.ask(read, text, century)
        except Refused:
            self.session.carry(None)  # or frame and field would name different patients
            self.let_go()
            self.refresh_frame()
            raise
        self.session.carry(card)
        self.refresh_frame()
        return card
