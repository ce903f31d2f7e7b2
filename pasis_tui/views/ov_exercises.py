"""ÖV Övningar: the list, each with its story, best marks and where one is; how one begins."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import cast

from pasis_tui.shell.demonstration import Demonstration
from pasis_tui.shell.exercise_run import ExerciseRun, Stage, story_lines
from pasis_tui.shell.pace import how_to_steer
from pasis_tui.shell.view import View
from pasis_tui.terminal import workers
from pasis_tui.training import results
from pasis_tui.training.attempts import Attempt, Attempts, Mode
from pasis_tui.training.exercises import Exercise, Shelf, folders, read_exercise, shelf
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.views.kt_joining import join_class
from pasis_tui.widgets.choices import Choices, Way
from pasis_tui.widgets.dialogs import Confirm
from pasis_tui.widgets.record_list import RecordList, Row

LEVELS = {1: "lätt", 2: "vanlig", 3: "svår"}
_FULL = 100


class ExercisesView(View):
    """Enter shows the story; from there one practises, is shown or tested."""

    file = "ov_ovningar"

    async def start(self) -> None:
        """List the exercises, the cursor on the next one to do."""
        self._list = self.record_list("exercises")
        self._attempts = Attempts(self.pasis.home)
        self._number = ""  # the digit typed last: a second one makes it a number of two
        self._shelf = await asyncio.to_thread(shelf, folders(self.pasis.home))
        await self._fill()
        self.activate(self._list)
        self._tell(self._shelf)
        workers.begin(
            self, partial(asyncio.to_thread, self._prepare), group="templates", exit_on_error=False
        )

    def _prepare(self) -> None:
        """Make the next exercise's template while its story is read."""
        row = self._list.current
        if row is not None:
            self._attempts.template(row.subject)

    async def _fill(self) -> None:
        learner = self._stage.learner
        best = await asyncio.to_thread(results.every_best, self.pasis.home, learner)
        rows = []
        next_one = 0
        for at, each in enumerate(self._shelf.exercises):
            known = best.get(each.name)
            left = await asyncio.to_thread(self._attempts.unfinished, each)
            state = "påbörj." if left else "klar" if known and known.marks == _FULL else ""
            if not next_one and state != "klar":
                next_one, state = at + 1, state or "nästa"
            rows.append(_row(at, each, known, state))
        await self._list.load_all(rows)
        if next_one:
            self._list.stand_on(next_one - 1)
        if self.pasis.class_link is not None:
            self.stand_on(self.pasis.class_link.wished)

    def stand_on(self, name: str) -> bool:
        """Put the cursor on the exercise *name*; False when there is none."""
        names = [each.name for each in self._shelf.exercises]
        if name in names:
            self._list.stand_on(names.index(name))
        return name in names

    async def list_key(self, section: RecordList, character: str) -> bool:
        """A number typed here is an exercise's: the cursor goes there."""
        if not character.isdecimal():
            return False
        for typed in (self._number + character, character):
            wanted = [row.key for row in section.rows if _number(row.subject) == typed.zfill(2)]
            if wanted:
                section.stand_on(wanted[0])
                break
        else:
            self.deny(f"Övning {typed} finns inte. Enter öppnar raden vid ›.")
        self._number = character
        self.place_cursor()
        return True

    def moved(self, section: RecordList) -> None:
        """A number begun before the cursor was moved is no longer typed on."""
        self._number = ""

    def _tell(self, known: Shelf) -> None:
        if known.faults:
            count = len(known.faults)
            files = "En övningsfil" if count == 1 else f"{count} övningsfiler"
            self.say(f"{files} kan inte läsas: {known.faults[0]}")
        else:
            self.say("Enter visar berättelsen och börjar övningen.")

    @property
    def _chosen(self) -> Exercise | None:
        row = self._list.current
        return None if row is None else row.subject

    async def opened(self, section: RecordList) -> None:
        """Show the story, and how to begin."""
        if (exercise := self._chosen) is None:
            return
        left = await asyncio.to_thread(self._attempts.unfinished, exercise)
        ways = [Way("Ö", "Öva"), Way("V", "Visa"), Way("P", "Prov")]
        if left is not None:
            ways[0] = Way("G", "Gå vidare")
            ways.append(Way("B", "Börja om"))
        chapters = ", ".join(exercise.chapters)
        lines = [
            *story_lines(exercise),
            "",
            f"Nivå: {LEVELS[exercise.level]}. Ungefär {exercise.minutes} minuter."
            f" Arbetsdatum {exercise.date}.",
            f"Kapitel i anvisningen: {chapters}.",
        ]
        enter = "G" if left else "Ö"
        await self.pasis.open_dialog(Choices(exercise.title, lines, ways, self._begin, enter=enter))

    async def _begin(self, letter: str) -> None:
        if letter == "V":
            await self.press_show()
        elif letter == "P":
            await self.press_test()
        elif letter == "B":
            await self._start("practise")
        else:
            await self.press_practise()

    async def press_practise(self) -> None:
        """Begin, or go on where the learner was."""
        if (exercise := self._chosen) is None:
            return
        left = await asyncio.to_thread(self._attempts.unfinished, exercise)
        if left is None:
            await self._start("practise")
        else:
            await self._go_on(exercise, left)

    async def _go_on(self, exercise: Exercise, left: Attempt) -> None:
        if _refused(self._stage):
            return
        run = ExerciseRun(self._stage, exercise)
        await run.go_on(left)
        await run.show_card()

    async def press_test(self) -> None:
        """Begin a test, once."""
        exercise = self._chosen
        if exercise is None:
            return

        async def begin(_: bool) -> None:
            await self._start("test")

        lines = [
            "Prov: inga tips och inga sparlägen, och klockan går.",
            f"{exercise.title}, ungefär {exercise.minutes} minuter.",
        ]
        await self.pasis.open_dialog(Confirm("Prov", lines, "Börja", "Inte nu", begin))

    async def press_show(self) -> None:
        """Play the solution."""
        if (exercise := self._chosen) is not None:
            await show(self._stage, exercise)

    async def press_result(self) -> None:
        """Show the latest result of the exercise."""
        if (exercise := self._chosen) is None:
            return
        learner = self._stage.learner
        known = await asyncio.to_thread(results.best, self.pasis.home, learner, exercise.name)
        if known is None:
            self.deny("Övningen är inte gjord än, så det finns inget resultat.")
        else:
            await self.pasis.open("ÖV R", exercise=exercise.name)

    async def press_class(self) -> None:
        """Join a class, or say in which one the learner is."""
        await join_class(self)

    async def press_drills(self) -> None:
        """Open the code drills."""
        await self.pasis.open("ÖV K")

    async def _start(self, mode: Mode) -> None:
        if (exercise := self._chosen) is not None:
            await begin(self._stage, exercise, mode)

    @property
    def _stage(self) -> Stage:
        return stage_of(self)


