"""The rules of opening and changing a vårdåtagande, with the facts they need."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from pasis_tui.models import CareCommitment, Patient, ReferringUnit
from pasis_tui.services.commitments.commitment_state import State, active_caregiver, caregiver_span
from pasis_tui.services.errors import NotFound
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import UnitOfWork, violates
from pasis_tui.validation.care_commitments import (
    CommitmentFacts,
    CommitmentInput,
    CommitmentStart,
    check_commitment,
    check_start,
)
from pasis_tui.validation.days import age
from pasis_tui.validation.findings import Finding, Refused
from pasis_tui.validation.records import columns_of
from pasis_tui.validation.rules import finding


class _Person(NamedTuple):
    birth_date: dt.date | None
    deceased_on: dt.date | None
    listed_code: str | None
    listed_name: str | None


class _Referring(NamedTuple):
    id: int
    source: str
    name: str


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
        *columns_for(
            _Person,
            Patient,
            listed_code=col(ReferringUnit.code),
            listed_name=col(ReferringUnit.name),
        )
    )
    .select_from(Patient)
    .outerjoin(ReferringUnit, col(ReferringUnit.id) == col(Patient.listed_unit_id))
    .where(col(Patient.id) == bindparam("patient_id")),
    _Person,
)
_REFERRING = Query(
    select(*columns_for(_Referring, ReferringUnit)).where(
        col(ReferringUnit.code) == bindparam("code")
    ),
    _Referring,
)


def other_open(work: UnitOfWork, patient_id: int, problem: str, own_id: int = 0) -> int | None:
    """Return the ID of another open commitment of the patient for *problem* (VA12)."""
    commitment_id: int | None = work.scalar(
        _OTHER_OPEN, patient_id=patient_id, problem=problem, own_id=own_id
    )
    return commitment_id


def _known_of(
    work: UnitOfWork, patient_id: int, start: CommitmentStart, own_id: int = 0
) -> CommitmentFacts:
    """Return what the rules of Läs need; raises NotFound."""
    person = work.one(_PERSON, patient_id=patient_id)
    if person is None:
        raise NotFound("Patienten finns inte. Läs patienten på nytt.")
    return CommitmentFacts(
        age=None if person.birth_date is None else age(person.birth_date, work.today),
        birth_date=person.birth_date,
        deceased_on=person.deceased_on,
        other_open=other_open(work, patient_id, start.problem, own_id),
        listed_code=person.listed_code or "",
        listed_name=person.listed_name or "",
    )


def check_input(
    work: UnitOfWork,
    patient_id: int,
    commitment: CommitmentInput,
    state: State | None = None,
) -> tuple[list[Finding], dict[str, Any]]:
    """Return the rules' findings and the columns to write."""
    known = _known_of(work, patient_id, commitment, 0 if state is None else state.head.id)
    referring = work.one(_REFERRING, code=commitment.referring_unit)
    caregiver = active_caregiver(work, commitment.caregiver, commitment.review_date)
    facts = replace(
        known,
        referring_source=None if referring is None else referring.source,
        referring_name="" if referring is None else referring.name,
        caregiver_active=caregiver is not None,
        caregiver_span=None if caregiver else caregiver_span(work, commitment.caregiver),
        first_activity=None if state is None else state.first_activity,
    )
    findings = check_commitment(commitment, facts, work.today, is_new=state is None)
    return findings, columns_of(commitment) | {
        "referring_unit_id": referring and referring.id,
        "caregiver_id": caregiver and caregiver.id,
    }


def check_start_input(work: UnitOfWork, patient_id: int, start: CommitmentStart) -> list[Finding]:
    """Return the findings of Läs: VA03, VA04, VA11-VA13."""
    return check_start(start, _known_of(work, patient_id, start), work.today)


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
