"""F10 in "Osparade uppgifter" left without saving: work was thrown away by the key that saves.

Right: the question offers Spara, Kasta and Stanna; F10 saves and then does what was asked for, a
refused save stays at its field, and a save that warns asks first.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import VERA
from tests.terminal import BACKTAB, ENTER, ESC, F3, F10, F12, LEFT, RIGHT, TAB, alt, ctrl

REGISTERED = "SELECT count(*) FROM visit WHERE cancelled_at IS NULL"
CITY = f"SELECT city FROM patient WHERE identity_number LIKE '%{VERA[2:]}'"


def change_city(annika: Clerk, city: str) -> Clerk:
    annika.go(f"14 {VERA}", "Läst.")
    return annika.type(TAB, TAB, TAB, TAB, TAB).instead(city).sees(city)


@pytest.mark.parametrize(
    ("answer", "saved", "left"),
    [
        ((F10,), True, True),
        ((alt("s"),), True, True),
        (("j",), True, True),
        ((ENTER,), True, True),
        ((RIGHT, LEFT, ENTER), True, True),
        (("k",), False, True),
        ((TAB, ENTER), False, True),
        ((ESC,), False, False),
        (("n",), False, False),
        ((F3,), False, False),
        ((RIGHT, RIGHT, ENTER), False, False),
    ],
    ids=["F10", "Alt+S", "J", "Enter", "mark", "K", "Kasta", "Esc", "N", "F3", "Stanna"],
)
def test_each_way_out(home: Path, answer: tuple[str, ...], saved: bool, left: bool) -> None:
    with clerk(home) as annika:
        change_city(annika, "Nystad").type(F3).sees("[Spara]", "[Kasta]", "[Stanna]")
        annika.type(*answer)
        if left:
            annika.sees("Menyval")
            annika.terminal.expect_gone("Nystad")
        else:
            annika.terminal.expect_gone("[Kasta]")
            annika.sees("Nystad", "014 Personuppgifter")
        assert (annika.rows(CITY) == [("Nystad",)]) is saved


def test_a_refused_save_stays_at_its_field(home: Path) -> None:
    with clerk(home) as annika:
        change_city(annika, "Nystad").type(BACKTAB).instead("12")
        annika.type(F3).sees("Osparade uppgifter").type(F10)
        annika.sees("Fel:", "014 Personuppgifter", "Nystad")
        assert annika.rows(CITY) != [("Nystad",)]
        annika.instead("21122").type(F3).sees("Osparade uppgifter").type(F10).sees("Menyval")
        assert annika.rows(CITY) == [("Nystad",)]


def test_a_save_that_warns_asks_first_and_then_leaves(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("85 9204012380", "Tid är när besöket startar").type("11", BACKTAB).instead("+7")
        before = annika.rows(REGISTERED)
        annika.type(F3).sees("Osparade uppgifter").type(F10).warned("BE09").type(ESC)
        annika.says("BE09 Varning").sees("085 Besöksregistrering")
        assert annika.rows(REGISTERED) == before
        annika.type(F3).sees("Osparade uppgifter").type(F10).warned("BE09").type(ENTER)
        annika.sees("Skriv bildens nummer")
        assert annika.rows(REGISTERED) == [(before[0][0] + 1,)]


def test_the_diagnosis_typed_in_085_is_saved_with_its_visit(home: Path) -> None:
    registered = "SELECT count(*) FROM medical_registration"
    with clerk(home) as annika:
        annika.go("85 9204012380", "Tid är när besöket startar", "Förslag till 184")
        before = annika.rows(registered)
        annika.type("11", *[TAB] * 13).type("f410", F3).sees("Osparade uppgifter").type(F10)
        annika.until(
            lambda: annika.rows(registered) == [(before[0][0] + 1,)], "the registration saved"
        )


def test_ctrl_q_saves_and_ends_the_program(home: Path) -> None:
    with clerk(home) as annika:
        change_city(annika, "Nystad").type(ctrl("q")).sees("Osparade uppgifter").type(F10)
        assert annika.terminal.expect_end() == 0
        assert annika.rows(CITY) == [("Nystad",)]


def test_rows_of_184_are_saved(home: Path) -> None:
    """The smallest case: Rad 2 changed, F3, F10."""
    with clerk(home) as annika:
        annika.go("184 9204012380", "184 Medicinsk registrering")
        annika.type(TAB, TAB).instead("f411").type(F3).sees("Osparade uppgifter").type(F10)
        annika.sees("Skriv bildens nummer")
        assert annika.rows("SELECT count(*) FROM other_diagnosis WHERE code = 'F411'") == [(1,)]


def test_jumps_that_ask_go_on_when_saved(home: Path) -> None:
    with clerk(home) as annika:
        change_city(annika, "Nystad").type(alt("r")).sees("Osparade uppgifter").type(F10)
        annika.says("Personnummer: 10 siffror")
        assert annika.rows(CITY) == [("Nystad",)]
        annika.type(F12).sees("Menyval")
