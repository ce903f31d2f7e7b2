"""051 Uppföljning: the unit's results beside the whole production (domain.md section 7).

Population: every commitment ongoing during any part of the interval, also without activity.
The figures of other units are only ever shown as sums and distributions, never as persons, and
no figure is of 1-4 patients (``small_groups``).
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlmodel import col

from pasis_tui.models import (
    CareCommitment,
    Caregiver,
    DischargeForm,
    EnrolmentForm,
    Patient,
    StatisticsOrder,
    User,
    wall_clock,
)
from pasis_tui.services.errors import NotFound
from pasis_tui.services.reports.small_groups import (
    HIDDEN,
    SEXES,
    Count,
    Hidden,
    open_figures,
    open_parts,
)
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading, SystemWork, UnitOfWork
from pasis_tui.validation.days import age
from pasis_tui.validation.statistics import Interval, read_own_interval

GROUPS = ("Kvinnor", "Män", "Totalt")


@dataclass(frozen=True, slots=True)
class Box:
    """A box plot's numbers: ``n`` values, the three quartiles between least and greatest.

    Quartiles by the inclusive method (Excel KVARTIL.INK).  A single value is all five.
    """

    n: int
    least: float
    lower: float
    median: float
    upper: float
    greatest: float


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``n``; the count alone is hidden where either part of n is of few."""

    count: Count
    n: Count

    @property
    def percent(self) -> float | Hidden | None:
        """The share in percent, None when ``n`` is 0."""
        if isinstance(self.count, Hidden) or isinstance(self.n, Hidden):
            return HIDDEN
        return 100 * self.count / self.n if self.n else None


Boxes = tuple[Box | Hidden | None, Box | Hidden | None, Box | Hidden | None]
Shares = tuple[Share, Share, Share]


class Therapist(NamedTuple):
    """Patients of a caregiver: women, men and both."""

    signature: str
    women: Count
    men: Count
    total: Count


class Mean(NamedTuple):
    """Patients per caregiver of ``n`` caregivers, a mean of women, men and both."""

    n: int
    women: float | Hidden
    men: float | Hidden
    total: float | Hidden


@dataclass(frozen=True, slots=True)
class Figures:
    """The charts' numbers of one population, each for women, men and all.

    ``patients`` are persons; ``age`` years at inskrivning; ``treatment_days`` inskrivning to
    utskrivning, unfinished left out; ``sick_start`` and ``sick_end`` shares sick-listed above 0 %.
    """

    patients: tuple[Count, Count, Count]
    age: Boxes
    treatment_days: Boxes
    sick_start: Shares
    sick_end: Shares


@dataclass(frozen=True, slots=True)
class Report:
    """An interval's figures, the unit's own and all units' together, as they may be shown.

    ``therapists`` are the unit's own, ``mean`` is that of all units.
    """

    interval: Interval
    unit: str
    own: Figures
    everyone: Figures
    therapists: tuple[Therapist, ...]
    mean: Mean


@dataclass(frozen=True, slots=True)
class OwnInterval:
    """An ordered interval; it can be loaded from the next working day."""

    id: int
    interval: Interval
    ordered_by: str
    ordered_on: dt.date
    ready: bool


def box(values: Sequence[float]) -> Box | None:
    """Return the box of *values*, None when there are none."""
    if not values:
        return None
    if len(values) == 1:
        only = values[0]
        return Box(1, only, only, only, only, only)
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return Box(len(values), min(values), lower, median, upper, max(values))


class Row(NamedTuple):
    """A commitment of the population, ``unit`` and ``caregiver`` by id."""

    unit: int
    patient: int
    sex: str
    born: dt.date | None
    caregiver: int
    signature: str
    enrolled: dt.date | None
    sick_start: int | None
    discharged: dt.date | None
    sick_end: int | None


