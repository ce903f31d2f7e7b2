"""The statements behind AG, written so that a unit's whole history costs no more than a screen.

The visits are many and what is missing is rare: each statement narrows down on indexes before it
joins anything, and only the open commitments and the latest year are examined in full.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    and_,
    bindparam,
    case,
    except_,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from pasis_tui.models import (
    CareCommitment,
    Caregiver,
    DischargeForm,
    EnrolmentForm,
    FollowUpForm,
    MedicalRegistration,
    Patient,
    ProcedureCode,
    ReferringUnit,
    Visit,
)
from pasis_tui.store.query import Query, columns_for
from pasis_tui.validation import codes

ALL = 2**62  # a limit that cuts nothing, but has a subquery computed first


@dataclass(frozen=True, slots=True)
class Found:
    """Something of a patient's commitment, and the therapist."""

    patient_id: int
    identity_number: str
    family_name: str
    given_name: str
    commitment_id: int
    caregiver_id: int


@dataclass(frozen=True, slots=True)
class Open(Found):
    """An open commitment.  ``visits`` and ``first`` are known while there is no inskrivning; after an
    utskrivning without follow-up ``visits`` is 1 or 0.  ``last`` is known until the utskrivning,
    ``booked`` always.
    """

    arrival_date: dt.date
    bad_referral: bool
    enrolment: dt.date | None
    discharge: dt.date | None
    follow_up: dt.date | None
    visits: int
    first: dt.date | None
    last: dt.date | None
    booked: dt.date | None


@dataclass(frozen=True, slots=True)
class _Visited(Found):
    closed_on: dt.date | None
    visit_id: int
    date: dt.date
    main_diagnosis: str | None


@dataclass(frozen=True, slots=True)
class Lacking(_Visited):
    """A kept visit that lacks something; ``outside``: its main diagnosis is not in the list."""

    time: dt.time
    registered_on: dt.date
    outside: bool
    treated: bool
    bad_referral: bool


@dataclass(frozen=True, slots=True)
class Counted(_Visited):
    """A kept visit of a commitment that may have too many; ``diagnosis`` is the enrolment form's."""

    arrival_date: dt.date
    diagnosis: str | None


_PERSON: Mapping[str, Any] = {
    "patient_id": col(Patient.id),
    "identity_number": col(Patient.identity_number),
    "family_name": col(Patient.family_name),
    "given_name": col(Patient.given_name),
    "commitment_id": col(CareCommitment.id),
}
_shown = and_(
    col(CareCommitment.removed_at).is_(None), col(Patient.protected) == bindparam("protected")
)
_bad_referral = or_(
    col(CareCommitment.type_of_commitment) != "R",
    col(CareCommitment.referral_source) != col(ReferringUnit.source),
)
_kept = and_(col(Visit.cancelled_at).is_(None), col(Visit.no_show).is_(False))

MINE = Query(select(col(Caregiver.id)).where(col(Caregiver.signature) == bindparam("signature")))

# --- commitments ----------------------------------------------------------------------------------


def _of_visits(column: Any, *conditions: Any) -> Any:
    return (
        select(column)
        .select_from(Visit)
        .where(
            col(Visit.commitment_id) == col(CareCommitment.id),
            col(Visit.cancelled_at).is_(None),
            *conditions,
        )
        .correlate(CareCommitment)
        .scalar_subquery()
    )


