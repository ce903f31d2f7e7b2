"""What a unit reaches: its own rows and patients, and a logged refusal for all others (SE01).

A person has no unit.  A unit reads and changes a person with whom it has a **relation**:

1. it has a vårdåtagande for the person, open or closed, that is not removed; or
2. it registered the person, and no other unit has such a vårdåtagande.

Of a person whom nobody registered (an older program fetched people without saying for whom) the
second holds as soon as no unit has one.  Without a relation a person is only found by number, to
register a referral in 040: number, name, age and what the rules of a new vårdåtagande ask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import CareCommitment, Entity, Patient
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Query, UnitOfWork
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.reading import Reader
from pasis_tui.validation.rules import finding

HIGHEST_ID = 2_147_483_647  # what an INTEGER key holds on every database

_HAS = Query(
    select(col(CareCommitment.id))
    .where(
        col(CareCommitment.patient_id) == bindparam("patient_id"),
        col(CareCommitment.removed_at).is_(None),
    )
    .limit(1)
)
_REGISTERED_BY = Query(
    select(col(Patient.registered_by_unit_id)).where(col(Patient.id) == bindparam("patient_id"))
)


def has_relation(work: UnitOfWork, patient_id: int) -> bool:
    """Say whether the unit of *work* has a relation with the person."""
    if work.scalar(_HAS, patient_id=patient_id) is not None:
        return True
    if work.scalar(_REGISTERED_BY, patient_id=patient_id) not in (work.unit_id, None):
        return False
    # The unit has none: one that is seen by all is another's.
    return work.everywhere(_HAS, patient_id=patient_id) is None


def check_relation(context: Context, patient_id: int) -> None:
    """Raise Refused SE01, and log the try, when the unit has no relation with the person."""
    with UnitOfWork(context, reading=True) as work:
        require_relation(work, patient_id)


def require_relation(work: UnitOfWork, patient_id: int) -> None:
    """Do the same inside a piece of work, which a refusal ends: what it wrote is undone."""
    if has_relation(work, patient_id):
        return
    _log_denied(work, patient_id, "patient", patient_id)
    unit = work.actor.unit_code
    raise Refused([finding("SE01", "identity_number", work.today, "no_relation", unit=unit)])


def denied(
    work: UnitOfWork, entity: Entity, entity_id: int, patient_id: int | None = None
) -> Refused:
    """Log the refused request for *entity* and return the SE01 to raise.

    Another unit's row and no row at all are answered alike, so that nothing is learnt of the
    other unit.  Ends the unit of work: what it wrote is undone.
    """
    known = entity_id if 0 <= entity_id <= HIGHEST_ID else None
    _log_denied(work, patient_id, entity, known, "finns inte vid enheten")
    unit, shown = work.actor.unit_code, str(entity_id)[:12]
    return Refused([finding("SE01", "", work.today, entity, id=shown, unit=unit)])


def _log_denied(
    work: UnitOfWork,
    patient_id: int | None,
    entity: Entity,
    entity_id: int | None,
    reason: str = "",
) -> None:
    """Log a refusal in a transaction of its own, so that nothing of what was refused is kept."""
    work.abandon()
    with UnitOfWork(work.context) as log:
        log.audit("denied", patient_id, entity, entity_id, reason=reason)
        log.commit()


def reachable(entity_id: int) -> bool:
    """Tell whether *entity_id* can be a key at all; a longer number would be a database error."""
    return 0 < entity_id <= HIGHEST_ID


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [old, new]} for what *new* changes, in codes as the audit log shows them."""
    return {
        name: [old.get(name), value] for name, value in new.items() if old.get(name, None) != value
    }


def created(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [None, new]} for what a new row says."""
    return {name: [None, value] for name, value in values.items() if value not in (None, "", False)}


def iso(value: Any) -> str:
    """Return a date as a field writes it, "" for None."""
    return "" if value is None else str(value)


def read_reason(text: str, field: str, rule: str, today: dt.date) -> str:
    """Return a reason as it is stored; raises Refused by *rule* at *field* when there is none."""
    reader = Reader({field: text}, today, rule)
    reason = reader.text(field, "Orsak")
    if not reason and not reader.faults:
        reader.fault(field, "reason_missing")
    reader.done()
    return reason
