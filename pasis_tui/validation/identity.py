"""Identity numbers: personnummer, samordningsnummer and Skåne's reservnummer.

Source: domain.md section 5 (the tax agency's rules and published test numbers).
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from pasis_tui.validation.days import age
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.rules import finding
from pasis_tui.validation.typed import plain

_SHAPE = re.compile(
    r"([0-9]{2})?(([0-9]{2})([0-9]{2})([0-9]{2}))([-+]?)(([0-9]{2})([0-9])([0-9]))", re.ASCII
)
_RESERVE = re.compile(r"((?:[0-9]{2})?[0-9]{6})[-]?([DEF][A-Z][01][A-Z])", re.ASCII)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # a digit doubled, its digits added
# Looked up, not computed: parsing runs for every row of a transfer.
_TWICE = {str(n): _DOUBLED[n] for n in range(10)}
_PAIRS = {f"{n:02}": _DOUBLED[n // 10] + n % 10 for n in range(100)}  # added to a Luhn sum
_VALUES = {f"{n:02}": n for n in range(100)}
_SEX = {str(n): "M" if n % 2 else "K" for n in range(10)}
_EARLIEST = 1800  # the oldest published test number is of 1890
TOO_OLD = 130  # years: nobody has reached this age
# Days whose number by the rule is not on the published list, so it may belong to someone.
_NOT_PUBLISHED = frozenset(
    {date(1999, 1, 1), date(2000, 12, 18), date(2001, 3, 3), date(2002, 10, 16)}
)


class InvalidIdentityNumber(ValueError):
    """Not an identity number on the day *today*, as VA01 says by ``variant``.

    ``reason`` is its Swedish sentence.
    """

    def __init__(self, today: date, variant: str, **values: object) -> None:
        self.variant = variant
        self._today = today
        self._values = values
        super().__init__(variant)

    def __str__(self) -> str:  # made when it is wanted: most are caught and counted
        return self.reason

    @property
    def reason(self) -> str:
        """Why it is none, and the way out."""
        return self.at("").message

    def at(self, field: str) -> Finding:
        """Return it as the finding of *field*."""
        return finding("VA01", field, self._today, self.variant, **self._values)


class IdentityNumber(NamedTuple):
    """A valid number.

    ``digits`` is 12 digits, or a reservnummer's 6 or 8 digits and four letters and digits.
    ``kind`` is personnummer, samordningsnummer or reservnummer; ``birth_date`` is None where a
    number does not tell it, ``sex`` "K", "M" or (reservnummer) None.
    """

    digits: str
    kind: str
    birth_date: date | None
    sex: str | None


def check_digit(nine: str) -> int:
    """Return the Luhn check digit of the nine digits *nine* (ÅÅMMDDNNN)."""
    pairs = _PAIRS[nine[:2]] + _PAIRS[nine[2:4]] + _PAIRS[nine[4:6]] + _PAIRS[nine[6:8]]
    return -(pairs + _TWICE[nine[8]]) % 10


def parse_identity_number(text: str, today: date) -> IdentityNumber:
    """Read an identity number as typed: 10 or 12 digits, with or without - + and spaces.

    Ten digits mean the newest century that is not in the future.  ``+`` is written from
    1 January of the year in which the person turns 100, so with it they mean the newest year
    at least 100 before that of *today*.  Raises InvalidIdentityNumber.
    """
    match = _SHAPE.fullmatch(text)  # nothing but ASCII fits
    if match is None:
        typed = plain(text).replace(" ", "").upper()
        if reserve := _RESERVE.fullmatch(typed):
            return _reserve(reserve, today)
        match = _SHAPE.fullmatch(typed)
        if match is None:
            raise _misshapen(typed, today)
    century, six, yy, mm, dd, sign, four, serial, ninth, check = match.groups()
    year, month, day = _VALUES[yy], _VALUES[mm], _VALUES[dd]
    coordination = day >= 60
    if coordination:
        day -= 60
    if century is None:
        this, now = divmod(today.year, 100)
        if sign == "+":
            this -= 1 if year <= now else 2
        elif (year, month, day) > (now, today.month, today.day):
            this -= 1
        century = str(this)
    year += 100 * int(century)
    born = _birth_date(year, month, day, today, coordination=coordination)
    total = _PAIRS[yy] + _PAIRS[mm] + _PAIRS[dd] + _PAIRS[serial] + _TWICE[ninth] + int(check)
    if total % 10:
        raise InvalidIdentityNumber(today, "check_digit", digit=check)
    if serial == "00" and ninth == "0":  # birth numbers begin at 001
        raise InvalidIdentityNumber(today, "birth_number")
    if born is None:
        if year > today.year:
            raise InvalidIdentityNumber(today, "year_in_future", year=year)
    elif born > today:
        raise InvalidIdentityNumber(today, "born_in_future", born=born)
    kind = "samordningsnummer" if coordination else "personnummer"
    number = IdentityNumber(century + six + four, kind, born, _SEX[ninth])
    if sign == "+" and match[1] is None:
        check_age(number, today, "plus_too_old")
    return number


def check_age(number: IdentityNumber, today: date, variant: str = "too_old") -> None:
    """Raise InvalidIdentityNumber for somebody who would be ``TOO_OLD`` years or older."""
    born: date | int | None = number.birth_date
    if isinstance(born, date):
        years = age(born, today)
    elif number.kind == "samordningsnummer":
        born = int(number.digits[:4])
        years = today.year - born
    else:
        return
    if years >= TOO_OLD:
        raise InvalidIdentityNumber(today, variant, born=born, years=years)


def _birth_date(year: int, month: int, day: int, today: date, *, coordination: bool) -> date | None:
    if year < _EARLIEST:
        raise InvalidIdentityNumber(today, "no_such_century", century=f"{year // 100:02}")
    # Real coordination numbers exist where the date is not known.
    if coordination and (month == 0 or day == 0):
        if month > 12 or day > 31:
            raise _bad_date(year, month, day, today)
        return None
    try:
        return date(year, month, day)
    except ValueError:
        raise _bad_date(year, month, day, today) from None


def _bad_date(year: int, month: int, day: int, today: date) -> InvalidIdentityNumber:
    written = f"{year:04}-{month:02}-{day:02}"
    return InvalidIdentityNumber(today, "no_such_date", date=written)


def _reserve(match: re.Match[str], today: date) -> IdentityNumber:
    digits, tail = match.groups()
    born = None
    if len(digits) == 8:  # six digits need not be a date
        year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
        born = _birth_date(year, month, day, today, coordination=False)
        if born is not None and born > today:
            raise InvalidIdentityNumber(today, "born_in_future", born=born)
    return IdentityNumber(digits + tail, "reservnummer", born, None)


def _misshapen(typed: str, today: date) -> InvalidIdentityNumber:
    bare = typed.replace("-", "").replace("+", "")
    if any(unicodedata.category(c)[0] == "C" for c in typed):
        return InvalidIdentityNumber(today, "unseen_character")
    if not bare:
        return InvalidIdentityNumber(today, "number_missing")
    if not bare.isascii() or not bare.isdecimal():
        other = next((c for c in bare if not (c.isascii() and c.isdecimal())), "")
        if other.isprintable():
            return InvalidIdentityNumber(today, "no_digit", character=other)
        return InvalidIdentityNumber(today, "no_digits")
    if len(bare) == 1:
        return InvalidIdentityNumber(today, "one_digit")
    if len(bare) not in {10, 12}:
        return InvalidIdentityNumber(today, "length", count=len(bare))
    return InvalidIdentityNumber(today, "separator")


def candidates(text: str, today: date) -> tuple[IdentityNumber, ...]:
    """Return every number that *text* can mean, the newest century first.

    Ten digits without ``+`` can mean two centuries; everything else means one.
    Raises InvalidIdentityNumber.
    """
    newest = parse_identity_number(text, today)
    bare = re.sub(r"[\s-]", "", plain(text))
    if newest.kind == "reservnummer" and len(bare) == 10:
        return newest, *_with_century(bare, today)
    if newest.kind == "reservnummer" or len(bare) != 10 or "+" in bare:
        return (newest,)
    older = f"{int(newest.digits[:2]) - 1}{newest.digits[2:]}"
    try:
        return newest, parse_identity_number(older, today)
    except InvalidIdentityNumber:  # 29 February of the other century
        return (newest,)


def _with_century(bare: str, today: date) -> list[IdentityNumber]:
    """Return the reservnummer with a century that *bare*, typed without one, can mean."""
    this, numbers = today.year // 100, []
    for century in (this, this - 1):
        with suppress(InvalidIdentityNumber):  # no such day, or in the future
            numbers.append(parse_identity_number(f"{century}{bare}", today))
    return numbers


def is_practice_number(number: IdentityNumber) -> bool:
    """Whether *number* cannot be a living person's: a published test number, or a reservnummer.

    The rule (domain.md section 5): birth numbers 238 and 239 as the tax agency keeps them
    unused for people born 1991-2005.
    """
    if number.kind == "reservnummer":
        return True
    if number.kind != "personnummer" or number.birth_date is None:
        return False
    born, serial = number.birth_date, number.digits[8:11]
    if born in _NOT_PUBLISHED:
        return False
    if 1991 <= born.year <= 1993:
        return serial in {"238", "239"}
    if 1994 <= born.year <= 2001:
        odd = (born - date(1994, 1, 1)).days % 2 == 1
        return serial == ("238" if odd else "239")
    if 2002 <= born.year <= 2005:
        return serial == ("239" if born.day % 2 else "238")
    return False


def format_identity_number(digits: str) -> str:
    """Return *digits* as read by people: ``19930714-2381``."""
    return f"{digits[:-4]}-{digits[-4:]}" if len(digits) >= 10 else digits
