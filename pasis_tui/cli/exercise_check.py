"""Checks exercises as a trainer's colleague would: reads them, does their start acts, plays their solutions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pasis_tui.cli.playing import Played, play
from pasis_tui.training.exercises import Exercise, read_exercise
from pasis_tui.training.expectations import Expected
from pasis_tui.training.grading import grade, graded_values
from pasis_tui.training.stories import unsaid
from pasis_tui.validation.for_people import ForPeople


@dataclass
class Checked:
    """What is wrong with an exercise (``faults``) and what is odd (``warnings``), as sentences."""

    path: Path
    exercise: Exercise | None = None
    keys: int = 0
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check(path: Path, home: Path) -> Checked:
    """Read, start and play one exercise."""
    checked = Checked(path)
    try:
        exercise = read_exercise(path)
        checked.exercise = exercise
        checked.keys = len(exercise.par_strokes)
        played = play(exercise, home)
    except ForPeople as broken:
        name = path.name
        checked.faults += [s if name in s else f"{name}: {s}" for s in broken.sentences]
        return checked
    checked.faults += solution_faults(exercise, played)
    graded = graded_values(played.before, played.after, exercise.free, played.typed)
    story = exercise.where_story()
    checked.warnings += [f"{story}: {sentence}." for sentence in unsaid(exercise, graded)]
    if not checked.faults:
        marks = grade(
            played.before, played.after, played.after, exercise.free, exercise.accepts, played.typed
        ).marks
        if marks != 100:
            checked.faults.append(f"{path.name}: facit får {marks} poäng av sin egen rättning.")
    return checked


def solution_faults(exercise: Exercise, played: Played) -> list[str]:
    """Return what makes a played solution no solution."""
    faults = [f"{exercise.where(line)}: facit nekas: {reason}" for line, reason in played.refusals]
    last = exercise.where(exercise.par_strokes[-1].line)
    if played.ends_in:
        faults.append(f"{last}: facit slutar i rutan ”{played.ends_in}”, som ingen har svarat på.")
    if played.unsaved:
        faults.append(f"{last}: facit slutar med något som är skrivet men inte sparat.")
    if not faults and played.after.since(played.before) == played.before.since(played.before):
        faults.append(f"{last}: facit ändrar ingenting, så inget kan bedömas.")
    return faults


def keep_expected(exercise: Exercise, played: Played, path: Path) -> None:
    """Keep what the solution leaves behind; raises FileTrouble."""
    Expected(played.after.since(played.before), played.typed, played.screens).write(path)
