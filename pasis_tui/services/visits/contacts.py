"""A patient's contacts at the unit, newest first (screen 083)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, Caregiver, MedicalRegistration, Reception, Visit
from pasis_tui.services.patients.reach import check_relation
from pasis_tui.services.rights import needs
from pasis_tui.services.visits.visit_cards import TYPED_COLUMNS, dia_reg
from pasis_tui.store.actor import Context
from pasis_tui.store.pages import Key, Page, Pages
from pasis_tui.store.unit_of_work import Reading
from pasis_tui.validation.days import add_months
from pasis_tui.validation.visits import VisitInput

YEARS_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow(VisitInput):
    """A row of 083: a visit as registered.

    ``fee`` is whole kronor; ``dia_reg`` J, N, or "-" where none is owed (no-show, cancelled).
    ``diagnosis`` is the visit's main one, "" for someone without the right to 184.
    """

    visit_id: int
    problem: str
    reception_name: str
    caregiver_name: str
    fee: int
    dia_reg: str
    cancelled: bool
    diagnosis: str


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """A page of contacts; hand ``last`` back as *after*, ``first`` as *before*."""

    rows: tuple[ContactRow, ...]
    first: Key | None
    last: Key | None
    before: bool
    after: bool
    total: int | None


_COLUMNS: Mapping[str, Any] = {
    **TYPED_COLUMNS,
    "visit_id": col(Visit.id),
    "problem": col(CareCommitment.problem),
    "reception_name": col(Reception.name),
    "caregiver_name": col(Caregiver.name),
    "fee": col(Visit.fee),
    "cancelled_at": col(Visit.cancelled_at),
    "main_diagnosis": col(MedicalRegistration.main_diagnosis),
}
_CONTACTS = Pages(
    select(*_COLUMNS.values())
    .select_from(Visit)
    .join(Reception, col(Reception.id) == col(Visit.reception_id))
    .join(Caregiver, col(Caregiver.id) == col(Visit.caregiver_id))
    .join(CareCommitment, col(CareCommitment.id) == col(Visit.commitment_id))
    .outerjoin(MedicalRegistration, col(MedicalRegistration.visit_id) == col(Visit.id))
    .where(
        col(Visit.patient_id) == bindparam("patient_id"),
        col(Visit.date) >= bindparam("earliest"),
    ),
    (col(Visit.date).desc(), col(Visit.time).desc(), col(Visit.id).desc()),
)


@needs("visit", "medical")
def contacts_page(
    context: Context,
    patient_id: int,
    *,
    after: Key | None = None,
    before: Key | None = None,
    last: bool = False,
    size: int = 20,
    count: bool = False,
) -> ContactsPage:
    """Return a page of the patient's contacts of ten years back, bookings and cancelled too.

    The read is logged.  Raises Refused (SE01), logged, for a patient that only others have.
    """
    with Reading(context) as work:
        page = _CONTACTS.page(
            work,
            after=after,
            before=before,
            last=last,
            size=size,
            count=count,
            patient_id=patient_id,
            earliest=add_months(context.today, -12 * YEARS_SHOWN),
        )
        if page.rows or after is not None or before is not None:
            work.audit("read", patient_id, "visit")
            work.commit()
            return _page(context, page)
    check_relation(context, patient_id)
    with Reading(context) as work:
        work.audit("read", patient_id, "visit")
        work.commit()
    return _page(context, page)


def _page(context: Context, page: Page) -> ContactsPage:
    medical = context.actor.may("medical")
    rows = tuple([_contact(dict(zip(_COLUMNS, row, strict=True)), medical) for row in page.rows])
    return ContactsPage(rows, page.first, page.last, page.before, page.after, page.total)


def _contact(known: dict[str, Any], medical: bool) -> ContactRow:
    main = known.pop("main_diagnosis")
    cancelled = known.pop("cancelled_at") is not None
    return ContactRow(
        **known,
        dia_reg=dia_reg(main is not None, known["no_show"] or cancelled),
        cancelled=cancelled,
        diagnosis=(main or "") if medical else "",
    )