_POPULATION = Query(
    select(
        col(CareCommitment.unit_id).label("unit"),
        col(Patient.id).label("patient"),
        col(Patient.sex),
        col(Patient.birth_date).label("born"),
        col(Caregiver.id).label("caregiver"),
        col(Caregiver.signature),
        col(EnrolmentForm.date).label("enrolled"),
        col(EnrolmentForm.sick_leave_percent).label("sick_start"),
        col(DischargeForm.date).label("discharged"),
        col(DischargeForm.sick_leave_percent).label("sick_end"),
    )
    .select_from(CareCommitment)
    .join(Patient, col(Patient.id) == col(CareCommitment.patient_id))
    .join(Caregiver, col(Caregiver.id) == col(CareCommitment.caregiver_id))
    .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(DischargeForm, col(DischargeForm.commitment_id) == col(CareCommitment.id))
    .where(
        col(CareCommitment.removed_at).is_(None),
        col(CareCommitment.arrival_date) <= bindparam("to_date"),
        or_(
            col(CareCommitment.closed_on).is_(None),
            col(CareCommitment.closed_on) >= bindparam("from_date"),
        ),
    ),
    Row,
)


class _Ordered(NamedTuple):
    id: int
    from_date: dt.date
    to_date: dt.date
    signature: str
    ordered_on: dt.date

    def interval(self, today: dt.date) -> OwnInterval:
        first, last = self.from_date, self.to_date
        interval = Interval(f"{first}–{last}", first, last)
        ready = today > self.ordered_on
        return OwnInterval(self.id, interval, self.signature, self.ordered_on, ready)


_ORDERS = Query(
    select(*columns_for(_Ordered, StatisticsOrder, signature=col(User.signature)))
    .join(User, col(User.id) == col(StatisticsOrder.ordered_by))
    .where(col(StatisticsOrder.removed_at).is_(None))
    .order_by(col(StatisticsOrder.id).desc()),
    _Ordered,
)


@needs("statistics")
def load(context: Context, interval: Interval) -> Report:
    """Return the figures of *interval*; the read is logged."""
    with Reading(context) as work:
        work.audit("read", entity="statistics", reason=interval.label)
        work.commit()
    days = {"from_date": interval.from_date, "to_date": interval.to_date}
    with SystemWork(context.database, reading=True) as everywhere:
        rows = everywhere.all(_POPULATION, **days)
    return report_of(interval, context.actor.unit_code, context.actor.unit_id, rows)


def report_of(interval: Interval, unit: str, unit_id: int, rows: Sequence[Row]) -> Report:
    """Return the figures of *rows*, the population, for the unit *unit* (its code), small groups hidden."""
    own = [row for row in rows if row.unit == unit_id]
    other = [row for row in rows if row.unit != unit_id]
    known = {row.patient for row in own}
    # Everyone's number less the own, where a patient of both is counted once.
    only_elsewhere = [row for row in other if row.patient not in known]
    return Report(
        interval,
        unit,
        _figures(own, own),
        _figures(rows, rows, other, only_elsewhere),
        _therapists(own),
        _mean(rows, rows, other, only_elsewhere),
    )


# What a figure tells of a row, None where it is not counted.
_Value = Callable[[Row], float | None]


def _age(row: Row) -> float | None:
    return None if row.born is None or row.enrolled is None else age(row.born, row.enrolled)


def _days(row: Row) -> float | None:
    begun, ended = row.enrolled, row.discharged
    return None if begun is None or ended is None else (ended - begun).days


def _sick_start(row: Row) -> float | None:
    return None if row.sick_start is None else row.sick_start > 0


def _sick_end(row: Row) -> float | None:
    return None if row.sick_end is None else row.sick_end > 0


def _people(rows: Sequence[Row]) -> dict[str, set[int]]:
    people: dict[str, set[int]] = {sex: set() for sex in SEXES}
    for row in rows:
        people[row.sex].add(row.patient)
    return people


def _figures(rows: Sequence[Row], *groups: Sequence[Row]) -> Figures:
    """Return the figures of *rows*, where those of *groups* must not be of few."""
    women, men, total = open_figures(*map(_people, groups))
    people = _people(rows)
    counts = (len(people["K"]), len(people["M"]), len(people["K"] | people["M"]))
    shown = zip(counts, (women, men, total), strict=True)
    first, second, third = (count if is_open else HIDDEN for count, is_open in shown)
    return Figures(
        (first, second, third),
        _boxes(rows, groups, _age),
        _boxes(rows, groups, _days),
        _shares(rows, groups, _sick_start),
        _shares(rows, groups, _sick_end),
    )


def _values(rows: Sequence[Row], value: _Value) -> tuple[list[float], list[float], list[float]]:
    """Return the values of women, men and all."""
    known = [(row.sex, of_row) for row in rows if (of_row := value(row)) is not None]
    women = [of_row for sex, of_row in known if sex == "K"]
    men = [of_row for sex, of_row in known if sex == "M"]
    return women, men, women + men


