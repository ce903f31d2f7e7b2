"""What the database knows of one vårdåtagande, read once for 040, 048 and 085."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from pasis_tui.models import (
    CareCommitment,
    Caregiver,
    DischargeForm,
    EnrolmentForm,
    FollowUpForm,
    MedicalRegistration,
    Patient,
    ReferringUnit,
    Visit,
)
from pasis_tui.services.patients.reach import denied, reachable
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.care_commitments import CommitmentInput
from pasis_tui.validation.caregivers import Span
from pasis_tui.validation.closing import ClosingFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(CommitmentInput):
    """A saved commitment with the names its codes stand for; "" for what it does not have."""

    id: int
    version: int
    patient_id: int
    referring_unit_name: str
    caregiver_name: str
    caregiver_category: str
    closed_on: dt.date | None
    closing_reason: str
    closing_caregiver: str
    closing_caregiver_name: str
    invoiced_on: dt.date | None
    listed_unit: str
    listed_unit_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head(Registered):
    """The same with what the rules need of its patient and of its forms."""

    birth_date: dt.date | None
    deceased_on: dt.date | None
    enrolment_date: dt.date | None
    enrolment_diagnosis: str | None
    discharge_date: dt.date | None
    follow_up_date: dt.date | None


class ActiveCaregiver(NamedTuple):
    """Whoever may sign on the date that was asked."""

    id: int
    name: str
    category: str


class Line(NamedTuple):
    """A visit that is not cancelled, as the rules need it."""

    id: int
    version: int
    commitment_id: int
    date: dt.date
    time: dt.time
    caregiver_id: int
    contact_type: str
    no_show: bool
    fee: int
    without_fee: bool
    exemption: str
    double_of_visit_id: int | None
    main_diagnosis: str | None
    reason: str

    @property
    def place(self) -> tuple[dt.date, dt.time, int]:
        """Where the visit stands in the order of visits."""
        return self.date, self.time, self.id


# Who closed it stands in subqueries of its own: the caregiver is in the statement already.
_closing_signature, _closing_name = (
    select(column)
    .where(col(Caregiver.id) == col(CareCommitment.closing_caregiver_id))
    .correlate(CareCommitment)
    .scalar_subquery()
    for column in (col(Caregiver.signature), col(Caregiver.name))
)
_listed = aliased(ReferringUnit)
_HEAD = Query(
    select(
        *columns_for(
            Head,
            CareCommitment,
            referring_unit=col(ReferringUnit.code),
            referring_unit_name=col(ReferringUnit.name),
            caregiver=col(Caregiver.signature),
            caregiver_name=col(Caregiver.name),
            caregiver_category=col(Caregiver.category),
            closing_reason=func.coalesce(col(CareCommitment.closing_reason), ""),
            closing_caregiver=func.coalesce(_closing_signature, ""),
            closing_caregiver_name=func.coalesce(_closing_name, ""),
            listed_unit=func.coalesce(col(_listed.code), ""),
            listed_unit_name=func.coalesce(col(_listed.name), ""),
            birth_date=col(Patient.birth_date),
            deceased_on=col(Patient.deceased_on),
            enrolment_date=col(EnrolmentForm.date),
            enrolment_diagnosis=col(EnrolmentForm.diagnosis),
            discharge_date=col(DischargeForm.date),
            follow_up_date=col(FollowUpForm.date),
        )
    )
    .select_from(CareCommitment)
    .join(Patient, col(Patient.id) == col(CareCommitment.patient_id))
    .join(ReferringUnit, col(ReferringUnit.id) == col(CareCommitment.referring_unit_id))
    .join(Caregiver, col(Caregiver.id) == col(CareCommitment.caregiver_id))
    .outerjoin(_listed, col(_listed.id) == col(Patient.listed_unit_id))
    .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(DischargeForm, col(DischargeForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(FollowUpForm, col(FollowUpForm.commitment_id) == col(CareCommitment.id))
    .where(
        col(CareCommitment.id) == bindparam("commitment_id"),
        col(CareCommitment.removed_at).is_(None),
    ),
    Head,
)
_lines = (
    select(
        *columns_for(Line, Visit, main_diagnosis=col(MedicalRegistration.main_diagnosis)),
    )
    .select_from(Visit)
    .outerjoin(MedicalRegistration, col(MedicalRegistration.visit_id) == col(Visit.id))
    .where(col(Visit.cancelled_at).is_(None))
    .order_by(col(Visit.date), col(Visit.time), col(Visit.id))
)
_OF_COMMITMENT = Query(_lines.where(col(Visit.commitment_id) == bindparam("commitment_id")), Line)
_OF_PATIENT = Query(_lines.where(col(Visit.patient_id) == bindparam("patient_id")), Line)
_CAREGIVER = Query(
    select(*columns_for(ActiveCaregiver, Caregiver)).where(
        col(Caregiver.signature) == bindparam("signature"),
        col(Caregiver.active_from) <= bindparam("on"),
        or_(col(Caregiver.active_to).is_(None), col(Caregiver.active_to) >= bindparam("on")),
    ),
    ActiveCaregiver,
)

_SPAN = Query(
    select(col(Caregiver.active_from), col(Caregiver.active_to))
    .where(col(Caregiver.signature) == bindparam("signature"))
    .order_by(col(Caregiver.active_from).desc())
)


@dataclass(frozen=True, slots=True)
class State:
    """A commitment with its visits that are not cancelled, in order."""

    head: Head
    visits: tuple[Line, ...]

    @property
    def kept(self) -> list[Line]:
        """The visits that took place or are booked."""
        return [line for line in self.visits if not line.no_show]

    def kept_until(self, today: dt.date) -> list[Line]:
        """Return the visits that took place."""
        return [line for line in self.visits if not line.no_show and line.date <= today]

    @property
    def last_main(self) -> Line | None:
        """The last visit that has a main diagnosis."""
        return next((line for line in reversed(self.visits) if line.main_diagnosis), None)

    @property
    def diagnosis(self) -> str:
        """The commitment's diagnosis: its last visit's, else its enrolment form's, else ""."""
        last = self.last_main
        return (last and last.main_diagnosis) or self.head.enrolment_diagnosis or ""

    @property
    def forms(self) -> int:
        """How many of the three forms are registered."""
        head = self.head
        days = (head.enrolment_date, head.discharge_date, head.follow_up_date)
        return sum(day is not None for day in days)

    @property
    def first_activity(self) -> dt.date | None:
        """The date of the first visit or form."""
        days = [line.date for line in self.visits[:1]]
        if self.head.enrolment_date is not None:
            days.append(self.head.enrolment_date)
        return min(days, default=None)

    def treated_after(self, day: dt.date) -> dt.date | None:
        """Return the date of the first kept treatment visit after *day*."""
        return next((x.date for x in self.kept if x.date > day and x.reason == "B"), None)

    def closing_facts(
        self,
        today: dt.date,
        *,
        caregiver_active: bool = True,
        span: Span | None = None,
    ) -> ClosingFacts:
        """Return what the closing rules need (VA30-VA33)."""
        past = [line.date for line in self.visits if line.date <= today]
        later = next((line for line in self.visits if line.date > today), None)
        return ClosingFacts(
            commitment_id=self.head.id,
            arrival_date=self.head.arrival_date,
            has_visits=bool(self.visits),
            follow_up_date=self.head.follow_up_date,
            last_visit=max(past, default=None),
            later=None if later is None else (later.date, later.time),
            caregiver_active=caregiver_active,
            caregiver_span=span,
            discharge_date=self.head.discharge_date,
            deceased=self.head.deceased_on is not None,
        )


