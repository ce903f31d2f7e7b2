"""The rules of opening and changing a vårdåtagande, with the facts they need."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from pasis_tui.models import CareCommitment, Patient, ReferringUnit
from pasis_tui.services.commitments.commitment_state import State, active_caregiver, caregiver_span
from pasis_tui.services.errors import NotFound
from pasis_tui.store.unit_of_work import Query, UnitOfWork, violates
from pasis_tui.validation.care_commitments import (
    CommitmentFacts,
    CommitmentInput,
    CommitmentStart,
    check_commitment,
    check_start,
)
from pasis_tui.validation.days import age
from pasis_tui.validation.findings import Finding, Refused
from pasis_tui.validation.rules import finding

_OTHER_OPEN = Query(
    select(col(CareCommitment.id)).where(
        col(CareCommitment.patient_id) == bindparam("patient_id"),
        col(CareCommitment.problem) == bindparam("problem"),
        col(CareCommitment.id) != bindparam("own_id"),
        col(CareCommitment.closed_on).is_(None),
        col(CareCommitment.removed_at).is_(None),
    )
)
_PERSON = Query(
    select(
        col(Patient.birth_date),
        col(ReferringUnit.code),
        col(ReferringUnit.name),
        col(Patient.deceased_on),
    )
    .select_from(Patient)
    .outerjoin(ReferringUnit, col(ReferringUnit.id) == col(Patient.listed_unit_id))
    .where(col(Patient.id) == bindparam("patient_id"))
)
_REFERRING = Query(
    select(col(ReferringUnit.id), col(ReferringUnit.source), col(ReferringUnit.name)).where(
        col(ReferringUnit.code) == bindparam("code")
    )
)


def other_open(work: UnitOfWork, patient_id: int, problem: str, own_id: int = 0) -> int | None:
    """Return the ID of another open commitment of the patient for *problem* (VA12)."""
    commitment_id: int | None = work.scalar(
        _OTHER_OPEN, patient_id=patient_id, problem=problem, own_id=own_id
    )
    return commitment_id


_Person = tuple[dt.date | None, str | None, str | None, dt.date | None]


def _person(work: UnitOfWork, patient_id: int) -> _Person:
    row = work.one(_PERSON, patient_id=patient_id)
    if row is None:
        raise NotFound("Patienten finns inte. Läs patienten på nytt.")
    return row[0], row[1], row[2], row[3]


def _age(person: _Person, today: dt.date) -> int | None:
    return None if person[0] is None else age(person[0], today)


def check_input(
    work: UnitOfWork,
    patient_id: int,
    commitment: CommitmentInput,
    state: State | None = None,
) -> tuple[list[Finding], dict[str, Any]]:
    """Return the rules' findings and the columns to write."""
    person = _person(work, patient_id)
    referring = work.one(_REFERRING, code=commitment.referring_unit)
    caregiver = active_caregiver(work, commitment.caregiver, commitment.review_date)
    facts = CommitmentFacts(
        age=_age(person, work.today),
        birth_date=person[0],
        deceased_on=person[3],
        other_open=other_open(
            work, patient_id, commitment.problem, 0 if state is None else state.head.id
        ),
        referring_source=None if referring is None else referring[1],
        referring_name="" if referring is None else referring[2],
        listed_code=person[1] or "",
        listed_name=person[2] or "",
        caregiver_active=caregiver is not None,
        caregiver_span=None if caregiver else caregiver_span(work, commitment.caregiver),
        first_activity=None if state is None else state.first_activity,
    )
    findings = check_commitment(commitment, facts, work.today, is_new=state is None)
    values: dict[str, Any] = {
        "problem": commitment.problem,
        "arrival_date": commitment.arrival_date,
        "type_of_commitment": commitment.type_of_commitment,
        "referral_source": commitment.referral_source,
        "referring_unit_id": referring and referring[0],
        "review_date": commitment.review_date,
        "caregiver_id": caregiver and caregiver[0],
        "decision_date": commitment.decision_date,
    }
    return findings, values


def check_start_input(work: UnitOfWork, patient_id: int, start: CommitmentStart) -> list[Finding]:
    """Return the findings of Läs: VA03, VA04, VA11-VA13."""
    person = _person(work, patient_id)
    facts = CommitmentFacts(
        age=_age(person, work.today),
        birth_date=person[0],
        deceased_on=person[3],
        other_open=other_open(work, patient_id, start.problem),
    )
    return check_start(start, facts, work.today)


class one_open:
    """Turn a violation of VA12's index, when another clerk was quicker, into VA12."""

    def __init__(self, problem: str, today: dt.date) -> None:
        self._problem, self._today = problem, today

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, IntegrityError) and violates(error, "uq_care_commitment_open"):
            refusal = finding("VA12", "problem", self._today, "just_opened", problem=self._problem)
            raise Refused([refusal]) from error
