"""What every numbered screen does the same way.

A view composes the frame around its sections (forms and lists), routes keys to the section with
the cursor, and asks services in a thread.  Every key is done to its end before the next one
(see ``keys``), so an answer can never come late or for the wrong screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual.geometry import Offset, Region
from textual.screen import Screen
from textual.strip import Strip

from pasis_tui.display import HEAD_HEIGHT, Display, display
from pasis_tui.validation.findings import Finding, Level, Refused, Unconfirmed
from pasis_tui.widgets.conflicts import conflict_text
from pasis_tui.widgets.dialogs import Warned
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.frame import Foot, Head, patient_banner
from pasis_tui.widgets.keys import Input
from pasis_tui.widgets.painted import Body
from pasis_tui.widgets.record_list import RecordList
from pasis_tui.widgets.routing import KeyRouter
from pasis_tui.widgets.sections import Section, make_section

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from pasis_tui.services.patients import PatientCard
    from pasis_tui.store.actor import Context
    from pasis_tui.widgets.host import Host
    from pasis_tui.widgets.session import Session

T = TypeVar("T")
WAITING = "Personnummer: 10 siffror i följd, sedan Enter."


class View(Screen[None]):
    """A numbered screen.

    A subclass names its display file in ``file`` and its sections' order follows the formats in
    it.  It overrides the hooks at the end of this class.
    """

    DEFAULT_CSS = "View { layout: vertical; }"
    AUTO_FOCUS = None
    file = ""
    may_have_draft = False  # a draft may wait although no form is open yet

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = arguments
        self.display_file: Display = display(self.file)
        self.sections: list[Section] = []
        self.active: Section | Head | None = None
        self.router = KeyRouter(self)
        self.confirmed: frozenset[str] = frozenset()

    # --- making -----------------------------------------------------------------------------

    @property
    def pasis(self) -> Host:
        """The application."""
        return cast("Host", self.app)

    @property
    def session(self) -> Session:
        """Who is logged on, with which patient."""
        return self.pasis.session

    @property
    def context(self) -> Context:
        """What a service wants to know."""
        return self.session.context(self.display_file.code.split()[0])

    @property
    def head(self) -> Head:
        """The frame's upper part."""
        return self._head

    @property
    def foot(self) -> Foot:
        """The frame's lower part, with the message line."""
        return self._foot

    def compose(self) -> ComposeResult:
        """Lay out frame and sections."""
        palette = self.pasis.palette
        self.styles.background = palette.ground
        self._head = Head(self.display_file.title, palette)
        self._foot = Foot(self.pasis.keymap.legend(), palette)
        for spec in self.display_file.formats:
            section = make_section(spec, palette)
            section.on_room = self.place_cursor
            self.sections.append(section)
        yield self._head
        yield Body(*self.sections, style=palette.text)
        yield self._foot

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return nothing to see: head, body and foot cover the screen."""
        return [Strip.blank(crop.width)] * crop.height

    def form(self, name: str) -> Form:
        """Return the form of the format *name*."""
        for section in self.sections:
            if isinstance(section, Form) and section.spec.name == name:
                return section
        raise KeyError(name)

    def record_list(self, name: str) -> RecordList:
        """Return the list of the format *name*."""
        for section in self.sections:
            if isinstance(section, RecordList) and section.spec.name == name:
                return section
        raise KeyError(name)

    async def open(self) -> None:
        """Be ready for keys: called once, when the sections are mounted."""
        self.refresh_frame()
        shown = [s for s in self.sections if s.display]
        if shown:
            self.activate(shown[0])
        try:
            await self.start()
            if self.active is None:
                self.activate(self.head)
            if self.pasis.logged_on:
                await self.pasis.drafting.restore(self)
        except Exception as error:
            if not self.explain(error):
                raise
        self.place_cursor()

    def on_resize(self) -> None:
        """Keep cursor and lists in sight when the terminal changes its size."""
        self.call_after_refresh(self.place_cursor)

    def refresh_frame(self) -> None:
        """Show who, where, when and which patient."""
        self.head.standing = self.pasis.standing()
        patient = self.session.patient if self.pasis.logged_on else None
        self.head.banner = patient_banner(patient) if patient else None
        self.head.refresh()

    def activate(self, section: Section | Head) -> None:
        """Give *section* the cursor."""
        if self.active is not None and self.active is not section:
            self.active.active = False
            self.active.refresh()
        self.active = section
        section.active = True
        section.refresh()

    def place_cursor(self) -> None:
        """Put the terminal's own cursor where typing goes."""
        lists = [s for s in self.sections if isinstance(s, RecordList) and s.display]
        for shown in lists:
            shown.fit()
        if self.active is not None and self.app.screen is self:  # a dialogue places its own
            self.app.cursor_position = self._corner(self.active) + self.active.caret()
        self.foot.set_place(lists[0].place() if lists else "")

    def _corner(self, active: Section | Head) -> Offset:
        """Return where *active* is, or will be at the next layout."""
        if isinstance(active, Head):
            return Offset(0, 0)
        above = self.sections[: self.sections.index(active)]
        rows = (s.rows if isinstance(s, Form) else s.room for s in above if s.display)
        return Offset(0, HEAD_HEIGHT + sum(rows))

    def show_section(self, section: Section, shown: bool) -> None:
        """Show or hide *section*; a hidden one gives the cursor away."""
        section.display = shown
        if not shown and self.active is section:
            others = [s for s in self.sections if s.display]
            self.activate(others[0] if others else self.head)

    # --- messages ---------------------------------------------------------------------------

    def say(self, message: str, *, good: bool = False) -> None:
        """Show *message* on the message line."""
        self.foot.say(message, good=good)

    def refuse(self, finding: Finding, form: Form | None = None) -> None:
        """Show *finding*, with the cursor on the field at fault."""
        self.foot.show(finding)
        for candidate in [form] if form else self.forms():
            if finding.field in candidate.cells:
                candidate.finding = finding
                if candidate.go(finding.field):
                    candidate.place_caret(len(candidate.get(finding.field)))
                    self.activate(candidate)
                candidate.refresh()
                return

    def forms(self) -> list[Form]:
        """The forms that are shown."""
        return [s for s in self.sections if isinstance(s, Form) and s.display]

    @property
    def dirty(self) -> bool:
        """Whether something was typed here that is not saved."""
        return any(form.dirty for form in self.draft_forms())

    # --- services ---------------------------------------------------------------------------

    async def ask(self, service: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run *service* in a thread with this view's context first, and return its answer."""
        return await asyncio.to_thread(partial(service, self.context, *args, **kwargs))

    async def attempt(
        self,
        act: Callable[..., T],
        *args: Any,
        done: Callable[[T], Awaitable[None]],
        confirmed: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        """Run a service that may warn, and *done* with its answer.

        Warnings are asked about, and the service is called again with what was confirmed.
        Refusals go up to the application, which lets the open view explain them.
        """
        try:
            answer = await self.ask(act, *args, confirmed=confirmed, **kwargs)
        except Unconfirmed as warning:
            findings = warning.findings
            again = confirmed | {f.rule for f in findings}

            async def go_on(yes: bool | None) -> None:
                if yes:
                    await self.attempt(act, *args, done=done, confirmed=again, **kwargs)
                else:
                    self.refuse(findings[0])

            await self.pasis.open_dialog(Warned(findings, go_on))
            return
        self.confirmed = confirmed
        await done(answer)

    def explain(self, error: Exception) -> bool:
        """Show what a service refused, with nothing lost; False for a fault of the program."""
        if isinstance(error, Refused):
            self.refuse(error.findings[0])
            return True
        if not self.pasis.logged_on:
            return False
        from pasis_tui.exports.whole import FileTrouble
        from pasis_tui.services.errors import NoRight, NotFound
        from pasis_tui.store.conflict import Conflict
        from pasis_tui.store.trouble import DatabaseTrouble

        if isinstance(error, Conflict):
            self.refuse(Finding("", Level.BLOCK, "", conflict_text(error, self.forms())))
            return True
        if isinstance(error, NotFound | NoRight | DatabaseTrouble | FileTrouble):
            self.refuse(Finding("", Level.BLOCK, "", str(error)))
            return True
        return False

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
        from pasis_tui.services import patients

        read = patients.read if own else patients.find
        try:
            card = await self.ask(read, text, century)
        except Refused:
            self.session.carry(None)  # or the frame names one patient and the field another
            self.let_go()
            self.refresh_frame()
            raise
        self.session.carry(card)
        self.refresh_frame()
        return card

    async def receive(self, given: Input) -> None:
        """Take one input and do all it leads to."""
        await self.router.receive(given)

    def enter_box(self) -> None:
        """Give the Snabbval box the cursor."""
        self.router.enter_box()

    def leave_box(self) -> None:
        """Give the cursor back to where it was before Snabbval."""
        self.router.leave_box()

    def remember(self, form: Form) -> None:
        """Keep the saved values of *form* for Dup, and let its draft go."""
        for name, value in form.values.items():
            if value:
                self.session.last_saved[(self.display_file.code, name)] = value
        form.mark_saved()
        self.pasis.drafting.drop(self)

    # --- hooks ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Fill the sections; the frame and the first section's cursor are there."""

    async def read(self, form: Form | None) -> None:
        """Läs, or Enter on a key field."""
        self.say("Bilden har inget att läsa.")

    async def save(self) -> None:
        """Spara."""
        self.say("Bilden har inget att spara.")

    def let_go(self) -> None:
        """Show nothing more of the patient who was carried: the number of the next was refused."""

    async def clear(self) -> None:
        """Rensa: empty the screen and let the patient go."""
        self.session.carry(None)
        code, parent = self.display_file.code, self.display_file.parent
        # A form belongs to a commitment or a visit: without the patient its parent is shown.
        self.session.trail[-1] = (parent if parent not in {"", "start"} else code, {})
        await self.pasis.reopen()

    async def button(self, form: Form, name: str) -> None:
        """Press the button *name*."""

    async def left(self, form: Form, field: str) -> str | None:
        """Say why the field *field* may not be left, or react to what was typed in it."""
        return None

    async def opened(self, section: RecordList) -> None:
        """Open the row under the cursor of *section*."""

    def moved(self, section: RecordList) -> None:
        """React to the cursor's new row in *section*."""

    async def list_key(self, section: RecordList, character: str) -> bool:
        """Take a character typed in a list; False when it means nothing."""
        return False

    async def job_done(self) -> None:
        """Show what a job in the background has changed."""

    async def step_back(self) -> bool:
        """Take one step back inside the view; False when the view itself is to be left."""
        return False

    def list_filters(self, form: Form, field: str) -> dict[str, Any]:
        """Return what narrows the value list of *field*, as ``code_lists.search`` takes it."""
        return {}

    def own_list(self, form: Form, field: str) -> Sequence[tuple[str, str]] | None:
        """Return the rows of a list that is the view's own, None to look the table up."""
        return None

    def chosen_value(self, form: Form, field: str, code: str) -> str:
        """Return what the field holds once *code* was chosen from its list."""
        return code

    def draft_state(self) -> str:
        """What else ``enter_draft_state`` needs to put the view as it was."""
        return ""

    async def enter_draft_state(self, state: str) -> bool:
        """Put the view as it was when the draft was kept; False when that has become impossible."""
        return True

    def draft_restored(self) -> None:
        """Show what follows from what the draft put back."""

    def draft_forms(self) -> Sequence[Form]:
        """The forms whose unsaved text is kept on disk."""
        return ()

    def draft_arguments(self) -> dict[str, Any]:
        """What ``open`` needs to show this view again, besides the patient."""
        return {k: v for k, v in self.arguments.items() if isinstance(v, int)}

    def draft_subject(self) -> str:
        """What the draft belongs to besides screen and user: the patient, a form's commitment."""
        return str(self.session.patient.id) if self.session.patient else ""
