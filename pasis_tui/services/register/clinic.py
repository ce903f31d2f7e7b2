"""A clinic's own database: its unit, main reception and first user."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from pasis_tui.display.display_files import displays
from pasis_tui.models import Caregiver, DatabaseFact, Reception, Unit, User, UserUnit
from pasis_tui.services.errors import ClinicRefused
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation import codes
from pasis_tui.validation.typed import composed
from pasis_tui.validation.unseen import seen

SHORTEST_PASSWORD = 10
FEWEST_CHARACTERS = 4  # different ones


def _every_right() -> list[str]:
    """The first user may see every screen, and the log of who saw what."""
    screens = {shown.right for shown in displays().values() if shown.right}
    return sorted(screens - {"exercises", "trainer"} | {"log"})


def refuse_weak(password: str) -> None:
    """Raise ValueError, with a Swedish sentence, for a password that is easily guessed."""
    password = composed(password)
    if len(password.strip()) < SHORTEST_PASSWORD:
        raise ClinicRefused(
            f"Lösenordet är för kort: minst {SHORTEST_PASSWORD} tecken, blanka i ändarna oräknade."
        )
    if seen(password) != password:
        raise ClinicRefused("Lösenordet har tecken som inte kan skrivas när man loggar in.")
    if len(set(password.casefold())) < FEWEST_CHARACTERS:
        raise ClinicRefused(
            f"Lösenordet är för lätt att gissa: minst {FEWEST_CHARACTERS} olika tecken."
        )


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
    if not database.is_empty:
        raise ClinicRefused("Databasen innehåller redan en enhet.")
    refuse_weak(password)
    unit, unit_name, signature, name = map(composed, (unit, unit_name, signature, name))
    if not (len(unit) == 6 and unit.isalnum() and 1 <= len(signature) <= 6):
        raise ClinicRefused("Enhetens kod är sex tecken, signaturen högst sex.")
    if any(seen(text) != text or not text.strip() for text in (unit_name, signature, name)):
        raise ClinicRefused("Enhetens namn, signaturen och namnet skrivs med tecken som syns.")
    if category not in codes.table("category"):
        known = ", ".join(codes.table("category"))
        raise ClinicRefused(f"Vårdgivarkategorin finns inte. Välj bland {known}.")
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
        work.insert(UserUnit, user_id=user_id, unit_id=unit_id, rights=" ".join(_every_right()))
        facts = {"mode": "clinic", "instance": uuid4().hex}
        work.insert_many(DatabaseFact, [{"name": n, "value": v} for n, v in facts.items()])
        work.log("create", today, screen="db", entity="unit", entity_id=unit_id, unit_id=unit_id)
        work.commit()
