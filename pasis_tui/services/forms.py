"""The three forms of a vårdåtagande (screen 048)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Caregiver, DischargeForm, EnrolmentForm, FollowUpForm
from pasis_tui.services.commitment_state import State, active_caregiver, read_state
from pasis_tui.services.overview import OverviewPage, OverviewRow, due_text, overview_page
from pasis_tui.services.reach import changed, created, iso, yes
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Query, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding, settle
from pasis_tui.validation.forms import (
    FormFacts,
    check_discharge,
    check_enrolment,
    check_follow_up,
    follow_up_window,
    read_discharge,
    read_enrolment,
    read_follow_up,
    why_no_follow_up,
)

NOBODY: frozenset[str] = frozenset()

__all__ = [
    "DischargeCard",
    "EnrolmentCard",
    "FollowUpCard",
    "FormsCard",
    "OverviewPage",
    "OverviewRow",
    "due_text",
    "get",
    "overview_page",
    "propose_discharge",
    "propose_enrolment",
    "propose_follow_up",
    "save_discharge",
    "save_enrolment",
    "save_follow_up",
]


@dataclass(frozen=True, slots=True)
class EnrolmentCard:
    """A saved Inskrivning."""

    version: int
    date: dt.date
    treatment: str
    diagnosis: str
    caregiver: str
    caregiver_name: str
    sick_leave_percent: int
    sick_leave_date: dt.date | None

    def raw(self) -> dict[str, str]:
        """Return the form's fields as they are written."""
        return {
            "date": iso(self.date),
            "treatment": self.treatment,
            "diagnosis": self.diagnosis,
            "caregiver": self.caregiver,
            "sick_leave_percent": str(self.sick_leave_percent),
            "sick_leave_date": iso(self.sick_leave_date),
        }


@dataclass(frozen=True, slots=True)
class DischargeCard:
    """A saved Utskrivning."""

    version: int
    date: dt.date
    caregiver: str
    caregiver_name: str
    sick_leave_percent: int

    def raw(self) -> dict[str, str]:
        """Return the form's fields as they are written."""
        return {
            "date": iso(self.date),
            "caregiver": self.caregiver,
            "sick_leave_percent": str(self.sick_leave_percent),
        }


@dataclass(frozen=True, slots=True)
class FollowUpCard:
    """A saved Uppföljning."""

    version: int
    date: dt.date
    approved: bool

    def raw(self) -> dict[str, str]:
        """Return the form's fields as they are written."""
        return {"date": iso(self.date), "approved": yes(self.approved)}


@dataclass(frozen=True, slots=True)
class FormsCard:
    """A commitment's three forms and what their buttons need.

    ``visits``, ``first_visit_date`` and ``last_visit_date`` are of the kept visits up to the
    working date; ``why_no_follow_up`` is "" when Uppföljning can be pressed.
    """

    commitment_id: int
    patient_id: int
    problem: str
    arrival_date: dt.date
    closed_on: dt.date | None
    closing_reason: str
    caregiver: str
    caregiver_name: str
    enrolment: EnrolmentCard | None
    discharge: DischargeCard | None
    follow_up: FollowUpCard | None
    visits: int
    first_visit_date: dt.date | None
    last_visit_date: dt.date | None
    last_main_diagnosis: str
    follow_up_window: tuple[dt.date, dt.date] | None
    why_no_follow_up: str


_ENROLMENT = Query(
    select(
        col(EnrolmentForm.version),
        col(EnrolmentForm.date),
        col(EnrolmentForm.treatment),
        col(EnrolmentForm.diagnosis),
        col(Caregiver.signature),
        col(Caregiver.name),
        col(EnrolmentForm.sick_leave_percent),
        col(EnrolmentForm.sick_leave_date),
    )
    .join(Caregiver, col(Caregiver.id) == col(EnrolmentForm.caregiver_id))
    .where(col(EnrolmentForm.commitment_id) == bindparam("commitment_id"))
)
_DISCHARGE = Query(
    select(
        col(DischargeForm.version),
        col(DischargeForm.date),
        col(Caregiver.signature),
        col(Caregiver.name),
        col(DischargeForm.sick_leave_percent),
    )
    .join(Caregiver, col(Caregiver.id) == col(DischargeForm.caregiver_id))
    .where(col(DischargeForm.commitment_id) == bindparam("commitment_id"))
)
_FOLLOW_UP = Query(
    select(col(FollowUpForm.version), col(FollowUpForm.date), col(FollowUpForm.approved)).where(
        col(FollowUpForm.commitment_id) == bindparam("commitment_id")
    )
)


