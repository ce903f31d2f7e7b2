"""Results kept for each learner and exercise: whole or not at all, whatever the names are."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pasis_tui.files.whole import FileTrouble
from pasis_tui.training.grading import Deviation, grade
from pasis_tui.training.results import (
    Result,
    Tried,
    best,
    every_best,
    keep,
    result_of,
)
from pasis_tui.training.routes import Pressed, compare
from tests.training.exercise_facts import commitment, facts, patient, visit

BEFORE = facts(patient(), commitment())
PAR = facts(*BEFORE.records.values(), visit(1, "2026-03-09", contact_type="NY"))
KEYS = [Pressed("f10", None, "085", 12.5, ("BE03",))]


def made(marks: int = 100, keys: int = 40, seconds: float = 60.0) -> Result:
    done = facts(*BEFORE.records.values(), visit(1, "2026-03-09", reason="U"))
    result = result_of(
        "07-dubbelsession",
        "Dubbelsession",
        "2026-03-02",
        grade(BEFORE, PAR, done),
        compare(KEYS, KEYS),
    )
    return replace(result, marks=marks, keys=keys, seconds=seconds)


def test_a_result_is_read_as_it_was_written() -> None:
    result = made()
    assert result.deviations
    assert result.mistakes
    assert Result.from_json(result.to_json()) == result


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"exercise": 1}', "[" * 5000],
)
def test_anything_else_is_no_result(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json says what it says
        Result.from_json(text)


def test_every_part_of_another_type_is_no_result() -> None:
    known = json.loads(made().to_json())
    for name in known:
        with pytest.raises(ValueError, match=r"."):
            Result.from_json(json.dumps({**known, name: {"x": 1}}))
        with pytest.raises(ValueError, match=r"."):
            Result.from_json(json.dumps({k: v for k, v in known.items() if k != name}))


def test_the_best_stays_and_the_last_is_the_last(tmp_path: Path) -> None:
    keep(tmp_path, "ANNLIN", made(80, 50))
    keep(tmp_path, "ANNLIN", made(100, 60, 90.0))
    keep(tmp_path, "ANNLIN", made(100, 45, 120.0))
    kept = keep(tmp_path, "ANNLIN", made(60, 20))
    assert (kept.marks, kept.keys, kept.seconds, kept.tries) == (100, 45, 90.0, 4)
    assert kept.last.marks == 60
    assert best(tmp_path, "ANNLIN", "07-dubbelsession") == kept
    assert every_best(tmp_path, "ANNLIN") == {"07-dubbelsession": kept}
    assert best(tmp_path, "BOPROV", "07-dubbelsession") is None
    assert every_best(tmp_path, "BOPROV") == {}


@pytest.mark.parametrize("learner", ["../../etc", "Åsa\n\x1b[31m\u202e", "x" * 10_000, ""])
def test_names_of_any_kind_stay_inside_the_folder(tmp_path: Path, learner: str) -> None:
    kept = keep(tmp_path, learner, replace(made(), exercise=f"../{learner}"))
    assert best(tmp_path, learner, kept.exercise) == kept or "\x1b" in learner
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert files[0].is_relative_to(tmp_path / "resultat")


def test_a_spoilt_file_is_as_none_and_is_written_anew(tmp_path: Path) -> None:
    keep(tmp_path, "ANNLIN", made(90))
    (path,) = tmp_path.rglob("*.json")
    whole = path.read_bytes()
    for spoilt in (whole[: len(whole) // 2], b"\xff\xfe", b"[" * 5000, b"{}"):
        path.write_bytes(spoilt)
        assert best(tmp_path, "ANNLIN", "07-dubbelsession") is None
        assert every_best(tmp_path, "ANNLIN") == {}
    assert keep(tmp_path, "ANNLIN", made(70)).marks == 70


def test_what_cannot_be_written_is_said_and_the_old_stays(tmp_path: Path) -> None:
    keep(tmp_path, "ANNLIN", made(90))
    (tmp_path / "other").write_text("x")
    with pytest.raises(FileTrouble, match="kan inte skrivas"):
        keep(tmp_path / "other", "ANNLIN", made(100))
    assert best(tmp_path, "ANNLIN", "07-dubbelsession") is not None


def test_what_is_missing_is_told_with_the_refusal_that_stood_in_the_way() -> None:
    result = grade(BEFORE, PAR, BEFORE)
    tried = [
        Tried("085", "BE01 Fel: gammalt"),
        Tried("085"),  # saved after all, so that one says nothing
        Tried("048 I", "FO02 Fel: annat"),
        Tried("085", "BE03 Fel: första"),
        Tried("085", "BE02 Fel: senare"),
    ]
    (missing,) = result_of("1", "Ett", "2026-03-02", result, compare(KEYS, KEYS), tried).deviations
    assert isinstance(missing, Deviation)
    assert missing.refusal == "BE03 Fel: första"
