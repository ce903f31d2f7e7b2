"""The three forms of a vårdåtagande (screen 048)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Caregiver, DischargeForm, EnrolmentForm, Entity, FollowUpForm
from pasis_tui.services.commitments.commitment_state import (
    State,
    active_caregiver,
    caregiver_span,
    lock_state,
    read_state,
)
from pasis_tui.services.forms.overview import OverviewPage, OverviewRow, due_text, overview_page
from pasis_tui.services.patients.reach import changed, created
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.findings import NOTHING, Confirmed, Finding, settle
from pasis_tui.validation.forms import (
    DischargeInput,
    EnrolmentInput,
    FollowUpInput,
    FormFacts,
    FormInput,
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
from pasis_tui.validation.records import as_typed, columns_of, entries, logged

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentCard(EnrolmentInput):
    """A saved Inskrivning."""

    version: int
    caregiver_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeCard(DischargeInput):
    """A saved Utskrivning."""

    version: int
    caregiver_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpCard(FollowUpInput):
    """A saved Uppföljning."""

    version: int


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


Card = TypeVar("Card")
_CAREGIVER = {"caregiver": col(Caregiver.signature), "caregiver_name": col(Caregiver.name)}


class _Form(Generic[Card]):
    """One of the three forms: its table, its card, its reader and its rules."""

    def __init__(
        self,
        model: Any,
        card: type[Card],
        read: Callable[[Mapping[str, str], dt.date], Any],
        check: Callable[[Any, FormFacts, dt.date], list[Finding]],
    ) -> None:
        self.model, self.read, self.check = model, read, check
        self.entity: Entity = cast("Entity", model.__tablename__)
        columns = columns_for(card, model, **_CAREGIVER)
        statement = select(*columns).where(col(model.commitment_id) == bindparam("commitment_id"))
        if "caregiver" in entries(card):
            statement = statement.join(Caregiver, col(Caregiver.id) == col(model.caregiver_id))
        self._query = Query(statement, card)

    def saved(self, work: UnitOfWork, commitment_id: int) -> Card | None:
        """Return the commitment's form, None while there is none."""
        return work.one(self._query, commitment_id=commitment_id)


_ENROLMENT = _Form(EnrolmentForm, EnrolmentCard, read_enrolment, check_enrolment)
_DISCHARGE = _Form(DischargeForm, DischargeCard, read_discharge, check_discharge)
_FOLLOW_UP = _Form(FollowUpForm, FollowUpCard, read_follow_up, check_follow_up)


@needs("overview")
def get(context: Context, commitment_id: int) -> FormsCard:
    """Return a commitment's forms; the read is logged.  Raises Refused (SE01)."""
    with Reading(context) as work:
        state = read_state(work, commitment_id)
        card = _card(work, state)
        work.audit("read", card.patient_id, "care_commitment", commitment_id)
        work.commit()
    return card


def _card(work: UnitOfWork, state: State) -> FormsCard:
    head = state.head
    kept = state.kept_until(work.today)
    last = state.last_main
    discharge = _DISCHARGE.saved(work, head.id)
    window = None if head.discharge_date is None else follow_up_window(head.discharge_date)
    facts = _facts(state, work.today)
    return FormsCard(
        commitment_id=head.id,
        patient_id=head.patient_id,
        problem=head.problem,
        arrival_date=head.arrival_date,
        closed_on=head.closed_on,
        closing_reason=head.closing_reason,
        caregiver=head.caregiver,
        caregiver_name=head.caregiver_name,
        enrolment=_ENROLMENT.saved(work, head.id),
        discharge=discharge,
        follow_up=_FOLLOW_UP.saved(work, head.id),
        visits=len(kept),
        first_visit_date=kept[0].date if kept else None,
        last_visit_date=kept[-1].date if kept else None,
        last_main_diagnosis="" if last is None else last.main_diagnosis or "",
        follow_up_window=window,
        why_no_discharge=None if discharge else why_no_discharge(facts, work.today),
        why_no_follow_up=why_no_follow_up(facts, work.today),
    )


def _facts(state: State, today: dt.date, day: dt.date | None = None) -> FormFacts:
    """Return what the rules need; *day* is the date of the form being saved."""
    head = state.head
    return FormFacts(
        commitment_id=head.id,
        arrival_date=head.arrival_date,
        closed_on=head.closed_on,
        enrolment=head.enrolment_date,
        discharge=head.discharge_date,
        follow_up=head.follow_up_date,
        visit_dates=frozenset(line.date for line in state.kept_until(today)),
        treated_after=None if day is None else state.treated_after(day),
    )


def propose_enrolment(card: FormsCard, today: dt.date) -> dict[str, str]:
    """Return Inskrivning's fields: as saved, else as proposed from the commitment."""
    if card.enrolment is not None:
        return card.enrolment.raw()
    main = card.last_main_diagnosis
    listed = codes.table("enrolment_diagnosis")
    fitting = [code for code in listed if main and codes.agrees(code, main)]
    return {
        "date": as_typed(card.first_visit_date or today),
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
        "date": as_typed(card.last_visit_date or today),
        "caregiver": card.enrolment.caregiver if card.enrolment else card.caregiver,
        "sick_leave_percent": "",
    }


def propose_follow_up(card: FormsCard, today: dt.date) -> dict[str, str]:
    """Return Uppföljning's fields: what is saved, else the date of the visit after discharge."""
    if card.follow_up is not None:
        return card.follow_up.raw()
    last, discharge = card.last_visit_date, card.discharge
    after = last and discharge and last > discharge.date
    return {"date": as_typed(last if after else today), "approved": ""}


def _save(
    context: Context,
    form: _Form[Any],
    commitment_id: int,
    version: int | None,
    raw: Mapping[str, str],
    confirmed: Confirmed,
) -> FormsCard:
    """Save a form, new or the one read with *version*, and return the card as it then is."""
    new: FormInput = form.read(raw, context.today)
    signature: str | None = getattr(new, "caregiver", None)
    with UnitOfWork(context) as work:
        state = lock_state(work, commitment_id)
        patient_id = state.head.patient_id
        row = work.record(form.model, commitment_id)
        if row is not None:
            work.expect(row, version)
        before = form.saved(work, commitment_id)
        values = columns_of(new)
        facts = _facts(state, context.today, new.date)
        if signature is not None:
            values["caregiver_id"] = _caregiver(work, signature, new.date, row, before)
            if values["caregiver_id"] is None:
                span = caregiver_span(work, signature)
                facts = replace(facts, caregiver_active=False, caregiver_span=span)
        settle(form.check(new, facts, context.today), confirmed)
        if row is None:
            work.insert(form.model, commitment_id=commitment_id, **values)
            work.audit("create", patient_id, form.entity, commitment_id, created(logged(new)))
        else:
            work.update(form.model, commitment_id, row.version, **values)
            changes = changed(logged(before), logged(new))
            work.audit("change", patient_id, form.entity, commitment_id, changes)
        card = _card(work, read_state(work, commitment_id))
        work.commit()
    return card


def _caregiver(work: UnitOfWork, signature: str, on: dt.date, row: Any, before: Any) -> int | None:
    """Return the id of the caregiver active on a date; a saved one stays even if they have left."""
    if active := active_caregiver(work, signature, on):
        return active.id
    if before is not None and signature == before.caregiver and before.date == on:
        kept: int = row.caregiver_id
        return kept
    return None


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
    return _save(context, _ENROLMENT, commitment_id, version, raw, confirmed)


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
    return _save(context, _DISCHARGE, commitment_id, version, raw, confirmed)


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
    return _save(context, _FOLLOW_UP, commitment_id, version, raw, confirmed)
