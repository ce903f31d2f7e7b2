"""In a list whose codes are numbers a digit chose the row with that number: F4 50 saved 100 %, and
the digits that were left over were typed in the next field.

Right: what is typed narrows the list by code and text; a row's number chooses only when nothing in
the list begins with that digit, and the list says which of the two it is.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pasis_tui.display.display_files import displays
from pasis_tui.services.register import code_lists
from pasis_tui.store.database import Database
from pasis_tui.validation.narrowing import begins, narrowed, searches
from tests.flows.clerk import clerk
from tests.flows.practice import VERA
from tests.flows.test_chain_wrong import enrol, open_forms, refer, visit
from tests.services.clinic import make_clinic
from tests.terminal import ENTER, ESC, F2, F4, F10, TAB, alt

MANY = "9204012380"
TO_THE_DEGREE = TAB * 2  # from Diagnos, where Inskrivning begins; Utskrivning begins in it
TABLES = sorted(
    {f.table for d in displays().values() for part in d.formats for f in part.fields if f.table}
)


def test_fifty_percent_is_fifty_percent(home: Path) -> None:
    degrees = "SELECT sick_leave_percent FROM discharge_form ORDER BY rowid DESC LIMIT 1"
    with clerk(home) as annika:
        refer(annika)
        visit(annika)
        enrol(annika)
        open_forms(annika).type(alt("u")).sees("048 Utskrivning")
        annika.type(F4).sees("siffror söker").type("50", F10)
        annika.sees("Enter väljer raden").type(ENTER, F10).says("Utskrivningen är sparad (V)")
        assert annika.rows(degrees) == [(50,)]


def test_a_hundred_leaves_nothing_in_the_date(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        visit(annika)
        open_forms(annika).type(alt("i")).sees("048 Inskrivning")
        annika.type(TO_THE_DEGREE, F4, "100", ENTER).sees("*100")
        assert annika.value("048_inskrivning", "sick_leave_date") == ""


def test_nothing_is_taken_for_nought(home: Path) -> None:
    with clerk(home) as annika:
        refer(annika)
        visit(annika)
        open_forms(annika).type(alt("i")).sees("048 Inskrivning")
        annika.type(TO_THE_DEGREE, F4, "0", ENTER).sees("*0   << Inte sjukskriven")


def test_a_commitment_by_its_id(home: Path) -> None:
    with clerk(home) as annika:
        annika.go(f"85 {MANY}", "Tid är när besöket startar")
        before = annika.value("085_besoksregistrering", "date")
        annika.type(F2, "85", ENTER, "9", ESC)
        annika.go(f"85 {MANY}", "Tid är när besöket startar")
        annika.type("\x1b[Z" * 2, F4).sees("100348").type("100348", ENTER).sees("*100348")
        assert annika.value("085_besoksregistrering", "date") == before


def test_a_year_in_051(home: Path) -> None:
    with clerk(home) as annika:
        annika.go("51", "051 Uppföljning").type(F4).sees("siffror söker").type("2025")
        annika.sees("Sök 2025").type(ENTER)
        annika.holds("051_uppfoljning", "interval", "2025 helår")


def test_a_screen_by_its_number(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, F4).sees("Bilder").type("85", ENTER).sees("085 Besöksregistrering")
        annika.type(F2, F4).sees("Bilder").type("84", ENTER).sees("184 Medicinsk registrering")


def test_the_function_of_a_number_already_typed_is_chosen_by_its_row(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, "283", ENTER).sees("Bilder").type("2").sees("283 Manuellt registrerade")


def test_a_row_is_chosen_by_number_where_no_code_begins_with_it(home: Path) -> None:
    with clerk(home) as annika:
        annika.go(f"85 {MANY}", "Tid är när besöket startar").type("9", TAB, F4)
        annika.sees("siffra eller Enter väljer", "2  FILIAL").type("2").sees("*FILIAL")


def test_pasted_text_narrows_at_once(home: Path) -> None:
    with clerk(home) as annika:
        annika.go(f"40 {VERA}", "Inga vårdåtaganden").type(alt("n"), "kbt", alt("l"))
        annika.sees("Nyuppläggning").type("1", TAB, F4).sees("av")
        annika.type("\x1b[200~björkhaga\x1b[201~").sees("1 av", "VCBJ01")


@pytest.mark.parametrize("table", TABLES)
def test_every_list_is_asked_for_each_of_its_codes(database: Database, table: str) -> None:
    """Typed whole, the code's own row is the one that Enter takes; no digit of it chooses a row."""
    context = make_clinic(database).at(date(2026, 3, 2), screen="085")
    everything = code_lists.search(context, table, "", 0, 500).rows
    for code, _ in everything:
        assert code_lists.search(context, table, code, 0, 9).rows[0][0] == code
        for end, character in enumerate(code):
            if character in "123456789":
                assert searches(everything, code[:end], character), (code, end)


@pytest.mark.parametrize(
    ("typed", "first"),
    [("0", "0"), ("1", "100"), ("10", "100"), ("5", "50"), ("7", "75"), ("sjuk", "0")],
)
def test_the_code_itself_stands_first(typed: str, first: str) -> None:
    rows = [
        ("0", "Inte sjukskriven"),
        ("25", "25 %"),
        ("50", "50 %"),
        ("75", "75 %"),
        ("100", "100 %"),
    ]
    assert narrowed(rows, typed)[0][0] == first
    assert all(begins(("085", "085 Besök"), each) for each in ("8", "85", "085", "0"))
    assert not searches(rows, "", "3")


def test_a_word_of_the_list_goes_with_the_next_enter_also_where_nothing_fits(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, F4).sees("Bilder").type("zzz", F10).sees("Enter väljer raden, Esc ångrar.")
        annika.type(ENTER).terminal.expect_gone("Enter väljer raden")
