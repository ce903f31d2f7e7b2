"""F5 and Enter in Personnummer threw a half-typed card or fee away; Inställningar asked nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clerk import clerk
from tests.terminal import BACKTAB, ENTER, ESC, F2, F3, F5, F10, TAB, alt, ctrl

MANY = "9204012380"
ASKED = ("Osparade uppgifter", "[Spara]", "[Kasta]", "[Stanna]")
ENTRY = {
    "610": ("FK123", TAB, "260101"),
    "283 2": ("0102", TAB, "200"),
}
BACK = {"610": 4, "283 2": 3}  # to Personnummer
KEPT = {"610": "FK123", "283 2": "2026-01-02"}


@pytest.mark.parametrize("screen", list(ENTRY))
@pytest.mark.parametrize("again", [F5, alt("l"), ENTER])
def test_reading_again_asks(home: Path, screen: str, again: str) -> None:
    with clerk(home) as hands:
        hands.go(f"{screen} {MANY}", "sedan Spara (F10)").type(*ENTRY[screen])
        if again == ENTER:
            again = BACKTAB * BACK[screen] + ENTER
        hands.type(again).sees(*ASKED)
        hands.type(ESC)
        hands.terminal.expect_gone("Osparade uppgifter")
        hands.sees(KEPT[screen]).type(F5).sees(*ASKED).type("k")
        hands.terminal.expect_gone(KEPT[screen])


@pytest.mark.parametrize("out", [F3, ESC, ctrl("q")])
def test_settings_ask_before_they_are_left(home: Path, out: str) -> None:
    with clerk(home) as hands:
        hands.go("in", "Inställningar").type(TAB, TAB, "30", out).sees(*ASKED).type("n")
        hands.terminal.expect_gone("Osparade uppgifter")
        hands.sees("30").type(F10).says("Inställningarna är sparade.")
        hands.type(F3).terminal.expect_gone("Inställningar är")


def test_settings_come_back_as_a_draft(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("in", "Inställningar").type(TAB, TAB, "30", F2, "su", ENTER).sees("SU Support")
        hands.go("in", "Utkastet är tillbaka", "*30").type(F10).says("Inställningarna är sparade.")
