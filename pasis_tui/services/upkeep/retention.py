"""What may go by the rules for how long records and the log are kept (domain.md section 8).

The access log is kept at least 5 years (HSLF-FS 2016:40 4:9), a record at least 10 years after its
last entry, and with it the log's rows of who changed it and when.  This tells what is old enough.
It removes nothing: a row taken out of the middle of the log's chains is what tampering looks like.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import col

from pasis_tui.models import (
    AuditEvent,
    CareCommitment,
    DischargeForm,
    EnrolmentForm,
    FollowUpForm,
    MedicalRegistration,
    Patient,
    Visit,
)
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.days import add_months

LOG_YEARS, RECORD_YEARS = 5, 10
_LOOKS = ("read", "denied", "export", "log_in", "log_in_refused")  # rows that change no record


class OldEnough(NamedTuple):
    """How many rows may go, by what they are; each date is the first day that is still kept."""

    log_from: date
    records_from: date
    looks: int
    changes: int
    commitments: int
    people: int


def old_enough(database: Database, today: date) -> OldEnough:
    """Return what may go on *today*.  Raises DatabaseTrouble."""
    log_from = add_months(today, -12 * LOG_YEARS)
    records_from = add_months(today, -12 * RECORD_YEARS)
    looked = col(AuditEvent.action).in_(_LOOKS)
    counted: dict[str, Any] = {
        "looks": select(func.count()).where(col(AuditEvent.at) < _moment(log_from), looked),
        "changes": select(func.count()).where(col(AuditEvent.at) < _moment(records_from), ~looked),
        "commitments": select(func.count())
        .select_from(CareCommitment)
        .where(~_still_kept(records_from)),
        "people": select(func.count())
        .select_from(Patient)
        .where(
            col(Patient.changed_at) < _moment(records_from),
            ~exists().where(
                col(CareCommitment.patient_id) == col(Patient.id), _still_kept(records_from)
            ),
        ),
    }
    with SystemWork(database, reading=True) as work:
        counts = {
            name: work.connection.execute(each).scalar_one() for name, each in counted.items()
        }
    return OldEnough(log_from, records_from, **counts)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _still_kept(first: date) -> ColumnElement[bool]:
    """Whether a commitment is open, or anything of it was entered on *first* or later."""
    number = col(CareCommitment.id)
    visit = and_(
        col(Visit.commitment_id) == number,
        or_(col(Visit.date) >= first, col(Visit.changed_at) >= _moment(first)),
    )
    registered = and_(
        col(Visit.commitment_id) == number,
        col(MedicalRegistration.visit_id) == col(Visit.id),
        col(MedicalRegistration.changed_at) >= _moment(first),
    )
    return or_(
        and_(col(CareCommitment.closed_on).is_(None), col(CareCommitment.removed_at).is_(None)),
        col(CareCommitment.closed_on) >= first,
        col(CareCommitment.changed_at) >= _moment(first),
        exists().where(visit),
        exists().where(registered),
        *(
            exists().where(
                col(form.commitment_id) == number, col(form.changed_at) >= _moment(first)
            )
            for form in (EnrolmentForm, DischargeForm, FollowUpForm)
        ),
    )
