"""An exercise made from a recording is one that can be read, and its keys are those that were typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pasis_tui.training.exercises import Exercise, read_exercise
from pasis_tui.training.from_recording import exercise_from
from pasis_tui.training.par_keys import Stroke, strokes
from pasis_tui.training.recording import BadRecording, Line, Recording
from tests.training.test_recording import HEAD


def recorded(*lines: Line, **head: object) -> Recording:
    changed = replace(HEAD, **head)  # type: ignore[arg-type]
    return Recording(Path("2026-03-02-101530-ANNLIN.jsonl"), changed, lines)


def lines(text: str, screen: str, **more: object) -> list[Line]:
    """*text*, in a solution's notation, typed on *screen*; the last key led to *more*."""
    typed = [Line(float(n), screen, stroke) for n, stroke in enumerate(strokes(text), 1)]
    return [*typed[:-1], typed[-1]._replace(**more)]  # type: ignore[arg-type]


def made(recording: Recording, folder: Path) -> Exercise:
    path = folder / "20-inspelad.toml"
    path.write_text(exercise_from(recording), "utf-8")
    return read_exercise(path)


def keys(exercise: Exercise) -> list[tuple[str, str | None]]:
    return [stroke[:2] for stroke in exercise.par_strokes]


def test_one_line_a_screen_without_what_was_dropped(tmp_path: Path) -> None:
    exercise = made(
        recorded(
            *lines('F2 "85 9307142381" ENTER', "meny"),
            *lines('"1000" TAB*4 "J" F10', "085", refused=("BE05",), why='BE05 Fel: "så" \\ här'),
            *lines("ENTER", "085", dropped=True),
            *lines("ALT+A", "085", saved="Sparat: besök."),
        ),
        tmp_path,
    )
    assert exercise.par.strip().splitlines() == [
        'F2 "85 9307142381" ENTER      # Menyval',
        "# nekades: BE05 Fel: ”så” / här",
        '"1000" TAB*4 "J" F10 ALT+A      # 085 Besöksregistrering',
    ]
    assert (exercise.date, exercise.user) == (HEAD.date, "ANNLIN")
    assert exercise.chapters == ("Besöksregistrering i PASiS",)
    assert exercise.title == "Inspelad 2026-03-02 av ANNLIN"


def test_pastes_are_typed_and_clicks_are_told(tmp_path: Path) -> None:
    exercise = made(
        recorded(
            Line(1.0, "meny", Stroke("f1", None, 1)),
            Line(2.0, "meny", paste='85 ""930714\\"\n'),
            Line(3.0, "meny", click=(3, 7)),
            Line(4.0, "meny", Stroke("ctrl+left", None, 1)),
            Line(5.0, "meny", Stroke("enter", None, 1)),
        ),
        tmp_path,
    )
    typed_keys = [(s.key, s.character) for s in exercise.par_strokes]
    assert "".join(character or "" for _, character in typed_keys) == '85 ""930714\\"'
    assert (typed_keys[0], typed_keys[-1]) == (("f1", None), ("enter", None))
    assert "# här klickades på rad 8, kolumn 4" in exercise.par
    assert "# tangenten Ctrl+LEFT kan inte stå i ett facit" in exercise.par


def test_another_exercise_and_the_leaving_are_left_out(tmp_path: Path) -> None:
    inside = [line._replace(exercise="07-distans") for line in lines('"1000" ALT+A', "085")]
    exercise = made(
        recorded(*lines("F2", "meny"), *inside, *lines('"40" ENTER CTRL+Q', "meny")), tmp_path
    )
    assert keys(exercise) == [s[:2] for s in strokes('F2 "40" ENTER')]
    with pytest.raises(BadRecording, match="inga tangenter finns att göra en övning av"):
        exercise_from(recorded(*inside))
    with pytest.raises(BadRecording):
        exercise_from(recorded())


def test_keys_of_an_own_keymap_become_those_of_the_table(tmp_path: Path) -> None:
    own = recorded(
        *[Line(1.0, "085", Stroke(key, None, 1)) for key in ("f11", "f10")],
        keys={"save": ("f11",), "help": ("f10",)},
    )
    assert keys(made(own, tmp_path)) == [("f10", None), ("f1", None)]
