"""The unit's commitments in pages, with their forms and what falls due (screen 048)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlmodel import col

from pasis_tui.models import (
    CareCommitment,
    DischargeForm,
    EnrolmentForm,
    FollowUpForm,
    Patient,
    Visit,
)
from pasis_tui.services.reach import HIGHEST_ID, reachable
from pasis_tui.store.actor import Context
from pasis_tui.store.pages import Key, Page, Pages
from pasis_tui.store.unit_of_work import Query, UnitOfWork
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.forms import follow_up_window
from pasis_tui.validation.identity import (
    InvalidIdentityNumber,
    candidates,
    format_identity_number,
)
from pasis_tui.validation.rules import finding


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A row of 048; ``visits`` counts the kept ones up to the working date.

    ``due`` says what is owed next and ``due_short`` the same in at most nine characters.
    """

    commitment_id: int
    patient_id: int
    identity_text: str
    name: str
    arrival_date: dt.date
    visits: int
    enrolment: bool
    discharge: bool
    follow_up: bool
    due: str
    due_short: str
    is_open: bool
    protected: bool


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """A page of 048; hand ``last`` back as *after*, ``first`` as *before*."""

    rows: tuple[OverviewRow, ...]
    first: Key | None
    last: Key | None
    before: bool
    after: bool
    total: int | None


_kept = (
    select(func.count())
    .select_from(Visit)
    .where(
        col(Visit.commitment_id) == col(CareCommitment.id),
        col(Visit.date) <= bindparam("today"),
        col(Visit.cancelled_at).is_(None),
        col(Visit.no_show).is_(False),
    )
    .correlate(CareCommitment)
    .scalar_subquery()
)


def _overview(*conditions: ColumnElement[bool]) -> Pages:
    statement: Select[*tuple[Any, ...]] = (
        select(
            col(CareCommitment.id),
            col(CareCommitment.patient_id),
            col(Patient.identity_number),
            col(Patient.family_name),
            col(Patient.given_name),
            col(CareCommitment.arrival_date),
            _kept,
            col(EnrolmentForm.date),
            col(DischargeForm.date),
            col(FollowUpForm.date),
            col(CareCommitment.closed_on),
            col(Patient.protected),
        )
        .select_from(CareCommitment)
        .join(Patient, col(Patient.id) == col(CareCommitment.patient_id))
        .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
        .outerjoin(DischargeForm, col(DischargeForm.commitment_id) == col(CareCommitment.id))
        .outerjoin(FollowUpForm, col(FollowUpForm.commitment_id) == col(CareCommitment.id))
        .where(col(CareCommitment.removed_at).is_(None), *conditions)
    )
    return Pages(
        statement, (col(CareCommitment.arrival_date).desc(), col(CareCommitment.id).desc())
    )


_shown = col(Patient.protected).is_(False)
_ONGOING = _overview(col(CareCommitment.closed_on).is_(None), _shown)
_ALL = _overview(_shown)
_BY_ID = _overview(col(CareCommitment.id) == bindparam("commitment_id"))
_BY_PATIENT = _overview(col(CareCommitment.patient_id) == bindparam("patient_id"))
_PATIENT = Query(select(col(Patient.id)).where(col(Patient.identity_number) == bindparam("number")))


