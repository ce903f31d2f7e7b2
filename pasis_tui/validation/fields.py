"""One reader for each kind of field: what was typed → how it is written, or why not."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date, time, timedelta

from pasis_tui.validation.identity import InvalidIdentityNumber, parse_identity_number

_LONGEST = 500  # no field takes more; a paste of 10 kB is refused, not cut
# Unseen characters: controls, bidi overrides and other formats, half surrogates, line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # some languages' names are written with them
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_MOVE_SWEDISH = re.compile(r"([+-])\s*([0-9]{1,4})\s*([dvmåyDVMÅY]?)")


class InvalidValue(ValueError):
    """What a field does not take; ``reason`` is a Swedish sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later; the last day of a shorter month counts."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if day.day <= 28:  # in every month; AG asks this thousands of times
        return date(year, month, day.day)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def read_date(text: str, today: date) -> date:
    """Read ``ÅÅÅÅMMDD``, ``ÅÅMMDD``, ``ÅÅÅÅ-MM-DD``, ``i``, ``-3``, ``+1m``.

    A move is counted from *today*: d days, v weeks, m months, å or y years.  Six digits mean the
    century that brings the date nearest to *today*.  Raises InvalidValue.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if typed.lower() in {"i", "idag", "i dag"}:
        return today
    if typed[:1] in {"+", "-"}:
        return move_date(typed, today)
    if match := _ISO.fullmatch(typed):
        year, month, day = (int(part) for part in match.groups())
    elif typed.isascii() and typed.isdecimal() and len(typed) == 8:
        year, month, day = int(typed[:4]), int(typed[4:6]), int(typed[6:])
    elif typed.isascii() and typed.isdecimal() and len(typed) == 6:
        year, month, day = int(typed[:2]), int(typed[2:4]), int(typed[4:])
        year += min((1900, 2000, 2100), key=lambda c: abs(c + year - today.year))
    else:
        raise InvalidValue(
            f"”{_short(typed)}” är inget datum. Skriv ÅÅÅÅMMDD, ÅÅMMDD, i (idag), -3 eller +1m."
        )
    if not 1 <= month <= 12:
        raise InvalidValue(f"Datumet finns inte: månad {month:02} i ”{_short(typed)}”.")
    try:
        return date(year, month, day)
    except ValueError:
        last = calendar.monthrange(year, month)[1] if 1 <= year <= 9999 else 0
        hint = f" {year:04}-{month:02} har {last} dagar." if last else ""
        raise InvalidValue(f"Datumet {year:04}-{month:02}-{day:02} finns inte.{hint}") from None


def move_date(text: str, today: date) -> date:
    """Read ``+3m``, ``-1d``, ``+2v``, ``+1å`` counted from *today*.  Raises InvalidValue."""
    match = _MOVE_SWEDISH.fullmatch(text.strip())
    if match is None:
        raise InvalidValue(
            f"”{_short(text)}” är inget datum. Så här flyttas det: -3, +2v, +1m, +1å."
        )
    count = int(match[1] + match[2])
    try:
        match match[3].lower():
            case "" | "d":
                return today + timedelta(days=count)
            case "v":
                return today + timedelta(weeks=count)
            case "m":
                return add_months(today, count)
            case _:
                return add_months(today, count * 12)
    except (ValueError, OverflowError):
        raise InvalidValue(f"”{_short(text)}” hamnar utanför almanackan.") from None


def read_time(text: str) -> time:
    """Read a start time: ``9`` is 09:00, ``930`` 09:30, ``1430`` and ``14:30``.

    Raises InvalidValue.
    """
    typed = unicodedata.normalize("NFKC", text).strip().replace(".", ":")
    digits = typed.replace(":", "")
    hour_first = re.fullmatch(r"(\d{1,2}):(\d{2})", typed, re.ASCII)
    if hour_first:
        hour, minute = int(hour_first[1]), int(hour_first[2])
    elif typed == digits and digits.isascii() and digits.isdecimal() and len(digits) <= 4:
        hour, minute = (
            (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        )
    else:
        raise InvalidValue(f"”{_short(typed)}” är ingen tid. Skriv TTMM: 9 = 09:00, 1430 = 14:30.")
    if hour > 23 or minute > 59:
        raise InvalidValue(f"Klockan {hour:02}:{minute:02} finns inte. Skriv TTMM: 00:00–23:59.")
    return time(hour, minute)


def _short(text: str) -> str:
    shown = "".join(c for c in text if c.isprintable())
    return shown if len(shown) <= 20 else shown[:19] + "…"


def _code(text: str) -> str:
    return text.strip().upper()


def _dotless(text: str) -> str:
    return text.strip().upper().replace(".", "").replace(" ", "")


def _digits(text: str) -> str:
    typed = unicodedata.normalize("NFKC", text).strip()
    if not (typed.isascii() and typed.isdecimal()):
        raise InvalidValue(f"”{_short(typed)}” är inte bara siffror.")
    return typed


def _yesno(text: str) -> str:
    typed = text.strip().upper()
    if typed not in {"J", "N"}:
        raise InvalidValue(f"”{_short(typed)}” går inte: skriv J (ja) eller N (nej).")
    return typed


def _identity(text: str, today: date) -> str:
    try:
        parse_identity_number(text, today)
    except InvalidIdentityNumber as fault:
        raise InvalidValue(fault.reason) from fault
    return unicodedata.normalize("NFKC", text).strip().upper()


_READERS: dict[str, Callable[[str, date], str]] = {
    "text": lambda text, today: text.strip(),
    "output": lambda text, today: text,
    "password": lambda text, today: text,
    "code": lambda text, today: _code(text),
    "digits": lambda text, today: _digits(text),
    "amount": lambda text, today: _digits(text),
    "date": lambda text, today: read_date(text, today).isoformat(),
    "time": lambda text, today: read_time(text).strftime("%H:%M"),
    "yesno": lambda text, today: _yesno(text),
    "identity": _identity,
    "diagnosis": lambda text, today: _dotless(text),
    "kva": lambda text, today: " ".join(re.sub(r"[,;]", " ", text.upper()).split()),
}
KINDS = frozenset(_READERS)


def read(kind: str, text: str, today: date) -> str:
    """Return *text* as a field of *kind* is written; raises InvalidValue.

    Kinds: text, code, digits, amount, date, time, yesno, identity, diagnosis, kva, password
    and output.  Control and format characters and more than 500 characters are refused in every kind.
    """
    if len(text) > _LONGEST:
        raise InvalidValue(f"Texten är {len(text)} tecken lång; ett fält tar högst {_LONGEST}.")
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in _JOINERS:
            raise InvalidValue("Texten innehåller ett styrtecken. Skriv om den för hand.")
    return _READERS[kind](text, today)
