"""The Textual application: frame, session, which view is open.  No domain rule, no SQL."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events
from textual.driver import Driver

from pasis_tui.clock import WorkingDay
from pasis_tui.commands import key_of
from pasis_tui.display.display_files import displays
from pasis_tui.display.keymap import Keymap
from pasis_tui.shell.calls import Calls
from pasis_tui.shell.desk import Desk
from pasis_tui.shell.jobs import Job, Jobs, show_result
from pasis_tui.shell.key_gate import KeyGate
from pasis_tui.shell.page import Listeners, Page
from pasis_tui.shell.presence import PresenceWatch
from pasis_tui.shell.protected import ask_why_read
from pasis_tui.shell.view import View
from pasis_tui.terminal import workers
from pasis_tui.terminal.guarded import GuardedApp, Tapped
from pasis_tui.validation.findings import ProtectedIdentity
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.views.login import LoginView, failed_before
from pasis_tui.views.registry import view_class
from pasis_tui.widgets.dialogs import Dialog
from pasis_tui.widgets.frame import SMALLEST_HEIGHT, SMALLEST_WIDTH, Foot, Standing
from pasis_tui.widgets.inputs import Clicked, Done, Idle, Input, KeyPress, Pasted, Wished
from pasis_tui.widgets.palette import palette

if TYPE_CHECKING:
    from textual.screen import Screen

    from pasis_tui.services.users.drafts import DraftBox
    from pasis_tui.shell.drafting import Drafting
    from pasis_tui.shell.exercise_run import ExerciseRun
    from pasis_tui.shell.recorder import Recorder
    from pasis_tui.shell.session import Session
    from pasis_tui.store.actor import Actor
    from pasis_tui.store.database import Database
    from pasis_tui.training.class_link import ClassLink


def _driver() -> type[Driver] | None:
    """Return the driver that keeps keys in order, None for Textual's own."""
    if sys.platform == "win32":
        return None  # Windows tells Alt from Esc itself
    from pasis_tui.terminal.terminal_input import OrderedDriver

    return OrderedDriver


