"""051 Uppföljning: the unit's results beside the whole production (domain.md section 7).

Population: every commitment ongoing during any part of the interval, also without activity.
The figures of other units are only ever read as sums and distributions, never as persons.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
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
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading, SystemWork, UnitOfWork, Work
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
    """``count`` of ``n``."""

    count: int
    n: int

    @property
    def percent(self) -> float | None:
        """The share in percent, None when ``n`` is 0."""
        return 100 * self.count / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The five charts' numbers of one population, each for women, men and all where it applies.

    ``patients`` are persons; ``age`` years at inskrivning; ``treatment_days`` inskrivning to
    utskrivning, unfinished left out; ``therapists`` one (signature, women, men) a caregiver;
    ``sick_start`` and ``sick_end`` shares sick-listed above 0 %.
    """

    patients: tuple[int, int]
    age: tuple[Box | None, Box | None, Box | None]
    treatment_days: tuple[Box | None, Box | None, Box | None]
    therapists: tuple[tuple[str, int, int], ...]
    sick_start: tuple[Share, Share, Share]
    sick_end: tuple[Share, Share, Share]


@dataclass(frozen=True, slots=True)
class Report:
    """An interval's figures, the unit's own and all units' together."""

    interval: Interval
    unit: str
    own: Figures
    everyone: Figures


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


_POPULATION = Query(
    select(
        col(Patient.id),
        col(Patient.sex),
        col(Patient.birth_date),
        col(Caregiver.id),
        col(Caregiver.signature),
        col(EnrolmentForm.date),
        col(EnrolmentForm.sick_leave_percent),
        col(DischargeForm.date),
        col(DischargeForm.sick_leave_percent),
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
    )
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
        own = _figures(work, interval)
        work.audit("read", entity="statistics", reason=interval.label)
        work.commit()
    with SystemWork(context.database, reading=True) as everyone:
        total = _figures(everyone, interval)
    return Report(interval, context.actor.unit_code, own, total)


def _figures(work: Work, interval: Interval) -> Figures:
    rows = work.all(_POPULATION, from_date=interval.from_date, to_date=interval.to_date)
    people: dict[str, set[int]] = {"K": set(), "M": set()}
    # By caregiver, since caregivers of two units may have the same signature.
    therapists: dict[tuple[str, int], dict[str, set[int]]] = {}
    ages: dict[str, list[float]] = {"K": [], "M": []}
    days: dict[str, list[float]] = {"K": [], "M": []}
    starts: dict[str, list[bool]] = {"K": [], "M": []}
    ends: dict[str, list[bool]] = {"K": [], "M": []}
    for patient, sex, born, key, signature, enrolled, start_sick, discharged, end_sick in rows:
        people[sex].add(patient)
        therapists.setdefault((signature, key), {"K": set(), "M": set()})[sex].add(patient)
        if enrolled is not None:
            starts[sex].append(start_sick > 0)
            if born is not None:
                ages[sex].append(age(born, enrolled))
            if discharged is not None:
                days[sex].append((discharged - enrolled).days)
                ends[sex].append(end_sick > 0)
    return Figures(
        (len(people["K"]), len(people["M"])),
        _boxes(ages),
        _boxes(days),
        tuple((s, len(by["K"]), len(by["M"])) for (s, _), by in sorted(therapists.items())),
        _shares(starts),
        _shares(ends),
    )


def _boxes(by_sex: dict[str, list[float]]) -> tuple[Box | None, Box | None, Box | None]:
    women, men = by_sex["K"], by_sex["M"]
    return box(women), box(men), box(women + men)


def _shares(by_sex: dict[str, list[bool]]) -> tuple[Share, Share, Share]:
    women, men = by_sex["K"], by_sex["M"]
    both = women + men
    return (
        Share(sum(women), len(women)),
        Share(sum(men), len(men)),
        Share(sum(both), len(both)),
    )


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
