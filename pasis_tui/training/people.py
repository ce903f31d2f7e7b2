"""Invented persons: deterministic, and with numbers that no living person can have.

Identity numbers follow the tax agency's published test numbers by rule (domain.md section 5);
whoever is born outside its years gets a reservnummer.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Annotated, NamedTuple

from pasis_tui import resources
from pasis_tui.validation import toml_files
from pasis_tui.validation.identity import IdentityNumber, check_digit, is_practice_number

FIRST_TEST_BIRTH = date(1991, 1, 1)
LAST_TEST_BIRTH = date(2005, 12, 31)

PASSWORD = "ovning"  # noqa: S105 - known to everyone, and only of the practice database

FREE_BIRTH_YEAR = 1993
"""No practice patient is born this year: its 730 test numbers are for a class to register."""

# 070-174 06 05 … 99 is set aside for fiction.
_PHONES = tuple(f"06 {last:02d}" for last in range(5, 100))

# The person of the instruction's exercises and of the manual's pictures.
_KNOWN = {
    "199307142381": {"family_name": "Testsson", "given_name": "Vera", "listed_unit": "VCBJ01"}
}


class InventedReception(NamedTuple):
    """A reception of a unit; ``branch`` is a filial."""

    code: str
    name: str
    branch: bool


class InventedUnit(NamedTuple):
    """A clinic."""

    code: str
    name: str
    receptions: tuple[InventedReception, ...]


class InventedCaregiver(NamedTuple):
    """A caregiver.

    ``came`` and ``left`` count days before the practice data's own day, ``left`` 0 for one who is
    still there; ``branch_days`` are weekdays, 0 = Monday.
    """

    signature: str
    name: str
    category: str
    came: Annotated[int, toml_files.Key("from")]
    left: int = 0
    branch_days: tuple[int, ...] = ()


class InventedUser(NamedTuple):
    """A user and {unit: role}."""

    signature: str
    name: str
    places: dict[str, str]


class Names(NamedTuple):
    """The lists that patients' details are drawn from."""

    family_names: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    streets: tuple[str, ...]
    languages: tuple[str, ...]


class InventedWorld(NamedTuple):
    """What ``data/practice.toml`` holds; the file says what each part means."""

    units: tuple[InventedUnit, ...]
    caregivers: dict[str, tuple[InventedCaregiver, ...]]
    users: tuple[InventedUser, ...]
    people: Names
    towns: dict[str, str]
    referring_units: dict[str, tuple[tuple[str, str, str], ...]]


@cache
def invented_world() -> InventedWorld:
    """Return what ``data/practice.toml`` holds.  Raises BadFile."""
    return toml_files.read(resources.folder("data") / "practice.toml", InventedWorld)


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
    """Return the person that the practice population register holds under *number*.

    The answer depends on the number only.  Keys and values are the raw fields of screen 014;
    the health centre is in Skåne for eleven in twelve.
    """
    world = invented_world()
    people = world.people
    random = Random(f"pasis {number.digits}")  # noqa: S311 - invented data, not a secret
    sex = number.sex or random.choice("KM")
    source = "7" if random.randrange(12) == 0 else "1"
    listed, _, town = random.choice(world.referring_units[source])
    person = {
        "identity_number": number.digits,
        "family_name": random.choice(people.family_names),
        "given_name": random.choice(people.women if sex == "K" else people.men),
        "address": f"{random.choice(people.streets)} {random.randint(1, 48)}",
        "postcode": f"{world.towns[town]}{random.randrange(10)}",
        "city": town,
        "phone": f"070-174 {random.choice(_PHONES)}",
        "listed_unit": listed,
        "protected": "N",
        "deceased_on": "",
        "interpreter_language": "",
        "sex": sex,
    }
    return person | _KNOWN.get(number.digits, {})
