"""The vårdåtagande from referral to closing (screen 040)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, wall_clock
from pasis_tui.services.commitments.commitment_cards import (
    CommitmentCard,
    CommitmentRow,
    card_of,
)
from pasis_tui.services.commitments.commitment_checks import (
    check_input,
    check_start_input,
    one_open,
    other_open,
)
from pasis_tui.services.commitments.commitment_state import (
    State,
    active_caregiver,
    caregiver_span,
    lock_state,
    read_state,
)
from pasis_tui.services.commitments.kept_visits import KEPT_VISITS
from pasis_tui.services.patients.reach import changed, created, read_reason
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation.care_commitments import (
    REST,
    check_open,
    read_commitment,
    read_start,
)
from pasis_tui.validation.closing import (
    CLOSING,
    ClosingInput,
    check_closing,
    check_removal,
    read_closing,
)
from pasis_tui.validation.findings import NOTHING, Confirmed, Finding, Refused, settle
from pasis_tui.validation.records import as_typed, columns_of, logged
from pasis_tui.validation.rules import finding

__all__ = [
    "CommitmentCard",
    "CommitmentRow",
    "change",
    "check_start",
    "close",
    "create",
    "for_patient",
    "get",
    "opening_values",
    "remove",
    "reopen",
    "start_proposal",
]

_ENTITY: Final = "care_commitment"
_T = TypeVar("_T")


_OF_PATIENT = Query(
    select(*columns_for(CommitmentRow, CareCommitment, visits=KEPT_VISITS))
    .where(
        col(CareCommitment.patient_id) == bindparam("patient_id"),
        col(CareCommitment.removed_at).is_(None),
    )
    .order_by(col(CareCommitment.arrival_date).desc(), col(CareCommitment.id).desc()),
    CommitmentRow,
)


@needs("booking")
def for_patient(context: Context, patient_id: int) -> tuple[CommitmentRow, ...]:
    """Return the patient's commitments at the own unit, newest first; the read is logged."""
    with Reading(context) as work:
        rows = work.all(_OF_PATIENT, patient_id=patient_id, today=context.today)
        work.audit("read", patient_id=patient_id, entity=_ENTITY)
        work.commit()
    return tuple(row._replace(unit=context.actor.unit_code) for row in rows)


@needs("booking")
def get(context: Context, commitment_id: int) -> CommitmentCard:
    """Return one own commitment; the read is logged.  Raises Refused (SE01)."""
    with Reading(context) as work:
        state = read_state(work, commitment_id)
        work.audit("read", state.head.patient_id, _ENTITY, commitment_id)
        work.commit()
    return card_of(context, state)


@needs("booking")
def start_proposal(context: Context) -> dict[str, str]:
    """Return what a new commitment starts with, before Läs."""
    return {
        "unit": context.actor.unit_code,
        "problem": "",
        "arrival_date": as_typed(context.today),
    }


@needs("booking")
def check_start(
    context: Context, patient_id: int, raw: Mapping[str, str], confirmed: Confirmed = NOTHING
) -> dict[str, str]:
    """Läs of a new commitment: check what is known and return the fields it opens with.

    Raises Refused (VA02, VA03, VA05, VA12) and Unconfirmed (VA04, VA11).
    """
    start = read_start(raw, context.today)
    with Reading(context) as work:
        settle(check_start_input(work, patient_id, start), confirmed)
        opening = _opening(work)
        work.audit("read", patient_id=patient_id, entity=_ENTITY)
        work.commit()
    return {
        "unit": context.actor.unit_code,
        "problem": start.problem,
        "arrival_date": as_typed(start.arrival_date),
        **opening,
        **dict.fromkeys(CLOSING, ""),
    }


@needs("booking")
def opening_values(context: Context) -> dict[str, str]:
    """Return what Läs fills the rest of a new commitment with."""
    with UnitOfWork(context, reading=True) as work:
        return _opening(work)


def _opening(work: UnitOfWork) -> dict[str, str]:
    """Propose the clerk as caregiver only while their signature is active (VA10)."""
    own = active_caregiver(work, work.actor.signature, work.today)
    return dict.fromkeys(REST, "") | {
        "type_of_commitment": "R",
        "review_date": as_typed(work.today),
        "caregiver": "" if own is None else work.actor.signature,
    }


@needs("booking")
def create(
    context: Context, patient_id: int, raw: Mapping[str, str], confirmed: Confirmed = NOTHING
) -> CommitmentCard:
    """Spara of Nyuppläggning.  Raises Refused (VA02-VA12) and Unconfirmed (VA04, VA08, VA11)."""
    commitment = read_commitment(raw, context.today)
    with UnitOfWork(context) as work:
        work.lock_patient(patient_id)
        findings, values = check_input(work, patient_id, commitment)
        settle(findings, confirmed)
        with one_open(commitment.problem, context.today):
            key = work.insert(CareCommitment, patient_id=patient_id, **values)
        work.audit("create", patient_id, _ENTITY, key, created(logged(commitment)))
        return _committed(work, key)