def get(context: Context, commitment_id: int) -> FormsCard:
    """Return a commitment's forms; the read is logged.  Raises Refused (SE01)."""
    with UnitOfWork(context) as work:
        state = read_state(work, commitment_id)
        card = _card(work, state)
        work.audit("read", card.patient_id, "care_commitment", commitment_id)
        work.commit()
    return card


def _card(work: UnitOfWork, state: State) -> FormsCard:
    head = state.head
    kept = state.kept_until(work.today)
    last = state.last_main
    enrolment = work.one(_ENROLMENT, commitment_id=head.id)
    discharge = work.one(_DISCHARGE, commitment_id=head.id)
    follow_up = work.one(_FOLLOW_UP, commitment_id=head.id)
    window = None if head.discharge_date is None else follow_up_window(head.discharge_date)
    return FormsCard(
        commitment_id=head.id,
        patient_id=head.patient_id,
        problem=head.problem,
        arrival_date=head.arrival_date,
        closed_on=head.closed_on,
        closing_reason=head.closing_reason or "",
        caregiver=head.caregiver,
        caregiver_name=head.caregiver_name,
        enrolment=None if enrolment is None else EnrolmentCard(*enrolment),
        discharge=None if discharge is None else DischargeCard(*discharge),
        follow_up=None if follow_up is None else FollowUpCard(*follow_up),
        visits=len(kept),
        first_visit_date=kept[0].date if kept else None,
        last_visit_date=kept[-1].date if kept else None,
        last_main_diagnosis="" if last is None else last.main_diagnosis or "",
        follow_up_window=window,
        why_no_follow_up=why_no_follow_up(_facts(state, work.today)),
    )


def _facts(state: State, today: dt.date, *, caregiver_active: bool = True) -> FormFacts:
    head = state.head
    return FormFacts(
        commitment_id=head.id,
        arrival_date=head.arrival_date,
        closed_on=head.closed_on,
        enrolment=head.enrolment_date,
        discharge=head.discharge_date,
        follow_up=head.follow_up_date,
        visit_dates=frozenset(line.date for line in state.kept_until(today)),
        caregiver_active=caregiver_active,
    )


def propose_enrolment(card: FormsCard, today: dt.date) -> dict[str, str]:
    """Return Inskrivning's fields: what is saved, else what follows from the commitment."""
    if card.enrolment is not None:
        return card.enrolment.raw()
    main = card.last_main_diagnosis
    listed = codes.table("enrolment_diagnosis")
    fitting = [code for code in listed if main and codes.agrees(code, main)]
    return {
        "date": iso(card.first_visit_date or today),
        "treatment": card.problem,
        "diagnosis": fitting[0] if len(fitting) == 1 else "",
        "caregiver": card.caregiver,
        "sick_leave_percent": "",
        "sick_leave_date": "",
    }


def propose_discharge(card: FormsCard, today: dt.date) -> dict[str, str]:
    """Return Utskrivning's fields: what is saved, else the last visit's date."""
    if card.discharge is not None:
        return card.discharge.raw()
    return {
        "date": iso(card.last_visit_date or today),
        "caregiver": card.enrolment.caregiver if card.enrolment else card.caregiver,
        "sick_leave_percent": "",
    }


def propose_follow_up(card: FormsCard, today: dt.date) -> dict[str, str]:
    """Return Uppföljning's fields: what is saved, else the date of the visit after discharge."""
    if card.follow_up is not None:
        return card.follow_up.raw()
    last, discharge = card.last_visit_date, card.discharge
    after = last is not None and discharge is not None and last > discharge.date
    return {"date": iso(last if after else today), "approved": ""}


def _begin(
    work: UnitOfWork,
    commitment_id: int,
    model: type[EnrolmentForm] | type[DischargeForm] | type[FollowUpForm],
    version: int | None,
) -> tuple[State, Any]:
    """Return the commitment and the form as saved, None for a new one; raises Conflict."""
    state = read_state(work, commitment_id)
    work.lock_patient(state.head.patient_id)
    saved = work.record(model, commitment_id)
    if saved is not None:
        work.expect(saved, version)
    return state, saved


