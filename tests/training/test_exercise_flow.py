"""An exercise as a trainee meets it, in the real program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pasis_tui.training.drills import Drills
from tests.flows.practice import rows, run_pasis
from tests.sealed import texts_of
from tests.terminal import BACKTAB, DOWN, ENTER, ESC, F3, F10, TAB, UP, alt, ctrl
from tests.training.classroom import (
    EXERCISE,
    NAME,
    NUMBER,
    RIGHT,
    at_list,
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


@pytest.fixture
def home(school: Path, tmp_path: Path) -> Path:
    return new_home(school, tmp_path / "home")


def test_a_slip_costs_and_is_explained_and_the_second_time_all_is_right(home: Path) -> None:
    before = rows(home)
    with trainee(home) as hands:
        begun(hands).go(f"85 {NUMBER}", "Tid är när").type("1000", alt("a"))
        hands.says("Sparat: besök 2026-03-02 10:00").sees("sparat: 1")
        hands.type(CARD).sees("K Klar, rätta").type("t").sees("Ett besök på video är på distans.")
        hands.type(ENTER).terminal.expect_gone("på distans.")
        hands.type(CARD).sees("K Klar, rätta").type("k").sees("ÖV Resultat", "1 avvikelse")
        hands.sees("Poäng      88", "Distans fel värde (du: N, rätt: J)", "Övningsdatum 2026-03-02")
        assert "BE04" in {card.name for card in Drills(home, "ANNLIN").due()[:2]}
        hands.type(ENTER).sees("Som följd av det:", "KVÅ fel värde", "Kostar 12 poäng", "BE04")
        hands.type(ESC).terminal.expect_gone("Som följd")
        hands.type(alt("a")).sees("K Klar, rätta").type(ENTER)
        hands.terminal.expect_gone("K Klar, rätta")
        hands.go(f"85 {NUMBER}", "Tid är när").type(*RIGHT, alt("a")).says("Sparat: besök")
        hands.type(CARD).sees("K Klar, rätta").type("k").sees("ÖV Resultat", "Allt rätt")
        hands.sees("Poäng      100")
        hands.type(F3).sees("ÖV Övningar")
        at_list(hands).sees("klar")
    # Nothing of it is in the practice database but that ÖV was left and opened.
    after = rows(home)
    changed = [
        t for t in after if after[t] != before[t] and t not in {"audit_event", "sqlite_sequence"}
    ]
    assert changed in ([], ["user_account"])


def test_visa_leaves_what_typing_leaves_and_keeps_a_persons_keys_out(home: Path) -> None:
    with trainee(home) as hands:
        at_list(hands).type(alt("i")).sees("Blank stannar").type(ENTER).sees("Menyval", "› F2")
        hands.type("++++hej", F10).sees("Visningen är klar")
        assert visits(attempt_of(home) / "ovning-1.db") == [
            ("2026-03-02", "10:00:00.000000", "NY", 1)
        ]
        hands.type(ESC).sees("ÖV Övningar", "Enter visar")
        hands.go("14", "Personnummer: 10 siffror")  # the keyboard is the person's again
    assert json.loads((attempt_of(home) / "forsok.json").read_text())["done"] is True


def test_visa_stops_steps_and_is_left(home: Path) -> None:
    with trainee(home) as hands:
        at_list(hands).type(alt("i")).sees("Blank stannar").type("v").sees("› F2")
        hands.type(" ", ".").sees("Snabbval  [ ", "› F2")
        hands.type(ESC).sees("ÖV Övningar", "Enter visar")
        assert visits(attempt_of(home) / "ovning-1.db") == []


def test_an_exercise_goes_on_after_a_crash_with_keys_and_draft(home: Path) -> None:
    with trainee(home) as hands:
        begun(hands).go(f"85 {NUMBER}", "Tid är när").type("1000", TAB).sees("*10:00")
        hands.until(
            lambda: any("10:00" in text for text in texts_of(home)),
            "the draft is on the disk",
        )
        hands.terminal.kill()
    with trainee(home) as hands:
        at_list(hands).sees("påbörj.").type(ENTER).sees("G eller Enter Gå vidare").type(ENTER)
        hands.sees("K Klar, rätta").type(ENTER).sees("Menyval")
        hands.go(f"85 {NUMBER}", "Utkastet är tillbaka").sees("*10:00")
        hands.type(TAB * 6, "J").type(alt("a")).says("Sparat: besök")
        hands.type(CARD).sees("K Klar, rätta").type("k").sees("ÖV Resultat", "Allt rätt")
    assert len((attempt_of(home) / "tangenter.jsonl").read_text().splitlines()) > 20


def test_save_points_and_beginning_anew(home: Path) -> None:
    with trainee(home) as hands:
        begun(hands).type(CARD).sees("S Sparläge").type("s").says("Sparläge 1 är gjort.")
        hands.go(f"85 {NUMBER}", "Tid är när").type("0900", alt("a")).says("Sparat: besök")
        hands.type(CARD).sees("Sparlägen: 1.").type("å").says("Du är tillbaka i sparläge 1.")
        assert visits(attempt_of(home) / "ovning-2.db") == []
        hands.go(f"85 {NUMBER}", "Tid är när").type(*RIGHT, alt("a")).says("Sparat: besök")
        hands.type(CARD).sees("B Börja om").type("b").sees("klockan börjar om").type(ENTER)
        hands.says("Övningen börjar om.")
        assert visits(attempt_of(home) / "ovning-1.db") == []


def test_a_test_gives_no_hints(home: Path) -> None:
    with trainee(home) as hands:
        at_list(hands).type(alt("p")).sees("inga tips").type(ENTER).sees("K Klar, rätta")
        assert "Tips" not in hands.terminal.text()
        assert "Sparläge" not in hands.terminal.text()
        hands.type("tsk").sees("ÖV Resultat", "Poäng      0 ", "saknas.")


def test_leaving_and_quitting_midway_keep_the_attempt(home: Path) -> None:
    with trainee(home) as hands:
        begun(hands).type(CARD).sees("L Lämna").type("l").sees("ÖV Övningar", "Enter visar")
        at_list(hands).sees("påbörj.").type(alt("a")).sees("K Klar, rätta").type(ENTER)
        hands.terminal.expect_gone("K Klar")
        hands.type(ctrl("q"))
        assert hands.terminal.expect_end() == 0
    with trainee(home) as hands:
        at_list(hands).sees("påbörj.")


def test_unsaved_text_is_asked_about_before_grading(home: Path) -> None:
    with trainee(home) as hands:
        begun(hands).go(f"85 {NUMBER}", "Tid är när").type("1000", TAB, CARD).sees("K Klar, rätta")
        hands.type("k").sees("Osparade uppgifter").type(ESC).terminal.expect_gone("Osparade")
        hands.type(BACKTAB).sees("*10:00")


def test_the_key_says_where_exercises_are(home: Path) -> None:
    with trainee(home) as hands:
        hands.type(CARD).says("Ingen övning pågår. Snabbval ÖV visar övningarna.")


def test_a_broken_file_is_told_and_the_others_are_there(home: Path) -> None:
    (home / "exercises" / "91-fel.toml").write_text(EXERCISE.replace("level = 2", "level = 7"))
    with trainee(home) as hands:
        hands.go("ÖV", "91-fel.toml, rad 2", "level")
        hands.sees("ÖV Övningar")
    told = run_pasis("exercise", "list", home=home)
    assert told.returncode == 1
    assert NAME in told.stdout
    assert "91-fel.toml, rad 2" in told.stderr


def test_the_program_opens_in_an_exercise(home: Path) -> None:
    with trainee(home, "exercise", "play", NAME) as hands:
        hands.sees("K Klar, rätta", "Vera Testsson")


def test_two_windows_of_one_trainee_do_not_take_each_others_attempt(home: Path) -> None:
    with trainee(home) as first:
        begun(first).go(f"85 {NUMBER}", "Tid är när").type("1000", TAB).sees("*10:00")
        with trainee(home) as second:
            begun(second).type(CARD).sees("L Lämna").type("l").sees("ÖV Övningar")
        first.type(TAB * 5, "J", alt("a")).says("Sparat: besök")
        first.type(CARD).sees("K Klar, rätta").type("k").sees("ÖV Resultat", "Allt rätt")


def test_a_number_typed_in_the_list_is_an_exercises(home: Path) -> None:
    def at(title: str) -> bool:
        return any(r.startswith("›") and title in r for r in hands.terminal.screen.display)

    with trainee(home) as hands:
        hands.go("ÖV", "Enter visar berättelsen").type("7")
        hands.until(lambda: at("Distansbesök som nybesök"), "exercise 7")
        hands.type(DOWN, "2").until(lambda: at("Remiss från VC utanför"), "exercise 2")
        hands.type("9").until(lambda: at("Nio månader"), "exercise 29")
        hands.type(UP, "88").until(lambda: at("Besök med tolk"), "exercise 8, as there is no 88")
        hands.type(UP, "0").says("Övning 0 finns inte.")


def test_an_exercise_within_an_exercise_is_refused(home: Path) -> None:
    with trainee(home) as hands:
        begun(hands)
        at_list(hands).type(alt("a")).says("En övning pågår redan. Lämna den först.")


def test_a_solution_reaches_no_file_but_its_own(home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "utanfor.toml"
    keys = f'F6 ALT+F ALT+I BACKSPACE*60 "{outside}" ENTER'
    text = (
        EXERCISE[: EXERCISE.index("F2 ")] + keys + EXERCISE[EXERCISE.index('\n"""\n\n[[hint]]') :]
    )
    path = home / "exercises" / "92-skriver.toml"
    path.write_text(text, "utf-8")
    told = run_pasis("exercise", "check", str(path), home=home)
    assert told.returncode == 1, told.stdout
    assert "facit slutar i rutan ”Favoriter till fil”" in told.stderr
    assert not outside.exists()


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_crashes_lose_nothing_that_was_saved(home: Path, times: int) -> None:
    with trainee(home) as hands:
        begun(hands).type(CARD).sees("L Lämna").type("l").sees("ÖV Övningar")
    for round_ in range(times):
        with trainee(home) as hands:
            at_list(hands).sees("påbörj.").type(alt("a")).sees("K Klar, rätta").type(ENTER)
            hands.terminal.expect_gone("K Klar, rätta")
            hour, minute = divmod(12 + 72 * round_, 60)  # no two are a double session
            hands.go(f"85 {NUMBER}", "Tid är när").type(f"{hour:02}{minute:02}")
            hands.type(alt("s")).sees("Sparat: besök")
            hands.terminal.kill()
        assert len(visits(attempt_of(home) / "ovning-1.db")) == round_ + 1
