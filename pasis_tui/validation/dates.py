"""A date as clerks type it, and how it is moved."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from pasis_tui.validation.days import FIRST_DAY, LAST_DAY, add_months
from pasis_tui.validation.typed import InvalidValue, plain, short

WAYS = "20260302, 260302, 0302, 26-03-02, 2/3, 2/3-26, 2 mars, i (idag), -3, +2v, +1m"
_MOVE = re.compile(r"([+-])\s*([0-9]{1,4})\s*([dvmåyDVMÅY]?)")
_DIGITS = re.compile(r"[0-9]{4}|[0-9]{6}|[0-9]{8}", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_THREE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
# Day and month as they are said, with or without a year.
_DAY_FIRST = re.compile(
    r"(?:den\s+)?(\d{1,2})(?:\s*[/.]\s*(\d{1,2})\.?|\.?\s*([a-z]{3,9})\.?)"
    r"(?:\s*[-/.]\s*(\d{4}|\d{2})|\s+(\d{4}|\d{2}))?",
    re.ASCII | re.IGNORECASE,
)
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip


def read_date(text: str, today: date) -> date:
    """Read a date as ``WAYS`` shows it.  Raises InvalidValue.

    Six digits and a year of two mean the century that brings the date nearest to *today*; a day
    and a month alone mean the year of *today*, for whatever field.  A move is counted from
    *today*: d days, v weeks, m months, å or y years.  What can be read two ways is refused.
    """
    typed = plain(text)
    if typed.lower() in {"i", "idag", "i dag"}:
        return today
    if typed[:1] in {"+", "-"}:
        return move_date(typed, today)
    year, month, day = _parts(typed, today)
    if not 1 <= month <= 12:
        turned = 1 <= day <= 12 < month <= 31
        hint = f" Menas dag {month} i månad {day}: skriv {month}/{day}." if turned else ""
        raise InvalidValue(f"Datumet finns inte: månad {month:02} i ”{short(typed)}”.{hint}")
    try:
        day_read = date(year, month, day)
    except ValueError:
        last = calendar.monthrange(year, month)[1] if 1 <= year <= 9999 else 0
        hint = f" {year:04}-{month:02} har {last} dagar." if last else ""
        raise InvalidValue(f"Datumet {year:04}-{month:02}-{day:02} finns inte.{hint}") from None
    if not FIRST_DAY <= day_read <= LAST_DAY:
        years = f"{FIRST_DAY.year}–{LAST_DAY.year}"
        raise InvalidValue(f"Datumet {day_read} ligger utanför {years}. Kontrollera året.")
    return day_read


def looks_like_date(text: str) -> bool:
    """Tell whether *text* has the shape of a date or of a move, existing or not.

    Four digits count when they are a month and a day; six do not, for an ID has six.
    """
    typed = plain(text)
    if re.fullmatch(r"[+-]\d+[dvmåy]?|\d{8}|\d{1,2}-\d{1,2}", typed, re.IGNORECASE | re.ASCII):
        return True
    if re.fullmatch(r"\d{4}", typed, re.ASCII):
        return _exists(2024, int(typed[:2]), int(typed[2:]))
    if _YEAR_FIRST.fullmatch(typed) or _THREE.fullmatch(typed):
        return True
    match = _DAY_FIRST.fullmatch(typed)
    return match is not None and (match[2] is not None or _month(match[3]) is not None)


def _parts(typed: str, today: date) -> tuple[int, int, int]:
    """Return (year, month, day) as typed, whether the date exists or not."""
    if _DIGITS.fullmatch(typed):
        year = typed[:-4]
        return _year(year, today), int(typed[-4:-2]), int(typed[-2:])
    if match := _YEAR_FIRST.fullmatch(typed):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _THREE.fullmatch(typed):
        return _three(match, today)
    if match := _DAY_FIRST.fullmatch(typed):
        month = int(match[2]) if match[2] else _month(match[3])
        if month is not None:
            return _year(match[4] or match[5] or "", today), month, int(match[1])
    if re.fullmatch(r"\d{1,2}-\d{1,2}", typed, re.ASCII):
        first, second = (int(part) for part in typed.split("-"))
        raise InvalidValue(
            f"”{typed}” kan läsas på två sätt. Skriv {first}/{second} (dag/månad) eller"
            f" {first:02}{second:02} (månad, dag)."
        )
    raise InvalidValue(f"”{short(typed)}” är inget datum. Skriv t.ex. {WAYS}.")


def _three(match: re.Match[str], today: date) -> tuple[int, int, int]:
    """Read three short numbers: ``26-03-02`` is a year first, ``2.3.26`` a day first."""
    one, sign, two, three = match.groups()
    year_first = (_year(one, today), int(two), int(three)) if len(one) == 2 else None
    day_first = (_year(three, today), int(two), int(one)) if len(three) == 2 else None
    if sign == "-" and year_first:
        return year_first
    if sign == "-" and day_first:
        raise InvalidValue(
            f"”{match[0]}” kan läsas på två sätt. Skriv {one}/{two}-{three}"
            f" eller {day_first[0]:04}-{int(two):02}-{int(one):02}."
        )
    ways = [way for way in (day_first, year_first) if way]
    real = [way for way in ways if _exists(*way)] or ways
    if len({*real}) > 1:
        written = " eller ".join(f"{y:04}-{m:02}-{d:02}" for y, m, d in real)
        raise InvalidValue(f"”{match[0]}” kan läsas på två sätt. Skriv {written}.")
    if not real:
        raise InvalidValue(f"”{match[0]}” är inget datum. Skriv t.ex. {WAYS}.")
    return real[0]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _year(text: str, today: date) -> int:
    """Return a year of no, two or four digits."""
    if not text:
        return today.year
    year = int(text)
    if len(text) == 2:
        year += min((1900, 2000, 2100), key=lambda c: abs(c + year - today.year))
    return year


def _month(name: str) -> int | None:
    hits = [n for n, month in enumerate(MONTHS, 1) if month.startswith(name.lower())]
    if name.lower() == "sept":
        hits = [9]
    return hits[0] if len(hits) == 1 else None


def move_date(text: str, today: date) -> date:
    """Read ``+3m``, ``-1d``, ``+2v``, ``+1å`` counted from *today*.  Raises InvalidValue."""
    match = _MOVE.fullmatch(plain(text))
    if match is None:
        raise InvalidValue(
            f"”{short(text)}” är inget datum. Så här flyttas det: -3, +2v, +1m, +1å."
        )
    count = int(match[1] + match[2])
    try:
        match match[3].lower():
            case "" | "d":
                moved = today + timedelta(days=count)
            case "v":
                moved = today + timedelta(weeks=count)
            case "m":
                moved = add_months(today, count)
            case _:
                moved = add_months(today, count * 12)
    except (ValueError, OverflowError):
        raise InvalidValue(f"”{short(text)}” hamnar utanför almanackan.") from None
    if not FIRST_DAY <= moved <= LAST_DAY:
        raise InvalidValue(
            f"”{short(text)}” hamnar utanför almanackan ({FIRST_DAY.year}–{LAST_DAY.year})."
        )
    return moved
