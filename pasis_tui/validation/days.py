"""The calendar's arithmetic, in one place: months on, years completed, where a year ends.

By SFS 1930:173 a time counted in months or years ends on the day of the same number, and where
the month has no such day, on its last day.  So who is born on 29 February completes a year on
28 February in other years, and a year counted from that day ends on 28 February.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

FIRST_DAY = date(1900, 1, 1)  # no field and no working date lies outside these
LAST_DAY = date(2199, 12, 31)


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later; the last day of a shorter month counts."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if day.day <= 28:  # a quick way for days in every month: AG asks thousands of times
        return date(year, month, day.day)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def age(birth_date: date, on: date) -> int:
    """Return the whole years completed from *birth_date* to *on*, negative before the birth."""
    years = on.year - birth_date.year
    return years - (on < add_months(birth_date, 12 * years))


def last_day_of_months(first: date, months: int) -> date:
    """Return the last day of the *months* that open on *first*, inclusive.

    It is the day before the same day later; where there is no same day, the month's last.
    """
    same = add_months(first, months)
    return same - timedelta(days=1) if same.day == first.day else same


def year_from(first: date) -> date:
    """Return the last day of the year that opens on *first*: 13 October to 12 October.

    From 29 February it is 28 February: there is no 29th to stand before.
    """
    return last_day_of_months(first, 12)
