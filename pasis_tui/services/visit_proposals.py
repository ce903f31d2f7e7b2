"""What 085 opens with: all that follows from what is known, and where it comes from."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, Caregiver, Patient, Reception, Visit
from pasis_tui.services.commitment_state import (
    Line,
    State,
    active_caregiver,
    lines_of_patient,
    read_state,
)
from pasis_tui.services.errors import NotFound
from pasis_tui.services.fee_history import read_protection
from pasis_tui.services.medical import propose_from
from pasis_tui.services.patients import check_relation
from pasis_tui.services.reach import iso, yes
from pasis_tui.services.visit_cards import (
    CommitmentChoice,
    VisitProposal,
    fee_for,
    may_double,
    read_card,
)
from pasis_tui.services.visit_facts import minutes_between, second_half
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Query, UnitOfWork
from pasis_tui.validation.care_commitments import check_open
from pasis_tui.validation.findings import Refused, settle
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
_RECEPTIONS = Query(
    select(col(Reception.code), col(Reception.name)).order_by(
        col(Reception.is_branch), col(Reception.id)
    )
)
SECOND_STARTS = (45, 60)  # minutes after the first half, the first free one is proposed


def propose(context: Context, patient_id: int, commitment_id: int | None = None) -> VisitProposal:
    """Return what 085 opens with for a patient; the read is logged.

    The commitment is chosen when just one is open.  Raises Refused: SE01 for a patient of other
    units or a commitment that is not the unit's, VA34 for a closed one, BE01 for another
    patient's.
    """
    with UnitOfWork(context) as work:
        person = work.one(_BIRTH, patient_id=patient_id)
        rows = work.all(_COMMITMENTS, patient_id=patient_id)
        if rows:
            return _propose(
                work, patient_id, None if person is None else person[0], rows, commitment_id
            )
        if commitment_id is not None:
            read_state(work, commitment_id)  # SE01, logged, when it is another unit's
    if person is None:
        raise NotFound("Patienten finns inte. Läs patienten på nytt.")
    check_relation(context, patient_id)
    with UnitOfWork(context) as work:
        return _propose(work, patient_id, person[0], [], None)


def _propose(
    work: UnitOfWork,
    patient_id: int,
    birth_date: dt.date | None,
    rows: list[tuple[object, ...]],
    commitment_id: int | None,
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
    why_not = ""
    if not choices:
        why_not = (
            "Patienten har inget pågående vårdåtagande. Lägg upp ett i 040 (Snabbval 40),"
            " eller återöppna det avslutade."
        )
    work.audit("read", patient_id, "visit")
    found = _filled(work, patient_id, birth_date, choices, state, why_not, lines)
    work.commit()
    return found


def _state(work: UnitOfWork, commitment_id: int, patient_id: int) -> State:
    state = read_state(work, commitment_id)
    if state.head.patient_id != patient_id:
        text = f"Vårdåtagande {commitment_id} är en annan patients. Välj med F4."
        raise Refused([finding("BE01", "commitment", text=text)])
    settle(check_open(commitment_id, state.head.closed_on, "commitment"))
    return state


def _caregiver(
    work: UnitOfWork, signatures: tuple[str | None, ...], on: dt.date
) -> tuple[str, str, str]:
    """Return (signature, name, category) of the first who is active, blanks for nobody."""
    for signature in dict.fromkeys(signatures):
        found = signature and active_caregiver(work, signature, on)
        if signature and found:
            return signature, found[1], found[2]
    return "", "", ""


def _filled(
    work: UnitOfWork,
    patient_id: int,
    birth_date: dt.date | None,
    choices: tuple[CommitmentChoice, ...],
    state: State | None,
    why_not: str,
    lines: list[Line],
) -> VisitProposal:
    today = work.today
    head = None if state is None else state.head
    last = None if head is None else work.one(_LAST_USED, commitment_id=head.id)
    reception = last[:2] if last is not None else work.one(_RECEPTIONS) or ("", "")
    signatures = (
        None if last is None else last[2],
        None if head is None else head.caregiver,
        work.actor.signature,
    )
    signature, name, category = _caregiver(work, signatures, today)
    protection = read_protection(work, patient_id, birth_date, lines)
    exemption = protection.on(today).exemption
    fee, fee_reason = fee_for(
        birth_date,
        today,
        without_fee=bool(exemption),
        exemption=exemption,
        protection=protection,
    )
    discharged = head is not None and head.discharge_date is not None
    kept = [] if state is None else state.kept
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
        "contact_type": "ÅB" if any(line.date <= today for line in kept) else "NY",
        "distance": "N",
        "interpreter": "N",
        "no_show": "N",
        "fee": f"{fee} kr",
        "without_fee": yes(bool(exemption)),
        "exemption": exemption,
    }
    return VisitProposal(
        patient_id=patient_id,
        commitment_id=None if head is None else head.id,
        commitments=choices,
        raw=raw,
        problem="" if head is None else head.problem,
        caregiver_name=name,
        category=category,
        reception_name=reception[1],
        visit_number=None if state is None else len(kept) + 1,
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


def propose_second(context: Context, visit_id: int) -> VisitProposal:
    """Return the second half of a double session: `Utan avgift`, SJ, directly after the first.

    Raises Refused: BE05 when the diagnosis or the visit does not take one, VA34, SE01.
    """
    with UnitOfWork(context) as work:
        first = read_card(work, visit_id)
        state = _state(work, first.commitment_id, first.patient_id)
        lines = lines_of_patient(work, first.patient_id)
        problem = ""
        if first.cancelled or first.no_show:
            problem = "Besöket ägde inte rum; en dubbelsession kräver att det gjorde det."
        elif not first.may_double:
            named = state.diagnosis or "okänd diagnos"
            problem = (
                "Dubbelsession går bara vid PTSD (F431) och tvångssyndrom (F42),"
                f" inte {named}. Registrera diagnosen i 184 först om den är fel."
            )
        elif first.double_of_visit_id is not None:
            problem = "Besöket är redan en dubbelsessions andra hälft."
        elif second := second_half(lines, visit_id):
            problem = f"Dubbelsessionens andra hälft finns redan, {second.time:%H:%M} (083)."
        if problem:
            raise Refused([finding("BE05", "", text=problem)])
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
        visit_number=len(kept) + 1,
        visits_allowed=first.visits_allowed,
        fee=fee,
        fee_reason=why,
        birth_date=birth_date,
        medical=medical.joined() if codes else None,
        medical_origin=medical.origin if codes else "",
        may_double=True,
        why_not="",
    )


def _free_start(first: dt.time, taken: set[dt.time]) -> str:
    for minutes in SECOND_STARTS:
        total = first.hour * 60 + first.minute + minutes
        if total >= 24 * 60:
            break
        start = dt.time(total // 60, total % 60)
        if start not in taken and minutes_between(first, start) == minutes:
            return f"{start:%H:%M}"
    return ""