def _counted(rows: Sequence[Row], value: _Value) -> dict[str, set[int]]:
    return _people([row for row in rows if value(row) is not None])


def _boxes(rows: Sequence[Row], groups: Sequence[Sequence[Row]], value: _Value) -> Boxes:
    is_open = open_figures(*(_counted(group, value) for group in groups))
    values = _values(rows, value)
    women, men, both = (
        box(each) if shown else HIDDEN for each, shown in zip(values, is_open, strict=True)
    )
    return women, men, both


def _shares(rows: Sequence[Row], groups: Sequence[Sequence[Row]], value: _Value) -> Shares:
    counted = [_counted(group, value) for group in groups]
    parts = [
        _people([row for row in group if value(row) is part])
        for group in groups
        for part in (True, False)
    ]
    values = _values(rows, value)
    n_open, share_open = open_figures(*counted), open_figures(*counted, *parts)
    women, men, both = (
        Share(int(sum(each)) if share else HIDDEN, len(each) if n else HIDDEN)
        for each, n, share in zip(values, n_open, share_open, strict=True)
    )
    return women, men, both


def _by_caregiver(rows: Sequence[Row]) -> dict[tuple[str, int], dict[str, set[int]]]:
    """Return patients by caregiver: those of two units may have the same signature."""
    by: dict[tuple[str, int], dict[str, set[int]]] = {}
    for row in rows:
        patients = by.setdefault((row.signature, row.caregiver), {sex: set() for sex in SEXES})
        patients[row.sex].add(row.patient)
    return dict(sorted(by.items()))


def _therapists(own: Sequence[Row]) -> tuple[Therapist, ...]:
    by = _by_caregiver(own)
    parts = list(by.values())
    return tuple(
        Therapist(
            signature,
            len(part["K"]) if split else HIDDEN,
            len(part["M"]) if split else HIDDEN,
            len(part["K"]) + len(part["M"]) if total else HIDDEN,
        )
        for (signature, _), part, (split, total) in zip(by, parts, open_parts(parts), strict=True)
    )


def _mean(rows: Sequence[Row], *groups: Sequence[Row]) -> Mean:
    parts = list(_by_caregiver(rows).values())
    shown = open_figures(*map(_people, groups))
    n = len(parts)
    sums = [sum(len(part[sex]) for part in parts) for sex in SEXES]
    women, men, total = (
        (each / max(1, n) if is_open else HIDDEN)
        for each, is_open in zip((*sums, sum(sums)), shown, strict=True)
    )
    return Mean(n, women, men, total)


@needs("statistics")
def order_own(context: Context, raw: dict[str, str]) -> OwnInterval:
    """Order an own interval, ready the next working day.  Raises Refused (ST01)."""
    interval = read_own_interval(raw, context.today)
    first, last = interval.from_date, interval.to_date
    wanted = _Ordered(0, first, last, context.actor.signature, context.today)
    with UnitOfWork(context) as work:
        work.lock_words("statistics_order", work.unit_id)
        same = [row for row in work.all(_ORDERS) if row._replace(id=0) == wanted]
        if same:  # Beställ pressed twice
            return same[0].interval(context.today)
        order_id: int = work.insert(
            StatisticsOrder,
            from_date=first,
            to_date=last,
            ordered_by=context.actor.user_id,
            ordered_on=context.today,
        )
        work.audit("create", entity="statistics_order", entity_id=order_id, reason=interval.label)
        work.commit()
    return wanted._replace(id=order_id).interval(context.today)


@needs("statistics")
def own_intervals(context: Context) -> tuple[OwnInterval, ...]:
    """Return the unit's own intervals, the newest first."""
    with UnitOfWork(context, reading=True) as work:
        return tuple(row.interval(context.today) for row in work.all(_ORDERS))


@needs("statistics")
def remove_own(context: Context, order_id: int) -> None:
    """Remove an own interval; logged.  Raises NotFound."""
    with UnitOfWork(context) as work:
        work.lock_words("statistics_order", work.unit_id)
        record = work.record(StatisticsOrder, order_id)
        if record is None or record.removed_at is not None:
            raise NotFound("Intervallet finns inte längre.")
        work.update(StatisticsOrder, order_id, None, removed_at=wall_clock())
        work.audit("remove", entity="statistics_order", entity_id=order_id)
        work.commit()
