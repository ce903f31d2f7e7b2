"""Every shipped exercise's solution, typed at the real program in a pseudo-terminal, is worth 100."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pasis_tui.cli.exercise_check import keep_expected
from pasis_tui.cli.playing import play
from pasis_tui.training.attempts import Attempts
from pasis_tui.training.exercises import Exercise, shelf, shipped
from pasis_tui.training.par_keys import Stroke
from tests import terminal as keys
from tests.flows.practice import copy_practice, make_practice
from tests.training.classroom import trainee

EXERCISES = shelf([shipped()]).exercises
_SENT = {
    "enter": keys.ENTER,
    "tab": keys.TAB,
    "escape": keys.ESC,
    "shift+tab": keys.BACKTAB,
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "insert": "\x1b[2~",
    "up": keys.UP,
    "down": keys.DOWN,
    "left": keys.LEFT,
    "right": keys.RIGHT,
    "home": keys.HOME,
    "end": keys.END,
    "pageup": keys.PGUP,
    "pagedown": keys.PGDN,
    **{f"f{n}": getattr(keys, f"F{n}") for n in range(1, 13)},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_practice(tmp_path_factory.mktemp("made"))


def sent(stroke: Stroke) -> str:
    """Return what a terminal sends for a key of a solution."""
    if stroke.character is not None:
        return stroke.character
    if stroke.key.startswith("alt+"):
        return keys.alt(stroke.key[4:])
    if stroke.key.startswith("ctrl+"):
        return keys.ctrl(stroke.key[5:])
    return _SENT[stroke.key]


def test_there_are_exercises_of_every_kind() -> None:
    assert len(EXERCISES) >= 24
    assert shelf([shipped()]).faults == ()


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_the_solution_typed_is_worth_everything(
    exercise: Exercise, made: Path, tmp_path: Path
) -> None:
    home = copy_practice(made, tmp_path / "home")
    templates = made.parent / "forsok"
    if templates.is_dir():  # the practice data of a day are made once for all
        shutil.copytree(templates, home / "forsok", copy_function=shutil.copy2)
    keep_expected(exercise, play(exercise, home), Attempts(home).expected_file(exercise))
    shutil.copytree(home / "forsok", templates, copy_function=shutil.copy2, dirs_exist_ok=True)
    with trainee(home, "exercise", "play", exercise.name) as hands:
        hands.sees("K Klar, rätta").type(keys.ENTER).terminal.expect_gone("K Klar, rätta")
        line = 0
        for stroke in exercise.par_strokes:
            if stroke.line != line and line:
                hands.until(lambda: _still(hands.terminal), "the line's keys are done")
            line = stroke.line
            hands.type(sent(stroke))
        hands.until(lambda: _still(hands.terminal), "the last line's keys are done")
        hands.type(keys.ctrl("o")).sees("K Klar, rätta").type("k")
        hands.sees("ÖV Resultat", "Poäng      100", "Allt rätt")


def _still(opened: keys.Terminal) -> bool:
    """Whether nothing was sent for a moment."""
    before = opened.received
    opened.pump(0.15)
    return opened.received == before
