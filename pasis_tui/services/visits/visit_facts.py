"""What the rules of a visit need to know, read in two statements and appraisal in one pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import String, and_, bindparam, func, or_, select
from sqlmodel import col

from pasis_tui.models import (
    CareCommitment,
    Caregiver,
    DischargeForm,
    EnrolmentForm,
    Patient,
    Reception,
    Visit,
)
from pasis_tui.services.commitments.commitment_state import Line, caregiver_span
from pasis_tui.services.patients.reach import denied, reachable
from pasis_tui.store.unit_of_work import Query, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.caregivers import Span
from pasis_tui.validation.findings import Finding, Refused
from pasis_tui.validation.rules import finding, sentence
from pasis_tui.validation.visits import VisitFacts, VisitInput

BACK_TO_BACK = 60  # minutes: a visit that starts within them of the one before is its second half


class Background(NamedTuple):
    """The commitment a visit belongs to and what its codes stand for, None for unknown ones."""

    patient_id: int
    problem: str
    arrival_date: dt.date
    closed_on: dt.date | None
    birth_date: dt.date | None
    enrolment_diagnosis: str | None
    reception_id: int | None
    reception_name: str | None
    caregiver_id: int | None
    caregiver_name: str | None
    category: str | None
    deceased_on: dt.date | None
    discharged_on: dt.date | None
    caregiver_taken: int | None
    span: Span | None = None  # of a caregiver who is not active on the day


# Another patient's visit that starts then; two in the same group are no clash (BE11).
_taken = (
    select(func.count(col(Visit.id)))
    .where(
        col(Visit.date) == bindparam("on"),
        col(Visit.time) == bindparam("at"),
        col(Visit.caregiver_id) == col(Caregiver.id),
        col(Visit.patient_id) != col(CareCommitment.patient_id),
        col(Visit.cancelled_at).is_(None),
        col(Visit.no_show).is_(False),
        or_(col(Visit.kind) != "G", bindparam("kind", type_=String) != "G"),
    )
    .correlate(Caregiver, CareCommitment)
    .scalar_subquery()
)
_BACKGROUND = Query(
    select(
        col(CareCommitment.patient_id),
        col(CareCommitment.problem),
        col(CareCommitment.arrival_date),
        col(CareCommitment.closed_on),
        col(Patient.birth_date),
        col(EnrolmentForm.diagnosis).label("enrolment_diagnosis"),
        col(Reception.id).label("reception_id"),
        col(Reception.name).label("reception_name"),
        col(Caregiver.id).label("caregiver_id"),
        col(Caregiver.name).label("caregiver_name"),
        col(Caregiver.category),
        col(Patient.deceased_on),
        col(DischargeForm.date).label("discharged_on"),
        _taken.label("caregiver_taken"),
    )
    .select_from(CareCommitment)
    .join(Patient, col(Patient.id) == col(CareCommitment.patient_id))
    .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(DischargeForm, col(DischargeForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(Reception, col(Reception.code) == bindparam("reception"))
    .outerjoin(
        Caregiver,
        and_(
            col(Caregiver.signature) == bindparam("caregiver"),
            col(Caregiver.active_from) <= bindparam("on"),
            or_(col(Caregiver.active_to).is_(None), col(Caregiver.active_to) >= bindparam("on")),
        ),
    )
    .where(
        col(CareCommitment.id) == bindparam("commitment_id"),
        col(CareCommitment.removed_at).is_(None),
    ),
    Background,
)


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A visit against what is known.

    ``retyped`` are the other visits whose contact type follows (BE03), ``findings`` the findings
    that take more than one visit, ``double_of`` the visit it is the second half of, ``second`` one
    saved before that becomes its own second half, ``number`` its place among the kept ones (0 when
    it is not kept).
    """

    facts: VisitFacts
    retyped: tuple[tuple[Line, str], ...]
    findings: tuple[Finding, ...]
    double_of: int | None
    second: Line | None
    number: int


