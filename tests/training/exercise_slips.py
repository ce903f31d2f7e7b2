"""The solutions of exercises, altered as learners go wrong, or to another legal route."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pasis_tui.cli import exercise_check
from pasis_tui.cli.exercise_check import Checked
from pasis_tui.cli.playing import Played, play
from pasis_tui.training.exercises import Exercise, read_exercise, shipped
from pasis_tui.training.grading import Grade, grade

Change = tuple[str, str]  # keys of the solution, and those pressed instead


class Stage:
    """Plays the shipped exercises in one home, each solution once."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._played: dict[tuple[str, str], Played] = {}

    def exercise(self, number: int) -> Exercise:
        (path,) = shipped().glob(f"{number:02d}-*.toml")
        return read_exercise(path)

    def check(self, number: int) -> Checked:
        return exercise_check.check(self.exercise(number).path, self._home)

    def play(self, exercise: Exercise, home: Path | None = None) -> Played:
        """Play, or remember; *home* is the one that it was made with."""
        key = exercise.name, exercise.par
        if key not in self._played:
            self._played[key] = play(exercise, home or self._home)
        return self._played[key]

    def graded(self, number: int, *changes: Change) -> Grade:
        """Return the marks of who presses the solution's keys with *changes*."""
        exercise = self.exercise(number)
        right = self.play(exercise)
        done = play(replace(exercise, par=altered(exercise.par, *changes)), self._home)
        assert done.before == right.before
        return grade(
            right.before, right.after, done.after, exercise.free, exercise.accepts, right.typed
        )


def altered(par: str, *changes: Change) -> str:
    """Return the keys of a solution with *changes*; each stands there once."""
    text = "\n".join(line.partition("#")[0].rstrip() for line in par.splitlines())
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {text!r}"
        text = text.replace(old, new)
    return text
