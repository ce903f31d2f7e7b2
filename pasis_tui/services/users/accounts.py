"""The users of a unit, as its administrator keeps them: accounts, roles, passwords.

An account is a person's, whatever the number of units; its roles are given by each unit.  So an
administrator gives and takes the roles of their own unit, and closes an account or gives it a new
password only when they administer every unit where it has roles.
Whatever is changed here ends the sessions that the user has open (``store/unit_of_work.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from pasis_tui.models import Unit, User, UserUnit, wall_clock
from pasis_tui.services.errors import AccountRefused, LoginRefused, NotFound
from pasis_tui.services.rights import ROLE_OF_PRACTICE, ROLES, needs
from pasis_tui.services.users import access, caregivers
from pasis_tui.services.users.caregivers import read_name, read_signature, refuse_practice
from pasis_tui.store.actor import Actor, Context, access_of
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.store.writes import Change
from pasis_tui.validation.identity import InvalidIdentityNumber, parse_identity_number
from pasis_tui.validation.passwords import weakness
from pasis_tui.validation.typed import composed

_ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the unit as the list shows them; ``failed`` are refused logins since the last."""

    signature: str
    name: str
    roles: str
    disabled_at: datetime | None
    locked_at: datetime | None
    failed: int


class _Known(NamedTuple):
    id: int
    name: str
    identity_number: str | None
    password_hash: str
    disabled_at: datetime | None
    access_version: int


class _Held(NamedTuple):
    unit_id: int
    unit_code: str
    unit_name: str
    roles: str


_LISTING = Query(
    select(
        *columns_for(Account, User, roles=col(UserUnit.roles), failed=col(User.failed_since_login))
    )
    .join(UserUnit, col(UserUnit.user_id) == col(User.id))
    .where(col(UserUnit.unit_id) == bindparam("at_unit"))
    .order_by(col(User.signature)),
    Account,
)
_ACCOUNT = Query(
    select(*columns_for(_Known, User)).where(col(User.signature) == bindparam("signature")), _Known
)
_NUMBER = Query(select(col(User.id)).where(col(User.identity_number) == bindparam("number")))
_PLACES = Query(
    select(
        *columns_for(
            _Held,
            UserUnit,
            unit_code=col(Unit.code),
            unit_name=col(Unit.name),
        )
    )
    .join(Unit, col(Unit.id) == col(UserUnit.unit_id))
    .where(col(UserUnit.user_id) == bindparam("user_id"))
    .order_by(col(Unit.code)),
    _Held,
)
_ROLES_AT = Query(
    select(col(User.id), col(UserUnit.roles))
    .join(UserUnit, col(UserUnit.user_id) == col(User.id))
    .where(col(UserUnit.unit_id) == bindparam("at_unit"), col(User.disabled_at).is_(None))
)
_raised = {"access_version": col(User.access_version) + 1}
_this = col(User.id) == bindparam("user_id")
_END_SESSIONS = Change(update(User).where(_this).values(**_raised))
_NEW_PASSWORD = Change(
    update(User)
    .where(_this, col(User.password_hash) == bindparam("before"))
    .values(
        password_hash=bindparam("hashed"),
        failed_attempts=0,
        locked_at=None,
        **_raised,
    )
)


@needs("users")
def listing(context: Context) -> list[Account]:
    """Return the users who have roles at the unit, by signature."""
    with UnitOfWork(context, reading=True) as work:
        return work.all(_LISTING, at_unit=work.unit_id)


@needs("users")
def add(
    context: Context,
    signature: str,
    name: str,
    roles: Sequence[str],
    password: str,
    *,
    identity_number: str = "",
    category: str = "",
    active_from: date | None = None,
) -> str:
    """Add a user with *roles* at the unit, a caregiver of it with a *category*; return the signature.

    A caregiver begins *active_from*, without it today (VA10).  Raises AccountRefused.
    """
    refuse_practice(context.actor)
    signature, name = read_signature(signature), read_name(name)
    held = _read_roles(roles)
    number = _number(identity_number, context)
    if category:
        caregivers.check_category(category)
    _refuse_weak(password, context.actor, signature, name)
    hashed = hash_password(password)
    with UnitOfWork(context) as work:
        work.lock_words("users")
        if work.one(_ACCOUNT, signature=signature) is not None:
            raise AccountRefused(
                f"Signaturen {signature} finns redan. Ge den roller vid {context.actor.unit_code} "
                f"med: pasis users change {signature} --role …"
            )
        if number:
            _refuse_taken(work, number)
        user_id = work.insert(
            User, signature=signature, name=name, password_hash=hashed, identity_number=number
        )
        work.insert(UserUnit, user_id=user_id, unit_id=work.unit_id, roles=held)
        if category:
            caregivers.insert(work, signature, name, category, active_from)
        changes = {"signature": [None, signature], "name": [None, name], "roles": [None, held]}
        work.audit("create", entity="user_account", entity_id=user_id, changes=changes)
        work.commit()
    return signature