def stage_of(view: View) -> Stage:
    """Return the application as an exercise sees it."""
    return cast("Stage", view.app)


async def begin(stage: Stage, exercise: Exercise, mode: Mode) -> None:
    """Begin an exercise and show its story."""
    if _refused(stage):
        return
    run = ExerciseRun(stage, exercise)
    await run.begin(mode)
    await run.show_card()


async def show(stage: Stage, exercise: Exercise) -> None:
    """Show an exercise: say what a person's keys do, then play."""
    if _refused(stage):
        return

    async def play(_: str) -> None:
        await Demonstration(stage, exercise).show()

    lines = [*story_lines(exercise), "", how_to_steer()]
    ways = [Way("V", "Visa")]
    await stage.open_dialog(Choices(f"Visa: {exercise.title}", lines, ways, play, enter="V"))


async def begin_first(stage: Stage, path: Path) -> None:
    """Begin, or go on with, the exercise that the program was started for."""
    await stage.open("ÖV")
    try:
        exercise = await asyncio.to_thread(read_exercise, path)
    except ForPeople as broken:  # since the program was started
        if stage.view is not None:
            stage.view.deny(str(broken))
        return
    left = await asyncio.to_thread(Attempts(stage.home).unfinished, exercise)
    if left is None:
        await begin(stage, exercise, "practise")
        return
    run = ExerciseRun(stage, exercise)
    await run.go_on(left)
    await run.show_card()


async def show_wished(stage: Stage, name: str) -> None:
    """Show the story of the exercise that the class is to do next, to a learner who is ready for it.

    Who is in an exercise, in a dialogue or in the middle of typing finds it in ÖV afterwards.
    """
    view = stage.view
    if view is None or not stage.logged_on or stage.top is not view or stage.exercise is not None:
        return
    if view.dirty or view.head.box.text or "exercises" not in stage.session.actor.rights:
        return
    stage.drop_typed_ahead()
    await stage.open("ÖV")
    if isinstance(stage.view, ExercisesView) and stage.view.stand_on(name):
        await stage.view.opened(stage.view.record_list("exercises"))


def _refused(stage: Stage) -> bool:
    if stage.exercise is not None and stage.view is not None:
        stage.view.deny("En övning pågår redan. Lämna den först.")
        return True
    return False


def _number(exercise: Exercise) -> str:
    return exercise.name.split("-")[0]


def _row(at: int, exercise: Exercise, known: results.Best | None, state: str) -> Row:
    cells = {
        "number": _number(exercise),
        "title": exercise.title,
        "level": LEVELS[exercise.level],
        "minutes": str(exercise.minutes),
        "marks": str(known.marks) if known else "",
        "keys": str(known.keys) if known else "",
        "par": str(len(exercise.par_strokes)),
        "state": state,
        "chapters": ", ".join(exercise.chapters),
    }
    return Row(at, exercise, cells)
