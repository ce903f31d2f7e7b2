"""An exercise's own database: its template, its copies, its start acts and what is planted in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pasis_tui.services.patients import patients
from pasis_tui.services.users import access, settings
from pasis_tui.store.actor import Context
from pasis_tui.store.copies import copy_closed
from pasis_tui.store.database import Database
from pasis_tui.training.attempts import Attempts, facts_of, key_line, keys_pressed
from pasis_tui.training.exercises import Exercise, read_exercise
from pasis_tui.training.people import practice_person
from pasis_tui.training.routes import Pressed
from pasis_tui.training.start_acts import BadStart
from pasis_tui.validation.toml_files import BadFile
from tests.training.classroom import EXERCISE, NAME

SPOILT = """
[[start]]
act = "visit"
date = 2026-03-02
time = "08:00"
main_diagnosis = "F411"

[[start]]
act = "spoil"
field = "visit.contact_type"
value = "ÅB"
date = 2026-03-02
time = "08:00"

[[start]]
act = "spoil"
field = "medical.kva"
value = "DU008"

[par]"""


@pytest.fixture(autouse=True)
def register() -> Iterator[None]:
    patients.set_population_register(practice_person)
    yield
    patients.set_population_register(None)


def written(folder: Path, text: str = EXERCISE, name: str = NAME) -> Exercise:
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return read_exercise(path)


def opened(attempt_file: Path) -> Database:
    return Database.open(attempt_file)


def test_an_attempt_is_a_copy_of_its_own(tmp_path: Path) -> None:
    exercise = written(tmp_path)
    attempts = Attempts(tmp_path)
    first = attempts.begin(exercise)
    with opened(first.database) as database:
        facts = facts_of(database, exercise, exercise.date)
        instance = database.fact("instance")
        vera = [r for r in facts.of("patient") if r.fields["identity_number"] == "199307142381"]
        assert len(vera) == 1
        assert attempts.unfinished(exercise) is None  # it is open: nobody else goes on with it
    assert attempts.unfinished(exercise) == first
    second = attempts.begin(exercise)
    with opened(second.database) as database:
        assert database.fact("instance") != instance  # no draft of the first comes back
    assert attempts.before(exercise) == facts


def test_a_changed_file_is_another_exercise(tmp_path: Path) -> None:
    exercise = written(tmp_path)
    attempts = Attempts(tmp_path)
    attempts.begin(exercise)
    changed = written(tmp_path, EXERCISE.replace("minutes = 6", "minutes = 7"))
    assert attempts.unfinished(changed) is None


def test_what_the_rules_refuse_is_no_start(tmp_path: Path) -> None:
    text = EXERCISE.replace(
        'act = "enrolment"\ndate = 2026-03-02', 'act = "enrolment"\ndate = 2026-02-01'
    )
    exercise = written(tmp_path, text)
    with pytest.raises(BadStart, match=r"90-prov.toml, rad \d+: enrolment nekas: FO"):
        Attempts(tmp_path).begin(exercise)
    assert not list((tmp_path / "forsok" / "mallar").glob("*.db.*"))  # nothing half made is left


def test_an_error_is_planted_past_the_rules_in_the_copy_alone(tmp_path: Path) -> None:
    exercise = written(tmp_path, EXERCISE.replace("\n[par]", SPOILT))
    with opened(Attempts(tmp_path).begin(exercise).database) as database:
        facts = facts_of(database, exercise, exercise.date)
    visit = next(r for r in facts.of("visit") if r.fields["time"] == "08:00" and
                 r.fields["date"] == "2026-03-02" and r.fields["contact_type"] == "ÅB")  # fmt: skip
    assert facts.records["medical", visit.id].fields["kva"] == "DU008"


@pytest.mark.parametrize(
    ("planted", "why"),
    [
        ('field = "visit"', "visit kan inte tas bort"),
        ('field = "visit.date"\nvalue = "i går"', "date kan inte vara ”i går”"),
        ('field = "patient.sex"\nvalue = "X"', "patient kan inte få ett fel"),
        ('field = "discharge.date"\nvalue = "2026-03-01"', "ingen discharge att skriva felet i"),
    ],
)
def test_an_error_that_cannot_be_planted_is_told(tmp_path: Path, planted: str, why: str) -> None:
    spoilt = SPOILT.replace('field = "medical.kva"\nvalue = "DU008"', planted)
    exercise = written(tmp_path, EXERCISE.replace("\n[par]", spoilt))
    with pytest.raises(BadStart, match=why):
        Attempts(tmp_path).begin(exercise)


def test_a_lane_that_is_demanded_is_the_one_of_the_copy(tmp_path: Path) -> None:
    exercise = written(tmp_path, EXERCISE.replace("level = 2", 'level = 2\nlane = "trogen"'))
    with opened(Attempts(tmp_path).begin(exercise).database) as database:
        actor = access.practice_actor(database, exercise.unit, exercise.user)
        assert settings.read(Context(database, actor, exercise.date, "IN")).lane == "T"


def test_an_edition_goes_by_the_date(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="är 2025, men övningens datum är 2026-03-02"):
        written(tmp_path, EXERCISE.replace("level = 2", 'level = 2\nedition = "2025"'))


def test_a_state_that_was_cut_is_no_attempt_and_keys_end_where_they_were_cut(
    tmp_path: Path,
) -> None:
    exercise = written(tmp_path)
    attempts = Attempts(tmp_path)
    attempt = attempts.begin(exercise)
    keys = [Pressed("f2", None, "meny", 0.5), Pressed("å", "å", "014", 1.0, ("VA01",))]
    attempt.keys.write_bytes(b"".join(map(key_line, keys)) + b'["f3", nul')
    assert list(keys_pressed(attempt)) == keys
    (attempt.folder / "forsok.json").write_text('{"exercise": "90')
    assert attempts.unfinished(exercise) is None
    (attempt.folder / "forsok.json").write_text('{"exercise": 3, "file": "x"}')
    assert attempts.unfinished(exercise) is None


def test_a_save_point_is_what_was_saved_then(tmp_path: Path) -> None:
    exercise = written(tmp_path)
    attempts = Attempts(tmp_path)
    attempt = attempts.begin(exercise)
    (attempt.folder / "sparlage-1.db").write_bytes(b"left by a crash")
    attempt = attempts.save(attempt)
    back = attempts.go_back(attempt, 1)
    assert back.database.name == "ovning-2.db"
    with opened(back.database) as database:
        assert facts_of(database, exercise, exercise.date) == attempts.before(exercise)


def test_a_copy_never_writes_over_a_file(tmp_path: Path) -> None:
    exercise = written(tmp_path)
    template = Attempts(tmp_path).template(exercise)
    target = tmp_path / "there.db"
    target.write_bytes(b"mine")
    with pytest.raises(Exception, match="en fil har redan det namnet"):
        copy_closed(template, target)
    assert target.read_bytes() == b"mine"
