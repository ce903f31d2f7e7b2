"""From a cell as some program wrote it to the text that a field reads, or why that is ambiguous.

Spreadsheets and databases write the same day and time in many ways.  Those that can mean only one
thing are accepted; those that could mean two are refused, never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from pasis_tui.validation.typed import composed
from pasis_tui.validation.unseen import shortened

_DAY = dt.timedelta(days=1)
# Excel counts 1900 as a leap year: its numbers are right from 1 March 1900.
_EPOCH = dt.datetime(1899, 12, 30)
_FIRST_SERIAL = 61
_LAST_SERIAL = 2_958_465  # 9999-12-31
# A number that is not formatted as a date is read as a day only between 1954 and 2119.
_LIKELY = range(20_000, 80_000)
_NO_DAY = dt.date(1904, 1, 2)  # programs without a type for a bare time put such a date before it
_STAMP = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"(\s*(?:Z|UTC|[+-]\d{2}:?\d{2}))?",
    re.ASCII | re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,3})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?", re.ASCII)
_FRACTION = re.compile(r"0?[.,]\d+", re.ASCII)
_PLAIN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}|\d{6}", re.ASCII)


class Unfit(ValueError):
    """A cell that cannot be read in its column; the text is a Swedish sentence."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A cell whose value the file does not hold; ``why`` is a Swedish sentence."""

    why: str


# A timedelta is a time without a day: a clock, or how long something took.
Value = str | int | float | bool | dt.datetime | dt.timedelta | Spoilt | None


def moment(serial: float, *, from_1904: bool = False) -> dt.datetime | Spoilt:
    """Return the date and time that a spreadsheet counts as *serial*."""
    days = serial + 1462 if from_1904 else serial
    if not _FIRST_SERIAL <= days <= _LAST_SERIAL:
        return Spoilt("cellen är formaterad som datum men talet är inget datum.")
    return _EPOCH + _rounded(days)


class From1904(float):
    """A number of a book that counts its days from 1904."""


def _unformatted(value: float) -> dt.datetime:
    """Return the moment that a number not formatted as a date stands for.  Raises Unfit."""
    if isinstance(value, From1904):
        raise Unfit(
            f"talet {value:g} är inget entydigt datum: boken räknar dagar från 1904."
            " Formatera kolumnen som datum."
        )
    return _EPOCH + _rounded(value)


def _rounded(days: float) -> dt.timedelta:
    """Return *days* to the second, or to the minute when rounding errors hide a whole one."""
    seconds = days * 86_400
    minute = round(seconds / 60) * 60
    return dt.timedelta(seconds=minute if abs(seconds - minute) < 0.5 else round(seconds))


def length(days: float) -> dt.timedelta | Spoilt:
    """Return the time that a spreadsheet stores as a fraction of a day."""
    if not -_LAST_SERIAL < days < _LAST_SERIAL:
        return Spoilt("cellen är formaterad som tid men talet är ingen tid.")
    return _rounded(days)


def in_words(value: Value, kind: str) -> str:
    """Return *value* as text for a column of *kind*: text, date, time or yes.  Raises Unfit."""
    if value is None:
        return ""
    if isinstance(value, Spoilt):
        raise Unfit(value.why)
    if isinstance(value, str):
        return _TEXTS.get(kind, str)(composed(value))
    if kind == "date":
        return _date(value)
    if kind == "time":
        return _time(value)
    if isinstance(value, bool):
        if kind == "yes":
            return "J" if value else "N"
        raise Unfit("cellen är en kryssruta (sant eller falskt), ingen text.")
    if isinstance(value, dt.datetime | dt.timedelta):
        raise Unfit("cellen är ett datum eller en tid, ingen text. Formatera kolumnen som text.")
    return _number(value)


def _number(value: float) -> str:
    if value != value or abs(value) >= 10**15:
        raise Unfit("talet har för många siffror för en cell. Formatera kolumnen som text.")
    return str(int(value)) if value == int(value) else str(value)


# -- dates -------------------------------------------------------------------------------------


def _date(value: float | bool | dt.datetime | dt.timedelta) -> str:
    if isinstance(value, bool):
        raise Unfit("cellen är en kryssruta (sant eller falskt), inget datum.")
    if isinstance(value, dt.timedelta):
        raise Unfit("cellen är en tid, inget datum.")
    if isinstance(value, dt.datetime):
        return _day_of(value)
    if value != value or abs(value) >= 10**15:
        raise Unfit("talet är inget datum.")
    if int(value) not in _LIKELY:
        return _date_text(_number(value))
    read_as = _unformatted(value)
    typed = _short_date(f"0{int(value)}")
    if typed and value == int(value):  # 50302 may be 050302, whose zero the spreadsheet dropped
        raise Unfit(
            f"talet {int(value)} kan vara {read_as.date()} eller {typed}."
            " Formatera kolumnen som datum."
        )
    return _day_of(read_as)


