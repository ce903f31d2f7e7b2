"""An exercise under way: its own database, the strip above the foot, what is pressed, its end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from functools import partial
from typing import BinaryIO, Protocol

from pasis_tui import clock
from pasis_tui.commands import key_of
from pasis_tui.display.keymap import Keymap
from pasis_tui.files.whole import added_to
from pasis_tui.services.users import access
from pasis_tui.shell.jobs import Jobs
from pasis_tui.shell.key_gate import KeyGate
from pasis_tui.shell.page import Host, Page
from pasis_tui.store.actor import Actor
from pasis_tui.store.database import Database
from pasis_tui.training import results
from pasis_tui.training.attempts import (
    Attempt,
    Attempts,
    Mode,
    facts_of,
    key_line,
    keys_pressed,
)
from pasis_tui.training.drills import Drills, names_in
from pasis_tui.training.exercises import Exercise, told
from pasis_tui.training.expectations import Expected, expected
from pasis_tui.training.facts import Facts
from pasis_tui.training.grading import Grade, grade
from pasis_tui.training.results import Result, Tried, result_of
from pasis_tui.training.routes import Pressed, compare
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.choices import Choices, Way
from pasis_tui.widgets.dialogs import Confirm, Dialog, Prompt, TextPage
from pasis_tui.widgets.inputs import Clicked, Input, KeyPress, Pasted

RESULT = "ÖV R"
_IN_A_FIELD = frozenset({"tab", "shift+tab", "backspace", "left", "right", "up", "down"})
_MOST_SCREENS = 400
_DONE, _HINT, _SAVE, _BACK, _AGAIN, _LEAVE = "KTSÅBL"


class Stage(Host, Protocol):
    """The application as an exercise sees it; ``learner`` is the signature that logged on."""

    gate: KeyGate
    jobs: Jobs
    keymap: Keymap
    exercise: ExerciseRun | None
    person_typed: Callable[[Input], None] | None

    @property
    def learner(self) -> str: ...  # noqa: D102

    async def open_database(
        self, database: Database, actor: Actor, day: date | None = None, *, instead: bool = False
    ) -> None:
        """Work in another database."""

    async def leave_database(self) -> None:
        """Go back to the one before."""

    def show_coach(self, text: str) -> None:
        """Show the strip."""

    @property
    def top(self) -> object:
        """What is on top: the view, or a dialogue."""

    def screen_text(self) -> str:
        """Return what stands on the terminal, as text."""
        ...

    @property
    def covered(self) -> bool:
        """Whether the lock, or the notice of a small terminal, hides the screens."""
        ...

    async def close_dialogs(self) -> None:
        """Take away every dialogue, unanswered."""


class ExerciseRun:
    """One attempt, from its story to its result; ``learner`` is whoever logged on."""

    def __init__(self, stage: Stage, exercise: Exercise) -> None:
        self._stage = stage
        self.exercise = exercise
        self.learner = stage.learner
        self._attempts = Attempts(stage.home)
        self.attempt: Attempt
        self.database: Database
        self._pressed: list[Pressed] = []
        self._tried: list[Tried] = []
        self._refused: tuple[str, ...] = ()
        self._screen = ""
        self._unheard = False  # the key goes to the card of the exercise, or into the lock
        self._file: BinaryIO | None = None
        self._screens: dict[int, str] = {}  # after so many keys, for Skugga
        self._swapping = False  # the attempt is no longer of the database that is open
        self._began = 0.0
        self._solution = asyncio.create_task(self._play_solution())

    # --- beginning ----------------------------------------------------------------------------

    async def begin(self, mode: Mode) -> None:
        """Begin a new attempt, in its own database."""
        self.attempt = await asyncio.to_thread(self._attempts.begin, self.exercise, mode)
        await self._enter()

    async def go_on(self, attempt: Attempt) -> None:
        """Go on with an attempt that was left, or that a crash has ended."""
        self.attempt = attempt
        await self._enter()

    async def _enter(self) -> None:
        database, actor = await asyncio.to_thread(self._open, self.attempt)
        await self._stage.open_database(database, actor, self.attempt.day)
        self.database = database
        self._stage.exercise = self
        listeners = self._stage.listeners
        listeners.inputs.append(self._heard)
        listeners.refusals.append(self._was_refused)
        listeners.saves.append(self._was_saved)
        self._start_clock()
        self._tell_class_of_begin()
        self.tick()

    def _tell_class_of_begin(self) -> None:
        if self._stage.class_link is not None:
            number = self.exercise.name.split("-")[0]
            title = f"{number} {self.exercise.title}" if number.isdecimal() else self.exercise.title
            self._stage.class_link.begin_run(self.exercise.name, title, self.attempt.mode)

    def _tell_class_of_end(self, result: Result | None) -> None:
        if self._stage.class_link is not None:
            self._stage.class_link.ended(result)

    async def _play_solution(self) -> tuple[Facts, Expected] | Exception:
        """Return the facts at the start and what the solution leaves behind.

        Made while the story is read; why it cannot be known is told when it is graded.
        """

        def made() -> tuple[Facts, Expected]:
            wanted = expected(self.exercise, self._stage.home)
            return self._attempts.before(self.exercise), wanted

        try:
            return await asyncio.to_thread(made)
        except Exception as error:
            return error

    def _open(self, attempt: Attempt) -> tuple[Database, Actor]:
        database = Database.open(attempt.database)
        exercise = self.exercise
        return database, access.practice_actor(database, exercise.unit, exercise.user)

    def _start_clock(self) -> None:
        self._pressed = list(keys_pressed(self.attempt))
        used = self._pressed[-1].at if self._pressed else 0.0
        self._began = clock.monotonic() - used
        with suppress(OSError):  # without the file, the keys are known until the program ends
            self._file = os.fdopen(added_to(self.attempt.keys), "ab", buffering=0)

    @property
    def seconds(self) -> float:
        """The seconds used."""
        return clock.monotonic() - self._began

    def tick(self) -> None:
        """Bring the strip up to date, and note a working date that was moved."""
        if self.attempt.mode == "show":
            return
        if self._stage.today != self.attempt.day and not self._swapping:
            moved = replace(self.attempt, day=self._stage.today)
            with suppress(ForPeople):  # a full disk: the next tick tries again
                self._attempts.keep(moved)
                self.attempt = moved
        minutes = int(self.seconds // 60)
        kind = "Prov" if self.attempt.mode == "test" else "Övning"
        number = self.exercise.name.split("-")[0]
        saves = sum(not each.message for each in self._tried)
        self._stage.show_coach(
            f"{kind} {number}: {key_of('exercise')} visar berättelsen"
            f"  {minutes} av {self.exercise.minutes} min  sparat: {saves}  {self.exercise.title}"
        )

    # --- what is pressed ------------------------------------------------------------------------

    def _heard(self, event: Input, at: float, dropped: bool) -> None:
        stage = self._stage
        unheard, self._unheard = self._unheard, self._is_own()
        screen, self._screen = self._screen, _code(stage)
        refused, self._refused = self._refused, ()
        if unheard or self._unheard or not isinstance(event, KeyPress | Pasted | Clicked):
            return
        for key, character in _keys(event):
            if stage.keymap.command(key) == "exercise":
                continue
            pressed = Pressed(key, character, screen, round(self.seconds, 2), refused)
            self._pressed.append(pressed)
            if self._file is not None:
                with suppress(OSError):  # a full disk loses the way there, not what is registered
                    self._file.write(key_line(pressed))
            if character is None and key not in _IN_A_FIELD and len(self._screens) < _MOST_SCREENS:
                self._screens[len(self._pressed)] = self._stage.screen_text()

    def _is_own(self) -> bool:
        top = self._stage.top
        return isinstance(top, ExerciseCard | _Hint) or (isinstance(top, Dialog) and top.locks)

    def _was_refused(self, page: Page, findings: Sequence[Finding]) -> None:
        self._refused = tuple(each.rule for each in findings if each.rule)
        first = f"{findings[0].rule} {findings[0].message}".strip()
        self._tried.append(Tried(page.display_file.code, first))

    def _was_saved(self, page: Page, message: str) -> None:
        self._tried.append(Tried(page.display_file.code))
        self.tick()

    # --- the card -------------------------------------------------------------------------------

    async def show_card(self) -> None:
        """Show the story, and what can be done."""
        ways = [Way(_DONE, "Klar, rätta")]
        if self.attempt.mode == "practise":
            ways += [Way(_HINT, "Tips")] if self.exercise.hints else []
            ways += [Way(_SAVE, "Sparläge")]
            ways += [Way(_BACK, "Åter till sparläge")] if self.attempt.save_points else []
            ways += [Way(_AGAIN, "Börja om")]
        ways += [Way(_LEAVE, "Lämna")]
        lines = [*story_lines(self.exercise), "", self._progress()]
        await self._stage.open_dialog(ExerciseCard(self.exercise.title, lines, ways, self._do))

    def _progress(self) -> str:
        points = self.attempt.save_points
        kept = f" Sparlägen: {points}." if points else ""
        return f"{int(self.seconds // 60)} av {self.exercise.minutes} minuter.{kept}"

    async def _do(self, letter: str) -> None:
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            _DONE: partial(self._if_saved, self.finish),
            _HINT: self._hint,
            _SAVE: partial(self._if_saved, self._save_point),
            _BACK: self._ask_save_point,
            _AGAIN: self._ask_again,
            _LEAVE: self.leave,
        }
        await acts[letter]()

    async def _if_saved(self, then: Callable[[], Awaitable[None]]) -> None:
        if self._stage.view is not None:
            await self._stage.if_saved(self._stage.view, then)

    # --- hints and save points ------------------------------------------------------------------

    async def _hint(self) -> None:
        hints = self.exercise.hints
        wanting = await self._wanting()
        useful = [
            n
            for n, each in enumerate(hints)
            if wanting is None or not each.when or each.when in wanting
        ]
        fresh = [n for n in useful if not self.attempt.hints >> n & 1]
        if not useful:
            lines = ["Allt är registrerat som det ska. K i rutan rättar övningen."]
            await self._stage.open_dialog(_Hint("Tips", lines))
            return
        if self._stage.class_link is not None:
            self._stage.class_link.step()
        shown = fresh[0] if fresh else useful[-1]
        self.attempt = replace(self.attempt, hints=self.attempt.hints | 1 << shown)
        self._attempts.keep(self.attempt)
        more = len(fresh) - 1 if fresh else 0
        rest = f"{more} tips till." if more else "Det finns inga fler tips just nu."
        lines = [*told(hints[shown].text).split("\n"), "", rest]
        await self._stage.open_dialog(_Hint("Tips", lines))

    async def _wanting(self) -> frozenset[str] | None:
        """Return the facts that are still missing, None when the solution is not known yet."""
        if not self._solution.done():
            return None
        try:
            return (await self._graded()).wanting
        except ForPeople:
            return None

    async def _save_point(self) -> None:
        self.attempt = await asyncio.to_thread(self._attempts.save, self.attempt)
        if self._stage.class_link is not None:
            self._stage.class_link.step()
        self._say(f"Sparläge {self.attempt.save_points} är gjort.")

    async def _ask_save_point(self) -> None:
        last = self.attempt.save_points
        if last == 1:
            await self._go_back("1")
            return

        async def check(text: str) -> str:
            good = text.isdecimal() and text.isascii() and 1 <= int(text[:3]) <= last
            return "" if good else f"Sparläge: skriv ett tal, 1–{last}."

        lines = [f"Det finns {last} sparlägen, {last} är det senaste."]
        asking = Prompt("Åter till sparläge", lines, "Sparläge", self._go_back, check=check)
        await self._stage.open_dialog(asking)

    async def _go_back(self, number: str) -> None:
        with self._changing():
            await self._swap(
                await asyncio.to_thread(self._attempts.go_back, self.attempt, int(number))
            )
        self._say(f"Du är tillbaka i sparläge {number}.")

    async def _ask_again(self) -> None:
        async def again(_: bool) -> None:
            old, keys = self.attempt, self._file
            with self._changing():
                fresh = await asyncio.to_thread(self._attempts.begin, self.exercise, old.mode)
                await self._swap(fresh)
                self._tried.clear()
                self._screens.clear()
                self._start_clock()
            if keys is not None:
                keys.close()
            await asyncio.to_thread(self._attempts.discard, old)
            self._tell_class_of_begin()
            self.tick()
            self._say("Övningen börjar om.")

        lines = ["Allt du registrerat i övningen försvinner, och klockan börjar om."]
        await self._stage.open_dialog(Confirm("Börja om", lines, "Börja om", "Stanna", again))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._swapping = True
        try:
            yield
        finally:
            self._swapping = False

    async def _swap(self, attempt: Attempt) -> None:
        """Work in the database file of *attempt*; when it cannot be opened all stays as it was."""
        old = self.database
        database, actor = await asyncio.to_thread(self._open, attempt)
        await self._stage.open_database(database, actor, attempt.day, instead=True)
        self.attempt, self.database = attempt, database
        await asyncio.to_thread(old.dispose)

    def _say(self, text: str) -> None:
        if self._stage.view is not None:
            self._stage.view.say(text, good=True)

    # --- the end ----------------------------------------------------------------------------------

    async def finish(self) -> None:
        """Grade, leave, and show the result; the attempt is over."""
        await self._lists_are_made()
        self._stage.drop_typed_ahead()  # what was meant for the exercise is not for the register
        self._say("Rättar …")
        graded = await self._graded()
        route = compare(self.exercise.par_strokes, self._pressed)
        exercise = self.exercise
        result: Result = result_of(
            exercise.name,
            exercise.title,
            exercise.date.isoformat(),
            graded,
            route,
            self._tried,
        )
        await asyncio.to_thread(self._remember, result)
        with suppress(ForPeople):  # a full disk: the result is kept, and the attempt stays begun
            await asyncio.to_thread(self._attempts.finish, self.attempt, self._screens)
        self._tell_class_of_end(result)
        await self._close()
        await self._stage.open(RESULT, exercise=exercise.name)

    def _remember(self, result: Result) -> None:
        """Keep the result; what went wrong comes back as cards of the code drills."""
        home = self._stage.home
        results.keep(home, self.learner, result)
        with suppress(ForPeople):  # the result is kept, and is not to be kept twice
            Drills(home, self.learner).remember(names_in(result))

    async def leave(self) -> None:
        """Go back to where it was begun; the attempt can be gone on with."""
        await self._lists_are_made()
        self._tell_class_of_end(None)
        await self._close()

    async def _lists_are_made(self) -> None:
        """Wait for the lists that are being made: they need the database that is about to go."""
        if self._stage.jobs.under_way:
            self._say("Väntar på listan …")
            await self._stage.jobs.idle()

    async def _graded(self) -> Grade:
        """Grade what is saved now.  Raises NoSolution."""
        known = await self._solution
        if isinstance(known, Exception):
            # A full disk may have room the next time.
            self._solution = asyncio.create_task(self._play_solution())
            raise known
        before, wanted = known
        exercise, today = self.exercise, self._stage.today

        def compared() -> Grade:
            done = facts_of(self.database, exercise, today)
            par = before.plus(wanted.changed)
            return grade(before, par, done, exercise.free, exercise.accepts, wanted.typed)

        return await asyncio.to_thread(compared)

    async def _close(self) -> None:
        stage, listeners = self._stage, self._stage.listeners
        listeners.inputs.remove(self._heard)
        listeners.refusals.remove(self._was_refused)
        listeners.saves.remove(self._was_saved)
        stage.exercise = None
        stage.person_typed = None
        stage.show_coach("")
        await stage.leave_database()
        if self._file is not None:
            self._file.close()
        await asyncio.to_thread(self.database.dispose)


class ExerciseCard(Choices):
    """The card of the exercise that is under way; its keys are not counted."""


class _Hint(TextPage):
    """A hint; its keys are not counted either."""


def story_lines(exercise: Exercise) -> list[str]:
    """Return the story as it is shown."""
    return told(exercise.story).split("\n")


def _code(stage: Stage) -> str:
    return "" if stage.view is None else stage.view.display_file.code


def _keys(event: KeyPress | Pasted | Clicked) -> list[tuple[str, str | None]]:
    if isinstance(event, KeyPress):
        return [(event.key, event.character)]
    if isinstance(event, Pasted):
        return [(each, each) for each in event.text[:200] if each.isprintable()]
    return []


__all__ = ["RESULT", "ExerciseCard", "ExerciseRun", "Stage", "story_lines"]
