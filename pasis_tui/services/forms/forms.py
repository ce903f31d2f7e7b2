"""The three forms of a vårdåtagande (screen 048)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Caregiver, DischargeForm, EnrolmentForm, Entity, FollowUpForm
from pasis_tui.services.commitments.commitment_state import (
    State,
    active_caregiver,
    caregiver_span,
    read_state,
)
from pasis_tui.services.forms.overview import OverviewPage, OverviewRow, due_text, overview_page
from pasis_tui.services.patients.reach import changed, created, iso, yes
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Query, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.caregivers import Span
from pasis_tui.validation.findings import NOTHING, Confirmed, Finding, settle
from pasis_tui.validation.forms import (
    FormFacts,
    check_discharge,
    check_enrolment,
    check_follow_up,
    follow_up_window,
    read_discharge,
    read_enrolment,
    read_follow_up,
    why_no_discharge,
    why_no_follow_up,
)

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
    working date; ``why_no_discharge`` and ``why_no_follow_up`` are None when Utskrivning and
    Uppföljning can be pressed.  A discharge that is registered can always be looked at.
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
    why_no_discharge: Finding | None
    why_no_follow_up: Finding | None


_ENROLMENT = Query(
    select(
        col(EnrolmentForm.version),
        col(EnrolmentForm.date),
        col(EnrolmentForm.treatment),
        col(EnrolmentForm.diagnosis),
        col(Caregiver.signature).label("caregiver"),
        col(Caregiver.name).label("caregiver_name"),
        col(EnrolmentForm.sick_leave_percent),
        col(EnrolmentForm.sick_leave_date),
    )
    .join(Caregiver, col(Caregiver.id) == col(EnrolmentForm.caregiver_id))
    .where(col(EnrolmentForm.commitment_id) == bindparam("commitment_id")),
    EnrolmentCard,
)
_DISCHARGE = Query(
    select(
        col(DischargeForm.version),
        col(DischargeForm.date),
        col(Caregiver.signature).label("caregiver"),
        col(Caregiver.name).label("caregiver_name"),
        col(DischargeForm.sick_leave_percent),
    )
    .join(Caregiver, col(Caregiver.id) == col(DischargeForm.caregiver_id))
    .where(col(DischargeForm.commitment_id) == bindparam("commitment_id")),
    DischargeCard,
)
_FOLLOW_UP = Query(
    select(col(FollowUpForm.version), col(FollowUpForm.date), col(FollowUpForm.approved)).where(
        col(FollowUpForm.commitment_id) == bindparam("commitment_id")
    ),
    FollowUpCard,
)


@needs("overview")
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
    facts = _facts(state, work.today)
    return FormsCard(
        commitment_id=head.id,
        patient_id=head.patient_id,
        problem=head.problem,
        arrival_date=head.arrival_date,
        closed_on=head.closed_on,
        closing_reason=head.closing_reason or "",
        caregiver=head.caregiver,
        caregiver_name=head.caregiver_name,
        enrolment=enrolment,
        discharge=discharge,
        follow_up=follow_up,
        visits=len(kept),
        first_visit_date=kept[0].date if kept else None,
        last_visit_date=kept[-1].date if kept else None,
        last_main_diagnosis="" if last is None else last.main_diagnosis or "",
        follow_up_window=window,
        why_no_discharge=None if discharge else why_no_discharge(facts, work.today),
        why_no_follow_up=why_no_follow_up(facts, work.today),
    )


def _facts(
    state: State,
    today: dt.date,
    active: bool = True,
    span: Span | None = None,
    discharge: dt.date | None = None,
) -> FormFacts:
    head = state.head
    return FormFacts(
        commitment_id=head.id,
        arrival_date=head.arrival_date,
        closed_on=head.closed_on,
        enrolment=head.enrolment_date,
        discharge=head.discharge_date,
        follow_up=head.follow_up_date,
        visit_dates=frozenset(line.date for line in state.kept_until(today)),
        caregiver_active=active,
        caregiver_span=span,
        treated_after=None if discharge is None else state.treated_after(discharge),
    )


def propose_enrolment(card: FormsCard, today: dt.date) -> dict[str, str]:
    """Return Inskrivning's fields: as saved, else as proposed from the commitment."""
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
    after = last and discharge and last > discharge.date
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
    if (saved := work.record(model, commitment_id)) is not None:
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
    entity = cast("Entity", model.__tablename__)
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
    """Return the id of the caregiver active on a date; a saved one stays even if they have left."""
    if row := active_caregiver(work, signature, on):
        return row[0]
    if saved is not None and signature == saved_signature and saved.date == on:
        kept: int = saved.caregiver_id
        return kept
    return None


