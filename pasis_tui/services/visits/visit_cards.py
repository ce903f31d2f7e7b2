"""What 085 shows of a visit, saved or proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Caregiver, MedicalRegistration, Reception, Visit
from pasis_tui.services.commitments.commitment_state import read_state
from pasis_tui.services.fees.fee_history import Protection
from pasis_tui.services.patients.reach import denied, reachable
from pasis_tui.store.unit_of_work import Query, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.records import entries, raw_of
from pasis_tui.validation.visits import VisitInput, fee_of, proposed_fee, visits_allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCard(VisitInput):
    """A saved visit: what was typed, and what is known of it.

    ``visit_number`` is its place among the commitment's kept visits, 0 when it is not kept;
    ``dia_reg`` J, N, or "-" where no medical registration is owed; ``fee`` whole kronor.
    ``notices`` are Swedish sentences on what else the save did: a frikort issued, moved.
    """

    id: int
    version: int
    patient_id: int
    unit: str
    problem: str
    reception_name: str
    caregiver_name: str
    category: str
    fee: int
    double_of_visit_id: int | None
    cancelled: bool
    cancel_reason: str
    registered_on: dt.date
    visit_number: int
    visits_allowed: int | None
    dia_reg: str
    may_double: bool
    notices: tuple[str, ...] = field(default=(), compare=False)

    @property
    def kept(self) -> bool:
        """Whether the visit takes place."""
        return not (self.no_show or self.cancelled)

    def raw(self) -> dict[str, str]:
        """Return the fields of 085 as they are written."""
        shown = {"unit": self.unit, "category": self.category, "fee": f"{self.fee} kr"}
        return raw_of(self) | shown


@dataclass(frozen=True, slots=True)
class CommitmentChoice:
    """An open commitment a visit can belong to; ``visits`` counts the kept ones."""

    id: int
    problem: str
    arrival_date: dt.date
    visits: int


@dataclass(frozen=True, slots=True)
class VisitProposal:
    """What 085 opens with.

    ``commitment_id`` is None when there are several to choose among, or none: then ``why_not``
    says so.  ``medical`` holds main_diagnosis, problem and kva, and ``medical_origin`` says
    where they come from.  ``protection`` answers what the visit costs on another day.
    """

    patient_id: int
    commitment_id: int | None
    commitments: tuple[CommitmentChoice, ...]
    raw: Mapping[str, str]
    problem: str
    caregiver_name: str
    category: str
    reception_name: str
    kept: tuple[tuple[dt.date, dt.time], ...]
    visits_allowed: int | None
    fee: int
    fee_reason: str
    birth_date: dt.date | None
    medical: Mapping[str, str] | None
    medical_origin: str
    may_double: bool
    why_not: Finding | None
    protection: Protection | None = None

    def number_at(self, day: dt.date, moment: dt.time | None) -> int | None:
        """Return its number among the kept visits if it starts then; last of the day without *moment*."""
        if self.commitment_id is None:
            return None
        start = (day, moment or dt.time.max)
        return 1 + sum(other < start for other in self.kept)

    @property
    def visit_number(self) -> int | None:
        """Its number on the day that is proposed."""
        return self.number_at(dt.date.fromisoformat(self.raw["date"]), None)


_BEHIND_A_CODE = {"reception": col(Reception.code), "caregiver": col(Caregiver.signature)}
# {field of a VisitInput: its column}, for a SELECT that joins Reception and Caregiver.
TYPED_COLUMNS: Mapping[str, Any] = {
    name: col(getattr(Visit, each.column)) if each.column else _BEHIND_A_CODE[name]
    for name, each in entries(VisitInput).items()
}
_COLUMNS: Mapping[str, Any] = {
    **TYPED_COLUMNS,
    "version": col(Visit.version),
    "patient_id": col(Visit.patient_id),
    "reception_name": col(Reception.name),
    "caregiver_name": col(Caregiver.name),
    "category": col(Visit.caregiver_category),
    "fee": col(Visit.fee),
    "double_of_visit_id": col(Visit.double_of_visit_id),
    "cancel_reason": col(Visit.cancel_reason),
    "registered_on": col(Visit.registered_on),
    "cancelled_at": col(Visit.cancelled_at),
    "main_diagnosis": col(MedicalRegistration.main_diagnosis),
}
_CARD = Query(
    select(*_COLUMNS.values())
    .select_from(Visit)
    .join(Reception, col(Reception.id) == col(Visit.reception_id))
    .join(Caregiver, col(Caregiver.id) == col(Visit.caregiver_id))
    .outerjoin(MedicalRegistration, col(MedicalRegistration.visit_id) == col(Visit.id))
    .where(col(Visit.id) == bindparam("visit_id"))
)


def read_card(work: UnitOfWork, visit_id: int) -> VisitCard:
    """Return an own visit; raises Refused (SE01), logged, for any other."""
    row = work.one(_CARD, visit_id=visit_id) if reachable(visit_id) else None
    if row is None:
        raise denied(work, "visit", visit_id)
    known = dict(zip(_COLUMNS, row, strict=True))
    main = known.pop("main_diagnosis")
    cancelled = known.pop("cancelled_at") is not None
    state = read_state(work, known["commitment_id"])
    place = [line.id for line in state.kept]
    return VisitCard(
        **known,
        id=visit_id,
        unit=work.actor.unit_code,
        problem=state.head.problem,
        cancelled=cancelled,
        visit_number=place.index(visit_id) + 1 if visit_id in place else 0,
        visits_allowed=visits_allowed(state.diagnosis, state.head.arrival_date),
        dia_reg=dia_reg(main is not None, known["no_show"] or cancelled),
        may_double=may_double(main or state.diagnosis),
    )


def lock_card(work: UnitOfWork, visit_id: int) -> VisitCard:
    """Return the same with other saves of its patient kept out until the end: to judge by."""
    if reachable(visit_id):
        work.lock_patient_of(Visit, visit_id)
    return read_card(work, visit_id)


def dia_reg(registered: bool, excused: bool) -> str:
    """Return J, N, or "-" for a no-show or cancelled visit, which owes no registration (ME08)."""
    if registered:
        return "J"
    return "-" if excused else "N"


def may_double(diagnosis: str) -> bool:
    """Say whether a diagnosis may have double sessions (BE05)."""
    return diagnosis.startswith(codes.DOUBLE_SESSION)


def fee_for(
    birth_date: dt.date | None,
    on: dt.date,
    *,
    no_show: bool = False,
    without_fee: bool = False,
    exemption: str = "",
    protection: Protection | None = None,
    at: dt.time | None = None,
) -> tuple[int, str]:
    """Return (kronor, why in Swedish) of a visit, for a form that changes as it is typed.

    With the patient's *protection* the fee is what is left to the ceiling, and the text says what
    is paid in the period; *at* is the visit's start.
    """
    visit = VisitInput(
        0, on, dt.time(0), "", "", "", "", "", False, False, no_show, without_fee, exemption
    )
    assessed = None if protection is None else protection.before(on, at, exemption)
    amount = fee_of(visit, birth_date, None if assessed is None else assessed.due)
    if without_fee and amount == 0:
        meaning = codes.table("exemption").get(exemption, "utan avgift")
        if exemption == "FK" and assessed is not None and assessed.card is not None:
            meaning += f" {assessed.card.valid_from}–{assessed.card.valid_to}"
        return 0, f"{meaning}: ingen avgift"
    if not no_show:
        return amount, "Besöksavgift" + (f", {assessed.standing}" if assessed else "")
    exempt = proposed_fee(birth_date, on, no_show=True)[1]
    return amount, "Uteblivet besök, avgiftsbefriad patient" if exempt else "Uteblivet besök"