def read_background(work: UnitOfWork, visit: VisitInput, patient_id: int) -> Background:
    """Return what stands behind the codes of *visit*.

    Raises Refused: SE01, logged, for a commitment that is not the unit's, BE01 for one of
    another patient.
    """
    background = None
    if reachable(visit.commitment_id):
        background = work.one(
            _BACKGROUND,
            commitment_id=visit.commitment_id,
            reception=visit.reception,
            caregiver=visit.caregiver,
            on=visit.date,
            at=visit.time,
            kind=visit.kind,
        )
    if background is None:
        raise denied(work, "care_commitment", visit.commitment_id, patient_id)
    if background.patient_id != patient_id:
        other = finding("BE01", "commitment", work.today, "other_patient", id=visit.commitment_id)
        raise Refused([other])
    if background.caregiver_id is None:
        return background._replace(span=caregiver_span(work, visit.caregiver))
    return background


def minutes_between(earlier: dt.time, later: dt.time) -> int:
    """Return the minutes from one time of a day to another, negative when it is before."""
    return (later.hour - earlier.hour) * 60 + later.minute - earlier.minute


def wrong_contact_types(kept: list[Line]) -> list[tuple[Line, str]]:
    """Return the kept visits, in order, whose contact type is not what BE03 wants, with it."""
    wanted = ["NY"] + ["ÅB"] * (len(kept) - 1)
    return [
        (line, type_)
        for line, type_ in zip(kept, wanted, strict=False)
        if line.contact_type != type_
    ]


def retype_warning(retyped: list[tuple[Line, str]], today: dt.date) -> Finding:
    """Return BE03 as the warning that other visits change with this one."""
    text = ", ".join(
        sentence(
            "BE03",
            today,
            "becomes_new" if wanted == "NY" else "becomes_return",
            date=line.date,
            time=f"{line.time:%H:%M}",
        )
        for line, wanted in retyped
    )
    visits = f"{text[0].upper()}{text[1:]}"
    return finding("BE03", "contact_type", today, "others_follow", visits=visits)


def second_half(lines: list[Line], visit_id: int) -> Line | None:
    """Return the visit that is the second half of a double session begun by *visit_id*."""
    return next((line for line in lines if line.double_of_visit_id == visit_id), None)


def diagnosis_of(lines: list[Line], commitment_id: int, enrolment: str | None) -> str:
    """Return the commitment's diagnosis: its last visit's, else its enrolment form's, else ""."""
    for line in reversed(lines):
        if line.commitment_id == commitment_id and line.main_diagnosis:
            return line.main_diagnosis
    return enrolment or ""


def appraise(
    visit: VisitInput,
    background: Background,
    lines: list[Line],
    today: dt.date,
    own: Line | None = None,
    main_diagnosis: str = "",
) -> Appraisal:
    """Appraise a visit among the patient's others.

    *lines* are all the patient's visits at the unit that are not cancelled, in order; *own* the
    one being changed; *main_diagnosis* the one saved with it, else the commitment's is used.
    """
    own_id = None if own is None else own.id
    here = [x for x in lines if x.commitment_id == visit.commitment_id and x.id != own_id]
    kept = [line for line in here if not line.no_show]
    last = own_id if own_id is not None else _LAST_ID
    before = [line for line in kept if line.place < (visit.date, visit.time, last)]
    same_day = [
        line
        for line in kept
        if line.date == visit.date and line.caregiver_id == background.caregiver_id
    ]
    first_half = _first_half(visit, same_day) if visit.kept else None
    diagnosis = main_diagnosis or diagnosis_of(
        lines, visit.commitment_id, background.enrolment_diagnosis
    )
    may = diagnosis.startswith(codes.DOUBLE_SESSION)
    # A visit that is a second half begins no session, as one that follows on a second half ends none.
    follower = _follower(visit, same_day) if visit.kept and first_half is None else None
    other_half = first_half or follower
    third = _third(other_half, None if own is None else second_half(lines, own.id), here)

    if visit.kept and not before:
        retyped = [(line, "ÅB") for line in kept if line.contact_type == "NY"]
    else:
        retyped = wrong_contact_types(kept)
    if own is not None and own.commitment_id != visit.commitment_id:
        left = [x for x in lines if x.commitment_id == own.commitment_id and x.id != own_id]
        retyped += wrong_contact_types([line for line in left if not line.no_show])
    displaced = next((x for x, type_ in retyped if type_ == "ÅB" and not before), None)

    facts = VisitFacts(
        commitment_id=visit.commitment_id,
        arrival_date=background.arrival_date,
        closed_on=background.closed_on,
        problem=background.problem,
        reception_known=background.reception_id is not None,
        caregiver_active=background.caregiver_id is not None,
        first_kept=(before[0].date, before[0].time) if before else None,
        new_visit=None if displaced is None else (displaced.date, displaced.time),
        kept_count=len(kept),
        kept_before=len(before),
        same_start=any(
            line.date == visit.date
            and line.time == visit.time
            and line.caregiver_id == background.caregiver_id
            and line.id != own_id
            for line in lines
        ),
        doubled=first_half is not None or (follower is not None and not may),
        third=third,
        coded=own is not None and not own.no_show and own.main_diagnosis is not None,
        diagnosis=diagnosis,
        birth_date=background.birth_date,
        deceased_on=background.deceased_on,
        discharged_on=background.discharged_on,
        caregiver_span=background.span,
        caregiver_taken=bool(background.caregiver_taken),
    )
    return Appraisal(
        facts=facts,
        retyped=tuple(retyped),
        findings=tuple(
            _halves(
                visit, background, lines, today, own, follower if may and third is None else None
            )
        ),
        double_of=None if first_half is None else first_half.id,
        second=follower if follower is not None and follower.double_of_visit_id is None else None,
        number=len(before) + 1 if visit.kept else 0,
    )


