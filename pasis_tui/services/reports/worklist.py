"""AG Att göra: what the unit still has to register, and which visits will not be paid, and why.

Everything is computed from a few statements about open commitments and about visits that lack
something; a task is gone once what it asks for is registered.  Protected identities are left
out, as in 048, and have lists of their own for those who give a reason.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from pasis_tui.services.forms.overview import log_protected, read_protected_reason
from pasis_tui.services.reports import worklist_queries as queries
from pasis_tui.services.reports.worklist_debts import (
    Key,
    Task,
    of_commitments,
    of_period,
    of_visits,
    over_limit,
    over_limit_open,
)
from pasis_tui.services.reports.worklist_order import (
    by_date,
    by_urgency,
    narrowed,
    placed,
    proposed_period,
)
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation.lists import read_period

__all__ = ["NextTask", "TaskPage", "next_task", "proposed_period", "tasks_page", "unpaid_page"]

ALL = "ALLA"  # the code of Visa that shows everything


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A page of AG; pass a row's ``key`` back as *after* or *before*."""

    rows: tuple[Task, ...]
    before: bool
    after: bool
    total: int


@dataclass(frozen=True, slots=True)
class NextTask:
    """The task that F8 goes to, and its number (from 1) among the ``total`` to be done."""

    task: Task
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class _Worklist:
    """Tasks, ordered by their keys."""

    tasks: list[Task]
    keys: list[Key] = field(repr=False)
    owed: bool

    def part(self, start: int, end: int) -> tuple[Task, ...]:
        pairs = islice(zip(self.tasks, self.keys, strict=True), start, end)
        return tuple(placed(task, key, owed=self.owed) for task, key in pairs)


def _in_order(tasks: list[Task], key: Callable[[Task], Key], *, owed: bool) -> _Worklist:
    pairs = sorted([(key(task), task) for task in tasks])
    return _Worklist([task for _, task in pairs], [key for key, _ in pairs], owed)


def _narrowed(work: UnitOfWork, tasks: list[Task], view: str, today: dt.date) -> list[Task]:
    mine: set[int] = set()
    if view == "MINA":
        own = work.all(queries.MINE, signature=work.context.actor.signature)
        mine = {caregiver for (caregiver,) in own}
    return narrowed(tasks, view, mine, today)


def _owed(work: UnitOfWork, today: dt.date, view: str, protected: bool = False) -> _Worklist:
    tasks = of_commitments(work, today, protected)
    tasks += of_visits(work, today, protected)
    tasks += over_limit_open(work, today, protected)
    return _in_order(_narrowed(work, tasks, view, today), by_urgency(today), owed=True)


def _unpaid(
    work: UnitOfWork,
    period: tuple[dt.date, dt.date],
    today: dt.date,
    view: str,
    protected: bool = False,
) -> _Worklist:
    first, until = period[0], min(period[1], today)
    tasks = of_period(work, first, until, today, protected)
    tasks += over_limit(work, first, until, protected)
    if view != "MINA":
        view = ALL  # the period says which days
    return _in_order(_narrowed(work, tasks, view, today), by_date, owed=False)


@needs("overview")
def tasks_page(
    context: Context,
    *,
    view: str = ALL,
    after: Key | None = None,
    before: Key | None = None,
    last: bool = False,
    size: int = 20,
    protected_reason: str | None = None,
) -> TaskPage:
    """Return a page of what is to be done, the most costly to leave first (see ``worklist_order``).

    *view*: MINA shows the actor's own patients, MÅNAD this month, ALLA everything.  The read is
    logged with the commitments shown.  With *protected_reason* the page shows protected identities
    only, and the reason is logged for each.  Raises Refused (PE04).
    """
    reason = read_protected_reason(protected_reason, context.today)
    with Reading(context) as work:
        owed = _owed(work, context.today, view or ALL, reason is not None)
        return _page(work, owed, after, before, last, size, reason)


@needs("overview")
def unpaid_page(
    context: Context,
    raw: Mapping[str, str],
    *,
    view: str = ALL,
    after: Key | None = None,
    before: Key | None = None,
    last: bool = False,
    size: int = 20,
    protected_reason: str | None = None,
) -> TaskPage:
    """Return a page of the period's visits that would not be paid, by date.

    *raw* holds ``from_date`` and ``to_date`` as typed; raises Refused (LI01).  A visit that
    lacks several things has a row for each.  *view* MINA shows the actor's own patients.  The read
    is logged; *protected_reason* as above.
    """
    period = read_period(raw, context.today)
    reason = read_protected_reason(protected_reason, context.today)
    with Reading(context) as work:
        unpaid = _unpaid(work, period, context.today, view, reason is not None)
        return _page(work, unpaid, after, before, last, size, reason)


@needs("overview")
def next_task(
    context: Context,
    after: Key | None = None,
    *,
    view: str = ALL,
    period: Mapping[str, str] | None = None,
) -> NextTask | None:
    """Return the first task after the key *after*; after the last one comes the first.

    The tasks are those that ``tasks_page`` shows with *view*, or with a *period* those that
    ``unpaid_page`` shows, in the same order.  None when there is nothing to do.  What can no longer
    be put right (BE07) is passed over.
    """
    with Reading(context) as work:
        if period is None:
            worklist = _owed(work, context.today, view)
        else:
            worklist = _unpaid(work, read_period(period, context.today), context.today, view)
        places = [at for at, task in enumerate(worklist.tasks) if task.due is not None]
        if not places:
            return None
        keys = [worklist.keys[at] for at in places]
        at = 0 if after is None else bisect_right(keys, after)
        at %= len(places)
        (task,) = worklist.part(places[at], places[at] + 1)
        work.audit("read", task.patient_id, "care_commitment", task.commitment_id)
        work.commit()
    return NextTask(task, at + 1, len(places))


def _page(
    work: UnitOfWork,
    worklist: _Worklist,
    after: Key | None,
    before: Key | None,
    last: bool,
    size: int,
    reason: str | None,
) -> TaskPage:
    """Return a page, logged: one event for it, or one for each protected identity, with the reason."""
    count = len(worklist.tasks)
    start = 0
    if last:
        start = max(0, count - size)
    elif after is not None:
        start = bisect_right(worklist.keys, after)
    end = min(start + size, count)
    if before is not None:
        end = bisect_left(worklist.keys, before)
        start = max(0, end - size)
    rows = worklist.part(start, end)
    if reason is not None:
        log_protected(
            work, dict.fromkeys((row.patient_id, row.commitment_id) for row in rows), reason
        )
    else:
        ids = list(dict.fromkeys(row.commitment_id for row in rows))
        work.audit(
            "read",
            None,
            "care_commitment",
            None,
            {"shown": [None, ids]},
            patients={row.patient_id for row in rows},
        )
    work.commit()
    return TaskPage(rows, start > 0, end < count, count)
