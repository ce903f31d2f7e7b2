"""A digit in a list opened the row on one screen, went to it on the next and did nothing on a third.

Right: in every list of rows digits go to the row with that number, also above nine, and Enter opens.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clerk import Clerk, clerk
from tests.terminal import ENTER, HOME

MANY = "9204012380"
LISTS = {
    f"40 {MANY}": "Ny (Alt+N) lägger upp",
    f"83 {MANY}": "Dia reg",
    "48": "Enter visar formulären",
    "ag": "Enter öppnar bilden",
    f"283 1 {MANY}": "Enter på ett besök",
}


def row_of_the_cursor(annika: Clerk) -> int:
    """The row with the cursor, counted from the first, which Home goes to."""
    return next(
        y for y, line in enumerate(annika.terminal.screen.display) if line.lstrip().startswith("›")
    )


@pytest.mark.parametrize("opens", list(LISTS))
def test_digits_go_to_the_row_and_enter_opens(home: Path, opens: str) -> None:
    with clerk(home) as annika:
        annika.go(opens, LISTS[opens]).type(HOME)
        title = annika.terminal.line(1)[:12]
        first = row_of_the_cursor(annika)
        annika.type("2").until(lambda: row_of_the_cursor(annika) == first + 1, "the second row")
        assert annika.terminal.line(1)[:12] == title
        annika.type(HOME).until(lambda: row_of_the_cursor(annika) == first, "the first row")


def test_two_digits_make_one_number(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("ag", "AG Att göra", "Enter öppnar bilden").type(HOME)
        first = row_of_the_cursor(annika)
        annika.type("12").until(lambda: row_of_the_cursor(annika) == first + 11, "row twelve")
        annika.type(HOME, "9", "9").until(
            lambda: row_of_the_cursor(annika) == first + 8, "row nine"
        )


def test_040_opens_with_enter(home: Path) -> None:
    with clerk(home) as annika:
        annika.go(f"40 {MANY}", "Ny (Alt+N) lägger upp").type("2")
        annika.until(lambda: "› 2" in annika.terminal.text(), "the second row")
        assert not annika.terminal.sees("Typ av VB")
        annika.type(ENTER).sees("── Vårdåtagande", "Typ av VB")


def test_a_row_that_is_not_there_drops_what_counted_on_it(home: Path) -> None:
    with clerk(home) as annika:
        annika.go(f"40 {MANY}", "Ny (Alt+N) lägger upp").type("7", ENTER)
        annika.says("Rad 7 finns inte", "(1 tangent i förväg kastad)")
