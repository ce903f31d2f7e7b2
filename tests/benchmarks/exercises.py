"""What an exercise costs: its start, its reset, a save point, and the grading of a long case."""

from __future__ import annotations

import os
import shutil
from itertools import count
from pathlib import Path

from pasis_tui.cli.playing import play
from pasis_tui.services.patients import patients
from pasis_tui.services.users import access
from pasis_tui.store.database import Database
from pasis_tui.training.attempts import Attempts, facts_of
from pasis_tui.training.exercises import read_exercise, shipped
from pasis_tui.training.grading import grade
from pasis_tui.training.people import practice_person
from tests.benchmarks.databases import Databases
from tests.benchmarks.probe import median
from tests.benchmarks.services import seconds
from tests.benchmarks.table import Line

LONG = "29-nio-manader"


def exercises(home: Path, files: Databases, rounds: int = 20) -> list[Line]:
    """The long case: begun, kept and graded, beside plain copies of its database."""
    patients.set_population_register(practice_person)
    exercise = read_exercise(shipped() / f"{LONG}.toml")
    attempts = Attempts(home / "exercises")
    made = seconds(lambda: attempts.template(exercise))
    template = attempts.template(exercise)
    numbers = count()

    def copy() -> None:
        target = home / f"copy-{next(numbers)}.db"
        shutil.copyfile(template, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())

    def begin() -> None:
        with Database.open(attempts.begin(exercise).database) as database:
            access.practice_actor(database, exercise.unit, exercise.user)

    copies = [seconds(copy) for _ in range(rounds)]
    begins = [seconds(begin) for _ in range(rounds)]
    played = play(exercise, home / "exercises")
    attempt = attempts.begin(exercise)

    def point() -> None:
        nonlocal attempt
        attempt = attempts.save(attempt)

    points = [seconds(point) for _ in range(rounds)]
    before = attempts.before(exercise)  # read while the story is, as the solution is played
    with Database.open(attempt.database) as database:

        def graded() -> None:
            done = facts_of(database, exercise, exercise.date)
            par = before.plus(played.after.since(played.before))
            grade(before, par, done, exercise.free, exercise.accepts, played.typed)

        grades = [seconds(graded) for _ in range(rounds)]
    plain = median(copies)
    return [
        _line("an exercise begun or reset: copied, opened, its user taken", begins, 1000, plain),
        _line("a save point", points, 1000, plain),
        _line("a long case graded: read, matched, told", grades, 300, plain),
        _line("an exercise's database made the first time of a day", [made], None, plain),
    ]


def _line(what: str, taken: list[float], most: float | None, plain: float) -> Line:
    middle = median(taken) * 1000
    return Line(
        what,
        f"a plain copy of its file and fsync, {plain * 1000:.1f} ms",
        most,
        middle,
        "ms",
        f"{middle:.0f} ms, {middle / plain / 1000:.0f} × the copy",
    )