@needs("booking")
def change(
    context: Context,
    commitment_id: int,
    version: int,
    raw: Mapping[str, str],
    confirmed: Confirmed = NOTHING,
) -> CommitmentCard:
    """Spara of an open commitment; a filled closing block closes it in the same transaction.

    Raises Refused (VA02-VA12, VA30-VA34, SE01), Unconfirmed (VA33, VA35) and Conflict.
    """
    closing = any(raw.get(name, "").strip() for name in CLOSING)
    faults: list[Finding] = []
    commitment = _read(read_commitment, raw, context.today, faults)
    ending = _read(read_closing, raw, context.today, faults) if closing else None
    if commitment is None or faults:
        raise Refused(faults)
    with UnitOfWork(context) as work:
        state = _open_state(work, commitment_id, version)
        findings, values = check_input(work, state.head.patient_id, commitment, state)
        extra = _check_closing_input(work, state, ending, findings) if ending is not None else {}
        settle(findings, confirmed)
        changes = changed(logged(state.head), logged(commitment))
        with one_open(commitment.problem, context.today):
            work.update(CareCommitment, commitment_id, version, **values, **extra)
        patient_id = state.head.patient_id
        if changes or ending is None:
            work.audit("change", patient_id, _ENTITY, commitment_id, changes)
        if ending is not None:
            work.audit("close", patient_id, _ENTITY, commitment_id, created(logged(ending)))
        return _committed(work, commitment_id)


def _committed(work: UnitOfWork, commitment_id: int) -> CommitmentCard:
    """Commit, and return the commitment as it then is."""
    state = read_state(work, commitment_id)
    work.commit()
    return card_of(work.context, state)


def _read(
    reader: Callable[[Mapping[str, str], dt.date], _T],
    raw: Mapping[str, str],
    today: dt.date,
    faults: list[Finding],
) -> _T | None:
    try:
        return reader(raw, today)
    except Refused as refused:
        faults.extend(refused.findings)
        return None


def _open_state(work: UnitOfWork, commitment_id: int, version: int) -> State:
    """Return the state of an open commitment, with other saves of the patient kept out."""
    state = lock_state(work, commitment_id)
    work.expect(work.record(CareCommitment, commitment_id), version)
    settle(check_open(commitment_id, state.head.closed_on, work.today))
    return state


def _check_closing_input(
    work: UnitOfWork, state: State, closing: ClosingInput, findings: list[Finding]
) -> dict[str, Any]:
    """Add the closing rules' findings to *findings* and return the columns to write.

    Whoever closes late may sign for a date before they began: being active on either day is enough.
    """
    sign = active_caregiver(work, closing.closing_caregiver, closing.closing_date)
    sign = sign or active_caregiver(work, closing.closing_caregiver, work.today)
    span = None if sign else caregiver_span(work, closing.closing_caregiver)
    facts = state.closing_facts(work.today, caregiver_active=sign is not None, span=span)
    findings += check_closing(closing, facts, work.today)
    return columns_of(closing) | {"closing_caregiver_id": sign and sign.id}


@needs("booking")
def close(
    context: Context,
    commitment_id: int,
    version: int,
    raw: Mapping[str, str],
    confirmed: Confirmed = NOTHING,
) -> CommitmentCard:
    """Close with the closing block alone.

    Raises Refused (VA10, VA30-VA32, VA34, SE01), Unconfirmed (VA33, VA35) and Conflict.
    """
    closing = read_closing(raw, context.today)
    with UnitOfWork(context) as work:
        state = _open_state(work, commitment_id, version)
        findings: list[Finding] = []
        values = _check_closing_input(work, state, closing, findings)
        settle(findings, confirmed)
        work.update(CareCommitment, commitment_id, version, **values)
        patient_id = state.head.patient_id
        work.audit("close", patient_id, _ENTITY, commitment_id, created(logged(closing)))
        return _committed(work, commitment_id)


@needs("booking")
def reopen(context: Context, commitment_id: int, version: int, reason: str) -> CommitmentCard:
    """Open a closed commitment again, an act of its own in the log (VA34).

    Raises Refused (VA12, VA34 without a reason or when it is open, SE01) and Conflict.
    """
    reason = read_reason(reason, "reason", "VA34", context.today)
    with UnitOfWork(context) as work:
        head = lock_state(work, commitment_id).head
        if head.closed_on is None:
            raise Refused([finding("VA34", "", context.today, "already_open", id=head.id)])
        other = other_open(work, head.patient_id, head.problem, head.id)
        if other is not None:
            refusal = finding("VA12", "problem", context.today, problem=head.problem, id=other)
            raise Refused([refusal])
        closing = ClosingInput(head.closed_on, head.closing_reason, head.closing_caregiver)
        open_again = dict.fromkeys((*columns_of(closing), "closing_caregiver_id"))
        with one_open(head.problem, context.today):
            work.update(CareCommitment, commitment_id, version, **open_again)
        changes = {name: [value, None] for name, value in logged(closing).items()}
        work.audit("reopen", head.patient_id, _ENTITY, commitment_id, changes, reason)
        return _committed(work, commitment_id)


@needs("booking")
def remove(context: Context, commitment_id: int, version: int) -> None:
    """Borttag: the row stays, out of sight.  Raises Refused (VA20, SE01) and Conflict."""
    with UnitOfWork(context) as work:
        state = lock_state(work, commitment_id)
        facts = state.closing_facts(context.today)
        settle(check_removal(facts, len(state.visits), state.forms, context.today))
        work.update(CareCommitment, commitment_id, version, removed_at=wall_clock())
        work.audit("remove", state.head.patient_id, _ENTITY, commitment_id)
        work.commit()
