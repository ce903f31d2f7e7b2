"""What a unit reaches: its own rows, and a logged refusal for all others (SE01)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.fields import InvalidValue, read
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.rules import finding

HIGHEST_ID = 2_147_483_647  # what an INTEGER key holds on every database

_NAMES = {
    "care_commitment": "Vårdåtagande",
    "visit": "Besök",
    "external_fee": "Avgiften",
    "free_card": "Frikortet",
}


def denied(work: UnitOfWork, entity: str, entity_id: int, patient_id: int | None = None) -> Refused:
    """Log that *entity* was asked for in vain and return the SE01 to raise.

    Another unit's row and no row at all are answered alike, so that nothing is learnt of the
    other unit.  Ends the unit of work: nothing may have been written in it before.
    """
    work.audit(
        "denied",
        patient_id=patient_id,
        entity=entity,
        entity_id=entity_id if 0 <= entity_id <= HIGHEST_ID else None,
        reason="finns inte vid enheten",
    )
    work.commit()
    text = (
        f"{_NAMES[entity]} {str(entity_id)[:12]} finns inte vid {work.actor.unit_code}."
        " Bara den egna enhetens uppgifter går att se; sök patienten i 040."
    )
    return Refused([finding("SE01", "", text=text)])


def reachable(entity_id: int) -> bool:
    """Say whether *entity_id* can be a key at all; a longer number would stop the database."""
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


def yes(value: bool) -> str:
    """Return J or N."""
    return "J" if value else "N"


def read_reason(text: str, field: str, rule: str, what: str) -> str:
    """Return a reason as it is stored; raises Refused by *rule* at *field* when there is none."""
    try:
        reason = read("text", text, dt.date.min)
    except InvalidValue as invalid:
        raise Refused([finding(rule, field, text=f"Orsak: {invalid.reason}")]) from invalid
    if not reason:
        raise Refused([finding(rule, field, text=f"Orsak saknas. Skriv varför {what}.")])
    return reason
