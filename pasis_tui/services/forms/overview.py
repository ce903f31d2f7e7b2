"""The unit's commitments in pages, with their forms and what falls due (screen 048)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
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
)
from pasis_tui.services.commitments.kept_visits import KEPT_VISITS
from pasis_tui.services.patients.reach import check_relation, denied, reachable, read_reason
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.pages import Key, Pages
from pasis_tui.store.unit_of_work import Query, Reading, UnitOfWork
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.forms import follow_up_window
from pasis_tui.validation.identity import (
    InvalidIdentityNumber,
    candidates,
    format_identity_number,
)


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A row of 048; ``visits`` counts the kept ones up to the working date.

    ``due`` says what is owed next and ``due_short`` the same in at most nine characters;
    ``diagnosis`` is the enrolment form's.
    """

    commitment_id: int
    patient_id: int
    identity_text: str
    name: str
    problem: str
    arrival_date: dt.date
    visits: int
    enrolled_on: dt.date | None
    diagnosis: str
    discharged_on: dt.date | None
    followed_up_on: dt.date | None
    due: str
    due_short: str
    closed_on: dt.date | None
    closing_reason: str
    protected: bool

    @property
    def enrolment(self) -> bool:
        """Whether the form Inskrivning is registered."""
        return self.enrolled_on is not None

    @property
    def discharge(self) -> bool:
        """Whether the form Utskrivning is registered."""
        return self.discharged_on is not None

    @property
    def follow_up(self) -> bool:
        """Whether the form Uppföljning is registered."""
        return self.followed_up_on is not None

    @property
    def is_open(self) -> bool:
        """Whether the commitment still takes visits and forms."""
        return self.closed_on is None


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """A page of 048; hand ``last`` back as *after*, ``first`` as *before*."""

    rows: tuple[OverviewRow, ...]
    first: Key | None
    last: Key | None
    before: bool
    after: bool
    total: int | None


_COLUMNS: Mapping[str, Any] = {
    "commitment_id": col(CareCommitment.id),
    "patient_id": col(CareCommitment.patient_id),
    "identity_number": col(Patient.identity_number),
    "family_name": col(Patient.family_name),
    "given_name": col(Patient.given_name),
    "problem": col(CareCommitment.problem),
    "arrival_date": col(CareCommitment.arrival_date),
    "visits": KEPT_VISITS,
    "enrolled_on": col(EnrolmentForm.date),
    "diagnosis": func.coalesce(col(EnrolmentForm.diagnosis), ""),
    "discharged_on": col(DischargeForm.date),
    "followed_up_on": col(FollowUpForm.date),
    "closed_on": col(CareCommitment.closed_on),
    "closing_reason": func.coalesce(col(CareCommitment.closing_reason), ""),
    "protected": col(Patient.protected),
}


def _overview(*conditions: ColumnElement[bool]) -> Pages:
    statement: Select[*tuple[Any, ...]] = (
        select(*_COLUMNS.values())
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
_PROTECTED = _overview(~_shown)
_BY_ID = _overview(col(CareCommitment.id) == bindparam("commitment_id"))
_BY_PATIENT = _overview(col(CareCommitment.patient_id) == bindparam("patient_id"))
_PATIENT = Query(select(col(Patient.id)).where(col(Patient.identity_number) == bindparam("number")))


@needs("overview")
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
    protected_reason: str | None = None,
    count: bool = False,
) -> OverviewPage:
    """Return a page of the unit's commitments, latest arrival first.

    *state* is P (ongoing) or A (all).  A search by *commitment_id* or *identity* (10 or 12
    digits as typed) finds closed ones and protected identities too; those are left out
    otherwise.  With *protected_reason* the page is of them alone, closed ones too, and the
    reason is logged with each.  The read is logged, with the commitments shown; so is a search
    that finds only other units' or nothing.  Raises Refused (VA01, SE01, PE04).
    """
    numbers = _numbers(identity, context.today) if identity and identity.strip() else ()
    reason = read_protected_reason(protected_reason, context.today)
    with Reading(context) as work:
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
        elif reason is not None:
            pages = _PROTECTED
        else:
            pages = _ONGOING if state == "P" else _ALL
        page = pages.page(
            work, after=after, before=before, last=last, size=size, count=count, **values
        )
        if commitment_id is not None and not page.rows:
            raise denied(work, "care_commitment", commitment_id)
        rows = tuple([_row(row, context.today) for row in page.rows])
        vain = bool(numbers) and not rows
        if not vain:
            _log(work, rows, commitment_id, searched=bool(numbers), reason=reason)
            work.commit()
    if vain:
        _log_vain(context, patient_id)
    return OverviewPage(rows, page.first, page.last, page.before, page.after, page.total)


