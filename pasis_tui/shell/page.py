"""A numbered screen without its keys: frame, sections, messages, and the hooks a screen fills.

What works for a screen (its router, the patient it carries, drafts, questions of conflicts) sees
it as a ``Page`` and the application as a ``Host``; ``View`` puts them together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from textual.geometry import Offset, Region
from textual.screen import Screen
from textual.strip import Strip

from pasis_tui.display.display_files import HEAD_HEIGHT, Display, display
from pasis_tui.validation.findings import (
    NOTHING,
    Confirmed,
    Finding,
    ProtectedIdentity,
    Refused,
    refusal,
)
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.dialogs import Dialog, DialogHost
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.frame import Foot, Head, Standing
from pasis_tui.widgets.inputs import Input
from pasis_tui.widgets.record_list import RecordList, values_line
from pasis_tui.widgets.sections import Section

if TYPE_CHECKING:
    from pasis_tui.services.users.draft_content import Draft, FormText
    from pasis_tui.shell.calls import Calls
    from pasis_tui.shell.presence import PresenceWatch
    from pasis_tui.shell.returned import Overtaken, Returned
    from pasis_tui.shell.session import Session
    from pasis_tui.store.actor import Actor, Context
    from pasis_tui.store.database import Database
    from pasis_tui.training.class_link import ClassLink

T = TypeVar("T")


class Drafts(Protocol):
    """What a screen asks of the drafts."""

    def keep(self, view: Page) -> None:
        """Keep what is unsaved in *view*."""

    async def restore_if_read(self, view: Page) -> None:
        """Look for the draft of what *view* shows now."""

    async def restore(self, view: Page) -> None:
        """Restore the draft of *view*, which has just been opened."""

    def drop(self, view: Page) -> None:
        """Drop the draft of *view*, which is saved."""

    def drop_of(self, file: str, subject: str) -> None:
        """Drop the draft of another screen."""

    def snapshot(self, view: Page) -> Draft:
        """Return the text that stands in *view*."""
        ...

    async def put_back(self, view: Page, draft: Draft, cursor: bool = True) -> Returned:
        """Put the text of *draft* over what *view* shows as saved."""
        ...

    def coming_back(self) -> None:
        """Show the draft of the screen that is opened next as it was left, without a word."""


class Host(DialogHost, Protocol):
    """The application as its screens see it; what it does is told there.

    ``presence`` knows who else has the patient open, ``home`` is the folder everything is written in, ``read_only`` whether nothing is saved, ``coach`` what the strip above the foot shows
    on every screen ("" for none), ``sitting`` is the time between a login and its end, ``calls`` runs what is waited for, ``listeners`` who follows the clerk's work, ``class_link`` the
    class that the learner is in, None for none, ``class_store`` where classes are kept, None for where they
    are by default.
    """

    session: Session
    logged_on: bool
    quick_history: list[str]
    listeners: Listeners
    calls: Calls
    presence: PresenceWatch
    class_link: ClassLink | None
    class_store: str | None
    coach: str
    sitting: object
    home: Path
    database_name: str
    read_only: bool

    @property
    def drafting(self) -> Drafts:
        """The drafts of whoever is logged on."""
        ...

    @property
    def view(self) -> Page | None:
        """The view that is open, under any dialogue."""

    async def open(self, code: str, **arguments: Any) -> None:
        """Open the screen *code*."""

    async def reopen(self) -> None:
        """Open the same screen afresh."""

    async def go_back(self) -> None:
        """Go a step back in the trail."""

    async def if_saved(self, view: Page, then: Callable[[], Awaitable[None]]) -> None:
        """Do *then*, after asking when something is unsaved."""

    async def quick_select(self, text: str) -> None:
        """Do what was typed in the Snabbval box."""

    def standing(self) -> Standing:
        """Return who works where, on which date."""
        ...

    async def logged_in(self, database: Database, actor: Actor) -> None:
        """Start a session."""

    def set_today(self, day: date) -> None:
        """Move the working date."""

    def in_background(self, job: Callable[[Callable[[str], None]], str]) -> None:
        """Run *job* in a thread; what it reports and returns is said on the message line."""

    def fail(self, error: BaseException) -> None:
        """End the program for *error*; the command line says what it is for people, or a fault."""


class Listeners:
    """Functions by which others, such as an exercise, follow a clerk's work; the program knows none.

    They are called in the order they were added, between two keys; none may wait for anything.
    ``inputs`` get each input once everything it led to is done, the time it was typed (seconds, by
    the gate's clock) and whether it was dropped instead; ``refusals`` the screen and its findings,
    the first of which is on the message line; ``saves`` the screen and the message of the save.
    """

    def __init__(self) -> None:
        self.inputs: list[Callable[[Input, float, bool], None]] = []
        self.refusals: list[Callable[[Page, Sequence[Finding]], None]] = []
        self.saves: list[Callable[[Page, str], None]] = []


class Page(Screen[None]):
    """A numbered screen as seen by what works for it: its frame, its sections and its hooks.

    ``overtaken`` is what another has saved since what stands here was read; a save asks first.
    """

    AUTO_FOCUS = None
    file = ""
    _head: Head  # both are there once it is composed
    _foot: Foot
    may_have_draft = False  # a draft may wait although no form is open yet
    overtaken: Overtaken | None = None
    draft_name = ""  # the draft last looked for
    protected_asked: ProtectedIdentity | None = None  # what stopped it from being filled

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self.arguments = arguments
        self.display_file: Display = display(self.file)
        self.sections: list[Section] = []
        self.active: Section | Head | None = None
        self.confirmed: Confirmed = NOTHING
        self.saved_message = ""  # the message that this form was saved, until another is shown
        self._after_saving: Callable[[], Awaitable[None]] | None = None

    # --- making -----------------------------------------------------------------------------

    @property
    def pasis(self) -> Host:
        """The application."""
        return cast("Host", self.app)

    @property
    def composed(self) -> bool:
        """Whether frame and sections are in place, so that messages can be shown here."""
        return hasattr(self, "_foot")

    @property
    def session(self) -> Session:
        """The session: who is logged on, and the patient carried."""
        return self.pasis.session

    @property
    def context(self) -> Context:
        """The context that services need."""
        return self.session.context(self.display_file.code.split()[0])

    @property
    def head(self) -> Head:
        """The frame's upper part."""
        return self._head

    @property
    def foot(self) -> Foot:
        """The frame's lower part, with the message line."""
        return self._foot

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return a blank row: head, body and foot cover the screen."""
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

    def activate(self, section: Section | Head) -> None:
        """Give *section* the cursor."""
        if self.active is not None and self.active is not section:
            self.active.active = False
            self.active.refresh()
        self.active = section
        section.active = True
        section.refresh()

    def refresh_frame(self) -> None:
        """Show user, unit and date in the frame."""
        self.head.standing = self.pasis.standing()
        self.head.refresh()

    def leave_box(self) -> None:
        """Give the cursor back to where it was before Snabbval."""

    def place_cursor(self) -> None:
        """Put the terminal's own cursor where typing goes."""
        lists = [s for s in self.sections if isinstance(s, RecordList) and s.display]
        for shown in lists:
            shown.fit()
        if self.active is not None and self.app.screen is self:  # a dialogue places its own
            self.app.cursor_position = self._corner(self.active) + self.active.caret()
        whole = lists[0].row_values(cut=True) if lists else []
        self.foot.set_place(lists[0].place() if lists else "", values_line(whole))

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
            self.activate(next((s for s in self.sections if s.display), self.head))

    # --- messages ---------------------------------------------------------------------------

    def say(self, message: str, *, good: bool = False) -> None:
        """Show *message* on the message line."""
        self.saved_message = ""
        self.foot.say(message, good=good)

    def say_saved(self, message: str) -> None:
        """Say that the form was saved; Spara with nothing new says it again."""
        self.say(message, good=True)
        self.saved_message = message
        for listener in self.pasis.listeners.saves:
            listener(self, message)

    def deny(self, message: str) -> None:
        """Say why a command is not done, and drop what was typed ahead, which counted on it."""
        self.pasis.drop_typed_ahead()
        self.say(message)

    def refuse(self, *findings: Finding, form: Form | None = None, foreseen: bool = False) -> None:
        """Show *findings*, each marked at its field, the cursor on that of the first.

        Of *form* other marks stay; without one they go.  What was typed ahead is dropped, unless
        the clerk has *foreseen* it: answered its question.
        """
        if not foreseen:
            self.pasis.drop_typed_ahead()
        self.stay()
        self.saved_message = ""
        self.foot.show(findings)
        forms = [form] if form else self.forms()
        marks = [
            (finding, place)
            for finding in findings
            if (place := next((each for each in forms if finding.field in each.cells), None))
        ]
        if marks and form is None:
            for each in forms:
                each.unmark()
        for finding, place in reversed(marks):  # of a field's own findings the first stays
            place.mark(finding)
        if marks and marks[0][0] is findings[0]:
            name, place = findings[0].field, marks[0][1]
            if place.go(name):
                place.place_caret(len(place.get(name)))
                self.activate(place)
        for listener in self.pasis.listeners.refusals:
            listener(self, findings)

    def forms(self) -> list[Form]:
        """The forms that are shown."""
        return [s for s in self.sections if isinstance(s, Form) and s.display]

    @property
    def dirty(self) -> bool:
        """Whether something was typed here that is not saved."""
        return any(form.dirty for form in self.draft_forms())

    def nothing_new(self) -> bool:
        """Say so when nothing here is unsaved, so that Spara pressed twice saves only once."""
        if self.dirty:
            return False
        if message := self.saved_message:
            self.say(message, good=True)
            self.saved_message = message
        else:
            self.say("Inget är ändrat.")
        return True

    # --- services ---------------------------------------------------------------------------

    async def ask(self, service: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run *service* in a thread with this view's context first, and return its answer."""
        context = self.context
        return await self.pasis.calls.run(
            context.database, partial(service, context, *args, **kwargs)
        )

    async def save_and(self, then: Callable[[], Awaitable[None]]) -> None:
        """Save this view and do *then* once it is saved; after a refusal or a no, stay here."""
        self._after_saving = then
        if await self.fields_hold():
            await self.save_everything()
            await self.go_on_when_saved()

    async def fields_hold(self) -> bool:
        """Whether every field can be read."""
        return True

    def stay(self) -> None:
        """Cancel what ``save_and`` was to do: the view was not saved."""
        self._after_saving = None

    async def go_on_when_saved(self) -> None:
        """Do what ``save_and`` was to do, if the view is saved now; also called after a question."""
        if self.dirty and isinstance(self.app.screen, Dialog):
            return  # the answer to the question decides
        then, self._after_saving = self._after_saving, None
        if then is not None and not self.dirty:
            await then()

    def explain(self, error: Exception) -> bool:
        """Show why an act was stopped and keep what was typed.

        False for a fault of the program, and for what ends it: the application does that.
        """
        if not isinstance(error, ForPeople) or error.ends_program:
            return False
        if isinstance(error, Refused):
            self.refuse(*error.findings)
            return True
        self.refuse(refusal(error.field, str(error)))
        return True

    def remember(self, form: Form) -> None:
        """Keep the saved values of *form* for Dup, and drop its draft."""
        for name, value in form.values.items():
            if value:
                self.session.last_saved[(self.display_file.code, name)] = value
        form.mark_saved()
        self.pasis.drafting.drop(self)

    # --- hooks ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Fill the sections; the frame is drawn and the first section has the cursor."""

    async def read(self, form: Form | None) -> None:
        """Läs, or Enter on a key field."""
        self.say("Bilden har inget att läsa.")

    async def store_imported(self) -> None:
        """Return when the store may be imported here: no thread is at it."""

    async def save(self) -> None:
        """Spara."""
        self.say("Bilden har inget att spara.")

    async def save_everything(self) -> None:
        """Save everything typed before leaving, where Spara alone would save less."""
        await self.save()

    def let_go(self) -> None:
        """Stop showing the patient who was carried: the number of another was refused."""

    async def clear(self) -> None:
        """Rensa: empty the screen and stop carrying the patient."""
        self.session.carry(None)
        code, parent = self.display_file.code, self.display_file.parent
        # A form belongs to a commitment or a visit: without the patient its parent is shown.
        self.session.trail.stand(parent if parent not in {"", "start"} else code)
        await self.pasis.reopen()

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

    def more_help(self, form: Form, field: str) -> Sequence[str]:
        """Return what F1 adds to the display file's help of *field*, such as what depends on the date."""
        return ()

    def list_filters(self, form: Form, field: str) -> dict[str, Any]:
        """Return what narrows the value list of *field*, as ``code_lists.search`` takes it."""
        return {}

    def own_list(self, form: Form, field: str) -> Sequence[tuple[str, str]] | None:
        """Return the rows of the view's own list, None to look the table up."""
        return None

    def chosen_value(self, form: Form, field: str, code: str) -> str:
        """Return what the field holds once *code* was chosen from its list."""
        return code

    # --- hooks of Drafting ------------------------------------------------------------------

    def draft_forms(self) -> Sequence[Form]:
        """The forms whose unsaved text is kept on disk."""
        return ()

    def draft_arguments(self) -> dict[str, int]:
        """What ``open`` needs to show this view again, besides the patient."""
        return {k: v for k, v in self.arguments.items() if isinstance(v, int)}

    def draft_subject(self) -> str:
        """What the draft belongs to besides screen and user: the patient, a form's commitment."""
        patient = self.session.patient
        return str(patient.id) if patient else ""

    def draft_record(self) -> tuple[str, int, int | None] | None:
        """The record that a save changes: its table, its key and the version read.

        The version is None when there is none yet; None for what nobody else can save first.
        """
        return None

    def draft_state(self) -> str:
        """What else ``enter_draft_state`` needs to put the view as it was."""
        return ""

    async def enter_draft_state(self, state: str) -> bool:
        """Restore the view's state when the draft was kept; False when that is no longer possible."""
        return True

    def draft_elsewhere(self) -> Mapping[str, FormText]:
        """Return the text that was typed in a screen below this one and carried here, by format."""
        return {}

    async def take_elsewhere(self, back: Returned) -> None:
        """Take back what ``draft_elsewhere`` returned."""

    def put_elsewhere(self, form: str, values: Mapping[str, str]) -> None:
        """Put *values*, chosen by the clerk, in what ``draft_elsewhere`` returns of *form*."""

    def draft_dropped(self) -> None:
        """Count what ``draft_elsewhere`` returns as saved: it was saved or dropped."""

    async def draft_restored(self) -> None:
        """Update what depends on the fields that were put back or chosen."""

    # --- hooks of conflicts -----------------------------------------------------------------

    async def read_record(self) -> None:
        """Show the record that is open as it is saved now, whatever is typed.

        Raises as its service does when it can no longer be read.
        """

    async def record_gone(self) -> None:
        """Show what is left when the record that was open is no longer there."""
