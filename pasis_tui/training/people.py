"""Invented persons: deterministic, and with numbers that no living person can have.

Identity numbers follow the tax agency's published test numbers by rule (domain.md section 5);
whoever is born outside its years gets a reservnummer.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from pasis_tui import resources
from pasis_tui.validation.identity import IdentityNumber, check_digit, is_practice_number

FIRST_TEST_BIRTH = date(1991, 1, 1)
LAST_TEST_BIRTH = date(2005, 12, 31)

FREE_BIRTH_YEAR = 1993
"""No practice patient is born this year: its 730 test numbers are for a class to register."""

# 070-174 06 05 … 99 is set aside for fiction.
_PHONES = tuple(f"06 {last:02d}" for last in range(5, 100))

# The person of the instruction's exercises and of the manual's pictures.
_KNOWN = {
    "199307142381": {"family_name": "Testsson", "given_name": "Vera", "listed_unit": "VCBJ01"}
}


@cache
def invented_world() -> dict[str, Any]:
    """Return data/practice.toml as read; callers must not change it."""
    return tomllib.loads((resources.folder("data") / "practice.toml").read_text("utf-8"))


def published_test_number(birth: date, sex: str) -> IdentityNumber | None:
    """Return the test number of someone born on *birth*, K or M; None when there is none."""
    body = f"{birth:%Y%m%d}{'239' if sex == 'M' else '238'}"
    number = IdentityNumber(f"{body}{check_digit(body[2:])}", "personnummer", birth, sex)
    return number if is_practice_number(number) else None


def reserve_number(birth: date, random: Random) -> str:
    """Return a reservnummer of Skåne's shape: the birth date and four characters."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    tail = random.choice("DEF") + random.choice(letters)
    return f"{birth:%Y%m%d}{tail}{random.choice('01')}{random.choice(letters)}"


class NumberBook:
    """Hands out identity numbers, none twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[str] = set()

    def number(self, birth: date, sex: str) -> IdentityNumber:
        """Return a free number of someone born on *birth*, or a few days off it.

        A test number when its years allow one, else a reservnummer.
        """
        test_years = FIRST_TEST_BIRTH <= birth <= LAST_TEST_BIRTH and birth.year != FREE_BIRTH_YEAR
        for shift in range(14) if test_years else ():
            day = birth - timedelta(days=shift)
            number = published_test_number(day, sex)
            if number and day.year != FREE_BIRTH_YEAR and number.digits not in self._taken:
                self._taken.add(number.digits)
                return number
        while True:
            digits = reserve_number(birth, self._random)
            if digits not in self._taken:
                self._taken.add(digits)
                return IdentityNumber(digits, "reservnummer", birth, sex)


def practice_person(number: IdentityNumber) -> dict[str, str]:
    """Return the person whom the practice population register has under *number*.

    The answer depends on the number only.  Keys and values are the raw fields of screen 014;
    the health centre is in Skåne for eleven in twelve.
    """
    people = invented_world()["people"]
    random = Random(f"pasis {number.digits}")  # noqa: S311 - invented data, not a secret
    sex = number.sex or random.choice("KM")
    source = "7" if random.randrange(12) == 0 else "1"
    listed, _, town = random.choice(invented_world()["referring_units"][source])
    person = {
        "identity_number": number.digits,
        "family_name": random.choice(people["family_names"]),
        "given_name": random.choice(people["women" if sex == "K" else "men"]),
        "address": f"{random.choice(people['streets'])} {random.randint(1, 48)}",
        "postcode": f"{invented_world()['towns'][town]}{random.randrange(10)}",
        "city": town,
        "phone": f"070-174 {random.choice(_PHONES)}",
        "listed_unit": listed,
        "protected": "N",
        "deceased_on": "",
        "interpreter_language": "",
        "sex": sex,
    }
    return person | _KNOWN.get(number.digits, {})
