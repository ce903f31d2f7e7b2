"""Favourites at the keyboard: nothing cut in silence, and an act says what it did."""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import clerk
from tests.terminal import ENTER, F6, F7, alt


def test_a_name_that_has_no_room_is_refused_where_it_is_typed(home: Path) -> None:
    name = "Åsas bild " * 6
    with clerk(home) as annika:
        annika.type(F6, alt("f")).sees("184 ")
        annika.type(alt("b")).sees("Byt namn", "Namn Personuppgifter")
        annika.instead(name).type("x").sees("Namn: högst 60 tecken ryms.")
        annika.type(ENTER).sees(name.strip())


def test_more_than_nine_and_what_was_removed(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F6, alt("f")).sees("184 ")
        annika.go("su", "SU Support").type(F7).says("SU Support är nu favorit 10")
        annika.go("85").go("f10", "Vårdgivarservice")
        annika.type(F6).sees("Favoriter").type(alt("t")).sees(
            "Personuppgifter är favorit. Ta bort den?"
        )
        annika.type("j").says("Personuppgifter är inte längre")
        annika.go("f10").says("Favorit 10 finns inte")
