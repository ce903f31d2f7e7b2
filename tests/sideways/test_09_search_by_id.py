"""In 048 a number that was typed opened another patient.  After Rensa the cursor stands in the
search field, `48 ID` in Snabbval searches, and a number that no row has is an ID too."""

from __future__ import annotations

from pathlib import Path

import pytest

from pasis_tui.display.display_files import display
from pasis_tui.display.quick_select import Go, interpret
from tests.flows.practice import ask, logged_in, until
from tests.terminal import ENTER, F2, F3, TAB, alt

OVERVIEW = display("048_oversikt")


@pytest.fixture
def wanted(home: Path) -> str:
    """An ongoing commitment that is not among the first."""
    rows = ask(
        home,
        "SELECT c.id FROM care_commitment c JOIN unit u ON u.id = c.unit_id WHERE u.code = 'PSMA01'"
        " AND c.closed_on IS NULL ORDER BY c.arrival_date DESC LIMIT 1",
    )
    return str(rows[0][0])


@pytest.mark.parametrize(
    "way",
    [
        ("48", ENTER, alt("r"), "ID", ENTER),
        ("48", ENTER, "ID", ENTER),
        ("48 ID", ENTER),
        ("048 ID", ENTER),
    ],
    ids=["Rensa", "list", "Snabbval", "Snabbval 048"],
)
def test_a_typed_id_is_searched(home: Path, wanted: str, way: tuple[str, ...]) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, *(part.replace("ID", wanted) for part in way))
        clerk.expect("048 Översikt", "Sökt.")
        until(clerk, lambda: clerk.text().count(wanted) == 2, "its row alone")  # and the field
        clerk.type(ENTER)
        clerk.expect(f"Formulär för vårdåtagande {wanted}")


def test_another_patient_does_not_stand_in_the_way(home: Path, wanted: str) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, "48 9204012380", ENTER)
        clerk.expect("Sökt.", "9204").type(F2, f"48 {wanted}", ENTER)
        until(clerk, lambda: clerk.text().count(wanted) == 2, "its row")
        clerk.type(F2, "48 999999999", ENTER)
        clerk.expect("finns inte vid PSMA01")


def test_a_row_s_number_goes_to_the_row(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, "48", ENTER)
        clerk.expect("Enter visar formulären").type("3", ENTER)
        clerk.expect("Formulär för vårdåtagande").type(F3)
        clerk.expect_gone("Formulär för").type(TAB, "1", ENTER)
        clerk.expect("finns inte vid PSMA01")


@pytest.mark.parametrize("typed", ["48 100407", "048 100407", "48  7"])
def test_a_short_number_after_48_is_an_id(typed: str) -> None:
    assert interpret(typed, [OVERVIEW]) == Go(OVERVIEW, "", typed.split()[1])


def test_ten_digits_are_a_person() -> None:
    assert interpret("48 9204012380", [OVERVIEW]) == Go(OVERVIEW, "9204012380")
