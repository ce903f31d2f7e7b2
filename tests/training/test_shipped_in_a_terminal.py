"""Every shipped exercise's solution, typed at the real program in a pseudo-terminal, is worth 100."""

from __future__ import annotations

import shutil
from itertools import groupby
from pathlib import Path

import pytest

from pasis_tui.cli.exercise_check import keep_expected
from pasis_tui.cli.playing import play
from pasis_tui.training.attempts import Attempts
from pasis_tui.training.exercises import Exercise, shelf, shipped
from pasis_tui.training.par_keys import Stroke
from tests import terminal as keys
from tests.doses import one_in
from tests.flows.practice import copy_practice, make_practice, watched
from tests.training.typed_strokes import sent

EXERCISES = shelf([shipped()]).exercises


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_practice(tmp_path_factory.mktemp("made"))


def test_there_are_exercises_of_every_kind() -> None:
    assert len(EXERCISES) >= 24
    assert shelf([shipped()]).faults == ()


@pytest.mark.parametrize("exercise", one_in(6, EXERCISES), ids=lambda each: each.name)
def test_the_solution_typed_is_worth_everything(
    exercise: Exercise, made: Path, tmp_path: Path
) -> None:
    home = copy_practice(made, tmp_path / "home")
    templates = made.parent / "forsok"
    if templates.is_dir():  # the practice data of a day are made once for all
        shutil.copytree(templates, home / "forsok", copy_function=shutil.copy2)
    keep_expected(exercise, play(exercise, home), Attempts(home).expected_file(exercise))
    shutil.copytree(home / "forsok", templates, copy_function=shutil.copy2, dirs_exist_ok=True)
    with watched(home, "exercise", "play", exercise.name) as program:
        program.terminal.expect("Tryck Enter")
        program.slowly([keys.ENTER])
        program.terminal.expect("K Klar, rätta")
        program.slowly([keys.ENTER])
        for _, strokes in groupby(exercise.par_strokes, lambda each: each.line):
            # A line in one burst; what comes after a question is typed when it stands there.
            for part in _parts(list(strokes)):
                program.burst([sent(stroke) for stroke in part])
                program.settle()
        program.slowly([keys.ctrl("o")])
        program.terminal.expect("K Klar, rätta")
        program.burst(["k"])
        program.terminal.expect("ÖV Resultat", "Poäng      100")


def _parts(strokes: list[Stroke]) -> list[list[Stroke]]:
    """Return the keys of a line, apart after each that may lead to a question."""
    parts: list[list[Stroke]] = [[]]
    for stroke in strokes:
        parts[-1].append(stroke)
        if stroke.character is None and stroke.key not in {"tab", "shift+tab"}:
            parts.append([])
    return [part for part in parts if part]
