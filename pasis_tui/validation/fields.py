"""One reader for each kind of field: from what was typed to how it is written, or why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time

from pasis_tui.validation.dates import read_date
from pasis_tui.validation.identity import InvalidIdentityNumber, parse_identity_number
from pasis_tui.validation.typed import KINDS, InvalidValue, composed, plain, short

__all__ = ["KINDS", "InvalidValue", "read", "read_date", "read_time"]

_LONGEST = 500  # no field takes more; a paste of 10 kB is refused, not cut
# Unseen characters: controls, bidi overrides and other formats, half surrogates, line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # some languages' names are written with them


def read_time(text: str) -> time:
    """Read a start time: ``9`` is 09:00, ``930`` 09:30, ``1430`` and ``14:30``.

    Raises InvalidValue.
    """
    written = plain(text)
    typed = written.replace(".", ":")
    digits = typed.replace(":", "")
    hour_first = re.fullmatch(r"(\d{1,2}):(\d{2})", typed, re.ASCII)
    if hour_first:
        hour, minute = int(hour_first[1]), int(hour_first[2])
    elif typed == digits and digits.isascii() and digits.isdecimal() and len(digits) <= 4:
        hour, minute = (
            (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
        )
    else:
        raise InvalidValue(f"”{short(written)}” är ingen tid. Skriv TTMM: 9 = 09:00, 1430 = 14:30.")
    if hour > 23 or minute > 59:
        raise InvalidValue(f"Klockan {hour:02}:{minute:02} finns inte. Skriv TTMM: 00:00–23:59.")
    return time(hour, minute)


def _digits(text: str) -> str:
    typed = plain(text)
    if not (typed.isascii() and typed.isdecimal()):
        raise InvalidValue(f"”{short(typed)}” är inte bara siffror.")
    return typed


def _yesno(text: str) -> str:
    typed = plain(text).upper()
    if typed not in {"J", "N"}:
        raise InvalidValue(f"”{short(typed)}” går inte: skriv J (ja) eller N (nej).")
    return typed


def _identity(text: str, today: date) -> str:
    try:
        parse_identity_number(text, today)
    except InvalidIdentityNumber as fault:
        raise InvalidValue(fault.reason) from fault
    return plain(text).upper()


_READERS: dict[str, Callable[[str, date], str]] = {
    "text": lambda text, today: text.strip(),
    "output": lambda text, today: text,
    "password": lambda text, today: text,
    "code": lambda text, today: plain(text).upper(),
    "digits": lambda text, today: _digits(text),
    "amount": lambda text, today: _digits(text),
    "date": lambda text, today: read_date(text, today).isoformat(),
    "time": lambda text, today: read_time(text).strftime("%H:%M"),
    "yesno": lambda text, today: _yesno(text),
    "identity": _identity,
    "diagnosis": lambda text, today: re.sub(r"[. ]", "", plain(text).upper()),
    "kva": lambda text, today: " ".join(re.sub(r"[,;]", " ", plain(text).upper()).split()),
}


def read(kind: str, text: str, today: date) -> str:
    """Return *text* as a field of *kind* is written; raises InvalidValue.

    Kinds: text, code, digits, amount, date, time, yesno, identity, diagnosis, kva, password
    and output.  Letters in two parts become one.  Control and format characters and more than 500
    characters are refused in every kind.
    """
    text = composed(text)
    if len(text) > _LONGEST:
        raise InvalidValue(f"Texten är {len(text)} tecken lång; ett fält tar högst {_LONGEST}.")
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in _JOINERS:
            raise InvalidValue("Texten innehåller ett styrtecken. Skriv om den för hand.")
    return _READERS[kind](text, today)
