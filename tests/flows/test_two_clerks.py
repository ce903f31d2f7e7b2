"""Two programs at one record: the second is told who was first, and both values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.clerk import Clerk
from tests.flows.practice import logged_in
from tests.terminal import ENTER, F5, F10, TAB, alt, ctrl

MANY = "9204012380"
FIRST = "Annika Lindgren hann före"


def _person(hand: Clerk) -> None:
    hand.go(f"14 {MANY}", "Läst.").type(TAB)


def _visit(hand: Clerk) -> None:
    hand.go(f"83 {MANY}", "Dia reg").type("3", alt("n")).sees("Sparat besök.").type(TAB)


def _diagnosis(hand: Clerk) -> None:
    hand.go(f"83 {MANY}", "Dia reg").type("3", ENTER).sees("184 Medicinsk registrering")


@pytest.mark.parametrize(
    ("opened", "one", "other", "said"),
    [
        (_person, "Eva", "Ada", "Förnamn: sparat Eva, här Ada."),
        (_visit, "1215", "1330", "Tid: sparat 12:15, här 13:30."),
        (_diagnosis, "F438", "F411", "Huvuddiagnos: sparat F438, här F411."),
    ],
)
def test_a_conflict_names_who_and_shows_both_values(
    home: Path, opened: Callable[[Clerk], None], one: str, other: str, said: str
) -> None:
    with logged_in(home) as first, logged_in(home) as second:
        annika, again = Clerk(first, home), Clerk(second, home)
        opened(annika)
        opened(again)
        annika.type(ctrl("u"), one, F10)
        annika.until(lambda: first.message.startswith(("Sparat:", "Ändrat:")), "it is saved")
        again.type(ctrl("u"), other, F10).says(f"Fel: {FIRST}", said, "F5")
        again.type(F5).sees("Det du skrivit är inte sparat").type("k")
        again.sees(f"*{one[:2]}:{one[2:]}" if one.isdecimal() else f"*{one}")