def _short_date(digits: str) -> dt.date | None:
    try:
        return dt.date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def _day_of(value: dt.datetime) -> str:
    if value.time() != dt.time(0):
        raise Unfit(f"{value.date()} har klockslaget {value.time()}; här ska bara datum stå.")
    return value.date().isoformat()


def _date_text(text: str) -> str:
    typed = text.strip()
    if not typed:
        return ""
    if match := _STAMP.fullmatch(typed):
        day, clock, _ = _stamp(match)
        if clock != dt.time(0):
            raise Unfit(f"{day} har klockslaget {clock}; här ska bara datum stå.")
        return day
    if not _PLAIN_DATE.fullmatch(typed):
        # 2/3 and 26-03-02 are another day in another country, "i" (today) another day tomorrow
        raise Unfit(f"”{_short(typed)}” är inget datum. Skriv ÅÅÅÅ-MM-DD.")
    return typed


# -- times -------------------------------------------------------------------------------------


def _time(value: float | bool | dt.datetime | dt.timedelta) -> str:
    if isinstance(value, bool):
        raise Unfit("cellen är en kryssruta (sant eller falskt), ingen tid.")
    if isinstance(value, dt.datetime):
        return _dated(value.date(), _minute(value.time()))
    if isinstance(value, dt.timedelta):
        return _within_a_day(value)
    if value == int(value) if abs(value) < 10**15 else False:
        return str(int(value))
    if 0 < value < 1:
        return _within_a_day(_rounded(value))
    if value == value and abs(value) < 10**15 and int(value) in _LIKELY:
        read_as = _unformatted(value)
        return _dated(read_as.date(), _minute(read_as.time()))
    raise Unfit(f"talet {_short(str(value))} kan vara flera tider. Skriv TT:MM.")


def _within_a_day(value: dt.timedelta) -> str:
    if not dt.timedelta(0) <= value < _DAY:
        hours = int(value.total_seconds() // 3600)
        raise Unfit(f"tiden {hours} timmar ligger utanför dygnet 00:00–23:59.")
    return _minute((dt.datetime.min + value).time())


def _minute(clock: dt.time) -> str:
    if clock.second or clock.microsecond:
        raise Unfit(f"{clock} har sekunder; skriv TT:MM.")
    return clock.strftime("%H:%M")


def _dated(day: dt.date, clock: str) -> str:
    return clock if day <= _NO_DAY or day == dt.date(1970, 1, 1) else f"{day} {clock}"


def _time_text(text: str) -> str:
    typed = text.strip()
    if match := _STAMP.fullmatch(typed):
        day, clock, _ = _stamp(match)
        return _dated(dt.date.fromisoformat(day), _minute(clock))
    if _FRACTION.fullmatch(typed):
        raise Unfit(
            f"”{_short(typed)}” kan vara ett klockslag eller en del av dygnet. Skriv TT:MM."
        )
    if match := _CLOCK.fullmatch(typed):
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        if hour > 23 or minute > 59 or second > 59:
            raise Unfit(f"klockan {_short(typed)} finns inte. Skriv TT:MM, 00:00–23:59.")
        return _minute(dt.time(hour, minute, second, _parts(match[4])))
    return text


def _stamp(match: re.Match[str]) -> tuple[str, dt.time, str]:
    if match[6]:
        raise Unfit(f"”{_short(match[0])}” har en tidszon. Skriv svensk tid utan zon.")
    try:
        dt.date.fromisoformat(match[1])
        clock = dt.time(int(match[2]), int(match[3]), int(match[4] or 0), _parts(match[5]))
    except ValueError:
        raise Unfit(f"”{_short(match[0])}” finns inte som datum och tid.") from None
    return match[1], clock, ""


def _parts(digits: str | None) -> int:
    """Return a fraction of a second in microseconds, 1 for one that is smaller."""
    return (int(digits.ljust(6, "0")[:6]) or (1 if int(digits) else 0)) if digits else 0


def _short(text: str) -> str:
    return shortened(text, 30)


_TEXTS = {"date": _date_text, "time": _time_text}
