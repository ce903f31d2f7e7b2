"""The caregivers (vårdgivare) of a unit, as its administrator keeps them.

A caregiver needs no login: whom a visit or a commitment names is one thing, who registers another.
A visit keeps the category that its caregiver had when it was saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Caregiver
from pasis_tui.services.errors import AccountRefused, NotFound
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Actor, Context
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation import codes
from pasis_tui.validation.typed import composed
from pasis_tui.validation.unseen import seen


class KeptCaregiver(NamedTuple):
    """A caregiver of the unit, active from ``active_from`` to ``active_to`` inclusive."""

    id: int
    signature: str
    name: str
    category: str
    active_from: date
    active_to: date | None


_ALL = select(*columns_for(KeptCaregiver, Caregiver)).order_by(col(Caregiver.signature))
_LISTING = Query(_ALL, KeptCaregiver)
_OF_SIGNATURE = Query(_ALL.where(col(Caregiver.signature) == bindparam("signature")), KeptCaregiver)


@needs("users")
def listing(context: Context) -> Sequence[KeptCaregiver]:
    """Return the caregivers of the unit, by signature."""
    with UnitOfWork(context, reading=True) as work:
        return work.all(_LISTING)


@needs("users")
def add(
    context: Context, signature: str, name: str, category: str, active_from: date | None = None
) -> str:
    """Add a caregiver to the unit, from *active_from*, without it today (VA10); return the signature.

    Raises AccountRefused.
    """
    refuse_practice(context.actor)
    signature, name = read_signature(signature), read_name(name)
    with UnitOfWork(context) as work:
        work.lock_words("users")
        insert(work, signature, name, category, active_from)
        work.commit()
    return signature


@needs("users")
def change(
    context: Context,
    signature: str,
    *,
    name: str = "",
    category: str = "",
    active_from: date | None = None,
    active_to: date | None = None,
    goes_on: bool = False,
) -> KeptCaregiver:
    """Change what is given of a caregiver; *goes_on* takes the last day away.  Return what is kept.

    Raises AccountRefused, NotFound.
    """
    refuse_practice(context.actor)
    signature = read_signature(signature)
    wanted: dict[str, Any] = {}
    if name:
        wanted["name"] = read_name(name)
    if category:
        check_category(category)
        wanted["category"] = category
    if active_from:
        wanted["active_from"] = active_from
    if active_to or goes_on:
        wanted["active_to"] = active_to
    if not wanted:
        raise AccountRefused(
            "Inget att ändra: ange --name, --category, --active-from eller --active-to."
        )
    with UnitOfWork(context) as work:
        work.lock_words("users")
        before = work.one(_OF_SIGNATURE, signature=signature)
        if before is None:
            raise NotFound(
                f"{signature} är inte vårdgivare vid {work.actor.unit_code}. "
                "pasis caregivers list visar dem."
            )
        after = before._replace(**wanted)
        if after.active_to is not None and after.active_to < after.active_from:
            raise AccountRefused(f"Den sista dagen är före den första, {after.active_from}.")
        wanted = {k: v for k, v in wanted.items() if v != getattr(before, k)}
        if wanted:
            work.update(Caregiver, before.id, None, **wanted)
            changes = {k: [_logged(getattr(before, k)), _logged(v)] for k, v in wanted.items()}
            work.audit("change", entity="caregiver", entity_id=before.id, changes=changes)
            work.commit()
    return after


def insert(
    work: UnitOfWork, signature: str, name: str, category: str, active_from: date | None
) -> None:
    """Make *signature* a caregiver of the unit, and log it.

    Raises AccountRefused, also when they are one already.
    """
    check_category(category)
    if work.one(_OF_SIGNATURE, signature=signature) is not None:
        raise AccountRefused(
            f"{signature} är redan vårdgivare. Ändra med: pasis caregivers change {signature} …"
        )
    begins = active_from or work.today
    kept = work.insert(
        Caregiver, signature=signature, name=name, category=category, active_from=begins
    )
    changes = {"signature": signature, "name": name, "category": category, "active_from": begins}
    work.audit(
        "create",
        entity="caregiver",
        entity_id=kept,
        changes={field: [None, str(value)] for field, value in changes.items()},
    )


def check_category(category: str) -> None:
    """Raise AccountRefused when there is no such category."""
    if category not in codes.table("category"):
        known = ", ".join(codes.table("category"))
        raise AccountRefused(f"Vårdgivarkategorin finns inte. Välj bland {known}.")


def refuse_practice(actor: Actor) -> None:
    """Raise AccountRefused in practice, whose people are those of its exercises."""
    if actor.practice:
        raise AccountRefused(
            "Övningsdata har egna användare, alla med lösenordet ovning. De ändras inte."
        )


def read_signature(text: str) -> str:
    """Return a signature as it is kept.  Raises AccountRefused."""
    signature = composed(text).strip().upper()
    if not (1 <= len(signature) <= 6 and signature.isalnum()):
        raise AccountRefused("Signaturen är högst sex bokstäver och siffror.")
    return signature


def read_name(text: str) -> str:
    """Return a person's name as it is kept.  Raises AccountRefused."""
    name = " ".join(composed(text).split())
    if not name or seen(name) != name or len(name) > 60:
        raise AccountRefused("Namnet skrivs med tecken som syns, högst 60.")
    return name


def _logged(value: object) -> str | None:
    return None if value is None else str(value)