def _finish(
    work: UnitOfWork,
    state: State,
    model: type[EnrolmentForm] | type[DischargeForm] | type[FollowUpForm],
    saved: Any,
    values: dict[str, Any],
    shown: tuple[dict[str, Any], dict[str, Any]],
) -> FormsCard:
    """Write the form and its audit event, and return the card as it then is."""
    head = state.head
    entity = str(model.__tablename__)
    old, new = shown
    if saved is None:
        work.insert(model, commitment_id=head.id, **values)
        work.audit("create", head.patient_id, entity, head.id, created(new))
    else:
        work.update(model, head.id, saved.version, **values)
        work.audit("change", head.patient_id, entity, head.id, changed(old, new))
    card = _card(work, read_state(work, head.id))
    work.commit()
    return card


def _caregiver(
    work: UnitOfWork, signature: str, on: dt.date, saved: Any, saved_signature: str
) -> int | None:
    """Return the id of the caregiver active on a date; a saved one stays though they left."""
    found = active_caregiver(work, signature, on)
    if found is not None:
        return found[0]
    if saved is not None and signature == saved_signature and saved.date == on:
        kept: int = saved.caregiver_id
        return kept
    return None


def _input(given: Any) -> dict[str, Any]:
    return {name: getattr(given, name) for name in type(given).__slots__}


def save_enrolment(
    context: Context,
    commitment_id: int,
    version: int | None,
    raw: Mapping[str, str],
    confirmed: frozenset[str] = NOBODY,
) -> FormsCard:
    """Save Inskrivning, new (*version* None) or the one read with *version*.

    Raises Refused (FO01, FO02, FO07, VA10, VA34, SE01), Unconfirmed (FO06) and Conflict.
    """
    given = read_enrolment(raw, context.today)
    with UnitOfWork(context) as work:
        state, saved = _begin(work, commitment_id, EnrolmentForm, version)
        before = _card(work, state).enrolment
        signature = "" if before is None else before.caregiver
        caregiver = _caregiver(work, given.caregiver, given.date, saved, signature)
        facts = _facts(state, context.today, caregiver_active=caregiver is not None)
        settle(check_enrolment(given, facts, context.today), confirmed)
        new = _input(given)
        values = {name: value for name, value in new.items() if name != "caregiver"}
        values["caregiver_id"] = caregiver
        old = {} if before is None else _input(before)
        return _finish(work, state, EnrolmentForm, saved, values, (old, new))


def save_discharge(
    context: Context,
    commitment_id: int,
    version: int | None,
    raw: Mapping[str, str],
    confirmed: frozenset[str] = NOBODY,
) -> FormsCard:
    """Save Utskrivning, new (*version* None) or the one read with *version*.

    Raises Refused (FO03, FO07, VA10, VA34, SE01), Unconfirmed (FO06) and Conflict.
    """
    given = read_discharge(raw, context.today)
    with UnitOfWork(context) as work:
        state, saved = _begin(work, commitment_id, DischargeForm, version)
        before = _card(work, state).discharge
        signature = "" if before is None else before.caregiver
        caregiver = _caregiver(work, given.caregiver, given.date, saved, signature)
        facts = _facts(state, context.today, caregiver_active=caregiver is not None)
        settle(check_discharge(given, facts, context.today), confirmed)
        new = _input(given)
        values = {name: value for name, value in new.items() if name != "caregiver"}
        values["caregiver_id"] = caregiver
        old = {} if before is None else _input(before)
        return _finish(work, state, DischargeForm, saved, values, (old, new))


def save_follow_up(
    context: Context,
    commitment_id: int,
    version: int | None,
    raw: Mapping[str, str],
    confirmed: frozenset[str] = NOBODY,
) -> FormsCard:
    """Save Uppföljning, new (*version* None) or the one read with *version*.

    Raises Refused (FO04, FO07, VA34, SE01), Unconfirmed (FO05, FO06) and Conflict.
    """
    given = read_follow_up(raw, context.today)
    with UnitOfWork(context) as work:
        state, saved = _begin(work, commitment_id, FollowUpForm, version)
        before = _card(work, state).follow_up
        found: list[Finding] = check_follow_up(given, _facts(state, context.today), context.today)
        settle(found, confirmed)
        new = _input(given)
        old = {} if before is None else _input(before)
        return _finish(work, state, FollowUpForm, saved, new, (old, new))