def _numbers(identity: str, today: dt.date) -> tuple[str, ...]:
    try:
        return tuple(number.digits for number in candidates(identity, today))
    except InvalidIdentityNumber as fault:
        raise Refused([fault.at("identity_number")]) from fault


def read_protected_reason(text: str | None, today: dt.date) -> str | None:
    """Return the reason for listing protected identities, None for a list without them.

    Raises Refused (PE04) for an empty one.
    """
    return None if text is None else read_reason(text, "", "PE04", today)


def _log(
    work: UnitOfWork,
    rows: Sequence[OverviewRow],
    commitment_id: int | None,
    *,
    searched: bool,
    reason: str | None,
) -> None:
    """One event a page, with the IDs shown; protected identities have one each."""
    shown = [row.commitment_id for row in rows]
    if reason is not None and not searched and commitment_id is None:
        log_protected(work, [(row.patient_id, row.commitment_id) for row in rows], reason)
        return
    patient_id = rows[0].patient_id if searched or commitment_id is not None else None
    named = set() if patient_id is not None else {row.patient_id for row in rows}
    work.audit(
        "read",
        patient_id,
        "care_commitment",
        commitment_id,
        {"shown": [None, shown]},
        patients=named,
    )


def log_protected(work: UnitOfWork, shown: Iterable[tuple[int, int]], reason: str) -> None:
    """Log each (patient, commitment) shown, or that there was none to show, with the reason."""
    rows: list[tuple[int | None, int | None]] = list(shown)
    for patient_id, commitment_id in rows or [(None, None)]:
        of_nobody = reason if patient_id is None else ""
        work.audit(
            "read",
            patient_id,
            "care_commitment",
            commitment_id,
            reason=of_nobody,
            protected_reason=reason,
        )


def _log_vain(context: Context, patient_id: int | None) -> None:
    """Refuse a patient whom only other units have (SE01), as other screens do; log the try."""
    if patient_id is not None:
        check_relation(context, patient_id)
    with UnitOfWork(context) as work:
        work.audit("denied", patient_id, "care_commitment", reason="finns inte vid enheten")
        work.commit()


def _row(row: tuple[Any, ...], today: dt.date) -> OverviewRow:
    known = dict(zip(_COLUMNS, row, strict=True))
    number, family_name, given_name = (
        known.pop(name) for name in ("identity_number", "family_name", "given_name")
    )
    due, due_short = "", ""
    if known["closed_on"] is None:
        forms = known["enrolled_on"], known["discharged_on"], known["followed_up_on"]
        due, due_short = due_text(known["visits"], *forms, today)
    return OverviewRow(
        **known,
        identity_text=format_identity_number(number),
        name=f"{family_name}, {given_name}",
        due=due,
        due_short=due_short,
    )


def due_text(
    visits: int,
    enrolment: dt.date | None,
    discharge: dt.date | None,
    follow_up: dt.date | None,
    today: dt.date,
) -> tuple[str, str]:
    """Return what is next to be done for an open commitment, in full and in at most nine characters.

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