@needs("users")
def change(
    context: Context,
    signature: str,
    *,
    name: str = "",
    roles: Sequence[str] = (),
    identity_number: str = "",
    category: str = "",
    active_from: date | None = None,
) -> str:
    """Change the name or number of a user, or their roles at the unit; ``ingen`` takes those away.

    A *category* makes them a caregiver of the unit, *active_from* that day, without it today.

    Returns the roles held afterwards.  Raises AccountRefused, NotFound.
    """
    refuse_practice(context.actor)
    signature = read_signature(signature)
    new_name = read_name(name) if name else ""
    none = [role.casefold() for role in roles] == ["ingen"]
    held = "" if none or not roles else _read_roles(roles)
    number = _number(identity_number, context)
    if not (roles or new_name or category or number):
        raise AccountRefused(
            "Inget att ändra: ange --name, --role, --identity-number eller --category."
        )
    if category:
        caregivers.check_category(category)
    with UnitOfWork(context) as work:
        work.lock_words("users")
        known, places = _find(work, signature, only_here=False)
        changes: dict[str, Any] = {}
        before = next((p.roles for p in places if p.unit_id == work.unit_id), "")
        if new_name and new_name != known.name:
            _check_all_places(work, signature, places)
            work.update(User, known.id, None, name=new_name)
            changes["name"] = [known.name, new_name]
        if number and number != known.identity_number:
            _check_all_places(work, signature, places)
            _refuse_taken(work, number)
            work.update(User, known.id, None, identity_number=number)
            changes["identity_number"] = ["ett annat" if known.identity_number else None, "nytt"]
        if roles and held != before:
            if before:
                work.delete(UserUnit, user_id=known.id, unit_id=work.unit_id)
            if held:
                work.insert(UserUnit, user_id=known.id, unit_id=work.unit_id, roles=held)
            changes["roles"] = [before, held]
        if category:
            caregivers.insert(work, signature, new_name or known.name, category, active_from)
            changes["category"] = [None, category]
        if changes:
            _close(work, known.id, changes, places)
    return held if roles else before


@needs("users")
def set_disabled(context: Context, signature: str, disabled: bool) -> None:
    """Close an account to every login, or open it again.  Raises AccountRefused, NotFound."""
    refuse_practice(context.actor)
    with UnitOfWork(context) as work:
        work.lock_words("users")
        known, places = _find(work, read_signature(signature), only_here=True)
        _check_all_places(work, signature, places)
        if (known.disabled_at is not None) is disabled:
            raise AccountRefused(
                f"{signature.upper()} är redan {'avstängd' if disabled else 'öppen'}."
            )
        moment = wall_clock() if disabled else None
        work.update(User, known.id, None, disabled_at=moment)
        _close(work, known.id, {"disabled": [not disabled, disabled]}, places)


@needs("users")
def set_password(context: Context, signature: str, password: str) -> None:
    """Give a user a new password and open a locked account.  Raises AccountRefused, NotFound."""
    refuse_practice(context.actor)
    with UnitOfWork(context, reading=True) as work:
        known, places = _find(work, read_signature(signature), only_here=True)
        _check_all_places(work, signature, places)
    _refuse_weak(password, context.actor, signature, known.name)
    hashed = hash_password(password)
    with UnitOfWork(context) as work:
        work.lock_words("users")
        known, places = _find(work, read_signature(signature), only_here=True)
        _check_all_places(work, signature, places)
        # Theirs may be a newer one than was read before: this one is the administrator's.
        _replace_password(work, known, hashed)
        work.audit("change", entity="user_account", entity_id=known.id, reason="nytt lösenord")
        work.commit()