def overview_page(
    context: Context,
    state: str = "P",
    *,
    after: Key | None = None,
    before: Key | None = None,
    last: bool = False,
    size: int = 20,
    commitment_id: int | None = None,
    identity: str | None = None,
    count: bool = False,
) -> OverviewPage:
    """Return a page of the unit's commitments, latest arrival first.

    *state* is P (ongoing) or A (all).  A search by *commitment_id* or *identity* (10 or 12
    digits as typed) finds closed ones and protected identities too; those are left out
    otherwise.  The read is logged, with the commitments shown; so is a search that finds only
    other units' or nothing.  Raises Refused (VA01).
    """
    numbers = _numbers(identity, context.today) if identity and identity.strip() else ()
    with UnitOfWork(context) as work:
        values: dict[str, Any] = {"today": context.today}
        patient_id = None
        if commitment_id is not None:
            pages = _BY_ID
            values["commitment_id"] = commitment_id if reachable(commitment_id) else 0
        elif numbers:
            pages = _BY_PATIENT
            known = (work.scalar(_PATIENT, number=number) for number in numbers)
            patient_id = next((key for key in known if key is not None), None)
            values["patient_id"] = patient_id or 0
        else:
            pages = _ONGOING if state == "P" else _ALL
        page = pages.page(
            work, after=after, before=before, last=last, size=size, count=count, **values
        )
        _log(work, page, commitment_id, patient_id, searched=bool(numbers))
        work.commit()
    rows = tuple([_row(row, context.today) for row in page.rows])
    return OverviewPage(rows, page.first, page.last, page.before, page.after, page.total)


def _numbers(identity: str, today: dt.date) -> tuple[str, ...]:
    try:
        return tuple(number.digits for number in candidates(identity, today))
    except InvalidIdentityNumber as fault:
        raise Refused([finding("VA01", "identity_number", reason=fault.reason)]) from fault


def _log(
    work: UnitOfWork,
    page: Page,
    commitment_id: int | None,
    patient_id: int | None,
    *,
    searched: bool,
) -> None:
    """One event a page, with the IDs shown; a vain search by ID or number is ``denied``."""
    searching = searched or commitment_id is not None
    if searching and not page.rows:
        found = commitment_id is not None and 0 < commitment_id <= HIGHEST_ID
        work.audit(
            "denied",
            patient_id,
            "care_commitment",
            commitment_id if found else None,
            reason="finns inte vid enheten",
        )
        return
    if searching:
        patient_id = page.rows[0][1]
    shown = [row[0] for row in page.rows]
    work.audit("read", patient_id, "care_commitment", commitment_id, {"shown": [None, shown]})


def _row(row: tuple[Any, ...], today: dt.date) -> OverviewRow:
    (
        commitment_id,
        patient_id,
        number,
        family_name,
        given_name,
        arrival_date,
        visits,
        enrolment,
        discharge,
        follow_up,
        closed_on,
        protected,
    ) = row
    due, due_short = "", ""
    if closed_on is None:
        due, due_short = due_text(visits, enrolment, discharge, follow_up, today)
    return OverviewRow(
        commitment_id=commitment_id,
        patient_id=patient_id,
        identity_text=format_identity_number(number),
        name=f"{family_name}, {given_name}",
        arrival_date=arrival_date,
        visits=visits,
        enrolment=enrolment is not None,
        discharge=discharge is not None,
        follow_up=follow_up is not None,
        due=due,
        due_short=due_short,
        is_open=closed_on is None,
        protected=protected,
    )


def due_text(
    visits: int,
    enrolment: dt.date | None,
    discharge: dt.date | None,
    follow_up: dt.date | None,
    today: dt.date,
) -> tuple[str, str]:
    """Return what an open commitment owes next, in full and in at most nine characters.

    In order: closing, once followed up or when the window of the follow-up is past; the
    follow-up, with the day its window opens, or its last day with ``!`` while it is open; the
    enrolment form of a patient who has been here.
    """
    if follow_up is not None:
        return "avsluta!", "avsluta!"
    if discharge is not None:
        first, last = follow_up_window(discharge)
        if today > last:
            return "avsluta!", "avsluta!"
        if today < first:
            return f"uppf {first}", _short("uppf", first)
        return f"uppf! {last}", _short("upp!", last)
    if visits and enrolment is None:
        return "inskrivning", "inskriv."
    return "", ""


def _short(word: str, day: dt.date) -> str:
    text = f"{word} {day.day}/{day.month}"
    return text if len(text) <= 9 else f"{word}{day.day}/{day.month}"
