"""A dash pasted from a letter or a spreadsheet is a hyphen in numbers, dates, codes and Snabbval."""

from __future__ import annotations

from datetime import date

import pytest

from pasis_tui.display.display_files import Display, displays
from pasis_tui.display.quick_select import Back, Go, MoveDate, interpret
from pasis_tui.services.patients import patients
from pasis_tui.store.database import Database
from pasis_tui.validation.fields import KINDS, read
from pasis_tui.validation.identity import candidates, parse_identity_number
from pasis_tui.validation.transfers import read_contact
from tests.seeding import seed_minimal

TODAY = date(2026, 3, 2)
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u02d7\u2043"
EACH = pytest.mark.parametrize("dash", DASHES, ids=[f"U+{ord(d):04X}" for d in DASHES])
TAKES_A_HYPHEN = {
    "identity": "930714-2381",
    "date": "2026-03-02",
    "code": "A-1",
    "diagnosis": "F32-",
    "kva": "X-1",
}


@EACH
@pytest.mark.parametrize("kind", TAKES_A_HYPHEN)
def test_in_a_field(kind: str, dash: str) -> None:
    typed = TAKES_A_HYPHEN[kind]
    assert read(kind, typed.replace("-", dash), TODAY) == read(kind, typed, TODAY)


def test_every_kind_is_considered() -> None:
    without = {"text", "output", "password", "digits", "amount", "time", "yesno"}
    assert set(TAKES_A_HYPHEN) | without == KINDS


@EACH
def test_free_text_and_passwords_keep_what_was_written(dash: str) -> None:
    for kind in ("text", "password"):
        assert read(kind, f"a{dash}b", TODAY) == f"a{dash}b"


@EACH
def test_in_a_date_that_is_moved_and_one_with_two_digits_of_year(dash: str) -> None:
    assert read("date", f"{dash}3", TODAY) == "2026-02-27"
    assert read("date", f"26{dash}03{dash}02", TODAY) == "2026-03-02"
    assert read("date", f"2/3{dash}26", TODAY) == "2026-03-02"


@EACH
def test_in_a_number_of_every_kind(dash: str) -> None:
    for typed in ("930714-2381", "19930714-2381", "930714-DA0B", "19930714-DA0B"):
        pasted = typed.replace("-", dash)
        assert parse_identity_number(pasted, TODAY) == parse_identity_number(typed, TODAY)
        assert candidates(pasted, TODAY) == candidates(typed, TODAY)


@EACH
def test_in_snabbval(dash: str) -> None:
    screen = Display("040", "040 Vårdåtaganden")
    assert interpret(dash, [screen]) == Back(1)
    assert interpret(f"{dash}1d", [screen]) == MoveDate("-1d")
    assert interpret(f"2026{dash}03{dash}02", [screen]) == MoveDate("2026-03-02")
    assert interpret(f"40 930714{dash}2381", [screen]) == Go(screen, "930714-2381")
    assert isinstance(interpret(f"40 930714{dash}2381", list(displays().values())), Go)


@EACH
def test_in_a_contact_of_a_file_and_in_the_register(dash: str, sqlite_database: Database) -> None:
    raw = {
        "identity_number": f"930714{dash}2381",
        "date": f"2026{dash}02{dash}27",
        "time": "0900",
        "attribute": dash,
        "caregiver": "ANNLIN",
    }
    row = read_contact(raw, TODAY)
    assert (row.identity_number, row.date, row.ticked) == ("930714-2381", date(2026, 2, 27), False)
    seed = seed_minimal(sqlite_database)
    context = seed.context(sqlite_database, "a", TODAY, "014")
    wanted = patients.get(context, seed.patients[0])
    pasted = wanted.identity_text.replace("-", dash)
    assert patients.find(context, pasted).id == wanted.id
    assert patients.find(context, pasted[2:], pasted[:2]).id == wanted.id
