"""Exercises gone at sideways: files that vanish, a full disk, keys where nobody expects them."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pasis_tui.services.patients import patients
from pasis_tui.store.copies import copy_open
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.training.attempts import Attempts
from pasis_tui.training.exercises import read_exercise, shelf
from pasis_tui.training.expectations import expected
from pasis_tui.training.people import practice_person
from pasis_tui.training.start_acts import BadStart
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.toml_files import BadFile
from tests.flows.own_keys import own_key, write_own_keys
from tests.flows.practice import logged_in
from tests.terminal import ENTER, ESC, F1, F2, alt, ctrl
from tests.training.classroom import (
    EXERCISE,
    NAME,
    NUMBER,
    RIGHT,
    attempt_of,
    begun,
    make_school,
    new_home,
    trainee,
    visits,
)

CARD = ctrl("o")


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_school(tmp_path_factory.mktemp("school"))


@pytest.fixture(autouse=True)
def register() -> Iterator[None]:
    patients.set_population_register(practice_person)
    yield
    patients.set_population_register(None)


@pytest.fixture
def home(school: Path, tmp_path: Path) -> Path:
    return new_home(school, tmp_path / "home")


def own(home: Path) -> Path:
    return home / "exercises" / f"{NAME}.toml"


# --- the file -----------------------------------------------------------------------------------


def test_an_exercise_is_done_as_it_was_read_whatever_becomes_of_its_file(home: Path) -> None:
    exercise = read_exercise(own(home))
    shutil.rmtree(home / "forsok")
    own(home).unlink()
    attempts = Attempts(home)
    attempt = attempts.begin(exercise)
    assert attempts.unfinished(exercise) == attempt
    wanted = expected(exercise, home)
    assert wanted.changed != attempts.before(exercise).since(attempts.before(exercise))
    own(home).write_text(EXERCISE.replace("level = 2", "level = 7"))
    assert expected(exercise, home) == wanted


def test_a_start_that_is_refused_is_told_when_the_file_has_gone(home: Path) -> None:
    late = 'act = "enrolment"\ndate = 2026-03-02'
    own(home).write_text(EXERCISE.replace(late, late.replace("03-02", "02-01")))
    exercise = read_exercise(own(home))
    own(home).unlink()
    with pytest.raises(BadStart, match=r"90-prov.toml, rad \d+: enrolment nekas: FO"):
        Attempts(home).begin(exercise)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("CTRL+Q", "CTRL\\+Q avslutar eller lämnar övningen"),
        ('CTRL+O "K"', "CTRL\\+O avslutar eller lämnar övningen"),
        ('F2 "ÖV" ENTER', "ÖV är ingen bild för facit"),
        ('F2 "KT" ENTER', "KT är ingen bild för facit"),
    ],
)
def test_a_solution_stays_in_its_exercise(tmp_path: Path, keys: str, why: str) -> None:
    path = tmp_path / "91-ut.toml"
    path.write_text(EXERCISE.replace("ALT+A  ", f"{keys}\nALT+A  "), "utf-8")
    with pytest.raises(BadFile, match=rf"91-ut.toml, rad \d+, par.keys: {why}"):
        read_exercise(path)


# --- the disk -----------------------------------------------------------------------------------


@pytest.mark.parametrize("spoil", ["sparlage-1.db", "sparlage-1.txt"])
def test_a_save_point_that_cannot_be_made_is_told_and_not_counted(home: Path, spoil: str) -> None:
    attempts, exercise = Attempts(home), read_exercise(own(home))
    attempt = attempts.begin(exercise)
    (attempt.folder / spoil).mkdir()
    with pytest.raises(ForPeople):
        attempts.save(attempt)
    assert attempts.unfinished(exercise) == attempt


def test_a_save_point_that_was_spoilt_is_told(home: Path) -> None:
    attempts = Attempts(home)
    attempt = attempts.save(attempts.begin(read_exercise(own(home))))
    (attempt.folder / "sparlage-1.txt").write_text("i går")
    with pytest.raises(ForPeople, match="Sparläge 1 går inte att läsa"):
        attempts.go_back(attempt, 1)


def test_a_place_for_attempts_that_is_no_folder_has_none(home: Path) -> None:
    shutil.rmtree(home / "forsok" / NAME, ignore_errors=True)
    (home / "forsok" / NAME).write_text("x")
    assert Attempts(home).unfinished(read_exercise(own(home))) is None


def test_a_folder_that_may_not_be_read_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = read_exercise(own(home))
    stat = Path.stat

    def refused(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.parent.name == "mallar":  # as for whoever does not own it; a test may be root
            raise PermissionError(errno.EACCES, "")
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refused)
    with pytest.raises(ForPeople, match="kan inte skrivas: den är skrivskyddad för dig"):
        Attempts(home).begin(exercise)
    monkeypatch.undo()
    known = shelf([own(home), home / "saknas", own(home).parent])
    assert known.faults == (f"Mappen {own(home)} kan inte läsas: mappen finns inte.",)
    assert [each.name for each in known.exercises] == [NAME]


def test_what_a_killed_program_left_half_made_is_tidied(home: Path) -> None:
    templates = home / "forsok" / "mallar"
    old, new = templates / "x.db.120000-wal", templates / "y.db.120000"
    for path in (old, new):
        path.write_bytes(b"x")
    yesterday = time.time() - 86_400
    os.utime(old, (yesterday, yesterday))
    own(home).write_text(EXERCISE.replace("level = 2", "level = 3"))
    Attempts(home).begin(read_exercise(own(home)))
    assert not old.exists()
    assert new.exists()


def test_what_sqlite_says_of_a_copy_is_said_in_swedish(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database" * 1000)
    with pytest.raises(DatabaseTrouble, match="är skadad eller ingen databas"):
        copy_open(tmp_path / "a.db", tmp_path / "b.db")
    assert not (tmp_path / "b.db").exists()


def test_what_cannot_be_written_stops_nothing_and_beginning_anew_all_or_nothing(
    home: Path,
) -> None:
    with trainee(home) as hands:
        begun(hands).go(f"85 {NUMBER}", "Tid är när").type(*RIGHT, alt("a")).says("Sparat: besök")
        templates = home / "forsok" / "mallar"
        aside = templates.rename(home / "forsok" / "undan")
        templates.write_text("in the way")
        hands.type(CARD).sees("B Börja om").type("b").sees("klockan börjar om").type(ENTER)
        hands.says("Fel:", "kan inte skrivas")
        hands.type(F1).sees("MEDDELANDET").type(ESC).terminal.expect_gone(
            "MEDDELANDET"
        )  # keys are still taken
        templates.unlink()
        aside.rename(templates)
        results = home / "resultat"
        results.write_text("in the way")
        hands.type(CARD).sees("K Klar, rätta").type("k").says("Fel: Filen 90-prov.json kan inte")
        assert len(visits(attempt_of(home) / "ovning-1.db")) == 1
        results.unlink()
        hands.type(CARD).sees("K Klar, rätta").type("k", F2, "40").sees("ÖV Resultat", "Allt rätt")
        hands.sees("3 tangenter i förväg kastade")


# --- keys ---------------------------------------------------------------------------------------


def test_a_demonstration_that_cannot_begin_leaves_the_keys_and_ctrl_q_leaves_one(
    home: Path,
) -> None:
    write_own_keys(home)
    late = 'act = "enrolment"\ndate = 2026-03-02'
    (home / "exercises" / "91-nekas.toml").write_text(
        EXERCISE.replace(late, late.replace("03-02", "02-01"))
    )
    with trainee(home) as hands:
        hands.type(own_key("quick"), "ÖV", ENTER).sees("Enter visar berättelsen").type("91", ENTER)
        hands.sees("V Visa").type("v").sees("Blank stannar").type("v").says("Fel: 91-nekas.toml")
        hands.type(own_key("quick"), "ÖV", ENTER).sees("Enter visar berättelsen").type("90", ENTER)
        hands.sees("V Visa").type("v").sees("Blank stannar").type("v").sees("› F2")
        hands.type(own_key("quit"))
        assert hands.terminal.expect_end() == 0


def test_a_draft_is_not_asked_about_when_an_exercise_is_to_begin(home: Path) -> None:
    with trainee(home) as hands:
        hands.go(f"610 {NUMBER}", "Utfärdare").type("9307").sees("*9307")
        hands.until(lambda: any((home / "drafts").glob("*.draft")), "the draft on the disk")
        hands.terminal.kill()
    with logged_in(home, "exercise", "play", NAME) as opened:
        opened.expect("K Klar, rätta")
        opened.type("l")
        opened.expect("ÖV Övningar")
        opened.type(F2, f"610 {NUMBER}", ENTER)
        opened.expect("*9307")


def test_a_number_is_told_in_the_singular(home: Path) -> None:
    (home / "exercises" / "91-fel.toml").write_text("x")
    with trainee(home) as hands:
        hands.go("ÖV", "En övningsfil kan inte läsas: 91-fel.toml")
