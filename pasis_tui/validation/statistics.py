"""The intervals of 051: helår, halvår, kvartal, and an own from-to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation.days import last_day_of_months
from pasis_tui.validation.reading import Reader

_LENGTHS = {"helår": 12, "halvår": 6, "kvartal": 3}


@dataclass(frozen=True, slots=True)
class Interval:
    """From and to, both included, and what the screen calls it."""

    label: str
    from_date: date
    to_date: date


def fixed_intervals(today: date, years: int = 3) -> tuple[Interval, ...]:
    """Return the fixed intervals that have begun, of this year and the *years* - 1 before it."""
    intervals = []
    for year in range(today.year, today.year - years, -1):
        for word, months in _LENGTHS.items():
            for number in range(12 // months):
                start = date(year, 1 + number * months, 1)
                if start > today:
                    continue
                end = last_day_of_months(start, months)
                label = f"{year} {word}" if months == 12 else f"{year} {word} {number + 1}"
                intervals.append(Interval(label, start, end))
    return tuple(intervals)


def read_own_interval(raw: Mapping[str, str], today: date) -> Interval:
    """Read an own interval's from and to; raises Refused (ST01)."""
    reader = Reader(raw, today, "ST01")
    start = reader.day("from_date", "Fr.o.m.")
    end = reader.day("to_date", "T.o.m.")
    if start is not None and end is not None and end < start:
        reader.fault("to_date", "ends_before_it_begins", first=start, last=end)
    elif start is not None and end is not None and (end - start).days > 10 * 366:
        reader.fault("from_date", "too_long_period")
    if start is not None and start > today:
        reader.fault("from_date", "from_in_future", first=start, today=today)
    reader.done()
    return Interval(f"{start}–{end}", start or today, end or today)
