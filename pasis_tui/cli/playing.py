"""Plays an exercise's solution in the real application, without a terminal, and tells what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pasis_tui.app import PasisApp
from pasis_tui.display.keymap import Keymap
from pasis_tui.files.whole import confined_to
from pasis_tui.services.patients import patients
from pasis_tui.services.users import access
from pasis_tui.shell.page import Page
from pasis_tui.shell.player import Player
from pasis_tui.shell.screen_text import screen_text
from pasis_tui.store.actor import Actor
from pasis_tui.store.copies import copy_closed
from pasis_tui.store.database import Database
from pasis_tui.terminal import workers
from pasis_tui.training.attempts import Attempts, facts_of
from pasis_tui.training.exercises import Exercise
from pasis_tui.training.facts import Facts, typed_fact
from pasis_tui.training.par_keys import Stroke
from pasis_tui.training.people import practice_person
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.dialogs import Dialog
from pasis_tui.widgets.form import Form

SIZE = (80, 24)


class Unplayable(ForPeople):
    """A solution that stopped the program."""

    exit_code = 1


@dataclass
class Played:
    """What came of a solution's keys.

    ``refusals`` (warnings that were turned down are none) and ``screens`` are (line of the solution,
    text), ``ends_in`` is the dialogue that
    stood at the end ("" for none), ``unsaved`` tells that something typed was not saved.
    """

    before: Facts
    after: Facts
    typed: frozenset[str]
    refusals: tuple[tuple[int, str], ...]
    screens: tuple[tuple[int, str], ...]
    ends_in: str
    unsaved: bool


@dataclass
class _Seen:
    typed: set[str] = field(default_factory=set)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    screens: list[tuple[int, str]] = field(default_factory=list)
    line: int = 0
    at: tuple[Form, str, str] | None = None
    ends_in: str = ""
    unsaved: bool = False


class _Stage(PasisApp):
    """The application without login and terminal: it plays, and ends."""

    def __init__(
        self, database: Database, actor: Actor, exercise: Exercise, home: Path, seen: _Seen
    ) -> None:
        super().__init__(database.name, home, exercise.date, Keymap())
        self._database, self._actor = database, actor
        self._exercise, self._seen = exercise, seen
        self.stopped: BaseException | None = None

    async def begin(self) -> None:
        """Play at once."""
        await self.logged_in(self._database, self._actor)
        self.listeners.refusals.append(self._refused)
        workers.begin(self, self._guarded, name="play", group="play")

    async def _guarded(self) -> None:
        try:
            await self._play()
        except Exception as error:
            self.stopped = error
            self.exit()

    async def _play(self) -> None:
        strokes = self._exercise.par_strokes
        await Player(self, strokes, self._before, self._after).play()
        seen = self._seen
        seen.ends_in = self.screen.heading if isinstance(self.screen, Dialog) else ""
        seen.unsaved = self.view is not None and self.view.dirty
        seen.screens.append((seen.line, screen_text(self)))
        self.exit()

    async def _before(self, stroke: Stroke) -> bool:
        seen = self._seen
        if seen.line and stroke.line != seen.line:
            seen.screens.append((seen.line, screen_text(self)))
        seen.line = stroke.line
        form = None if self.view is None else self.view.active
        known = isinstance(form, Form) and form.field is not None
        if not isinstance(self.screen, Dialog):
            seen.at = (form, form.stop, form.get(form.stop)) if known else None  # type: ignore[assignment, union-attr]
        return True

    def _after(self, stroke: Stroke) -> None:
        """Note which fact was typed: the field where the key was pressed holds something else."""
        if self._seen.at is None or self.view is None:
            return
        form, name, before = self._seen.at
        if form in self.view.sections and name in form.cells and form.get(name) != before:
            fact = typed_fact(self.view.display_file.code, form.spec.name, name)
            if fact is not None:
                self._seen.typed.add(fact)

    def _refused(self, page: Page, findings: Sequence[Finding]) -> None:
        if all(each.level is Level.WARN for each in findings):
            return  # its question was answered with no
        self._seen.refusals.append((self._seen.line, f"{findings[0].rule} {findings[0].message}"))


def play(exercise: Exercise, home: Path) -> Played:
    """Play the solution of *exercise* in a copy of its template.

    Raises BadStart, DatabaseTrouble, and Unplayable when the keys end the program.
    """
    patients.set_population_register(practice_person)
    template = Attempts(home).template(exercise)
    seen = _Seen()
    with TemporaryDirectory(prefix="pasis-") as folder:
        own = Path(folder) / "ovning.db"
        copy_closed(template, own)
        with Database.open(own) as database, confined_to(Path(folder)):
            before = facts_of(database, exercise, exercise.date)
            actor = access.practice_actor(database, exercise.unit, exercise.user)
            stage = _Stage(database, actor, exercise, Path(folder), seen)
            asyncio.run(stage.run_async(headless=True, size=SIZE))
            stage.jobs.leave()
            fault = stage.stopped or stage.fault
            if fault is not None:
                raise Unplayable(f"rad {seen.line} i facit stoppar programmet: {fault}") from fault
            after = facts_of(database, exercise, stage.today)
    return Played(
        before,
        after,
        frozenset(seen.typed),
        tuple(seen.refusals),
        tuple(seen.screens),
        seen.ends_in,
        seen.unsaved,
    )
