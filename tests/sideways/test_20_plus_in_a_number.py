"""``+`` in a number is written from 1 January of the year one turns 100.  It was read by the
birthday, a century too early for most of that year, and a person of 199 years could be saved.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pasis_tui.services.errors import NotFound
from pasis_tui.services.forms import overview
from pasis_tui.services.patients import patients
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.validation.fields import InvalidValue, read
from pasis_tui.validation.identity import (
    TOO_OLD,
    InvalidIdentityNumber,
    check_digit,
    parse_identity_number,
)
from tests.seeding import Seed, seed_minimal
from tests.services.clinic import refused

BORN_1926 = "261224+2384"


def number(born: date, sign: str = "", serial: str = "238") -> str:
    nine = f"{born:%y%m%d}{serial}"
    return f"{nine[:6]}{sign}{serial}{check_digit(nine)}"


def days_of(year: int) -> Iterator[date]:
    for n in range(366 if calendar.isleap(year) else 365):
        yield date(year, 1, 1) + timedelta(n)


@pytest.mark.parametrize("year", [2026, 2027, 2050, 2099])
def test_all_the_year_one_turns_100_plus_means_a_century_ago(year: int) -> None:
    born = date(year - 100, 12, 24)
    for today in days_of(year):
        assert parse_identity_number(number(born, "+"), today).birth_date == born


@pytest.mark.parametrize("age", [100, 101, 105, 112, 122, 128])
@pytest.mark.parametrize("month_day", [(1, 1), (2, 28), (6, 30), (12, 31)])
def test_with_plus_the_year_alone_decides(age: int, month_day: tuple[int, int]) -> None:
    born = date(2026 - age, *month_day)
    for today in (date(2026, 1, 1), date(2026, 3, 2), date(2026, 12, 31)):
        assert parse_identity_number(number(born, "+"), today).birth_date == born


def test_without_a_sign_it_is_the_newest_day_that_is_not_in_the_future() -> None:
    for sign in ("", "-"):
        text = BORN_1926.replace("+", sign)
        assert parse_identity_number(text, date(2026, 12, 23)).digits[:4] == "1926"
        assert parse_identity_number(text, date(2026, 12, 24)).digits[:4] == "2026"


@pytest.mark.parametrize("year", [27, 50, 90, 95])
def test_a_plus_that_would_make_someone_of_130_years_is_refused(year: int) -> None:
    text = number(date(1900 + year, 2, 1), "+")
    with pytest.raises(InvalidIdentityNumber, match="från det år man fyller 100") as why:
        parse_identity_number(text, date(2026, 3, 2))
    assert f"{2026 - 1800 - year} år" in why.value.reason
    with pytest.raises(InvalidValue, match="fyller 100"):
        read("identity", text, date(2026, 3, 2))


def person(text: str, **raw: str) -> dict[str, str]:
    return {"identity_number": text, "family_name": "Testsson", "given_name": "Vera"} | raw


def register(seed: Seed, database: Database, day: date) -> Context:
    """The clerk of a real register: practice would take none of these numbers."""
    context = seed.context(database, "a", day, "014")
    return replace(context, actor=replace(context.actor, practice=False))


def test_a_register_saves_no_one_of_130_years(database: Database) -> None:
    seed = seed_minimal(database)
    today = date(2026, 3, 2)
    context = register(seed, database, today)
    oldest = date(2026 - TOO_OLD, 3, 2)
    old = f"{oldest.year // 100}{number(oldest)}"
    with refused("VA01", "identity_number", "130 år"):
        patients.save(context, person(old), None)
    with refused("VA01", "identity_number", "130 år"):
        patients.find(context, old)
    with refused("VA01", "identity_number", "fyller 100"):
        patients.save(context, person(number(date(1927, 2, 1), "+")), None)
    with refused("VA01", "identity_number", "146 år"):
        patients.save(context, person("18800101DA0B", sex="K"), None)
    saved = patients.save(context, person(BORN_1926), None)
    assert (saved.identity_number[:8], saved.age) == ("19261224", 99)
    # found again however it is typed, all the year and the next
    for text in (BORN_1926, "2612242384", "192612242384", "261224-2384"):
        assert patients.find(context, text).id == saved.id
        for day in (date(2026, 12, 24), date(2027, 1, 1)):
            there = register(seed, database, day)
            assert patients.find(there, text).id == saved.id
    page = overview.overview_page(seed.context(database, "a", today, "048"), identity=BORN_1926)
    assert page.rows == ()  # a number that can be read, and no commitment yet
    with pytest.raises(NotFound, match="19210101-"):
        patients.find(context, number(date(1921, 1, 1), "+"))


def test_who_stands_in_the_register_is_read_on_any_working_date(database: Database) -> None:
    seed = seed_minimal(database)
    digits = patients.get(seed.context(database), seed.patients[0]).identity_number
    late = seed.context(database, "a", date(2199, 12, 31), "014")
    assert patients.find(late, digits).id == seed.patients[0]
