"""A learner's real program in a class: what it tells, what it hears, and the store gone meanwhile."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from pasis_tui.training.classes import BoardRow, ClassStore
from tests.flows.class_programs import learner, make_class
from tests.flows.clerk import Clerk
from tests.flows.practice import VERA, copy_practice, logged_in, run_pasis
from tests.terminal import ENTER, ESC, F10, TAB, alt, ctrl, terminal


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "classes.db"


def test_refusals_and_saves_are_told_and_a_tip_does_not_wipe_a_refusal(
    practice: Path, tmp_path: Path, store: Path
) -> None:
    word = make_class(store)
    with (
        closing(ClassStore.open(str(store))) as seen,
        learner(practice, tmp_path / "anna", store, word, "Anna") as hands,
    ):
        group = seen.find(word)
        hands.go(f"610 {VERA}", "Inga frikort").type(F10).says("HK06 Fel: Nummer saknas")
        hands.until(lambda: seen.board(group.id).rules == (("HK06", 1),), "the refusal is told")
        seen.tip(group.id, "Numret står\u202e på kortet\x1b[31m.")
        ((number, _),) = seen.learners(group.id)
        hands.until(lambda: _screen(seen, number).startswith("PASiS  Snabbval"), "the screen")
        shown = _screen(seen, number)
        assert "610 Frikortsregistrering" in shown
        assert "HK06 Fel: Nummer saknas" in shown  # the tip has come, and waits
        assert [line.rstrip() for line in hands.terminal.screen.display] == [
            line.rstrip() for line in shown.split("\n")
        ]
        hands.type("a1", TAB).sees("Läraren: Numret står på kortet")
        hands.type("260201", TAB, "Region X", TAB, "270131", F10).sees("Sparat: frikort A1")
        hands.until(lambda: seen.board(group.id).rows[0].rule == "", "the save is told")


def _screen(store: ClassStore, learner: int) -> str:
    shown = store.look(learner)
    return shown[0] if shown else ""


def test_the_store_gone_disturbs_nobody_and_nothing_is_lost(
    practice: Path, tmp_path: Path, store: Path
) -> None:
    word = make_class(store)
    away = tmp_path / "away"
    away.mkdir()
    with learner(practice, tmp_path / "anna", store, word, "Anna") as hands:
        for file in tmp_path.glob("classes.db*"):
            file.replace(away / file.name)
        hands.go(f"610 {VERA}", "Inga frikort").type(F10).says("HK06 Fel: Nummer saknas")
        hands.terminal.kill()  # and its program is killed, too
    # It starts without the store: it has been in the class before.
    with learner(practice, tmp_path / "anna", store, word, "Anna") as hands:
        hands.sees("Klassen nås inte just nu")
        hands.go(f"610 {VERA}", "Inga frikort").type(F10).says("HK06 Fel: Nummer saknas")
        for file in away.glob("classes.db*"):
            file.replace(tmp_path / file.name)
        with closing(ClassStore.open(str(store))) as seen:
            group = seen.find(word)
            hands.until(lambda: seen.board(group.id).rules == (("HK06", 2),), "both, once")


def test_a_name_that_is_there_is_asked_about(practice: Path, tmp_path: Path, store: Path) -> None:
    word = make_class(store)
    with closing(ClassStore.open(str(store))) as seen:
        seen.join(word, "Anna")
    arguments = ["--class", word, "--learner", "anna", "--store", str(store)]
    with terminal(arguments, tmp_path / "a") as opened:
        opened.expect("anna finns redan i klassen Måndag fm. Är det du? (J/N)").type("n", ENTER)
        opened.expect("Välj ett annat namn med --learner.")
        assert opened.expect_end() == 1
    with terminal(arguments, tmp_path / "b") as opened:
        opened.expect("Är det du?").type("j", ENTER)
        opened.expect("Tryck Enter", timeout=60).type(ENTER)
        opened.expect("Klassen Måndag fm: du är med som Anna.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--class", "a-b-c"), "--class behöver också --learner NAMN"),
        (("--learner", "Anna"), "--learner behöver också --class ORD"),
        (("--class", "a-b-c", "--learner", "Anna"), "Det finns ingen klass med ordet a-b-c."),
    ],
)
def test_what_is_missing_is_said_before_the_program_begins(
    tmp_path: Path, store: Path, arguments: tuple[str, ...], said: str
) -> None:
    make_class(store)
    with terminal([*arguments, "--store", str(store)], tmp_path / "home") as opened:
        opened.expect(said)
        assert opened.expect_end() == 1


def test_a_register_is_in_no_class(tmp_path: Path, store: Path) -> None:
    word = make_class(store)
    register = tmp_path / "klinik.db"
    done = run_pasis(
        "--database", str(register), "init", "--unit", "PSXX09", "--unit-name", "Klinik",
        "--signature", "KARLEK", "--name", "Karin Lek",
        home=tmp_path / "home", typed="ett-langt-losenord\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    arguments = ["--database", str(register), "--class", word, "--learner", "Anna"]
    with (
        closing(ClassStore.open(str(store))) as seen,
        terminal([*arguments, "--store", str(store)], tmp_path / "home") as opened,
    ):
        opened.expect("Skriv användare").type("karlek", TAB, "ett-langt-losenord", TAB)
        opened.type("PSXX09", ENTER)
        opened.expect("En klass finns bara i övning.")
        opened.type(ctrl("q"))
        assert opened.expect_end() == 0
        assert seen.board(seen.find(word).id).rules == ()


def test_the_end_of_the_program_waits_for_nothing_that_is_gone(
    practice: Path, tmp_path: Path, store: Path
) -> None:
    word = make_class(store)
    with learner(practice, tmp_path / "anna", store, word, "Anna") as hands:
        store.unlink()
        hands.go(f"610 {VERA}", "Inga frikort").type(ctrl("q"))
        assert hands.terminal.expect_end() == 0


def test_joined_from_the_program_a_wished_exercise_opens_and_its_result_is_told(
    practice: Path, tmp_path: Path, store: Path
) -> None:
    word = make_class(store)
    home = copy_practice(practice, tmp_path / "home")
    with (
        closing(ClassStore.open(str(store))) as seen,
        logged_in(home, "--store", str(store)) as opened,
    ):
        group, hands = seen.find(word), Clerk(opened, home)
        seen.join(word, "Anna")
        hands.go("öv", "ÖV Övningar").type(alt("n")).sees("Läraren har klassens ord")
        hands.type("gran-gran-gran", ENTER).sees("Läraren ser namnet").type("Bo", ENTER)
        hands.says("Det finns ingen klass med ordet gran-gran-gran.")
        hands.type(alt("n")).sees("Läraren har klassens ord").type(word, ENTER)
        hands.sees("Läraren ser namnet").type("anna", ENTER).sees("Är det du?").type("n")
        hands.type(alt("n")).sees("Läraren har klassens ord").type(word, ENTER)
        hands.sees("Läraren ser namnet").type("Bo", ENTER)
        hands.sees("Klassen Måndag fm: du är med som Bo.")
        hands.type(alt("n")).sees("Du är med i klassen Måndag fm som Bo.")
        hands.go("83", "083 Vårdkontakter")
        seen.wish(group.id, "07-distansbesok", "07 Distansbesök")
        hands.sees("Enter Öva", "V Visa", "Läraren: nästa övning är 07 Distansbesök.").type("ö")

        def board() -> BoardRow:
            return next(row for row in seen.board(group.id).rows if row.name == "Bo")

        hands.until(lambda: board().title.startswith("07 "), "the exercise has begun")
        hands.sees("K Klar").type(ESC)
        # In an exercise a wish is only told.
        seen.wish(group.id, "15-utskrivning", "15 Utskrivning")
        hands.sees("Läraren: nästa övning är 15 Utskrivning.")
        hands.type(ctrl("o")).sees("K Klar, rätta").type("k").sees("ÖV Resultat")
        hands.until(lambda: board().marks is not None, "the marks are told")
        (done,) = seen.results(group.id)
        assert (done.name, done.exercise, done.keys > 0) == ("Bo", "07-distansbesok", False)
        # The wish that was told waits at the cursor of the list.
        hands.go("öv", "ÖV Övningar").sees("› 15")
