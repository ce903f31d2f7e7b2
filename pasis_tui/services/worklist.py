"""AG Att göra: what the unit still owes, and the visits that will not be paid, and why.

Everything is computed from a few statements about open commitments and about visits that lack
something; a debt is gone when what it asks for is registered.  Protected identities are left
out, as in 048, and have lists of their own for those who say why.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from pasis_tui.services.overview import log_protected, read_protected_reason
from pasis_tui.services.worklist_debts import (
    Key,
    Task,
    of_commitments,
    of_period,
    of_visits,
    over_limit,
    over_limit_open,
)
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.lists import read_period


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A page of AG; rows' ``key`` is what is handed back as *after* or *before*."""

    rows: tuple[Task, ...]
    before: bool
    after: bool
    total: int


@dataclass(frozen=True, slots=True)
class NextTask:
    """The task F8 goes to, its place (from 1) among the ``total`` that are owed."""

    task: Task
    number: int
    total: int


def _owed(work: UnitOfWork, today: dt.date, protected: bool = False) -> list[Task]:
    found = of_commitments(work, today, protected)
    found += of_visits(work, today, protected)
    found += over_limit_open(work, today, protected)
    return sorted(found, key=lambda task: task.key)


def _unpaid(
    work: UnitOfWork, first: dt.date, last: dt.date, today: dt.date, protected: bool
) -> list[Task]:
    until = min(last, today)
    found = of_period(work, first, until, today, protected)
    found += over_limit(work, first, until, protected)
    return sorted(found, key=lambda task: (task.visit_on, *task.key))


def tasks_page(
    context: Context,
    *,
    after: Key | None = None,
    before: Key | None = None,
    last: bool = False,
    size: int = 20,
    protected_reason: str | None = None,
) -> TaskPage:
    """Return a page of what is owed, most urgent first; what can no longer be paid stands last.

    The read is logged, with the commitments shown.  With *protected_reason* it is of protected
    identities alone, and the reason is logged with each; raises Refused (PE04).
    """
    reason = None if protected_reason is None else read_protected_reason(protected_reason)
    with UnitOfWork(context) as work:
        found = _owed(work, context.today, reason is not None)
        page = _page(found, [task.key for task in found], after, before, last, size)
        _log(work, page, reason)
        work.commit()
    return page


def unpaid_page(
    context: Context,
    raw: Mapping[str, str],
    *,
    after: Key | None = None,
    before: Key | None = None,
    last: bool = False,
    size: int = 20,
    protected_reason: str | None = None,
) -> TaskPage:
    """Return a page of the month's end: the period's visits that would not be paid, by date.

    *raw* holds ``from_date`` and ``to_date`` as typed; raises Refused (LI01).  A visit lacking
    several things has a row for each.  The read is logged; *protected_reason* as above.
    """
    first, until = read_period(raw, context.today)
    reason = None if protected_reason is None else read_protected_reason(protected_reason)
    with UnitOfWork(context) as work:
        found = _unpaid(work, first, until, context.today, reason is not None)
        keys = [(task.visit_on, *task.key) for task in found]
        page = _page(found, keys, after, before, last, size)
        _log(work, page, reason)
        work.commit()
    return page


def proposed_period(today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the month to close: this one so far, until the 10th the one before."""
    start = today.replace(day=1)
    if today.day > 10:
        return start, today
    end = start - dt.timedelta(days=1)
    return end.replace(day=1), end


def next_task(context: Context, after: Key | None = None) -> NextTask | None:
    """Return the first thing owed after the key *after*, from the start again past the last.

    None when nothing is owed.  What cannot be mended any more (BE07) is not walked to.
    """
    with UnitOfWork(context) as work:
        found = [task for task in _owed(work, context.today) if task.due is not None]
        if not found:
            return None
        at = 0 if after is None else bisect_right([task.key for task in found], after)
        at %= len(found)
        task = found[at]
        work.audit("read", task.patient_id, "care_commitment", task.commitment_id)
        work.commit()
    return NextTask(task, at + 1, len(found))


def _page(
    found: list[Task], keys: list[Key], after: Key | None, before: Key | None, last: bool, size: int
) -> TaskPage:
    start = 0
    if last:
        start = max(0, len(found) - size)
    elif after is not None:
        start = bisect_right(keys, after)
    end = min(start + size, len(found))
    if before is not None:
        end = bisect_left(keys, before)
        start = max(0, end - size)
    return TaskPage(tuple(found[start:end]), start > 0, end < len(found), len(found))


def _log(work: UnitOfWork, page: TaskPage, reason: str | None) -> None:
    """One event a page; protected identities have one each, with the reason."""
    if reason is not None:
        shown = dict.fromkeys((task.patient_id, task.commitment_id) for task in page.rows)
        log_protected(work, shown, reason)
        return
    ids = list(dict.fromkeys(task.commitment_id for task in page.rows))
    work.audit("read", None, "care_commitment", None, {"shown": [None, ids]})