_LAST_ID = 2**62  # a visit not saved yet comes after those that start with it


def _first_half(visit: VisitInput, same_day: list[Line]) -> Line | None:
    """Return the visit that *visit* follows directly, itself no second half."""
    near = [
        line
        for line in same_day
        if line.double_of_visit_id is None
        and 0 < minutes_between(line.time, visit.time) <= BACK_TO_BACK
    ]
    return near[-1] if near else None


def _follower(visit: VisitInput, same_day: list[Line]) -> Line | None:
    """Return the visit that follows directly on *visit*."""
    near = [x for x in same_day if 0 < minutes_between(visit.time, x.time) <= BACK_TO_BACK]
    return near[0] if near else None


def _third(other_half: Line | None, own_second: Line | None, here: list[Line]) -> dt.time | None:
    """Return when the second half starts that leaves no room for another: a double session is two."""
    if other_half is None or other_half is own_second:
        return None
    taken = second_half(here, other_half.id) or own_second
    return None if taken is None else taken.time


def _halves(
    visit: VisitInput,
    background: Background,
    lines: list[Line],
    today: dt.date,
    own: Line | None,
    follower: Line | None,
) -> list[Finding]:
    """Return BE05 for the other half of a double session: left behind, or not free of charge."""
    findings = []
    second = None if own is None else second_half(lines, own.id)
    if second is not None and not (
        visit.kept
        and second.date == visit.date
        and second.caregiver_id == background.caregiver_id
        and 0 < minutes_between(visit.time, second.time) <= BACK_TO_BACK
    ):
        findings.append(left_behind(second, today))
    if follower is not None and not (follower.without_fee and follower.exemption == "SJ"):
        clock = f"{follower.time:%H:%M}"
        findings.append(finding("BE05", "time", today, "follower_not_free", time=clock))
    return findings


def left_behind(second: Line, today: dt.date) -> Finding:
    """Return BE05: the second half of a double session cannot stand alone."""
    clock = f"{second.time:%H:%M}"
    return finding("BE05", "", today, "second_left_behind", date=second.date, time=clock)


def write_second_half(work: UnitOfWork, patient_id: int, second: Line | None, first: int) -> None:
    """Let *second*, saved before, be the second half of *first*, logged (BE05)."""
    if second is not None:
        # The patient is locked; its contact type may just have been changed too.
        work.update(Visit, second.id, None, double_of_visit_id=first)
        changes = {"double_of_visit_id": [None, first]}
        reason = "BE05: andra hälften av en dubbelsession"
        work.audit("change", patient_id, "visit", second.id, changes, reason)


def write_contact_types(
    work: UnitOfWork, patient_id: int, retyped: tuple[tuple[Line, str], ...]
) -> None:
    """Give other visits the contact type that follows from this save (BE03), each logged."""
    for line, wanted in retyped:
        work.update(Visit, line.id, line.version, contact_type=wanted)
        changes = {"contact_type": [line.contact_type, wanted]}
        work.audit(
            "change", patient_id, "visit", line.id, changes, "BE03: följer av ett annat besök"
        )