class PasisApp(GuardedApp):
    """The terminal program, on the database *name*, a path or URL; it writes in the folder *home*.

    *day* is the working date when one was given.
    """

    TITLE = "PASiS"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    CSS = "Vertical { height: 1fr; }"

    def __init__(
        self,
        name: str,
        home: Path,
        day: date | None,
        keymap: Keymap,
        theme: str = "pasis",
        class_link: ClassLink | None = None,
    ) -> None:
        self.palette = palette("utan" if os.environ.get("NO_COLOR") else theme)
        super().__init__(driver_class=_driver(), ansi_color=self.palette.ansi)
        self.home = home
        self.database_name = name
        self.keymap = keymap
        self.keymap.put_in_force()
        self.desk = Desk(day)
        self.session: Session
        self.drafting: Drafting
        self.logged_on = False
        self.quick_history: list[str] = []
        self.listeners = Listeners()
        self.class_link = class_link
        self.class_store: str | None = (
            None  # None: what PASIS_CLASS_STORE says, or the folder's own
        )
        self.coach = ""
        self.sitting = object()
        self.exercise: ExerciseRun | None = None
        self.record = False  # what whoever logs on does is recorded
        self.recorder: Recorder | None = None
        self.read_only = False  # the database is opened for reading alone
        self.first_exercise = ""  # the file of one to open once somebody has logged on
        self.person_typed: Callable[[Input], None] | None = None
        self._own: list[
            tuple[Session, Drafting, WorkingDay]
        ] = []  # what is left open under another database
        self._unwritten: dict[str, DraftBox] = {}  # of ended sessions, by owner
        self.gate = KeyGate(self._deliver, self._painted, self._show_dropped, self.listeners.inputs)
        self.jobs = Jobs(self, self.gate)
        self.calls = Calls(self._show_waiting)
        self.presence = PresenceWatch(
            partial(workers.begin, self, group="presence"), self._show_others, home
        )
        self._waiting_on: Dialog | Foot | None = None  # where it is said that a call is waited for
        self.left_well = False
        self._too_small: Screen[None] | None = None  # the notice, once it was needed
        self._small = False

    @property
    def today(self) -> date:
        """The working date."""
        return self.desk.day.date

    @property
    def top(self) -> object:
        """What is on top: the view, a dialogue over it, or the notice of a small terminal."""
        return self.screen if self.screen_stack else None

    def screen_text(self) -> str:
        """Return what stands on the terminal, as text."""
        from pasis_tui.shell.screen_text import screen_text

        return screen_text(self)

    @property
    def covered(self) -> bool:
        """Whether the lock, or the notice of a small terminal, hides the screens."""
        return self._locked or self._small

    async def close_dialogs(self) -> None:
        """Take away every dialogue, unanswered; the lock stays."""
        while isinstance(self.screen, Dialog) and not self.screen.locks:
            await self.close_dialog(self.screen)

    @property
    def view(self) -> View | None:
        """The view that is open, under any dialogue; None before the first stands."""
        views = [s for s in self.screen_stack if isinstance(s, View) and s.composed]
        return views[-1] if views else None

    # --- keys, in order ---------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Hand keys, pastes and clicks to the one gate; everything else to Textual."""
        if isinstance(event, events.Key):
            self._take(
                KeyPress(event.key, event.character if event.is_printable else None), event.time
            )
        elif isinstance(event, events.Paste):
            self._take(Pasted(event.text), event.time)
        elif isinstance(event, events.MouseDown):
            self._take(Clicked(event.x, event.y), event.time)
        else:
            await super().on_event(event)

    def _take(self, event: Input, typed_at: float) -> None:
        if self._left_alone():
            self.gate.put(Idle())
        elif self._stops_waiting(event, typed_at):
            pass
        elif self.desk.sees(typed_at):
            if self.person_typed is not None and not self.covered:
                self.person_typed(event)
            else:
                self.gate.put(event, typed_at)
        self.desk.taken()

    def _stops_waiting(self, event: Input, typed_at: float) -> bool:
        """Stop waiting for the database when *event* is a key for that, past the gate."""
        shown_at = self.calls.shown_at
        if shown_at is None or typed_at < shown_at or not isinstance(event, KeyPress):
            return False
        command = self.keymap.command(event.key)
        if event.key != "escape" and command not in ("back", "quit"):
            return False
        self.calls.give_up()
        if command == "quit":
            self.gate.put(event)  # after what is said of the call; it is no key typed ahead
        return True

    def _show_others(self) -> None:
        if self.view is not None and self.logged_on:
            self.view.refresh_frame()

    def _show_waiting(self, text: str) -> None:
        if text and isinstance(self.top, Dialog):
            self._waiting_on = self.top
        elif text and self.view is not None:
            self._waiting_on = self.view.foot
        if self._waiting_on is not None:
            self._waiting_on.show_waiting(text)

    async def _deliver(self, event: Input) -> None:
        self.desk.catch_up(self.view)
        await self._do(event)
        if self.view is not None and self.logged_on and not self._locked:
            self.desk.show_news(self.view)
        self.place_caret()

    async def _do(self, event: Input) -> None:
        if isinstance(event, Idle):
            if event.lock:
                await self._lock()
            return
        if isinstance(event, Done):
            if self.view is not None:
                await show_result(self.view, event, told=event.sitting is self.sitting)
                self.gate.keep_typed_ahead()  # it was not the clerk who was refused
            return
        if isinstance(event, Wished):
            from pasis_tui.views.ov_exercises import show_wished

            await show_wished(self, event.exercise)
            return
        screen = self.screen
        if isinstance(event, KeyPress) and self.keymap.command(event.key) == "quit":
            await self.do_quit()
        elif isinstance(screen, View | Dialog):
            try:
                await screen.receive(event)
            except ProtectedIdentity as asked:
                if self.view is None:
                    raise
                again = partial(screen.receive, event) if screen is self.view else None
                await ask_why_read(self.view, asked, again)
            except Exception as error:
                if isinstance(error, ForPeople) and error.ends_session:
                    await self.end_session(str(error))
                    return
                # The view explains a refusal; anything else is a fault and ends the program.
                if self.view is None or not self.view.explain(error):
                    raise
                self.view.place_cursor()

    def drop_typed_ahead(self) -> None:
        """Drop what is typed before the coming refusal or question can be seen."""
        self.gate.drop_typed_ahead()
        self.sight.ask(events.Idle().time)  # now, by the clock that Textual stamps keys with

    async def _painted(self) -> float:
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()
        return self.sight.at

    def _show_dropped(self, count: int) -> None:
        if isinstance(self.screen, Dialog):
            self.screen.show_dropped(count)
        elif self.view is not None:
            self.view.foot.show_dropped(count)

    async def _take_keys(self) -> None:
        try:
            await self.gate.run()
        except Exception as error:
            if self.is_headless:
                raise
            self.fail(error)

    def put_away(self) -> bool:
        """Write unsaved work to the disk, whatever ends the program."""
        if not self.logged_on or not self.drafting.write_now():
            return False
        return self.view is not None and self.drafting.is_kept(self.view)

    def place_caret(self) -> None:
        """Put the terminal's own cursor where an open dialogue's keys act."""
        if isinstance(self.screen, Dialog):
            caret = self.screen.caret()
            if not (boxes := self.screen.query("#box")):
                return  # not laid out yet: the terminal has only now become large enough
            box = boxes.first()
            if self.cursor_position != box.region.offset + caret:
                self.cursor_position = box.region.offset + caret
                box.refresh()  # painting moves the cursor there

    async def on_mount(self) -> None:
        """Open the first screen and start taking keys."""
        await self.begin()
        workers.begin(self, self._take_keys, name="keys", group="keys")
        self.set_interval(1, self._watch)
        self.show_cursor()

    async def begin(self) -> None:
        """Open the login.  (Textual calls every class's on_mount, so that is no place to differ.)"""
        await self.show(LoginView())

    def on_ready(self) -> None:
        """Have the database opened once the login is painted: importing the store slows all else."""
        if isinstance(self.view, LoginView):
            self.call_after_refresh(self.view.open_database)

    def on_resize(self, event: events.Resize) -> None:
        """Show a notice while the terminal is too small for a whole screen."""
        small = event.size.width < SMALLEST_WIDTH or event.size.height < SMALLEST_HEIGHT
        self._small = small
        shown = self.screen is self._too_small
        if small and not shown:
            from pasis_tui.shell.notices import TooSmall

            self._too_small = TooSmall()
            self.push_screen(self._too_small)
        elif not small and shown:
            if self._left_alone():
                self.gate.put(Idle())  # the lock replaces the notice, with nothing shown in between
            else:
                self.pop_screen()

    # --- screens ----------------------------------------------------------------------------

    async def show(self, view: View) -> None:
        """Put *view* in the place of the one that is open, ready for keys."""
        with self.batch_update():  # nothing is painted until the view is ready
            if self.view is None:
                await self.push_screen(view)
            else:
                await self.switch_screen(view)
            await view.open()

    async def open(self, code: str, **arguments: Any) -> None:
        """Open the screen *code*; where we were is remembered for Tillbaka."""
        from pasis_tui.views import acts

        if self.view and not await acts.may_open(self, self.view, displays()[code]):
            return
        self.session.trail.go(code, arguments)
        view = view_class(code)(**arguments)
        await self.show(view)
        if view.protected_asked is not None:
            again = partial(self._reopen_with, view.number_asked)
            await ask_why_read(view, view.protected_asked, again)

    async def reopen(self) -> None:
        """Open the same screen afresh."""
        code, arguments = self.session.trail.leave()
        await self.open(code, **arguments)

    async def _reopen_with(self, number: str) -> None:
        """Open the same screen afresh, with the patient of *number*, who was let go of."""
        code, arguments = self.session.trail.leave()
        await self.open(code, **arguments | ({"identity": number} if number else {}))

    async def go_back(self) -> None:
        """Go a step back in the trail, asking first when something is unsaved."""

        async def back() -> None:
            step = self.session.trail.back()
            if step is None:
                if self.view:
                    self.view.say(
                        f"Det här är första bilden. {key_of('quit')} avslutar, {key_of('menu')} visar menyn."
                    )
                return
            self.drafting.coming_back()
            await self.open(step.code, **step.arguments)

        if self.view and self.logged_on:
            await self.if_saved(self.view, back)

    async def open_dialog(self, dialog: Dialog) -> None:
        """Show *dialog* over the view, ready for keys."""
        if dialog.unasked:
            self.drop_typed_ahead()
        await self.push_screen(dialog)

    async def close_dialog(self, dialog: Dialog) -> None:
        """Take *dialog* away."""
        if self.screen is dialog:
            await self.pop_screen()
        if self.view:
            self.view.place_cursor()

    async def if_saved(self, view: Page, then: Callable[[], Awaitable[None]]) -> None:
        """Do *then*, after asking when something in *view* is unsaved."""
        from pasis_tui.shell.unsaved import if_saved

        await if_saved(view, then)

    async def do_quit(self) -> None:
        """End the program, asking when something is unsaved."""

        async def out() -> None:
            await self.presence.end()
            self.left_well = True
            self.exit(return_code=0)

        if self._locked:  # nothing behind the lock is shown; unsaved work stays as a draft
            await self.drafting.write()
            await out()
        elif self.view and self.logged_on:
            if isinstance(self.screen, Dialog):
                await self.close_dialog(self.screen)
            await self.if_saved(self.view, out)
        else:
            await out()

    # --- logging on ---------------------------------------------------------------------------

    async def logged_in(self, database: Database, actor: Actor) -> None:
        """Start *actor*'s session and open the menu."""
        self.sitting = object()
        await self._begin_session(database, actor)
        self.logged_on = True
        # What is imported by now stays: frozen, it no longer slows the collection of closed screens.
        gc.freeze()
        if self.class_link is not None:
            from pasis_tui.shell.class_member import follow

            follow(self, self.class_link, practice=actor.practice)
        said = await self._begin_to_record() if self.record else ""
        said = f"{failed_before(actor.failed_before)} {said}".strip()
        await self.open("meny")
        await self.drafting.offer()
        if said and self.view is not None:
            self.view.say(f"{said} {self.view.foot.message}")
        if self.first_exercise and actor.practice:
            from pasis_tui.views.ov_exercises import begin_first

            await self.close_dialogs()  # a draft waits in its screen, as after Senare
            await begin_first(self, Path(self.first_exercise))
        elif self.first_exercise and self.view is not None:
            self.view.deny("Övningar görs bara på övningsdata. Starta utan egen databas.")

    async def _begin_to_record(self) -> str:
        from pasis_tui.shell import recorder

        self.recorder, said = await recorder.begin(self)
        return said

    async def end_session(self, why: str) -> None:
        """Say *why* at the login, which is shown again; what is unsaved stays as a draft."""
        self.drop_typed_ahead()
        said = " Det du skrev är kvar som utkast." if self.put_away() else ""
        for drafting in (self.drafting, *(left[1] for left in self._own)):
            if (box := drafting.let_go()) is not None:
                self._unwritten[box.owner] = box
                said = " Ett utkast kan inte sparas på disken: det finns kvar tills programmet avslutas."
        self.presence.end_session()
        if self._own:  # a database that was opened beside it
            self.session, self.drafting, self.desk.day = self._own[0]
            self._own.clear()
        while isinstance(self.screen, Dialog):
            await self.close_dialog(self.screen)
        self.logged_on = False
        self.sitting = object()
        self.exercise = None
        self.quick_history.clear()  # it holds patients' numbers, and another may log on
        await self.show(LoginView(self.session.database))
        if self.view is not None:
            self.view.say(f"{why}{said}")

    async def open_database(
        self, database: Database, actor: Actor, day: date | None = None, *, instead: bool = False
    ) -> None:
        """Work as *actor* in another database, without logging in again, until it is left.

        *day* is its working date, which is left with it; *instead* of the one that is open now, for
        one that was opened so before.

        The screen, the patient and the drafts of the one that is open wait as they stand; who calls
        this has asked about unsaved text first.
        """
        await self.drafting.write()
        left = (self.session, self.drafting, self.desk.day)
        if day is not None:
            self.desk.day = WorkingDay(day)
        await self._begin_session(database, actor)
        if not instead:
            self._own.append(left)
        await self.open("meny")

    async def leave_database(self) -> None:
        """Go back to the database that was open before, to the screen that stood there."""
        await self.drafting.write()
        self.session, self.drafting, self.desk.day = self._own.pop()
        self.drafting.coming_back()
        await self.reopen()

    async def _begin_session(self, database: Database, actor: Actor) -> None:
        from pasis_tui.services.users import settings
        from pasis_tui.services.users.draft_keys import draft_key
        from pasis_tui.services.users.drafts import DraftBox
        from pasis_tui.shell.drafting import Drafting
        from pasis_tui.shell.session import Session
        from pasis_tui.store.actor import Context

        context = Context(database, actor, self.today, "login")
        chosen = await self.calls.run(database, partial(settings.read, context))
        instance = await self.calls.run(database, partial(database.fact, "instance"))
        key = await self.calls.run(database, partial(draft_key, context))
        self.session = Session(database, actor, self.desk.day, chosen)
        # The instance names the database: a remade one never meets the old one's drafts.
        owner = f"{instance or self.database_name}|{actor.signature}|{actor.unit_code}|"
        box = self._unwritten.pop(owner, None) or DraftBox(self.home / "drafts", owner, key)
        write_soon = partial(self.set_timer, 0.1, self._write_drafts)
        self.drafting = Drafting(self, box, write_soon, self.gate.put)
        if self.drafting.write_now():
            self.drafting.let_go()  # what the last session could not write is offered as any other

    def watch_output(self, tap: Callable[[str], None] | None) -> None:
        """Have *tap* called with all that the terminal gets, beginning with a whole screen."""
        if isinstance(self._driver, Tapped):
            self._driver.tapped_by(tap)
            self.refresh()

    def show_coach(self, text: str) -> None:
        """Show *text* in the coach strip of every screen from now on, "" for none."""
        self.coach = text
        if self.view is not None:
            self.view.foot.set_coach(text, self.size.height)

    def _write_drafts(self) -> None:
        workers.begin(self, self.drafting.write, group="drafts")

    def _watch(self) -> None:
        if self._left_alone():
            if self.calls.shown_at is not None:
                self.calls.give_up()  # or the screen would stay open
            self.gate.put(Idle())
        elif self.desk.behind:
            self.gate.put(Idle(lock=False))
        elif self.class_link is not None and self.logged_on and not self._locked:
            self._hear(self.class_link)
        if self.exercise is not None:
            self.exercise.tick()

    def _hear(self, link: ClassLink) -> None:
        """Have shown what the trainer says, and show the trainer who looks what is on the screen."""
        for said in link.news():
            self.desk.tell(said.text)
            if said.exercise:
                self.gate.put(Wished(said.exercise))
        if self.desk.untold and self.view is not None and not self.view.foot.findings:
            self.gate.put(Idle(lock=False))
        if link.watched:
            link.screen(self.screen_text())

    def _left_alone(self) -> bool:
        """Whether the lock is due: nobody has been here for as long as the settings say."""
        return (
            self.logged_on
            and not self._locked
            and self.desk.left_alone(self._login_session.settings.lock_minutes)
        )

    @property
    def learner(self) -> str:
        """The signature that logged on, whoever an exercise's user is."""
        return self._login_session.actor.signature

    @property
    def _login_session(self) -> Session:
        """The session of the login: its password opens the lock, whatever database is open now."""
        return self._own[0][0] if self._own else self.session

    async def _lock(self) -> None:
        from pasis_tui.views import acts

        if self._locked:
            return
        if not self.logged_on:  # the session has ended since this was put in
            self.desk.locks()
            return
        if self.screen is not self._too_small:
            self.desk.locks()
            await self.push_screen(acts.lock(self, self._login_session, self.desk.tell))
        elif not self._small:  # in a small terminal the lock comes once it is large enough
            self.desk.locks()
            await self.switch_screen(acts.lock(self, self._login_session, self.desk.tell))

    @property
    def _locked(self) -> bool:
        return any(isinstance(screen, Dialog) and screen.locks for screen in self.screen_stack)

    def set_today(self, day: date) -> None:
        """Move the working date; it is a simulated one from now on."""
        self.desk.day.move(day)

    def in_background(self, job: Job) -> None:
        """Run *job* in a thread; what it reports and returns is said on the message line."""
        self.jobs.begin(job)

    # --- commands that no single view does ---------------------------------------------------

    async def do_menu(self) -> None:
        """Open Menyval."""
        await self.open("meny")

    async def do_favourites(self) -> None:
        """Open Favoriter."""
        await self.open("favoriter")

    async def do_mark(self) -> None:
        """Make the screen a favourite, or no longer one."""
        from pasis_tui.views import acts

        if self.view:
            await acts.mark(self, self.view)

    async def do_next(self) -> None:
        """Go to the next task of AG."""
        from pasis_tui.views.vag_worklist import go_to_next

        if self.view:
            await self.if_saved(self.view, partial(go_to_next, self))

    async def do_exercise(self) -> None:
        """Show the story of the exercise that is under way, and what can be done with it."""
        if self.exercise is not None:
            await self.exercise.show_card()
        elif self.view and self.logged_on:
            where = "Snabbval ÖV visar övningarna."
            if not self.session.actor.practice:
                where = "Övningar finns bara i övning, inte i ett register."
            self.view.deny(f"Ingen övning pågår. {where}")

    async def do_help(self) -> None:
        """Show help for the field, the message and the screen."""
        if self.view:
            await self.view.store_imported()
            from pasis_tui.views import acts

            await acts.show_help(self, self.view)

    async def do_quick(self) -> None:
        """Put the cursor in the Snabbval box."""
        if self.view and self.logged_on:
            self.view.enter_box()
            self.view.place_cursor()
        elif self.view:
            self.view.deny("Logga in först, sedan går du till bilderna med Snabbval.")

    async def quick_select(self, text: str) -> None:
        """Do what was typed in the Snabbval box."""
        from pasis_tui.views import acts

        await acts.quick_select(self, text)

    def standing(self) -> Standing:
        """Return user, unit and working date, for the frame."""
        if not self.logged_on:
            return Standing(date=self.today.isoformat(), simulated=self.desk.day.simulated)
        actor = self.session.actor
        return Standing(
            actor.practice,
            actor.unit_code,
            actor.signature,
            self.today.isoformat(),
            self.desk.day.simulated,
            self.session.database.read_only,
        )
