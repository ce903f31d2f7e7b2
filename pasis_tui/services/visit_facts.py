"""What the rules of a visit need to know, read in two statements and judged in one pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, Caregiver, EnrolmentForm, Patient, Reception, Visit
from pasis_tui.services.commitment_state import Line
from pasis_tui.services.reach import denied, reachable
from pasis_tui.store.unit_of_work import Query, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding, Level, Refused
from pasis_tui.validation.rules import finding
from pasis_tui.validation.visits import VisitFacts, VisitInput

BACK_TO_BACK = 60  # minutes: a visit that starts within them of the one before is its second half


class Ground(NamedTuple):
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


_GROUND = Query(
    select(
        col(CareCommitment.patient_id),
        col(CareCommitment.problem),
        col(CareCommitment.arrival_date),
        col(CareCommitment.closed_on),
        col(Patient.birth_date),
        col(EnrolmentForm.diagnosis),
        col(Reception.id),
        col(Reception.name),
        col(Caregiver.id),
        col(Caregiver.name),
        col(Caregiver.category),
    )
    .select_from(CareCommitment)
    .join(Patient, col(Patient.id) == col(CareCommitment.patient_id))
    .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
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
    )
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A visit against what is known.

    ``retyped`` are the other visits whose contact type follows (BE03), ``found`` the findings
    that take more than one visit, ``double_of`` the visit it is the second half of, ``number``
    its place among the kept ones (0 when it is not kept).
    """

    facts: VisitFacts
    retyped: tuple[tuple[Line, str], ...]
    found: tuple[Finding, ...]
    double_of: int | None
    number: int


def read_ground(work: UnitOfWork, given: VisitInput, patient_id: int) -> Ground:
    """Return what stands behind the codes of *given*.

    Raises Refused: SE01, logged, for a commitment that is not the unit's, BE01 for one of
    another patient.
    """
    row = None
    if reachable(given.commitment_id):
        row = work.one(
            _GROUND,
            commitment_id=given.commitment_id,
            reception=given.reception,
            caregiver=given.caregiver,
            on=given.date,
        )
    if row is None:
        raise denied(work, "care_commitment", given.commitment_id, patient_id)
    ground = Ground._make(row)
    if ground.patient_id != patient_id:
        text = (
            f"Vårdåtagande {given.commitment_id} är en annan patients."
            " Välj ett av patientens egna med F4."
        )
        raise Refused([finding("BE01", "commitment", text=text)])
    return ground


def minutes_between(earlier: dt.time, later: dt.time) -> int:
    """Return the minutes from one time of a day to another, negative when it is before."""
    return (later.hour - earlier.hour) * 60 + later.minute - earlier.minute


def new_visit_retypes(kept: list[Line]) -> list[tuple[Line, str]]:
    """Return the kept visits, in order, whose contact type is not what BE03 wants, with it."""
    wanted = ["NY"] + ["ÅB"] * (len(kept) - 1)
    return [
        (line, type_)
        for line, type_ in zip(kept, wanted, strict=False)
        if line.contact_type != type_
    ]


def retype_warning(retyped: list[tuple[Line, str]]) -> Finding:
    """Return BE03 as the warning that other visits change with this one."""
    parts = [
        f"besöket {line.date} {line.time:%H:%M} blir"
        f" {'nybesök (NY)' if wanted == 'NY' else 'återbesök (ÅB)'}"
        for line, wanted in retyped
    ]
    text = ", ".join(parts)
    return Finding("BE03", Level.WARN, "contact_type", f"{text[0].upper()}{text[1:]}.")


def second_half(lines: list[Line], visit_id: int) -> Line | None:
    """Return the visit that is the second half of a double session begun by *visit_id*."""
    return next((line for line in lines if line.double_of_visit_id == visit_id), None)


def diagnosis_of(lines: list[Line], commitment_id: int, enrolment: str | None) -> str:
    """Return the commitment's diagnosis: its last visit's, else its enrolment form's, else ""."""
    for line in reversed(lines):
        if line.commitment_id == commitment_id and line.main_diagnosis:
            return line.main_diagnosis
    return enrolment or ""


