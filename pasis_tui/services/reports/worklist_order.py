"""The order of AG: what costs most to leave comes first, old debts come together at the end.

1. What is due today, and windows and closings that end within a fortnight and do not come back.
2. Visits of a month that is not closed yet, and referrals under which no visit is paid.
3. The rest, the earliest last day first.
4. Old debts, overdue since more than ``OLD`` months, the latest first.
5. What can no longer be put right.

The length of an old debt and the day a month is closed are our own choice.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Collection

from pasis_tui.services.reports.worklist_debts import NOTICE, Key, Task
from pasis_tui.validation.days import add_months

CLOSING_DAY = 10  # up to this day the month to close is the previous one
OLD = 3  # months
_SOON, _MONTH, _REST, _OLD, _LOST = range(5)
_VISITS = frozenset({"ME08", "BE09", "ME01", "ME04"})


def proposed_period(today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the month to close: this one so far, until the 10th the one before."""
    start = today.replace(day=1)
    if today.day > CLOSING_DAY:
        return start, today
    end = start - dt.timedelta(days=1)
    return end.replace(day=1), end


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def by_urgency(today: dt.date) -> Callable[[Task], Key]:
    """Return the sort key of AG as of *today*; it is unique for each task."""
    this_month = today.replace(day=1)
    open_from, _ = proposed_period(today)
    closing, month_end = today.replace(day=CLOSING_DAY), _month_end(today)
    soon, old = today + NOTICE, add_months(today, -OLD)

    def place(task: Task) -> tuple[int, int]:
        due = task.due
        if due is None:
            return _LOST, task.visit_on.toordinal()
        if task.rule == "VA07":
            return _MONTH, due.toordinal()
        if due >= today:
            # A patient who stays away may still come back, so this can wait (screen 048).
            urgent = due == today or (due <= soon and task.screen != "048")
            return (_SOON if urgent else _REST), due.toordinal()
        if task.rule in _VISITS and due >= open_from:
            return _MONTH, (month_end if due >= this_month else closing).toordinal()
        if due < old:
            return _OLD, -due.toordinal()
        return _REST, due.toordinal()

    def key(task: Task) -> Key:
        return (
            *place(task),
            task.due or dt.date.max,
            task.commitment_id,
            task.visit_id,
            task.rule,
            task.what,
        )

    return key


def by_date(task: Task) -> Key:
    """Return the sort key of a period's visits, by date; it is unique for each task."""
    return (
        task.visit_on,
        task.due or dt.date.max,
        task.commitment_id,
        task.visit_id,
        task.rule,
        task.what,
    )


def placed(task: Task, key: Key, *, owed: bool) -> Task:
    """Return *task* as a row of its list; in AG an old debt says that it is one."""
    if owed and key[0] == _OLD:
        return task._replace(key=key, old=True, cost="äldre skuld")
    return task._replace(key=key)


def narrowed(tasks: list[Task], view: str, mine: Collection[int], today: dt.date) -> list[Task]:
    """Return the *tasks* that ``Visa`` *view* shows; *mine* are the actor's caregiver ids."""
    if view == "MINA":
        return [task for task in tasks if task.caregiver_id in mine]
    if view == "MÅNAD":
        first, last = today.replace(day=1), _month_end(today)
        return [task for task in tasks if first <= (task.due or task.visit_on) <= last]
    return tasks
