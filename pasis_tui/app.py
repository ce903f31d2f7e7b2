"""The Textual application: frame, session, which view is open.  No domain rule, no SQL."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textual import events
from textual.app import App

from pasis_tui.keymap import Keymap
from pasis_tui.widgets.dialogs import Confirm, Dialog
from pasis_tui.widgets.frame import Standing
from pasis_tui.widgets.jobs import Job, begin, tell
from pasis_tui.widgets.keys import Clicked, Done, Idle, Input, KeyGate, KeyPress, Pasted
from pasis_tui.widgets.lock import Lock
from pasis_tui.widgets.notices import TooSmall
from pasis_tui.widgets.palette import PALETTES, PASIS, Palette
from pasis_tui.widgets.view import View

if TYPE_CHECKING:
    from textual.driver import Driver

    from pasis_tui.store.actor import Actor
    from pasis_tui.store.database import Database
    from pasis_tui.widgets.drafting import Drafting
    from pasis_tui.widgets.session import Session

SHOW_CURSOR = "\x1b[?25h"


def _driver() -> type[Driver] | None:
    if sys.platform == "win32":
        return None  # Textual's own: Windows tells Alt from Esc itself
    from pasis_tui.widgets.terminal_input import OrderedDriver

    return OrderedDriver


class Launch(NamedTuple):
    """What the door hands over: where the data are and what was asked for.

    ``database`` is a path or URL, ``home`` the folder everything is written in and ``day`` the
    working date when one was given.
    """

    database: str
    home: Path
    day: date | None = None
    keymap: Keymap | None = None
    theme: str = "pasis"


class PasisApp(App[None]):
    """The terminal program."""

    TITLE = "PASiS"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    CSS = "Vertical { height: 1fr; }"

    def __init__(self, launch: Launch) -> None:
        theme = "utan" if os.environ.get("NO_COLOR") else launch.theme
        self.palette: Palette = PALETTES.get(theme, PASIS)
        super().__init__(driver_class=_driver(), ansi_color=self.palette.ansi)
        self.launch = launch
        self.keymap = launch.keymap or Keymap()
        self.today = launch.day or date.today()
        self.session: Session
        self.drafting: Drafting
        self.logged_on = False
        self.quick_history: list[str] = []
        self.gate = KeyGate(self._deliver)
        self.trouble = ""
        self.fault: Exception | None = None
        self.left_well = False
        self._last_key = time.monotonic()

    @property
    def home(self) -> Path:
        """The folder everything is written in."""
        return self.launch.home

    @property
    def database_name(self) -> str:
        """The path or URL of the database to open."""
        return self.launch.database

    @property
    def view(self) -> View | None:
        """The view that is open, under any dialogue; None before the first."""
        views = [screen for screen in self.screen_stack if isinstance(screen, View)]
        return views[-1] if views else None

    # --- keys, in order ---------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Hand keys, pastes and clicks to the one gate; everything else to Textual."""
        if isinstance(event, events.Key):
            self.gate.put(KeyPress(event.key, event.character if event.is_printable else None))
        elif isinstance(event, events.Paste):
            self.gate.put(Pasted(event.text))
        elif isinstance(event, events.MouseDown):
            self.gate.put(Clicked(event.x, event.y))
        else:
            await super().on_event(event)

    async def _deliver(self, given: Input) -> None:
        if isinstance(given, Idle):
            await self._lock()
            self._place_caret()
            return
        if isinstance(given, Done):
            if self.view is not None:
                await tell(self.view, given)
            self._place_caret()
            return
        self._last_key = time.monotonic()
        screen = self.screen
        if isinstance(given, KeyPress) and self.keymap.command(given.key) == "quit":
            await self.leave()
        elif isinstance(screen, View | Dialog | TooSmall):
            try:
                await screen.receive(given)
            except Exception as error:
                # A refusal is the view's to explain; anything else is a fault and ends the program.
                if self.view is None or not self.view.explain(error):
                    raise
                self.view.place_cursor()
        self._place_caret()

    async def _take_keys(self) -> None:
        try:
            await self.gate.run()
        except Exception as error:
            if self.is_headless:
                raise
            # Textual would print every variable on the terminal, a patient's name among them.
            self.fault = error
            if self.logged_on:
                await self.drafting.write()
            self.exit(return_code=70)

    def _place_caret(self) -> None:
        """Put the terminal's own cursor where an open dialogue's typing goes."""
        if isinstance(self.screen, Dialog) and (caret := self.screen.caret()) is not None:
            self.cursor_position = self.screen.query_one("#box").region.offset + caret

    async def on_mount(self) -> None:
        """Open the login and start taking keys."""
        from pasis_tui.views.login import LoginView

        await self.show(LoginView())
        self.run_worker(self._take_keys(), name="keys", group="keys")
        if not self.is_headless and sys.__stderr__ is not None:
            # Textual hides the terminal's cursor; screen readers and magnifiers follow it.
            sys.__stderr__.write(SHOW_CURSOR)
            sys.__stderr__.flush()

    def on_resize(self, event: events.Resize) -> None:
        """Say so and wait when the terminal is too small for a whole screen."""
        small = event.size.width < TooSmall.WIDTH or event.size.height < TooSmall.HEIGHT
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()
            if self.logged_on:
                self._watch()
        self.call_after_refresh(self._place_caret)

    # --- screens ----------------------------------------------------------------------------

    async def show(self, view: View) -> None:
        """Put *view* in the place of the one that is open, ready for keys."""
        with self.batch_update():  # nothing is painted before it is what the clerk is to see
            if self.view is None:
                await self.push_screen(view)
            else:
                await self.switch_screen(view)
            await view.open()

    async def open(self, code: str, **arguments: Any) -> None:
        """Open the screen *code*; where we were is remembered for Tillbaka."""
        from pasis_tui.display import displays
        from pasis_tui.views import acts
        from pasis_tui.views.registry import view_class

        right = displays()[code].right
        if right and right not in self.session.actor.rights and self.view:
            self.view.say(acts.no_right(displays()[code]))
            return
        self.session.trail.append((code, arguments))
        del self.session.trail[1:-49]  # the menu stays: steps back end there
        await self.show(view_class(code)(**arguments))

    async def reopen(self) -> None:
        """Open the same screen afresh."""
        code, arguments = self.session.trail.pop()
        await self.open(code, **arguments)

    async def go_back(self, steps: int = 1) -> None:
        """Go back in the trail, asking first when something is unsaved."""

        async def back() -> None:
            trail = self.session.trail
            if len(trail) <= 1:
                if self.view:
                    self.view.say("Det här är första bilden. Ctrl+Q avslutar, F12 visar menyn.")
                return
            del trail[max(1, len(trail) - steps) :]
            code, arguments = trail.pop()
            await self.open(code, **arguments)

        if self.view and self.logged_on:
            await self.if_saved(self.view, back)

    async def open_dialog(self, dialog: Dialog) -> None:
        """Show *dialog* over the view, ready for keys."""
        await self.push_screen(dialog)

    async def close_dialog(self, dialog: Dialog) -> None:
        """Take *dialog* away."""
        if self.screen is dialog:
            await self.pop_screen()
        if self.view:
            self.view.place_cursor()

    async def if_saved(self, view: View, then: Callable[[], Awaitable[None]]) -> None:
        """Do *then*, after asking when something in *view* is unsaved."""

        async def answered(yes: bool | None) -> None:
            if yes:
                self.drafting.drop(view)
                await then()

        if not view.dirty:
            await then()
            return
        await self.open_dialog(
            Confirm(
                "Osparade uppgifter",
                ["Det du skrivit är inte sparat. Vill du lämna och kasta det?"],
                "Lämna",
                "Stanna",
                answered,
            )
        )

    async def leave(self) -> None:
        """Ctrl+Q: end the program, asking when something is unsaved."""

        async def out() -> None:
            self.left_well = True
            self.exit(return_code=0)

        if self._locked:  # nothing behind it is shown; what is unsaved stays as a draft
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
        from pasis_tui.services import settings
        from pasis_tui.services.drafts import DraftBox
        from pasis_tui.store.actor import Context
        from pasis_tui.widgets.drafting import Drafting
        from pasis_tui.widgets.session import Session

        context = Context(database, actor, self.today, "login")
        chosen = await asyncio.to_thread(settings.read, context)
        instance = await asyncio.to_thread(database.fact, "instance")
        self.session = Session(
            database, actor, self.today, chosen, simulated=self.launch.day is not None
        )
        box = DraftBox(self.launch.home / "drafts")
        self.drafting = Drafting(
            self, box, instance or self.launch.database, self._write_drafts_soon
        )
        self.logged_on = True
        # What is imported by now stays: looked at no more, a closed screen is found much sooner.
        gc.freeze()
        await self.open("meny")
        self.set_interval(5, self._watch)
        await self.drafting.offer()

    def _write_drafts_soon(self) -> None:
        self.set_timer(0.1, self._write_drafts)

    def _write_drafts(self) -> None:
        self.run_worker(self.drafting.write(), group="drafts")

    def _watch(self) -> None:
        if time.monotonic() - self._last_key > self.session.settings.lock_minutes * 60:
            self.gate.put(Idle())

    async def _lock(self) -> None:
        from pasis_tui.views import acts

        # Under the notice of too small a terminal nothing is seen: the lock comes after it.
        if not self._locked and not isinstance(self.screen, TooSmall):
            await acts.lock(self)

    @property
    def _locked(self) -> bool:
        return any(isinstance(screen, Lock) for screen in self.screen_stack)

    def set_today(self, day: date) -> None:
        """Move the working date; it is a simulated one from now on."""
        self.today = day
        self.session.today = day
        self.session.simulated = True

    def in_background(self, job: Job) -> None:
        """Run *job* in a thread; what it reports and returns is said on the message line."""
        begin(self, self.gate, job)

    def leave_with(self, trouble: str) -> None:
        """End the program; the door says *trouble* and exits with 2."""
        self.trouble = trouble
        self.exit(return_code=2)

    # --- commands that no single view does ---------------------------------------------------

    async def command(self, name: str) -> None:
        """Do a command of the Command table that belongs to the whole program."""
        if name == "quit":
            await self.leave()
        elif name == "quick":
            await self.go_to_quick_select()
        elif not self.logged_on:
            if self.view:
                self.view.say("Logga in först.")
        else:
            from pasis_tui.views import acts

            await acts.do(self, name)

    async def go_to_quick_select(self) -> None:
        """F2: the cursor to the Snabbval box."""
        if self.view and self.logged_on:
            self.view.enter_box()
            self.view.place_cursor()
        elif self.view:
            self.view.say("Logga in först, sedan går du till bilderna med Snabbval.")

    async def quick_select(self, text: str) -> None:
        """Do what was typed in the Snabbval box."""
        from pasis_tui.views import acts

        await acts.quick_select(self, text)

    async def show_help(self, view: View) -> None:
        """F1: help for the field, the message and the screen."""
        from pasis_tui.views import acts

        await acts.show_help(self, view)

    def standing(self) -> Standing:
        """Return who stands where and when, for the frame."""
        if not self.logged_on:
            return Standing(date=self.today.isoformat(), simulated=self.launch.day is not None)
        actor = self.session.actor
        return Standing(
            actor.practice,
            actor.unit_code,
            actor.signature,
            self.today.isoformat(),
            self.session.simulated,
        )
