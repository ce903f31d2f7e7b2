"""The panel beside a form in a wide terminal: what a clerk would otherwise look up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, Caregiver, DischargeForm, EnrolmentForm, FollowUpForm
from pasis_tui.services.commitments.commitment_state import Line, lines_of_patient
from pasis_tui.services.errors import NotFound
from pasis_tui.services.fees.fee_history import read_protection
from pasis_tui.services.forms.overview import due_text
from pasis_tui.services.patients import patients
from pasis_tui.services.patients.patients import PatientCard
from pasis_tui.services.patients.reach import has_relation
from pasis_tui.services.rights import PATIENTS, needs
from pasis_tui.services.visits.visit_facts import diagnosis_of
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading
from pasis_tui.validation.visits import visits_allowed


@dataclass(frozen=True, slots=True)
class OpenCommitment:
    """An open commitment; ``visits`` counts the kept ones up to the working date.

    ``allowed`` is how many the contract allows, None for no limit; ``diagnosis`` "" for someone
    without the right to 184; ``due`` says what is owed next.
    """

    id: int
    problem: str
    arrival_date: dt.date
    caregiver: str
    diagnosis: str
    visits: int
    allowed: int | None
    enrolment: bool
    discharge: bool
    follow_up: bool
    due: str


@dataclass(frozen=True, slots=True)
class PatientPanel:
    """A patient at the own unit.  What the clerk has no right to see is empty or None.

    A protected person's address, phone and listing are empty.  ``last`` and ``next`` are the
    last kept visit and the next booked one; ``standing`` is where the fees stand.
    """

    card: PatientCard
    commitments: tuple[OpenCommitment, ...] | None
    closed: int
    last: tuple[dt.date, dt.time] | None
    next: tuple[dt.date, dt.time] | None
    sees_visits: bool
    free_card_to: dt.date | None
    standing: str


class _Commitment(NamedTuple):
    """``diagnosis`` is the enrolment form's."""

    id: int
    problem: str
    arrival_date: dt.date
    closed_on: dt.date | None
    signature: str
    name: str
    enrolment: dt.date | None
    diagnosis: str | None
    discharge: dt.date | None
    follow_up: dt.date | None


_COMMITMENTS = Query(
    select(
        *columns_for(
            _Commitment,
            CareCommitment,
            signature=col(Caregiver.signature),
            name=col(Caregiver.name),
            enrolment=col(EnrolmentForm.date),
            diagnosis=col(EnrolmentForm.diagnosis),
            discharge=col(DischargeForm.date),
            follow_up=col(FollowUpForm.date),
        )
    )
    .select_from(CareCommitment)
    .join(Caregiver, col(Caregiver.id) == col(CareCommitment.caregiver_id))
    .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(DischargeForm, col(DischargeForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(FollowUpForm, col(FollowUpForm.commitment_id) == col(CareCommitment.id))
    .where(
        col(CareCommitment.patient_id) == bindparam("patient_id"),
        col(CareCommitment.removed_at).is_(None),
    )
    .order_by(col(CareCommitment.arrival_date).desc(), col(CareCommitment.id).desc()),
    _Commitment,
)


@needs(*PATIENTS)
def look(context: Context, patient_id: int) -> PatientPanel | None:
    """Return what the unit may see of the patient; the read is logged with the parts shown.

    None, with nothing read or logged, for a person with whom the unit has no relation: the clerk
    has not asked for the panel, so nothing is denied.
    Raises NotFound.
    """
    actor = context.actor
    with Reading(context) as work:
        if not has_relation(work, patient_id):
            return None
        card = patients.card_of(work, patient_id)
        if card is None:
            raise NotFound("Patienten finns inte längre.")
        shown = ["patient"]
        if card.protected:
            card = replace(card, listed_unit="", listed_unit_name="")
        if not actor.may("patient"):
            card = replace(
                card, address="", postcode="", city="", phone="", listed_unit="",
                listed_unit_name="", interpreter_language="",
            )  # fmt: skip
        lines = lines_of_patient(work, patient_id)
        commitments, closed = None, 0
        if actor.may("booking") or actor.may("overview"):
            shown.append("care_commitment")
            rows = work.all(_COMMITMENTS, patient_id=patient_id)
            commitments = tuple(_open(context, lines, row) for row in rows if row.closed_on is None)
            closed = len(rows) - len(commitments)
        kept = []
        if actor.may("visit"):
            shown.append("visit")
            kept = [line for line in lines if not line.no_show]
        free_card_to, standing = None, ""
        if actor.may("fees"):
            shown.append("cost_protection")
            protection = read_protection(work, patient_id, card.birth_date, lines).on(context.today)
            free_card_to = protection.card.valid_to if protection.card else None
            standing = protection.paid
        work.audit("read", patient_id, "patient_panel", patient_id, {"shown": [None, shown]})
        work.commit()
    past = [(line.date, line.time) for line in kept if line.date <= context.today]
    later = [(line.date, line.time) for line in kept if line.date > context.today]
    return PatientPanel(
        card,
        commitments,
        closed,
        past[-1] if past else None,
        later[0] if later else None,
        actor.may("visit"),
        free_card_to,
        standing,
    )


def _open(context: Context, lines: list[Line], row: _Commitment) -> OpenCommitment:
    today = context.today
    own = [line for line in lines if line.commitment_id == row.id and not line.no_show]
    visits = sum(line.date <= today for line in own)
    diagnosis = diagnosis_of(lines, row.id, row.diagnosis)
    return OpenCommitment(
        id=row.id,
        problem=row.problem,
        arrival_date=row.arrival_date,
        caregiver=f"{row.signature} {row.name}",
        diagnosis=diagnosis if context.actor.may("medical") else "",
        visits=visits,
        allowed=visits_allowed(diagnosis, row.arrival_date),
        enrolment=row.enrolment is not None,
        discharge=row.discharge is not None,
        follow_up=row.follow_up is not None,
        due=due_text(visits, row.enrolment, row.discharge, row.follow_up, today)[0],
    )
