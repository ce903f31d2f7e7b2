"""A clinic's own database: its unit, main reception and first user; and the units of a region's."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Caregiver, DatabaseFact, Reception, Unit, User, UserUnit
from pasis_tui.services.errors import ClinicRefused
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.kind import PRACTICE, REGISTER
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import SystemWork, UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.passwords import weakness
from pasis_tui.validation.typed import composed
from pasis_tui.validation.unseen import seen

FIRST_ROLES = "administrator manager"  # whoever makes a register can do all there is to do


_CODES = Query(select(col(Unit.code)).where(col(Unit.code) == bindparam("code")))

_RECEPTION = Query(select(col(Reception.id)).where(col(Reception.code) == bindparam("code")))


class UnitRow(NamedTuple):
    """A unit of the register."""

    code: str
    name: str


_UNITS = Query(select(col(Unit.code), col(Unit.name)).order_by(col(Unit.code)), UnitRow)


def check_clinic(
    *, unit: str, unit_name: str, signature: str, name: str, category: str, password: str
) -> None:
    """Raise ClinicRefused when a register cannot be made so."""
    unit, unit_name, signature, name = map(composed, (unit, unit_name, signature, name))
    if not (_is_code(unit) and 1 <= len(signature) <= 6):
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
        unit_id = _insert_unit(work, unit.upper(), unit_name)
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


@needs("users")
def units(context: Context) -> list[UnitRow]:
    """Return the units of the register, by code."""
    with UnitOfWork(context, reading=True) as work:
        return work.all(_UNITS)


@needs("users")
def add_unit(context: Context, code: str, name: str) -> str:
    """Add a unit with its main reception; the actor has the first roles there.  Return its code.

    It is logged at the unit that the actor works at.  Raises ClinicRefused.
    """
    if context.actor.practice:
        raise ClinicRefused("Övningsdata har sin egen enhet. Fler läggs upp i ett register.")
    code, name = composed(code).strip().upper(), " ".join(composed(name).split())
    if not _is_code(code):
        raise ClinicRefused("Enhetens kod är sex tecken, bokstäver och siffror.")
    if not name or seen(name) != name:
        raise ClinicRefused("Enhetens namn skrivs med tecken som syns.")
    with UnitOfWork(context, reading=True):
        pass  # the actor still has the right; what follows is no unit's own
    with SystemWork(context.database) as work:
        work.lock_words("units")
        if work.one(_CODES, code=code) is not None:
            raise ClinicRefused(f"Enheten {code} finns redan.")
        unit_id = _insert_unit(work, code, name)
        actor = context.actor
        work.insert(UserUnit, user_id=actor.user_id, unit_id=unit_id, roles=FIRST_ROLES)
        work.log(
            "create",
            context.today,
            screen=context.screen,
            entity="unit",
            entity_id=unit_id,
            user_id=actor.user_id,
            signature=actor.signature,
            unit_id=actor.unit_id,
            changes={"code": [None, code], "name": [None, name], "roles": [None, FIRST_ROLES]},
        )
        work.commit()
    return code


@needs("users")
def add_reception(context: Context, code: str, name: str, *, is_branch: bool) -> str:
    """Add a reception to the actor's unit, a branch's (BE02) or the unit's own.  Return its code.

    Raises ClinicRefused.
    """
    if context.actor.practice:
        raise ClinicRefused("Övningsdata har sina egna mottagningar.")
    code, name = composed(code).strip().upper(), " ".join(composed(name).split())
    if not (1 <= len(code) <= 6 and code.isalnum()):
        raise ClinicRefused("Mottagningens kod är högst sex tecken, bokstäver och siffror.")
    if not name or seen(name) != name:
        raise ClinicRefused("Mottagningens namn skrivs med tecken som syns.")
    with UnitOfWork(context) as work:
        work.lock_words("receptions", work.unit_id)
        if work.one(_RECEPTION, code=code) is not None:
            raise ClinicRefused(f"Mottagningen {code} finns redan.")
        work.insert(Reception, code=code, name=name, is_branch=is_branch)
        work.audit(
            "change",
            entity="unit",
            entity_id=work.unit_id,
            changes={
                "reception": [None, code],
                "name": [None, name],
                "is_branch": [None, is_branch],
            },
        )
        work.commit()
    return code


def _insert_unit(work: SystemWork, code: str, name: str) -> int:
    unit_id: int = work.insert(Unit, code=code, name=name)
    work.insert(Reception, unit_id=unit_id, code="HUVUD", name="Huvudmottagning", is_branch=False)
    return unit_id


def _is_code(text: str) -> bool:
    return len(text) == 6 and text.isalnum()
