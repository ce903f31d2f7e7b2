"""Which patients' rows break a rule: those of ``pasis db check``, and one that is about an order."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from pasis_tui.services.upkeep.invariants import OF_THE_DOMAIN, Invariant
from pasis_tui.store.database import Database

# Too dear for a whole register: it reads the log.
OF_TWO_CLERKS = Invariant(
    "ME01 codes saved of a visit that was cancelled already",
    "",
    "SELECT m.entity_id FROM audit_event m JOIN audit_event c ON c.entity = 'visit'"
    " AND c.entity_id = m.entity_id AND c.id < m.id AND c.action = 'cancel'"
    " WHERE m.entity = 'medical_registration' AND m.action = 'create'",
    "visit",
)
_OWNERS = {
    "patient": "SELECT id, id FROM patient",
    **{
        table: f"SELECT id, patient_id FROM {table}"
        for table in ("visit", "care_commitment", "free_card")
    },
}


def broken_rules(database: Database, patients: Iterable[int]) -> dict[int, str]:
    """Return {patient: the rules that what is stored of them breaks}."""
    wanted = set(patients)
    broken: dict[int, str] = {}
    with database.reading_engine.connect() as connection:
        for each in (*OF_THE_DOMAIN, OF_TWO_CLERKS):
            ids = {row[0] for row in connection.execute(text(each.sql))}
            if not ids:
                continue
            assert each.of in _OWNERS, each.name  # a rule of no patient is not theirs to break
            for row, patient in connection.execute(text(_OWNERS[each.of])):
                if row in ids and patient in wanted:
                    broken[patient] = "; ".join(filter(None, [broken.get(patient), each.name]))
    return broken
