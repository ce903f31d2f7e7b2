"""What may be ordered as a list (screens KL and FB)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation.reading import Reader

LONGEST_YEARS = 10  # as far back as contacts are kept


@dataclass(frozen=True, slots=True)
class ControlListOrder:
    """``kind`` is F (fakturerade) or P (under perioden); only P has dates.

    ``protected_reason`` is why protected identities are in it, "" when they are left out.
    """

    kind: str
    from_date: date | None
    to_date: date | None
    protected_reason: str = ""


@dataclass(frozen=True, slots=True)
class VisitListOrder:
    """Visits from–to, of one signature and one category where they are given.

    ``protected_reason`` as in ControlListOrder.
    """

    from_date: date
    to_date: date
    signature: str
    category: str
    protected_reason: str = ""


def _period(reader: Reader, *, mandatory: bool = True) -> tuple[date | None, date | None]:
    start = reader.day("from_date", "Fr.o.m.", mandatory=mandatory)
    end = reader.day("to_date", "T.o.m.", mandatory=mandatory)
    if mandatory and start is not None and end is not None:
        if end < start:
            reader.fault("to_date", "ends_before_it_begins", "LI01", first=start, last=end)
        elif (end - start).days > LONGEST_YEARS * 366:
            reader.fault("from_date", "too_long_period", "LI01", years=LONGEST_YEARS)
    return start, end


def _protected_reason(reader: Reader) -> str:
    wanted = reader.yes("protected", "Skyddade", rule="PE04")
    reason = reader.text("protected_reason", "Orsak", mandatory=wanted, rule="PE04")
    return reason if wanted else ""


def read_control_list(raw: Mapping[str, str], today: date) -> ControlListOrder:
    """Read screen KL; raises Refused (LI01, PE04)."""
    reader = Reader(raw, today, "LI01")
    kind = reader.code("kind", "Lista", "control_list")
    start, end = _period(reader, mandatory=kind == "P")
    reason = _protected_reason(reader)
    reader.done()
    if kind != "P":
        start = end = None
    return ControlListOrder(kind, start, end, reason)


def read_visit_list(raw: Mapping[str, str], today: date) -> VisitListOrder:
    """Read screen FB; raises Refused (LI01, PE04)."""
    reader = Reader(raw, today, "LI01")
    start, end = _period(reader)
    signature = reader.text("signature", "Vårdgivarsignatur", "code")
    category = reader.code("category", "Vårdgivarkategori", "category", mandatory=False)
    reason = _protected_reason(reader)
    reader.done()
    return VisitListOrder(start or today, end or today, signature, category, reason)


def read_period(raw: Mapping[str, str], today: date) -> tuple[date, date]:
    """Read ``from_date`` and ``to_date`` (AG's month's end); raises Refused (LI01)."""
    reader = Reader(raw, today, "LI01")
    start, end = _period(reader)
    reader.done()
    return start or today, end or today
