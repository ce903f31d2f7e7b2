"""What 085 opens with: all that follows from what is known, and where it comes from."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, Caregiver, Patient, Reception, Visit
from pasis_tui.services.commitments.commitment_state import (
    Line,
    State,
    active_caregiver,
    lines_of_patient,
    read_state,
)
from pasis_tui.services.errors import NotFound
from pasis_tui.services.fees.fee_history import read_protection
from pasis_tui.services.patients.reach import check_relation, iso
from pasis_tui.services.rights import needs
from pasis_tui.services.visits.medical import propose_from
from pasis_tui.services.visits.visit_cards import (
    CommitmentChoice,
    VisitCard,
    VisitProposal,
    fee_for,
    may_double,
    read_card,
)
from pasis_tui.services.visits.visit_facts import minutes_between, second_half
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Query, Reading, UnitOfWork
from pasis_tui.validation.care_commitments import check_open
from pasis_tui.validation.findings import Finding, Refused, settle
from pasis_tui.validation.rules import finding
from pasis_tui.validation.visits import visits_allowed

_COMMITMENTS = Query(
    select(
        col(CareCommitment.id),
        col(CareCommitment.problem),
        col(CareCommitment.arrival_date),
        col(CareCommitment.closed_on),
    )
    .where(
        col(CareCommitment.patient_id) == bindparam("patient_id"),
        col(CareCommitment.removed_at).is_(None),
    )
    .order_by(col(CareCommitment.arrival_date).desc(), col(CareCommitment.id).desc())
)
_BIRTH = Query(
    select(col(Patient.birth_date), col(Patient.id)).where(
        col(Patient.id) == bindparam("patient_id")
    )
)
_LAST_USED = Query(
    select(col(Reception.code), col(Reception.name), col(Caregiver.signature))
    .select_from(Visit)
    .join(Reception, col(Reception.id) == col(Visit.reception_id))
    .join(Caregiver, col(Caregiver.id) == col(Visit.caregiver_id))
    .where(
        col(Visit.commitment_id) == bindparam("commitment_id"),
        col(Visit.cancelled_at).is_(None),
    )
    .order_by(col(Visit.date).desc(), col(Visit.time).desc(), col(Visit.id).desc())
)
# Where most of the commitment's visits were; of as many the unit's own, then where the latest was.
_USUAL = Query(
    select(col(Reception.code), col(Reception.name))
    .select_from(Visit)
    .join(Reception, col(Reception.id) == col(Visit.reception_id))
    .where(
        col(Visit.commitment_id) == bindparam("commitment_id"),
        col(Visit.cancelled_at).is_(None),
    )
    .group_by(col(Reception.id), col(Reception.code), col(Reception.name), col(Reception.is_branch))
    .order_by(func.count().desc(), col(Reception.is_branch), func.max(col(Visit.date)).desc())
    .limit(1)
)
_RECEPTIONS = Query(
    select(col(Reception.code), col(Reception.name)).order_by(
        col(Reception.is_branch), col(Reception.id)
    )
)
SECOND_STARTS = (45, 60)  # minutes after the first half, the first free one is proposed


Start = tuple[dt.date, dt.time]


@needs("visit")
def propose(
    context: Context,
    patient_id: int,
    commitment_id: int | None = None,
    start: Start | None = None,
) -> VisitProposal:
    """Return what 085 opens with for a patient; the read is logged.

    With *start*, a contact of another day transferred now, contact type and reason are what they
    are at that date and time, whatever was registered since.

    The commitment is chosen when just one is open.  Raises Refused: SE01 for a patient of other
    units or a commitment that is not the unit's, VA34 for a closed one, BE01 for another
    patient's.
    """
    with Reading(context) as work:
        person = work.one(_BIRTH, patient_id=patient_id)
        rows = work.all(_COMMITMENTS, patient_id=patient_id)
        if rows:
            return _propose(
                work, patient_id, None if person is None else person[0], rows, commitment_id, start
            )
        if commitment_id is not None:
            read_state(work, commitment_id)  # SE01, logged, when it is another unit's
    if person is None:
        raise NotFound("Patienten finns inte. Läs patienten på nytt.")
    check_relation(context, patient_id)
    with Reading(context) as work:
        return _propose(work, patient_id, person[0], [], None, start)


def _propose(
    work: UnitOfWork,
    patient_id: int,
    birth_date: dt.date | None,
    rows: list[tuple[object, ...]],
    commitment_id: int | None,
    start: Start | None,
) -> VisitProposal:
    lines = lines_of_patient(work, patient_id)
    choices = tuple(
        CommitmentChoice(
            id=key,
            problem=str(problem),
            arrival_date=arrival,
            visits=sum(x.commitment_id == key and not x.no_show for x in lines),
        )
        for key, problem, arrival, closed in rows
        if closed is None and isinstance(key, int) and isinstance(arrival, dt.date)
    )
    chosen = commitment_id
    if chosen is None and len(choices) == 1:
        chosen = choices[0].id
    state = None if chosen is None else _state(work, chosen, patient_id)
    why_not = None
    if not choices:
        why_not = finding("BE01", "commitment", work.today, "no_commitment")
    work.audit("read", patient_id, "visit")
    proposal = _filled(work, patient_id, birth_date, choices, state, why_not, lines, start)
    work.commit()
    return proposal


def _state(work: UnitOfWork, commitment_id: int, patient_id: int) -> State:
    state = read_state(work, commitment_id)
    if state.head.patient_id != patient_id:
        raise Refused(
            [finding("BE01", "commitment", work.today, "others_commitment", id=commitment_id)]
        )
    settle(check_open(commitment_id, state.head.closed_on, work.today, "commitment"))
    return state


def _caregiver(
    work: UnitOfWork, signatures: tuple[str | None, ...], on: dt.date
) -> tuple[str, str, str]:
    """Return (signature, name, category) of the first who is active, blanks for nobody."""
    for signature in dict.fromkeys(signatures):
        caregiver = signature and active_caregiver(work, signature, on)
        if signature and caregiver:
            return signature, caregiver[1], caregiver[2]
    return "", "", ""


def _filled(
    work: UnitOfWork,
    patient_id: int,
    birth_date: dt.date | None,
    choices: tuple[CommitmentChoice, ...],
    state: State | None,
    why_not: Finding | None,
    lines: list[Line],
    start: Start | None,
) -> VisitProposal:
    today = work.today
    head = None if state is None else state.head
    last = None if head is None else work.one(_LAST_USED, commitment_id=head.id)
    usual = None if head is None else work.one(_USUAL, commitment_id=head.id)
    reception = usual or work.one(_RECEPTIONS) or ("", "")
    # The last visit may have been at a branch by accident: say what is proposed instead, and why.
    elsewhere = last[0] if last is not None and last[0] != reception[0] else ""
    signatures = (
        None if last is None else last[2],
        None if head is None else head.caregiver,
        work.actor.signature,
    )
    signature, name, category = _caregiver(work, signatures, today)
    protection = read_protection(work, patient_id, birth_date, lines)
    payer = protection.payer_on(today)
    exemption = payer["exemption"]
    fee, fee_reason = fee_for(
        birth_date,
        today,
        without_fee=bool(exemption),
        exemption=exemption,
        protection=protection,
    )
    discharge = None if head is None else head.discharge_date
    kept = [] if state is None else state.kept
    discharged = discharge is not None
    new = not any(line.date <= today for line in kept)
    if start is not None:
        discharged = discharge is not None and start[0] > discharge
        new = not any((line.date, line.time) < start for line in kept)
    medical = None
    if state is not None and "medical" in work.actor.rights:
        medical = propose_from(
            state.head.problem,
            state.last_main,
            state.head.enrolment_diagnosis or "",
            distance=False,
            interpreter=False,
        )
    raw = {
        "unit": work.actor.unit_code,
        "commitment": "" if head is None else str(head.id),
        "date": iso(today),
        "time": "",
        "reception": reception[0],
        "reason": "U" if discharged else "B",
        "kind": "E",
        "caregiver": signature,
        "category": category,
        "contact_type": "NY" if new else "ÅB",
        "distance": "N",
        "interpreter": "N",
        "no_show": "N",
        "fee": f"{fee} kr",
        **payer,
    }
    return VisitProposal(
        patient_id=patient_id,
        commitment_id=None if head is None else head.id,
        commitments=choices,
        raw=raw,
        problem="" if head is None else head.problem,
        caregiver_name=name,
        category=category,
        reception_name=f"Oftast; sist {elsewhere}" if elsewhere else reception[1],
        kept=tuple((line.date, line.time) for line in kept),
        visits_allowed=None
        if state is None
        else visits_allowed(state.diagnosis, state.head.arrival_date),
        fee=fee,
        fee_reason=fee_reason,
        birth_date=birth_date,
        medical=None if medical is None else medical.joined(),
        medical_origin="" if medical is None else medical.origin,
        may_double=state is not None and may_double(state.diagnosis),
        why_not=why_not,
        protection=protection,
    )


@needs("visit")
def propose_second(context: Context, visit_id: int) -> VisitProposal:
    """Return the second half of a double session: `Utan avgift`, SJ, directly after the first.

    Raises Refused: BE05 when the diagnosis or the visit does not take one, VA34, SE01.
    """
    with Reading(context) as work:
        first = read_card(work, visit_id)
        state = _state(work, first.commitment_id, first.patient_id)
        lines = lines_of_patient(work, first.patient_id)
        if refusal := _why_no_second(first, state.diagnosis, lines, work.today):
            raise Refused([refusal])
        taken = {line.time for line in lines if line.date == first.date}
        person = work.one(_BIRTH, patient_id=first.patient_id)
        medical = propose_from(
            state.head.problem,
            next((x for x in state.visits if x.id == visit_id and x.main_diagnosis), None)
            or state.last_main,
            state.head.enrolment_diagnosis or "",
            distance=first.distance,
            interpreter=first.interpreter,
        )
        work.audit("read", first.patient_id, "visit", visit_id)
        work.commit()
    codes = "medical" in context.actor.rights
    birth_date = None if person is None else person[0]
    fee, why = fee_for(birth_date, first.date, without_fee=True, exemption="SJ")
    kept = state.kept
    raw = first.raw() | {
        "time": _free_start(first.time, taken),
        "contact_type": "ÅB",
        "no_show": "N",
        "fee": f"{fee} kr",
        "without_fee": "J",
        "exemption": "SJ",
    }
    return VisitProposal(
        patient_id=first.patient_id,
        commitment_id=first.commitment_id,
        commitments=(
            CommitmentChoice(state.head.id, state.head.problem, state.head.arrival_date, len(kept)),
        ),
        raw=raw,
        problem=first.problem,
        caregiver_name=first.caregiver_name,
        category=first.category,
        reception_name=first.reception_name,
        kept=tuple((line.date, line.time) for line in kept),
        visits_allowed=first.visits_allowed,
        fee=fee,
        fee_reason=why,
        birth_date=birth_date,
        medical=medical.joined() if codes else None,
        medical_origin=medical.origin if codes else "",
        may_double=True,
        why_not=None,
    )


def _why_no_second(
    first: VisitCard, diagnosis: str, lines: list[Line], today: dt.date
) -> Finding | None:
    """Return why *first* takes no second half (BE05), None when it does."""
    if first.cancelled or first.no_show:
        return finding("BE05", "", today, "not_kept")
    if not first.may_double:
        if not diagnosis:
            return finding("BE05", "", today, "not_of_unknown")
        return finding("BE05", "", today, "not_of_diagnosis", diagnosis=diagnosis)
    if first.double_of_visit_id is not None:
        return finding("BE05", "", today, "is_second")
    if second := second_half(lines, first.id):
        return finding("BE05", "", today, "has_second", time=f"{second.time:%H:%M}")
    return None


def _free_start(first: dt.time, taken: set[dt.time]) -> str:
    for minutes in SECOND_STARTS:
        total = first.hour * 60 + first.minute + minutes
        if total >= 24 * 60:
            break
        start = dt.time(total // 60, total % 60)
        if start not in taken and minutes_between(first, start) == minutes:
            return f"{start:%H:%M}"
    return ""
