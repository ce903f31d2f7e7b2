"""A clinic's own database: its unit, main reception and first user."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from pasis_tui.models import Caregiver, DatabaseFact, Reception, Unit, User, UserUnit
from pasis_tui.services.errors import ClinicRefused
from pasis_tui.store.database import Database
from pasis_tui.store.kind import PRACTICE, REGISTER
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation import codes
from pasis_tui.validation.passwords import weakness
from pasis_tui.validation.typed import composed
from pasis_tui.validation.unseen import seen

FIRST_ROLES = "administrator manager"  # whoever makes a register can do all there is to do


def check_clinic(
    *, unit: str, unit_name: str, signature: str, name: str, category: str, password: str
) -> None:
    """Raise ClinicRefused when a register cannot be made so."""
    unit, unit_name, signature, name = map(composed, (unit, unit_name, signature, name))
    if not (len(unit) == 6 and unit.isalnum() and 1 <= len(signature) <= 6):
        raise ClinicRefused("Enhetens kod är sex tecken, signaturen högst sex.")
    if any(seen(text) != text or not text.strip() for text in (unit_name, signature, name)):
        raise ClinicRefused("Enhetens namn, signaturen och namnet skrivs med tecken som syns.")
    if category not in codes.table("category"):
        known = ", ".join(codes.table("category"))
        raise ClinicRefused(f"Vårdgivarkategorin finns inte. Välj bland {known}.")
    if why := weakness(password, ("pasis", unit, unit_name, signature, name)):
        raise ClinicRefused(why)


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

    Raises ClinicRefused.
    """
    check_clinic(
        unit=unit, unit_name=unit_name, signature=signature, name=name, category=category,
        password=password,
    )  # fmt: skip
    if database.mode == PRACTICE:
        raise ClinicRefused("Det är en övningsdatabas. Ett register görs i en ny, tom databas.")
    if not database.is_empty:
        raise ClinicRefused("Databasen innehåller redan en enhet.")
    unit, unit_name, signature, name = map(composed, (unit, unit_name, signature, name))
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
        work.insert(UserUnit, user_id=user_id, unit_id=unit_id, roles=FIRST_ROLES)
        facts = {"mode": REGISTER, "instance": uuid4().hex}
        work.insert_many(DatabaseFact, [{"name": n, "value": v} for n, v in facts.items()])
        work.log("create", today, screen="db", entity="unit", entity_id=unit_id, unit_id=unit_id)
        work.commit()
