"""A clinic's own database: its unit, main reception and first user."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from pasis_tui.models import Caregiver, DatabaseFact, Reception, Unit, User, UserUnit
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.unit_of_work import SystemWork

RIGHTS = "patient booking visit medical overview fees lists statistics log"
SHORTEST_PASSWORD = 10


def create_clinic(
    database: Database,
    *,
    unit: str,
    unit_name: str,
    signature: str,
    name: str,
    category: str,
    password: str,
    today: date,
) -> None:
    """Make *database*, which must be empty, a clinic's; the user is a caregiver of the unit too.

    Raises ValueError with a Swedish sentence.
    """
    if not database.is_empty:
        raise ValueError("Databasen innehåller redan en enhet.")
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"Lösenordet är för kort: minst {SHORTEST_PASSWORD} tecken.")
    if not (len(unit) == 6 and unit.isalnum() and 1 <= len(signature) <= 6):
        raise ValueError("Enhetens kod är sex tecken, signaturen högst sex.")
    with SystemWork(database) as work:
        unit_id = work.insert(Unit, code=unit.upper(), name=unit_name)
        work.insert(
            Reception, unit_id=unit_id, code="HUVUD", name="Huvudmottagning", is_branch=False
        )
        work.insert(
            Caregiver,
            unit_id=unit_id,
            signature=signature.upper(),
            name=name,
            category=category,
            active_from=today,
        )
        user_id = work.insert(
            User, signature=signature.upper(), name=name, password_hash=hash_password(password)
        )
        work.insert(UserUnit, user_id=user_id, unit_id=unit_id, rights=RIGHTS)
        facts = {"mode": "clinic", "instance": uuid4().hex}
        work.insert_many(DatabaseFact, [{"name": n, "value": v} for n, v in facts.items()])
        work.log("create", today, screen="db", entity="unit", entity_id=unit_id, unit_id=unit_id)
        work.commit()
