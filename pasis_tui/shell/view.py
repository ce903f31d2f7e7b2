"""What all numbered screens have in common.

A view composes the frame around its sections (forms and lists), routes keys to the section with
the cursor, and asks services in a thread.  Every key is done to its end before the next one
(see ``keys``), so an answer can never come late or for the wrong screen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import ComposeResult

from pasis_tui.shell.beside import FROM, Beside
from pasis_tui.shell.conflicts import after_asking, meet, meet_act
from pasis_tui.shell.meanings import codes_offered
from pasis_tui.shell.page import Page
from pasis_tui.shell.routing import KeyRouter
from pasis_tui.validation.findings import (
    NOTHING,
    Confirmed,
    ProtectedIdentity,
    Refused,
    Unconfirmed,
)
from pasis_tui.widgets.dialogs import Warned
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.frame import Foot, Head, patient_banner
from pasis_tui.widgets.inputs import Input
from pasis_tui.widgets.painted import Body
from pasis_tui.widgets.sections import make_section

if TYPE_CHECKING:
    from pasis_tui.services.patients.patients import PatientCard

T = TypeVar("T")
WAITING = "Personnummer: 10 siffror i följd, sedan Enter."


class View(Page):
    """A numbered screen.

    A subclass names its display file in ``file`` and its sections' order follows the formats in
    it.  It overrides the hooks of ``Page``.
    """

    DEFAULT_CSS = "View { layout: vertical; }"
    beside: Beside | None = None
    number_asked = ""  # the number of a patient nobody has said why to look at

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.router = KeyRouter(self)

    def compose(self) -> ComposeResult:
        """Lay out frame and sections."""
        palette = self.pasis.palette
        self.styles.background = palette.ground
        self._head = Head(self.display_file.title, palette)
        self._foot = Foot(self.pasis.keymap.legend(), palette)
        self._foot.set_coach(self.pasis.coach, self.app.size.height)
        for spec in self.display_file.formats:
            section = make_section(spec, palette)
            section.on_room = self.place_cursor
            if isinstance(section, Form):
                section.offered = partial(codes_offered, self, section)
            self.sections.append(section)
        yield self._head
        yield Body(*self.sections, style=palette.text)
        yield self._foot

    async def open(self) -> None:
        """Get ready for keys: called once, when the sections are mounted."""
        self.fit_beside()
        self.refresh_frame()
        if shown := [s for s in self.sections if s.display]:
            self.activate(shown[0])
        try:
            await self.start()
            if self.active is None:
                self.activate(self.head)
            if self.pasis.logged_on:
                await self.pasis.drafting.restore(self)
        except ProtectedIdentity as asked:
            self.protected_asked = asked
        except Exception as error:
            if not self.explain(error):
                raise
        self.place_cursor()

    def on_resize(self) -> None:
        """Keep cursor and lists in sight when the terminal changes its size."""
        self.fit_beside()
        self.foot.set_coach(self.pasis.coach, self.app.size.height)
        self.call_after_refresh(self.place_cursor)

    async def attempt(
        self,
        act: Callable[..., T],
        *args: Any,
        done: Callable[[T], Awaitable[None]],
        confirmed: Confirmed = NOTHING,
        **kwargs: Any,
    ) -> None:
        """Run a service that saves the form and may warn, and *done* with its answer.

        Warnings are asked about, and the service is called again with what was confirmed.  When
        another has saved first, the clerk chooses and ``save`` begins anew.  Refusals go up to the
        application, which lets the open view explain them.
        """
        from pasis_tui.store.conflict import Conflict

        if self.overtaken:
            await after_asking(self, self.save)
            return
        try:
            answer = await self.ask(act, *args, confirmed=confirmed, **kwargs)
        except Conflict as conflict:
            if not self.draft_record():
                raise
            await meet(self, conflict, self.save)
            return
        except Unconfirmed as warning:
            findings = warning.findings
            asked = confirmed.union(findings)

            async def go_on(_: bool) -> None:
                await self.attempt(act, *args, done=done, confirmed=asked, **kwargs)
                await self.go_on_when_saved()

            async def refuse() -> None:
                self.refuse(*findings, foreseen=True)

            await self.pasis.open_dialog(Warned(findings, go_on, refuse))
            return
        self.confirmed = confirmed
        await done(answer)

    async def attempt_act(
        self,
        name: str,
        act: Callable[[Confirmed], Awaitable[None]],
        confirmed: Confirmed = NOTHING,
    ) -> None:
        """Do *act*, which does something other to the record than save the form, such as Makulera.

        It is given what the clerk has confirmed, and asks its service with the record's version as
        the view has it then.  Warnings, and what another has saved meanwhile, are asked about.
        """
        from pasis_tui.store.conflict import Conflict

        try:
            await act(confirmed)
        except Conflict as conflict:
            await meet_act(self, conflict, name, partial(self.attempt_act, name, act))
        except Unconfirmed as warning:
            findings = warning.findings
            asked = confirmed.union(findings)

            async def go_on(_: bool) -> None:
                await self.attempt_act(name, act, asked)

            async def refuse() -> None:
                self.refuse(*findings, foreseen=True)

            await self.pasis.open_dialog(Warned(findings, go_on, refuse))

    async def fields_hold(self) -> bool:
        """Whether every field can be read; the first that cannot be has the cursor."""
        return await self.router.fields_hold()

    async def receive(self, event: Input) -> None:
        """Take one input and do everything it leads to."""
        await self.router.receive(event)

    def enter_box(self) -> None:
        """Give the Snabbval box the cursor."""
        self.router.enter_box()

    def leave_box(self) -> None:
        """Give the cursor back to where it was before Snabbval."""
        self.router.leave_box()

    # --- the patient carried ---------------------------------------------------------------

    def refresh_frame(self) -> None:
        """Show user, unit, date and patient in the frame."""
        self.head.standing = self.pasis.standing()
        patient = self.session.patient if self.pasis.logged_on else None
        self.head.banner = patient_banner(patient) if patient else None
        self.head.others = self.pasis.presence.text_of(patient.id) if patient else ""
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
        """Put the cursor where typing goes, and look again at what is told of the patient."""
        super().place_cursor()
        if self.pasis.logged_on:
            patient = self.session.patient
            self.pasis.presence.look(self.context, patient.id if patient else None)
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
        from pasis_tui.services.errors import NotFound
        from pasis_tui.services.patients import patients

        read = patients.read if own else patients.find
        try:
            card = await self.ask(read, text, century)
        except NotFound:
            self._carry_nobody()
            raise
        except Refused as stopped:
            if isinstance(stopped, ProtectedIdentity):
                self.number_asked = text
            self._carry_nobody()
            raise
        self.session.carry(card)
        self.refresh_frame()
        return card

    def _carry_nobody(self) -> None:
        self.session.carry(None)  # or frame and field would name different patients
        self.let_go()
        self.refresh_frame()
