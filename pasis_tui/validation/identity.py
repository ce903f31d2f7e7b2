"""Identity numbers: personnummer, samordningsnummer and Skåne's reservnummer.

Source: domain.md section 5 (the tax agency's rules and published test numbers).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NamedTuple

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
_EARLIEST = 1800  # nobody older is a patient
# Days whose number by the rule is not on the published list, so it may belong to someone.
_NOT_PUBLISHED = frozenset(
    {date(1999, 1, 1), date(2000, 12, 18), date(2001, 3, 3), date(2002, 10, 16)}
)


class InvalidIdentityNumber(ValueError):
    """Not an identity number.

    ``reason`` is a Swedish sentence; ``fault`` one of "length", "characters", "date",
    "check digit" and "future".
    """

    def __init__(self, fault: str, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason


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

    Ten digits mean the newest century that is not in the future, with ``+`` the one before.
    Raises InvalidIdentityNumber.
    """
    match = _SHAPE.fullmatch(text)  # nothing but ASCII fits
    if match is None:
        typed = text if text.isascii() else unicodedata.normalize("NFKC", text)
        typed = typed.strip(" \t").replace(" ", "").upper()
        if reserve := _RESERVE.fullmatch(typed):
            return _reserve(reserve, today)
        match = _SHAPE.fullmatch(typed)
        if match is None:
            raise _misshapen(typed)
    century, six, yy, mm, dd, sign, four, serial, ninth, check = match.groups()
    year, month, day = _VALUES[yy], _VALUES[mm], _VALUES[dd]
    coordination = day >= 60
    if coordination:
        day -= 60
    if century is None:
        this, now = divmod(today.year, 100)
        if (year, month, day) > (now, today.month, today.day):
            this -= 1
        century = str(this - 1 if sign == "+" else this)
    year += 100 * int(century)
    born = _birth_date(year, month, day, coordination)
    total = _PAIRS[yy] + _PAIRS[mm] + _PAIRS[dd] + _PAIRS[serial] + _TWICE[ninth] + int(check)
    if total % 10:
        raise InvalidIdentityNumber(
            "check digit",
            f"Kontrollsiffran {check} stämmer inte. Kontrollera siffrorna mot remissen.",
        )
    if serial == "00" and ninth == "0":  # birth numbers begin at 001
        raise InvalidIdentityNumber(
            "check digit", "Födelsenumret 000 finns inte. Kontrollera siffrorna mot remissen."
        )
    if born is None:
        if year > today.year:
            raise InvalidIdentityNumber(
                "future", f"Födelseåret {year} ligger i framtiden. Kontrollera seklet."
            )
    elif born > today:
        raise _unborn(born)
    kind = "samordningsnummer" if coordination else "personnummer"
    return IdentityNumber(century + six + four, kind, born, _SEX[ninth])


def _birth_date(year: int, month: int, day: int, coordination: bool) -> date | None:
    if year < _EARLIEST:
        raise _bad_century(year)
    # Real coordination numbers exist where the date is not known.
    if coordination and (month == 0 or day == 0):
        if month > 12 or day > 31:
            raise _bad_date(year, month, day)
        return None
    try:
        return date(year, month, day)
    except ValueError:
        raise _bad_date(year, month, day) from None


def _bad_date(year: int, month: int, day: int) -> InvalidIdentityNumber:
    return InvalidIdentityNumber(
        "date", f"Födelsedatumet {year:04}-{month:02}-{day:02} finns inte i almanackan."
    )


def _bad_century(year: int) -> InvalidIdentityNumber:
    reason = f"Seklet {year // 100:02} går inte. Skriv 19 eller 20 först."
    return InvalidIdentityNumber("date", reason)


def _unborn(born: date) -> InvalidIdentityNumber:
    reason = f"Födelsedatumet {born.isoformat()} ligger i framtiden. Kontrollera seklet."
    return InvalidIdentityNumber("future", reason)


def _reserve(match: re.Match[str], today: date) -> IdentityNumber:
    digits, tail = match.groups()
    born = None
    if len(digits) == 8:  # six digits need not be a date
        born = _birth_date(int(digits[:4]), int(digits[4:6]), int(digits[6:]), coordination=False)
        if born is not None and born > today:
            raise _unborn(born)
    return IdentityNumber(digits + tail, "reservnummer", born, None)


def _misshapen(typed: str) -> InvalidIdentityNumber:
    shape = "Skriv 10 siffror i följd (ÅÅMMDDNNNN) eller 12 med sekel."
    bare = typed.replace("-", "").replace("+", "")
    if any(unicodedata.category(c)[0] == "C" for c in typed):
        return InvalidIdentityNumber(
            "characters", f"Numret innehåller ett osynligt tecken. {shape}"
        )
    if not bare.isascii() or not bare.isdecimal():
        other = next((c for c in bare if not (c.isascii() and c.isdecimal())), "")
        what = f"”{other}” är ingen siffra. " if other and other.isprintable() else ""
        if not bare:
            return InvalidIdentityNumber("length", f"Personnummer saknas. {shape}")
        return InvalidIdentityNumber("characters", f"{what}{shape}")
    if len(bare) not in {10, 12}:
        return InvalidIdentityNumber(
            "length", f"Numret har {len(bare)} {'siffra' if len(bare) == 1 else 'siffror'}. {shape}"
        )
    return InvalidIdentityNumber("characters", f"Skiljetecknet står på fel plats. {shape}")


def candidates(text: str, today: date) -> tuple[IdentityNumber, ...]:
    """Return every number that *text* can mean, the newest century first.

    Ten digits without ``+`` can mean two centuries; everything else means one.
    Raises InvalidIdentityNumber.
    """
    newest = parse_identity_number(text, today)
    bare = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if newest.kind == "reservnummer" or len(bare) != 10 or "+" in text:
        return (newest,)
    older = f"{int(newest.digits[:2]) - 1}{newest.digits[2:]}"
    try:
        return newest, parse_identity_number(older, today)
    except InvalidIdentityNumber:  # 29 February of the other century
        return (newest,)


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


def age(birth_date: date, on: date) -> int:
    """Return the whole years from *birth_date* to *on*."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