def judge(
    given: VisitInput,
    ground: Ground,
    lines: list[Line],
    own: Line | None = None,
    main_diagnosis: str = "",
) -> Judged:
    """Judge a visit among the patient's others.

    *lines* are all the patient's visits at the unit that are not cancelled, in order; *own* the
    one being changed; *main_diagnosis* the one saved with it, else the commitment's is used.
    """
    own_id = None if own is None else own.id
    here = [x for x in lines if x.commitment_id == given.commitment_id and x.id != own_id]
    kept = [line for line in here if not line.no_show]
    last = own_id if own_id is not None else _LAST_ID
    before = [line for line in kept if line.place < (given.date, given.time, last)]
    same_day = [
        line
        for line in kept
        if line.date == given.date and line.caregiver_id == ground.caregiver_id
    ]
    first_half = _first_half(given, same_day) if given.kept else None
    diagnosis = main_diagnosis or diagnosis_of(
        lines, given.commitment_id, ground.enrolment_diagnosis
    )
    may = diagnosis.startswith(codes.DOUBLE_SESSION)
    follower = _follower(given, same_day) if given.kept else None

    retyped: list[tuple[Line, str]] = []
    if not given.kept:
        retyped = new_visit_retypes(kept)
    elif not before:
        retyped = [(line, "ÅB") for line in kept if line.contact_type == "NY"]
    else:
        retyped = new_visit_retypes(kept)
    if own is not None and own.commitment_id != given.commitment_id:
        left = [x for x in lines if x.commitment_id == own.commitment_id and x.id != own_id]
        retyped += new_visit_retypes([line for line in left if not line.no_show])
    displaced = next((x for x, type_ in retyped if type_ == "ÅB" and not before), None)

    facts = VisitFacts(
        commitment_id=given.commitment_id,
        arrival_date=ground.arrival_date,
        closed_on=ground.closed_on,
        problem=ground.problem,
        reception_known=ground.reception_id is not None,
        caregiver_active=ground.caregiver_id is not None,
        first_kept=(before[0].date, before[0].time) if before else None,
        new_visit=None if displaced is None else (displaced.date, displaced.time),
        kept_count=len(kept),
        kept_before=len(before),
        same_start=any(
            line.date == given.date
            and line.time == given.time
            and line.caregiver_id == ground.caregiver_id
            and line.id != own_id
            for line in lines
        ),
        doubled=first_half is not None or (follower is not None and not may),
        diagnosis=diagnosis,
        birth_date=ground.birth_date,
    )
    return Judged(
        facts=facts,
        retyped=tuple(retyped),
        found=tuple(_halves(given, ground, lines, own, follower if may else None)),
        double_of=None if first_half is None else first_half.id,
        number=len(before) + 1 if given.kept else 0,
    )


_LAST_ID = 2**62  # a visit not saved yet comes after those that start with it


def _first_half(given: VisitInput, same_day: list[Line]) -> Line | None:
    """Return the visit that *given* follows directly, itself no second half."""
    near = [
        line
        for line in same_day
        if line.double_of_visit_id is None
        and 0 < minutes_between(line.time, given.time) <= BACK_TO_BACK
    ]
    return near[-1] if near else None


def _follower(given: VisitInput, same_day: list[Line]) -> Line | None:
    """Return the visit that follows directly on *given*."""
    near = [x for x in same_day if 0 < minutes_between(given.time, x.time) <= BACK_TO_BACK]
    return near[0] if near else None


def _halves(
    given: VisitInput,
    ground: Ground,
    lines: list[Line],
    own: Line | None,
    follower: Line | None,
) -> list[Finding]:
    """Return BE05 for the other half of a double session: left behind, or not free of charge."""
    second = None if own is None else second_half(lines, own.id)
    if second is not None and not (
        given.kept
        and second.date == given.date
        and second.caregiver_id == ground.caregiver_id
        and 0 < minutes_between(given.time, second.time) <= BACK_TO_BACK
    ):
        return [left_behind(second)]
    if follower is not None and not (follower.without_fee and follower.exemption == "SJ"):
        text = (
            f"Besöket {follower.time:%H:%M} blir dubbelsessionens andra och ska ha Utan avgift J"
            " och Avgiftsfriorsak SJ. Rätta det först (083), eller ändra tiden här."
        )
        return [finding("BE05", "time", text=text)]
    return []


def left_behind(second: Line) -> Finding:
    """Return BE05: the second half of a double session cannot stand alone."""
    text = (
        f"Besöket {second.date} {second.time:%H:%M} är dubbelsessionens andra hälft till det här."
        " Makulera eller flytta det först (083)."
    )
    return finding("BE05", "", text=text)


def retype(work: UnitOfWork, patient_id: int, retyped: tuple[tuple[Line, str], ...]) -> None:
    """Give other visits the contact type that follows from this save (BE03), each logged."""
    for line, wanted in retyped:
        work.update(Visit, line.id, line.version, contact_type=wanted)
        changes = {"contact_type": [line.contact_type, wanted]}
        work.audit(
            "change", patient_id, "visit", line.id, changes, "BE03: följer av ett annat besök"
        )
