"""The rows of the lists, straight from the tables (domain.md section 7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Boolean, String, and_, bindparam, or_, select
from sqlmodel import col

from pasis_tui.files.books import Column
from pasis_tui.models import (
    CareCommitment,
    Caregiver,
    DischargeForm,
    EnrolmentForm,
    FollowUpForm,
    MedicalRegistration,
    OtherDiagnosis,
    Patient,
    ProcedureCode,
    Reception,
    Visit,
)
from pasis_tui.services.commitments.kept_visits import KEPT_VISITS
from pasis_tui.store.pages import Pages
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.identity import format_identity_number
from pasis_tui.validation.lists import ControlListOrder, VisitListOrder

CONTROL_COLUMNS = (
    Column("Personnummer", 15),
    Column("Namn", 28),
    Column("ID vårdåtagande", 16, "number"),
    Column("Problem", 9),
    Column("Ankomstdatum", 13, "date"),
    Column("Antal besök", 12, "number"),
    Column("Inskrivning", 12),
    Column("Utskrivning", 12),
    Column("Uppföljning", 12),
    Column("Avslutsdatum", 13, "date"),
    Column("Orsak", 7),
    Column("Fakturerad senast", 17, "date"),
)
VISIT_COLUMNS = (
    Column("Personnummer", 15),
    Column("Namn", 28),
    Column("Mottagning", 11),
    Column("Besöksdatum", 12, "date"),
    Column("Anledning", 10),
    Column("Typ", 5),
    Column("Vårdgivarsignatur", 17),
    Column("Kontakttyp", 11),
    Column("Diagnos", 24),
    Column("KVÅ", 24),
)
MARK_COLUMN = Column("Skyddad", 10)  # last, in a list that includes protected identities

_shown = or_(col(Patient.protected).is_(False), bindparam("protected", type_=Boolean()))

_CONTROL = (
    select(
        col(Patient.id),
        col(Patient.identity_number),
        col(Patient.family_name),
        col(Patient.given_name),
        col(CareCommitment.id),
        col(CareCommitment.problem),
        col(CareCommitment.arrival_date),
        KEPT_VISITS,
        col(EnrolmentForm.commitment_id),
        col(DischargeForm.commitment_id),
        col(FollowUpForm.commitment_id),
        col(CareCommitment.closed_on),
        col(CareCommitment.closing_reason),
        col(CareCommitment.invoiced_on),
        col(Patient.protected),
    )
    .select_from(CareCommitment)
    .join(Patient, col(Patient.id) == col(CareCommitment.patient_id))
    .outerjoin(EnrolmentForm, col(EnrolmentForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(DischargeForm, col(DischargeForm.commitment_id) == col(CareCommitment.id))
    .outerjoin(FollowUpForm, col(FollowUpForm.commitment_id) == col(CareCommitment.id))
    .where(col(CareCommitment.removed_at).is_(None), _shown)
    .order_by(col(CareCommitment.arrival_date), col(CareCommitment.id))
)
_is_invoiced = and_(
    col(CareCommitment.closed_on).is_(None), col(CareCommitment.invoiced_on).is_not(None)
)
_in_period = or_(
    and_(
        col(CareCommitment.arrival_date) >= bindparam("from_date"),
        col(CareCommitment.arrival_date) <= bindparam("to_date"),
    ),
    and_(
        col(CareCommitment.closed_on) >= bindparam("from_date"),
        col(CareCommitment.closed_on) <= bindparam("to_date"),
    ),
)
_INVOICED = Query(_CONTROL.where(_is_invoiced))
_IN_PERIOD = Query(_CONTROL.where(_in_period))
_OF_CONTROL = (
    select(col(CareCommitment.patient_id))
    .distinct()
    .join(Patient, col(Patient.id) == col(CareCommitment.patient_id))
    .where(col(CareCommitment.removed_at).is_(None), _shown)
)
_OF_INVOICED = Query(_OF_CONTROL.where(_is_invoiced))
_OF_PERIOD = Query(_OF_CONTROL.where(_in_period))
_OF_VISITS = Query(
    select(col(Visit.patient_id))
    .distinct()
    .join(Patient, col(Patient.id) == col(Visit.patient_id))
    .join(Caregiver, col(Caregiver.id) == col(Visit.caregiver_id))
    .where(
        col(Visit.cancelled_at).is_(None),
        _shown,
        col(Visit.date) >= bindparam("from_date"),
        col(Visit.date) <= bindparam("to_date"),
        or_(
            bindparam("signature", type_=String()) == "",
            col(Caregiver.signature) == bindparam("signature", type_=String()),
        ),
        or_(
            bindparam("category", type_=String()) == "",
            col(Visit.caregiver_category) == bindparam("category", type_=String()),
        ),
    )
)
_VISITS = Pages(
    select(
        col(Visit.id),
        col(Patient.id),
        col(Patient.identity_number),
        col(Patient.family_name),
        col(Patient.given_name),
        col(Reception.code),
        col(Visit.date),
        col(Visit.reason),
        col(Visit.kind),
        col(Caregiver.signature),
        col(Visit.contact_type),
        col(MedicalRegistration.main_diagnosis),
        col(Visit.caregiver_category),
        col(Patient.protected),
    )
    .select_from(Visit)
    .join(Patient, col(Patient.id) == col(Visit.patient_id))
    .join(Reception, col(Reception.id) == col(Visit.reception_id))
    .join(Caregiver, col(Caregiver.id) == col(Visit.caregiver_id))
    .outerjoin(MedicalRegistration, col(MedicalRegistration.visit_id) == col(Visit.id))
    .where(
        col(Visit.cancelled_at).is_(None),
        _shown,
        col(Visit.date) >= bindparam("from_date"),
        col(Visit.date) <= bindparam("to_date"),
    ),
    (col(Visit.date), col(Visit.id)),
)
_CODES: dict[type[Any], Query[Any]] = {
    OtherDiagnosis: Query(
        select(col(OtherDiagnosis.visit_id), col(OtherDiagnosis.code))
        .join(Visit, col(Visit.id) == col(OtherDiagnosis.visit_id))
        .where(col(Visit.date) >= bindparam("from_date"), col(Visit.date) <= bindparam("to_date"))
        .order_by(col(OtherDiagnosis.visit_id), col(OtherDiagnosis.row))
    ),
    ProcedureCode: Query(
        select(col(ProcedureCode.visit_id), col(ProcedureCode.code))
        .join(Visit, col(Visit.id) == col(ProcedureCode.visit_id))
        .where(col(Visit.date) >= bindparam("from_date"), col(Visit.date) <= bindparam("to_date"))
        .order_by(col(ProcedureCode.visit_id), col(ProcedureCode.position))
    ),
}
_PAGE = 4_000


def patients_of(work: UnitOfWork, order: ControlListOrder | VisitListOrder) -> set[int]:
    """Return the ids of all patients that stand in a list, for the log."""
    which: dict[str, Any] = {"protected": bool(order.protected_reason)}
    if isinstance(order, VisitListOrder):
        which |= {"signature": order.signature, "category": order.category}
    elif order.kind == "F":
        return {row[0] for row in work.all(_OF_INVOICED, **which)}
    query = _OF_VISITS if isinstance(order, VisitListOrder) else _OF_PERIOD
    rows = work.all(query, from_date=order.from_date, to_date=order.to_date, **which)
    return {row[0] for row in rows}


def control_rows(
    work: UnitOfWork, order: ControlListOrder, met: set[int]
) -> Iterator[Sequence[Any]]:
    """Yield the rows of a Kontrollista, by arrival; the patients' ids are added to *met*.

    Protected identities are left out, or marked in an extra column when the order has a reason.
    """
    protected = bool(order.protected_reason)
    which: dict[str, Any] = {"protected": protected, "today": work.today}
    if order.kind == "F":
        rows = work.all(_INVOICED, **which)
    else:
        rows = work.all(_IN_PERIOD, from_date=order.from_date, to_date=order.to_date, **which)
    for (patient, number, family_name, given_name, commitment, problem, arrival, visits, enrolment,
         discharge, follow_up, closed, reason, invoiced, hidden) in rows:  # fmt: skip
        met.add(patient)
        yield (
            format_identity_number(number), f"{family_name}, {given_name}", commitment, problem,
            arrival, visits, "X" if enrolment else "", "X" if discharge else "",
            "X" if follow_up else "", closed, reason or "", invoiced, *_mark(protected, hidden),
        )  # fmt: skip


def visit_rows(work: UnitOfWork, order: VisitListOrder, met: set[int]) -> Iterator[Sequence[Any]]:
    """Yield the rows of Besök diagnos/KVÅ/op, by date; *met* and protected identities as above."""
    protected = bool(order.protected_reason)
    wanted: dict[str, Any] = {
        "protected": protected,
        "from_date": order.from_date,
        "to_date": order.to_date,
    }
    after = None
    while True:
        page = _VISITS.page(work, after=after, size=_PAGE, **wanted)
        if not page.rows:
            return
        first: dt.date = page.rows[0][6]
        last: dt.date = page.rows[-1][6]
        others = _by_visit(work, OtherDiagnosis, first, last)
        procedures = _by_visit(work, ProcedureCode, first, last)
        for (visit, patient, number, family_name, given_name, reception, day, reason, kind, signature,
             contact, main, category, hidden) in page.rows:  # fmt: skip
            if order.signature not in {"", signature} or order.category not in {"", category}:
                continue
            met.add(patient)
            diagnoses = [code for code in (main, *others.get(visit, ())) if code]
            yield (
                format_identity_number(number), f"{family_name}, {given_name}", reception, day,
                reason, kind, signature, contact, " ".join(diagnoses),
                " ".join(procedures.get(visit, ())), *_mark(protected, hidden),
            )  # fmt: skip
        if not page.after:
            return
        after = page.last


def _mark(protected: bool, hidden: bool) -> tuple[str, ...]:
    return ("SKYDDAD" if hidden else "",) if protected else ()


def _by_visit(
    work: UnitOfWork, model: type[Any], first: dt.date, last: dt.date
) -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    for visit, code in work.all(_CODES[model], from_date=first, to_date=last):
        codes.setdefault(visit, []).append(code)
    return codes
