"""A patient's contacts at the unit, newest first (screen 083)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, Caregiver, MedicalRegistration, Reception, Visit
from pasis_tui.services.patients.reach import check_relation
from pasis_tui.services.rights import needs
from pasis_tui.services.visits.visit_cards import dia_reg
from pasis_tui.store.actor import Context
from pasis_tui.store.pages import Key, Page, Pages
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.days import add_months

YEARS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A row of 083.

    ``fee`` is whole kronor; ``dia_reg`` J, N, or "-" where none is owed (no-show, cancelled).
    ``diagnosis`` is the visit's main one, "" for someone without the right to 184.
    """

    visit_id: int
    date: dt.date
    time: dt.time
    reception: str
    reason: str
    kind: str
    caregiver: str
    contact_type: str
    fee: int
    dia_reg: str
    cancelled: bool
    no_show: bool
    commitment_id: int
    problem: str
    reception_name: str
    caregiver_name: str
    distance: bool
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


_CONTACTS = Pages(
    select(
        col(Visit.id),
        col(Visit.date),
        col(Visit.time),
        col(Reception.code),
        col(Visit.reason),
        col(Visit.kind),
        col(Caregiver.signature),
        col(Visit.contact_type),
        col(Visit.fee),
        col(MedicalRegistration.visit_id),
        col(Visit.cancelled_at),
        col(Visit.no_show),
        col(Visit.commitment_id),
        col(CareCommitment.problem),
        col(Reception.name),
        col(Caregiver.name),
        col(Visit.distance),
        col(MedicalRegistration.main_diagnosis),
    )
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
    with UnitOfWork(context) as work:
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
    with UnitOfWork(context) as work:
        work.audit("read", patient_id, "visit")
        work.commit()
    return _page(context, page)


def _page(context: Context, page: Page) -> ContactsPage:
    medical = context.actor.may("medical")
    rows = tuple(
        ContactRow(
            visit_id=visit_id,
            date=date,
            time=time,
            reception=reception,
            reason=reason,
            kind=kind,
            caregiver=caregiver,
            contact_type=contact_type,
            fee=fee,
            dia_reg=dia_reg(registered is not None, no_show or cancelled is not None),
            cancelled=cancelled is not None,
            no_show=no_show,
            commitment_id=commitment_id,
            problem=problem,
            reception_name=reception_name,
            caregiver_name=caregiver_name,
            distance=distance,
            diagnosis=(diagnosis or "") if medical else "",
        )
        for (
            visit_id,
            date,
            time,
            reception,
            reason,
            kind,
            caregiver,
            contact_type,
            fee,
            registered,
            cancelled,
            no_show,
            commitment_id,
            problem,
            reception_name,
            caregiver_name,
            distance,
            diagnosis,
        ) in page.rows
    )
    return ContactsPage(rows, page.first, page.last, page.before, page.after, page.total)