@needs()
def change_own_password(context: Context, current: str, password: str) -> Actor:
    """Change the actor's own password; return the actor as of now, for the session that goes on.

    The user's other sessions end.  Raises AccountRefused, at the field ``current`` or ``password``.
    """
    refuse_practice(context.actor)
    actor = context.actor
    try:  # a guess counts here as it does at the login
        access.log_in(context.database, actor.signature, current, actor.unit_code, context.today)
    except LoginRefused as refused:
        raise AccountRefused(
            "Nuvarande lösenord är fel. Efter fem fel är kontot låst i 15 minuter.", "current"
        ) from refused
    with UnitOfWork(context, reading=True) as work:
        known, _ = _find(work, actor.signature, only_here=True)
    _refuse_weak(password, actor, actor.signature, actor.name)
    if composed(password) == composed(current):
        raise AccountRefused("Det nya lösenordet är det gamla.", "password")
    hashed = hash_password(password)
    with UnitOfWork(context) as work:
        _replace_password(work, known, hashed)
        work.audit("change", entity="user_account", entity_id=known.id, reason="eget lösenord")
        roles = next(p.roles for p in work.all(_PLACES, user_id=known.id) if p[0] == work.unit_id)
        work.commit()
    return replace(actor, access=access_of(known.access_version + 1, roles), failed_before=0)


def _replace_password(work: UnitOfWork, known: _Known, hashed: str) -> None:
    """Raise AccountRefused when another password than the one that was read stands there now."""
    before = known.password_hash
    if not work.change(_NEW_PASSWORD, user_id=known.id, hashed=hashed, before=before):
        raise AccountRefused("Lösenordet ändrades nyss av någon annan. Försök igen.", "current")


def _refuse_taken(work: UnitOfWork, number: str) -> None:
    if work.one(_NUMBER, number=number) is not None:
        raise AccountRefused("Personnumret har redan ett konto.")


def _find(work: UnitOfWork, signature: str, *, only_here: bool) -> tuple[_Known, list[_Held]]:
    """Return a user and their places; with *only_here*, one of the unit's own."""
    known = work.one(_ACCOUNT, signature=signature)
    places = [] if known is None else work.all(_PLACES, user_id=known.id)
    if known is None or (only_here and work.unit_id not in {each.unit_id for each in places}):
        raise NotFound(
            f"{signature} finns inte vid {work.actor.unit_code}. pasis users list visar användarna."
        )
    return known, places


def _check_all_places(work: UnitOfWork, signature: str, places: Sequence[_Held]) -> None:
    """Raise AccountRefused when the user has roles at a unit that the actor does not administer."""
    own = {
        each.unit_id
        for each in work.all(_PLACES, user_id=work.actor.user_id)
        if _ADMINISTRATOR in each.roles.split()
    }
    others = [each.unit_code for each in places if each.unit_id not in own]
    if others:
        raise AccountRefused(
            f"{signature.upper()} har roller även vid {', '.join(others)}, som du inte är "
            f"administratör för. Vid {work.actor.unit_code} tar --role ingen bort rollerna."
        )


def _close(
    work: UnitOfWork, user_id: int, changes: dict[str, Any], places: Sequence[_Held]
) -> None:
    """End the user's sessions, log, and commit, unless a unit would have no administrator.

    *places* are those that the user has had until now.
    """
    units = {
        each.unit_id: each.unit_code for each in places if _ADMINISTRATOR in each.roles.split()
    }
    for unit_id, code in units.items():
        left = [roles for _, roles in work.all(_ROLES_AT, at_unit=unit_id)]
        if not any(_ADMINISTRATOR in roles.split() for roles in left):
            raise AccountRefused(
                f"{code} behöver minst en administratör. Ge först någon annan rollen där."
            )
    work.change(_END_SESSIONS, user_id=user_id)
    work.audit("change", entity="user_account", entity_id=user_id, changes=changes)
    work.commit()


def _refuse_weak(password: str, actor: Actor, signature: str, name: str) -> None:
    about = ("pasis", actor.unit_code, actor.unit_name, signature, name)
    if why := weakness(password, about):
        raise AccountRefused(why, "password")


def _read_roles(roles: Sequence[str]) -> str:
    words = [role.casefold() for role in roles]
    allowed = [role for role in ROLES if role != ROLE_OF_PRACTICE]
    if ROLE_OF_PRACTICE in words:
        raise AccountRefused(f"Rollen {ROLE_OF_PRACTICE} finns bara i övning.")
    if not words:
        raise AccountRefused(f"Ge en roll med --role. Välj bland {', '.join(allowed)}.")
    if any(word not in allowed for word in words):
        raise AccountRefused(f"Rollen finns inte. Välj bland {', '.join(allowed)}.")
    return " ".join(sorted(set(words)))


def _number(text: str, context: Context) -> str | None:
    if not text:
        return None
    try:
        return parse_identity_number(text, context.today).digits
    except InvalidIdentityNumber as fault:
        raise AccountRefused("Personnumret är fel.") from fault