def _input(form: Any) -> dict[str, Any]:
    return {name: getattr(form, name) for name in type(form).__slots__}


@needs("overview")
def save_enrolment(
    context: Context,
    commitment_id: int,
    version: int | None,
    raw: Mapping[str, str],
    confirmed: Confirmed = NOTHING,
) -> FormsCard:
    """Save Inskrivning, new (*version* None) or the one read with *version*.

    Raises Refused (FO01, FO02, FO07, VA10, VA34, SE01), Unconfirmed (FO06) and Conflict.
    """
    enrolment = read_enrolment(raw, context.today)
    with UnitOfWork(context) as work:
        state, saved = _begin(work, commitment_id, EnrolmentForm, version)
        before = _card(work, state).enrolment
        signature = "" if before is None else before.caregiver
        caregiver = _caregiver(work, enrolment.caregiver, enrolment.date, saved, signature)
        span = None if caregiver else caregiver_span(work, enrolment.caregiver)
        facts = _facts(state, context.today, bool(caregiver), span)
        settle(check_enrolment(enrolment, facts, context.today), confirmed)
        new = _input(enrolment)
        values = {name: value for name, value in new.items() if name != "caregiver"}
        values["caregiver_id"] = caregiver
        old = {} if before is None else _input(before)
        return _finish(work, state, EnrolmentForm, saved, values, (old, new))


@needs("overview")
def save_discharge(
    context: Context,
    commitment_id: int,
    version: int | None,
    raw: Mapping[str, str],
    confirmed: Confirmed = NOTHING,
) -> FormsCard:
    """Save Utskrivning, new (*version* None) or the one read with *version*.

    Raises Refused (FO03, FO07, VA10, VA34, SE01), Unconfirmed (FO06, FO08) and Conflict.
    """
    discharge = read_discharge(raw, context.today)
    with UnitOfWork(context) as work:
        state, saved = _begin(work, commitment_id, DischargeForm, version)
        before = _card(work, state).discharge
        signature = "" if before is None else before.caregiver
        caregiver = _caregiver(work, discharge.caregiver, discharge.date, saved, signature)
        span = None if caregiver else caregiver_span(work, discharge.caregiver)
        facts = _facts(state, context.today, bool(caregiver), span, discharge.date)
        settle(check_discharge(discharge, facts, context.today), confirmed)
        new = _input(discharge)
        values = {name: value for name, value in new.items() if name != "caregiver"}
        values["caregiver_id"] = caregiver
        old = {} if before is None else _input(before)
        return _finish(work, state, DischargeForm, saved, values, (old, new))


@needs("overview")
def save_follow_up(
    context: Context,
    commitment_id: int,
    version: int | None,
    raw: Mapping[str, str],
    confirmed: Confirmed = NOTHING,
) -> FormsCard:
    """Save Uppföljning, new (*version* None) or the one read with *version*.

    Raises Refused (FO04, FO07, VA34, SE01), Unconfirmed (FO05, FO06) and Conflict.
    """
    follow_up = read_follow_up(raw, context.today)
    with UnitOfWork(context) as work:
        state, saved = _begin(work, commitment_id, FollowUpForm, version)
        before = _card(work, state).follow_up
        findings: list[Finding] = check_follow_up(
            follow_up, _facts(state, context.today), context.today
        )
        settle(findings, confirmed)
        new = _input(follow_up)
        old = {} if before is None else _input(before)
        return _finish(work, state, FollowUpForm, saved, new, (old, new))
