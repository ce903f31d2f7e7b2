"""Logging in: who is let in, and with which unit and rights."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlmodel import col

from pasis_tui import clock
from pasis_tui.models import Unit, User, UserUnit, wall_clock
from pasis_tui.services.errors import LoginRefused
from pasis_tui.store.actor import Actor
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password, verify_password
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.identity import InvalidIdentityNumber, candidates
from pasis_tui.validation.typed import composed

ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)
_REFUSED = "Användare, lösenord eller enhet är fel."


class _Account(NamedTuple):
    id: int
    signature: str
    name: str
    password_hash: str
    failed_attempts: int
    locked_until: datetime | None


class _Place(NamedTuple):
    unit_id: int
    unit_code: str
    unit_name: str
    rights: str


_USER = Query(
    select(*columns_for(_Account, User)).where(
        or_(
            col(User.signature) == bindparam("name"),
            col(User.identity_number) == bindparam("number"),
        )
    ),
    _Account,
)
_PLACE = Query(
    select(
        *columns_for(
            _Place,
            Unit,
            unit_id=col(Unit.id),
            unit_code=col(Unit.code),
            unit_name=col(Unit.name),
            rights=col(UserUnit.rights),
        )
    )
    .join(UserUnit, col(UserUnit.unit_id) == col(Unit.id))
    .where(col(UserUnit.user_id) == bindparam("user_id"), col(Unit.code) == bindparam("code")),
    _Place,
)


def log_in(
    database: Database,
    user: str,
    password: str,
    unit_code: str,
    today: date,
    *,
    now: datetime | None = None,
) -> Actor:
    """Return the actor when what was typed on the login screen is right.

    *user* is a signature or an identity number of 10 or 12 digits.  Raises LoginRefused with
    the same text for every refusal; five in a row lock the account for 15 minutes by the real
    clock (*now*, UTC).  Every try is in the audit log.
    """
    now = now or wall_clock()
    # Characters that no field accepts must not reach the database or argon2.
    user, password, unit_code = (t if t.isprintable() else "" for t in (user, password, unit_code))
    user, unit_code = (composed(t).strip().upper() for t in (user, unit_code))
    practice = database.mode == "practice"
    # Outside the transaction: hashing takes a while, and others logging on would have to wait.
    with SystemWork(database, reading=True) as work:
        known = _look_up(work, user, today)
    hashed = (
        _somebody() if known is None else known.password_hash
    )  # an unknown user takes the same time
    fits = verify_password(hashed, password)
    with SystemWork(database) as work:
        account = _look_up(work, user, today)
        if account is None:
            _refuse(work, today, user[:12], None)
            raise LoginRefused(_REFUSED)
        user_id, signature, locked_until = account.id, account.signature, account.locked_until
        if locked_until is not None and locked_until > now:
            _refuse(work, today, signature, user_id, "låst")
            raise LoginRefused(_REFUSED)
        place = work.one(_PLACE, user_id=user_id, code=unit_code)
        if not fits or account.password_hash != hashed or place is None:
            failed = account.failed_attempts + 1
            lock = now + LOCKED_FOR if failed >= ATTEMPTS else None
            work.update(
                User, user_id, None, failed_attempts=0 if lock else failed, locked_until=lock
            )
            _refuse(work, today, signature, user_id, "låses" if lock else "")
            raise LoginRefused(_REFUSED)
        if account.failed_attempts or locked_until is not None:
            work.update(User, user_id, None, failed_attempts=0, locked_until=None)
        work.log(
            "log_in", today, screen="login", user_id=user_id, signature=signature,
            unit_id=place.unit_id,
        )  # fmt: skip
        work.commit()
    return _actor(account, place, practice)


def _actor(account: _Account, place: _Place, practice: bool) -> Actor:
    rights = frozenset(place.rights.split()) | ({"exercises"} if practice else set())
    return Actor(account.id, account.signature, account.name, *place[:3], rights, practice)


def _look_up(work: SystemWork, user: str, today: date) -> _Account | None:
    try:
        numbers = [number.digits for number in candidates(user, today)]
    except InvalidIdentityNumber:
        numbers = [""]  # a signature: no account has an empty number
    accounts = (work.one(_USER, name=user, number=number) for number in numbers)
    return next((row for row in accounts if row is not None), None)


def _refuse(
    work: SystemWork, today: date, signature: str, user_id: int | None, reason: str = ""
) -> None:
    work.log(
        "log_in_refused",
        today,
        screen="login",
        user_id=user_id,
        signature=signature,
        reason=reason,
    )
    work.commit()


_stand_in: list[str] = []


def _somebody() -> str:
    if not _stand_in:
        _stand_in.append(hash_password("ingen"))
    return _stand_in[0]


def practice_actor(
    database: Database, unit_code: str | None = None, user: str | None = None
) -> Actor:
    """Return the practice clerk, or another *user*, without a password: for scripts on practice data.

    Raises LoginRefused for a unit that is not theirs, or when the data are not for practice.
    """
    if database.mode != "practice":
        raise LoginRefused("Utan lösenord går bara övningsdata att läsa.")
    signature = user or database.fact("practice_user") or ""
    code = composed(unit_code or database.fact("practice_unit") or "").upper()
    with SystemWork(database) as work:
        account = work.one(_USER, name=signature, number="")
        place = work.one(_PLACE, user_id=account.id, code=code) if account else None
        if account is None or place is None:
            work.log("denied", clock.today(), screen="show", signature=signature, reason=code[:20])
            work.commit()
            raise LoginRefused(
                f"{signature} hör inte till enhet {code}. Bara egna enhetens uppgifter visas."
            )
    return _actor(account, place, True)
