"""014 Nytt reservnummer gave today's whole date and so made newborns.  It asks for the birth date,
or of an unknown person the estimated year, and says the age before anything is saved.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pasis_tui.services.patients import numbers
from pasis_tui.store.database import Database
from tests.flows.practice import NAME, logged_in
from tests.seeding import seed_minimal
from tests.services.clinic import refused
from tests.terminal import ENTER, ESC, F2, F10, TAB, alt

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "today", "born", "estimated", "age"),
    [
        ("1985", TODAY, date(1985, 3, 2), True, 41),
        ("2025", TODAY, date(2025, 3, 2), True, 1),
        ("1985", date(2024, 2, 29), date(1985, 2, 28), True, 39),
        ("1984", date(2024, 2, 29), date(1984, 2, 29), True, 40),
        ("19850714", TODAY, date(1985, 7, 14), False, 40),
        ("1985-07-14", TODAY, date(1985, 7, 14), False, 40),
        ("850714", TODAY, date(1985, 7, 14), False, 40),
        ("450714", TODAY, date(1945, 7, 14), False, 80),  # a birth lies behind
        ("14/7 1985", TODAY, date(1985, 7, 14), False, 40),
        ("i", TODAY, TODAY, False, 0),  # a newborn, said and not guessed
    ],
)
def test_what_is_asked_for(
    sqlite_database: Database, typed: str, today: date, born: date, estimated: bool, age: int
) -> None:
    context = seed_minimal(sqlite_database).context(sqlite_database, "a", today, "014")
    number = numbers.new_reserve_number(context, typed)
    assert (number.birth_date, number.estimated, number.age) == (born, estimated, age)
    assert re.fullmatch(rf"{born:%Y%m%d}[DEF][A-Z][01][A-Z]", number.number)


@pytest.mark.parametrize(
    ("typed", "says"),
    [("2027", "1897–2026"), ("1896", "1897–2026"), ("19850230", "ÅÅÅÅMMDD"), ("vet ej", "året"),
     ("20260303", "framtiden"), ("85", "ÅÅÅÅ"), ("0714", "1897–2026")],
)  # fmt: skip
def test_what_is_refused(sqlite_database: Database, typed: str, says: str) -> None:
    context = seed_minimal(sqlite_database).context(sqlite_database, "a", TODAY, "014")
    with refused("PE03", "birth", says):
        numbers.new_reserve_number(context, typed)


def persons(home: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(home / NAME)) as rows:
        return rows.execute(
            "SELECT identity_number, family_name, given_name FROM patient"
            " WHERE id > (SELECT max(id) FROM patient) - 1"
        ).fetchall()


def test_an_unknown_person_in_few_keys(home: Path) -> None:
    before = persons(home)
    with logged_in(home) as clerk:
        clerk.type(F2, "14", ENTER)
        clerk.expect("10 siffror i följd").type(alt("n"))
        clerk.expect("Nytt reservnummer", "uppskattade året", "Född").type(ESC)
        clerk.expect_gone("uppskattade året")
        assert persons(home) == before  # Esc leaves nothing
        assert not clerk.sees("2026030")
        clerk.type(alt("n"), "vet ej", ENTER)
        clerk.expect("”vet ej” går inte", "vet ej").type("\x15", "1985", ENTER)
        clerk.expect("41 år, född 1985-03-02 (uppskattat)", "19850302", "OID")
        assert persons(home) == before
        clerk.type("m", F10)
        clerk.expect("Sparat: 19850302", "OID, OID", "Man")
    number, family, given_name = persons(home)[0]
    assert number.startswith("19850302")
    assert (family, given_name) == ("OID", "OID")


def test_a_known_birth_date_in_a_burst(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, "14", ENTER, alt("n"), "850714", ENTER, "k", TAB, "Testsson", TAB, "Eva")
        clerk.expect("Testsson", "Eva", "19850714", "40 år").type(F10)
        clerk.expect("Sparat: 19850714", "Testsson, Eva", "40 år", "Kvinna")
