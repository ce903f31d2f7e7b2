"""ÖV Kodträning in the real program: a card answered right, wrong, not at all, and none left."""

from __future__ import annotations

from pathlib import Path

import pytest

from pasis_tui.training.drill_cards import Card, cards
from pasis_tui.training.drills import Drills
from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import LOGIN, MENU, copy_practice, make_practice, run_pasis
from tests.terminal import ENTER, F2, F3, F10, alt, terminal

LEARNER = "ANNLIN"
FILE = "ov_kodtraning"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_practice(tmp_path_factory.mktemp("made"))


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return copy_practice(made, tmp_path / "home")


def next_card(home: Path) -> Card:
    return Drills(home, LEARNER).due()[0]


def shows(hands: Clerk, card: Card) -> None:
    hands.sees(card.question)


def ask_first(home: Path, *wanted: str) -> None:
    """Have the cards *wanted* asked first: their names went wrong in an exercise."""
    assert Drills(home, LEARNER).remember(wanted) == len(wanted)


def test_ten_minutes_of_cards(home: Path) -> None:
    ask_first(home, "F419P", "FO02", "save")
    form, rule, key = (cards()[name] for name in ("form:F419P", "rule:FO02", "key:save"))
    with clerk(home) as hands:
        hands.go("öv k", "ÖV Kodträning", form.question)
        # The other list's code is told as such, and the card stays until it was read.
        hands.type("f419", ENTER).sees("Rätt svar: F419P", "f419 är Medicinsk registrering (184)")
        hands.says("Inte rätt. Kommer igen om 1 min.").sees("0 rätt av 1")
        hands.type("f419p", ENTER).sees(rule.question, *rule.options)
        hands.terminal.expect_gone("Rätt svar")
        # A digit chooses among sentences; nothing else counts as an answer.
        hands.type(ENTER).says("Skriv ett svar").type("x", ENTER).says("Skriv svarets siffra")
        hands.instead(rule.answers[0]).type(ENTER).says("Rätt: FO02.")
        # The key that is asked for may be pressed.
        hands.sees(key.question, "1 rätt av 2").type(F10).says("Rätt: F10. Eller Alt+S.")
        # Not knowing is wrong too.
        unknown = next_card(home)
        hands.sees(unknown.question).type(alt("i")).sees(f"Rätt svar: {unknown.right}", "av 4")
        hands.type(ENTER).terminal.expect_gone(unknown.question)
        hands.type(F3).sees(MENU)
    # What was answered is kept; the program was ended, and what comes first now is another card.
    after = next_card(home)
    assert after.id not in {form.id, rule.id, key.id, unknown.id}
    with clerk(home) as hands:
        hands.go("ÖV K", "ÖV Kodträning", after.question, "Nu 0, nya ")


def test_a_wrong_key_is_a_wrong_answer_and_tillbaka_still_leaves(home: Path) -> None:
    ask_first(home, "dup", "save")
    dup, save = cards()["key:dup"], cards()["key:save"]
    with clerk(home) as hands:
        hands.go("öv k", dup.question).type(F10).sees("Rätt svar: F9", "F10 är Sparar")
        hands.type(ENTER).sees(save.question).type(F3).sees(MENU)
    assert next_card(home).id == save.id  # unanswered


def test_when_nothing_is_left_it_says_when_the_next_comes(home: Path) -> None:
    drills = Drills(home, LEARNER)
    while due := drills.due():
        drills.answer(due[0], due[0].answers[0])
    with clerk(home) as hands:
        hands.go("öv k", "Inget mer att öva på just nu. Nästa kort kommer om ")
        hands.says("Klart för i dag. Fler nya (Alt+F) tar fram fler, F3 går tillbaka.")
        hands.type(alt("f")).terminal.expect_gone("Inget mer")
        hands.sees("Nu 0, nya 12", next_card(home).question)


def test_a_register_has_no_drills(tmp_path: Path) -> None:
    target = str(tmp_path / "register.db")
    words = ["--unit", "PSMA01", "--unit-name", "Kliniken", "--signature", "EVAEK"]
    made = run_pasis(
        *["init", "--database", target, *words, "--name", "Eva Ek"],
        home=tmp_path,
        typed="lång-nog-och-hemlig-7\n",
    )
    assert made.returncode == 0, made.stderr
    with terminal(["--database", target], tmp_path) as opened:
        hands = Clerk(opened.expect("Skriv användare"), tmp_path)
        hands.type("evaek", "\t", "lång-nog-och-hemlig-7", "\t", "PSMA01", ENTER).sees(MENU)
        hands.type(F2, "öv k", ENTER)
        hands.says("ÖV Kodträning finns bara i övning, inte i ett register.")
    assert LOGIN not in opened.text()