def read_state(work: UnitOfWork, commitment_id: int) -> State:
    """Return the state of an own commitment; raises Refused (SE01), logged, for any other."""
    head = work.one(_HEAD, commitment_id=commitment_id) if reachable(commitment_id) else None
    if head is None:
        raise denied(work, "care_commitment", commitment_id)
    return State(head, tuple(work.all(_OF_COMMITMENT, commitment_id=commitment_id)))


def lock_state(work: UnitOfWork, commitment_id: int) -> State:
    """Return the same with other saves of its patient kept out until the end: to judge by."""
    if reachable(commitment_id):
        work.lock_patient_of(CareCommitment, commitment_id)
    return read_state(work, commitment_id)


def ask_for_lines(work: UnitOfWork, patient_id: int) -> None:
    """Have what ``lines_of_patient`` reads asked for along with the next question."""
    work.ahead(_OF_PATIENT, patient_id=patient_id)


def lines_of_patient(work: UnitOfWork, patient_id: int) -> list[Line]:
    """Return the patient's visits at the unit that are not cancelled, in order."""
    return work.all(_OF_PATIENT, patient_id=patient_id)


def caregiver_span(work: UnitOfWork, signature: str) -> Span | None:
    """Return from and to when the unit's caregiver *signature* is active, None for nobody."""
    return work.one(_SPAN, signature=signature)


def active_caregiver(work: UnitOfWork, signature: str, on: dt.date) -> ActiveCaregiver | None:
    """Return the unit's caregiver *signature* who is active on a date, or None."""
    return work.one(_CAREGIVER, signature=signature, on=on)