_past = col(Visit.date) <= bindparam("today")
_seen_on = (_past, col(Visit.no_show).is_(False))
_not_enrolled = col(EnrolmentForm.commitment_id).is_(None)
_ended = col(DischargeForm.commitment_id).is_not(None)
_followed = col(FollowUpForm.commitment_id).is_not(None)
# Visits are counted where the number is shown; elsewhere one is enough, or none is needed.
OPEN = Query(
    select(
        *columns_for(
            Open,
            CareCommitment,
            **_PERSON,
            caregiver_id=func.coalesce(
                col(EnrolmentForm.caregiver_id), col(CareCommitment.caregiver_id)
            ),
            bad_referral=_bad_referral,
            enrolment=col(EnrolmentForm.date),
            discharge=col(DischargeForm.date),
            follow_up=col(FollowUpForm.date),
            visits=case(
                (_not_enrolled, _of_visits(func.count(), *_seen_on)),
                (
                    and_(_ended, ~_followed),
                    case(
                        (_of_visits(func.min(col(Visit.date)), *_seen_on).is_not(None), 1), else_=0
                    ),
                ),
                else_=0,
            ),
            first=case((_not_enrolled, _of_visits(func.min(col(Visit.date)), *_seen_on))),
            last=case((~or_(_ended, _followed), _of_visits(func.max(col(Visit.date)), _past))),
            booked=_of_visits(func.min(col(Visit.date)), ~_past),
        )
    )
    .select_from(CareCommitment)
    .join(Patient, col(Patient.id) == col(CareCommitment.patient_id))
    .join(ReferringUnit, col(ReferringUnit.id) == col(CareCommitment.referring_unit_id))
    .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(DischargeForm, col(DischargeForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(FollowUpForm, col(FollowUpForm.commitment_id) == col(CareCommitment.id))
    .where(_shown, col(CareCommitment.closed_on).is_(None)),
    Open,
)

# --- visits ---------------------------------------------------------------------------------------


def _visits(kind: type[_Visited], **elsewhere: Any) -> Any:
    return (
        select(
            *columns_for(
                kind,
                Visit,
                **_PERSON,
                **elsewhere,
                closed_on=col(CareCommitment.closed_on),
                visit_id=col(Visit.id),
                main_diagnosis=col(MedicalRegistration.main_diagnosis),
            )
        )
        .select_from(Visit)
        .outerjoin(MedicalRegistration, col(MedicalRegistration.visit_id) == col(Visit.id))
        .join(CareCommitment, col(CareCommitment.id) == col(Visit.commitment_id))
        .join(Patient, col(Patient.id) == col(Visit.patient_id))
        .where(_shown, _kept)
    )


def _treated_at(visit: Any) -> Any:
    return exists().where(
        col(ProcedureCode.visit_id) == visit.id,
        col(ProcedureCode.code).in_([literal(code) for code in sorted(codes.TREATMENTS)]),
    )


def _outside_list(medical: Any) -> Any:
    return medical.main_diagnosis.not_in([literal(code) for code in codes.table("main_diagnosis")])


_treated, _outside = _treated_at(Visit), _outside_list(MedicalRegistration)
_unregistered = col(MedicalRegistration.visit_id).is_(None)
_lacking = _visits(Lacking, outside=_outside, treated=_treated, bad_referral=_bad_referral).join(
    ReferringUnit, col(ReferringUnit.id) == col(CareCommitment.referring_unit_id)
)
_between = and_(col(Visit.date) >= bindparam("first"), col(Visit.date) <= bindparam("last"))
_before = col(Visit.date) < bindparam("before")

UNPAID_BETWEEN = Query(
    _lacking.where(_between, or_(_unregistered, _outside, ~_treated, _bad_referral)), Lacking
)

_any, _registered = aliased(Visit), aliased(MedicalRegistration)


def _computed_first(statement: Any) -> Any:
    """Have *statement* computed first, as written: a limit keeps the planner from merging it."""
    return statement.limit(bindparam("all", type_=BigInteger())).subquery()


# Two indexes of the unit; the order makes SQLite merge them.
_never_registered = _computed_first(
    except_(select(col(_any.id).label("id")), select(col(_registered.visit_id))).order_by("id")
)
UNREGISTERED_BEFORE = Query(
    _lacking.join(_never_registered, _never_registered.c.id == col(Visit.id)).where(_before),
    Lacking,
)


def _suspects(*conditions: Any) -> Any:
    return _computed_first(
        select(col(_any.id).label("id"))
        .select_from(_any)
        .outerjoin(_registered, col(_registered.visit_id) == col(_any.id))
        .where(
            *conditions,
            or_(
                col(_registered.visit_id).is_(None), _outside_list(_registered), ~_treated_at(_any)
            ),
        )
    )


_recent = _suspects(col(_any.date) >= bindparam("first"), col(_any.date) <= bindparam("last"))
LACKING_BETWEEN = Query(_lacking.join(_recent, _recent.c.id == col(Visit.id)), Lacking)
_open = aliased(CareCommitment)
_open_commitments = select(col(_open.id)).where(
    col(_open.closed_on).is_(None), col(_open.removed_at).is_(None)
)
_old = _suspects(
    col(_any.commitment_id).in_(_open_commitments), col(_any.date) < bindparam("before")
)
MISCODED_BEFORE = Query(
    _lacking.join(_old, _old.c.id == col(Visit.id)).where(~_unregistered), Lacking
)

# --- visits beyond the contract -------------------------------------------------------------------

_seen, _counted = aliased(Visit), aliased(CareCommitment)
_commitments_seen = select(col(_seen.commitment_id)).where(
    col(_seen.date) >= bindparam("first"), col(_seen.date) <= bindparam("last")
)
# Counts cancelled visits and no-shows too: the index suffices then, and few commitments qualify.
_visits_of = (
    select(func.count())
    .select_from(_seen)
    .where(col(_seen.commitment_id) == col(_counted.id), col(_seen.date) <= bindparam("last"))
    .correlate(_counted)
    .scalar_subquery()
)


def _over(*conditions: Any) -> Query[Counted]:
    """Return the kept visits, in order, of commitments that may have more than ``least`` of them."""
    many = select(col(_counted.id)).where(*conditions, _visits_of > bindparam("least"))
    return Query(
        _visits(
            Counted,
            arrival_date=col(CareCommitment.arrival_date),
            diagnosis=col(EnrolmentForm.diagnosis),
        )
        .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
        .where(col(Visit.commitment_id).in_(many), col(Visit.date) <= bindparam("last"))
        .order_by(col(CareCommitment.id), col(Visit.date), col(Visit.time), col(Visit.id)),
        Counted,
    )


OVER_OPEN = _over(col(_counted.closed_on).is_(None), col(_counted.removed_at).is_(None))
OVER_BETWEEN = _over(col(_counted.id).in_(_commitments_seen))
