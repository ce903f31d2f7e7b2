"""Logging in: who is let in, at which unit and with which roles.

A password is tried outside any transaction, for that takes a while; what follows from it is one
UPDATE that counts, so that guesses at the same time all count, and none is answered well once the
account is locked.  The clock is the database's.  A lock remembers when it began: set back, the
clock begins it anew, so it never lasts longer than ``LOCKED_FOR`` by any clock that runs; set
forward, it lets one guess through, for after a lock each wrong password locks again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, case, or_, select, update
from sqlmodel import col

from pasis_tui import clock
from pasis_tui.models import Unit, User, UserUnit
from pasis_tui.services.errors import LoginRefused
from pasis_tui.services.rights import rights_of
from pasis_tui.store.actor import Actor, access_of
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password, verify_password
from pasis_tui.store.query import Query, columns_for
from pasis_tui.store.reading_log import ReadingLog
from pasis_tui.store.scope import table_of
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.store.writes import Change
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
    failed_since_login: int
    locked_at: datetime | None
    disabled_at: datetime | None
    access_version: int


class _Place(NamedTuple):
    unit_id: int
    unit_code: str
    unit_name: str
    roles: str


_USER = Query(
    select(*columns_for(_Account, User)).where(
        or_(
            col(User.signature) == bindparam("name"),
            col(User.identity_number) == bindparam("number"),
        )
    ),
    _Account,
)
_UNIT = Query(select(col(Unit.id)).where(col(Unit.code) == bindparam("code")))
_PLACE = Query(
    select(
        *columns_for(
            _Place,
            Unit,
            unit_id=col(Unit.id),
            unit_code=col(Unit.code),
            unit_name=col(Unit.name),
            roles=col(UserUnit.roles),
        )
    )
    .join(UserUnit, col(UserUnit.unit_id) == col(Unit.id))
    .where(col(UserUnit.user_id) == bindparam("user_id"), col(Unit.code) == bindparam("code")),
    _Place,
)
_moment = table_of(User).c.locked_at.type
_now, _since = bindparam("now", type_=_moment), bindparam("since", type_=_moment)
_this = col(User.id) == bindparam("user_id")
_guess = col(User.failed_attempts) + 1
# The clock was set back since the account was locked: its time begins now.
_SETTLE = Change(update(User).where(_this, col(User.locked_at) > _now).values(locked_at=_now))
_COUNT = Change(
    update(User)
    .where(_this)
    .values(
        failed_attempts=_guess,
        failed_since_login=col(User.failed_since_login) + 1,
        locked_at=case(
            (col(User.locked_at) > _since, col(User.locked_at)),
            (_guess >= ATTEMPTS, _now),
            else_=col(User.locked_at),
        ),
    )
)
_LET_IN = Change(
    update(User)
    .where(
        _this,
        col(User.password_hash) == bindparam("tried"),
        col(User.disabled_at).is_(None),
        or_(col(User.locked_at).is_(None), col(User.locked_at) <= _since),
    )
    .values(failed_attempts=0, failed_since_login=0, locked_at=None)
)
_LOCKED_AT = Query(select(col(User.locked_at)).where(_this))


def log_in(database: Database, user: str, password: str, unit_code: str, today: date) -> Actor:
    """Return the actor when what was typed on the login screen is right.

    *user* is a signature or an identity number of 10 or 12 digits.  Raises LoginRefused with
    the same text for every refusal; five in a row lock the account for 15 minutes by the
    database's clock.  Every try is in the audit log, a name that is nobody's without the name:
    people type passwords there.
    """
    # Characters that no field accepts must not reach the database or argon2.
    user, password, unit_code = (t if t.isprintable() else "" for t in (user, password, unit_code))
    user, unit_code = (composed(t).strip().upper() for t in (user, unit_code))
    practice = database.mode == "practice"
    with SystemWork(database, reading=True) as work:
        known = _look_up(work, user, today)
    tried = _somebody() if known is None else known.password_hash  # nobody takes the same time
    fits = verify_password(tried, password)
    with SystemWork(database) as work:
        place = None if known is None else work.one(_PLACE, user_id=known.id, code=unit_code)
        if known is None:
            reason = "okänd användare"
        elif database.readings is not None:
            reason = _judge(work, known, database.readings, fits and place is not None)
        elif not fits or place is None:
            reason = _count(work, known.id)
        else:
            reason = _let_in(work, known.id, tried)
        work.log(
            "log_in_refused" if reason or known is None else "log_in",
            today,
            screen="login",
            user_id=known.id if known else None,
            signature=known.signature if known else "",
            # Also of who has nothing to do there: its manager sees in LG who tried.
            unit_id=place.unit_id if place else work.scalar(_UNIT, code=unit_code),
            reason=reason,
        )
        work.commit()
    if known is None or place is None or reason:
        raise LoginRefused(_REFUSED)
    return _actor(known, place, practice)


def _count(work: SystemWork, user_id: int) -> str:
    """Count a wrong answer; return why it is refused, for the log."""
    now = work.clock()
    work.change(_SETTLE, user_id=user_id, now=now)
    before = work.scalar(_LOCKED_AT, user_id=user_id)
    work.change(_COUNT, user_id=user_id, now=now, since=now - LOCKED_FOR)
    after = work.scalar(_LOCKED_AT, user_id=user_id)
    if after != before:
        return "låses"
    return "låst" if after is not None and after > now - LOCKED_FOR else "fel uppgifter"


def _let_in(work: SystemWork, user_id: int, tried: str) -> str:
    """Forget the wrong answers of an account that is neither locked nor disabled; return "".

    Otherwise return why it is refused.
    """
    now = work.clock()
    work.change(_SETTLE, user_id=user_id, now=now)
    if work.change(_LET_IN, user_id=user_id, tried=tried, since=now - LOCKED_FOR):
        return ""
    locked_at = work.scalar(_LOCKED_AT, user_id=user_id)
    locked = locked_at is not None and locked_at > now - LOCKED_FOR
    return "låst" if locked else "avstängd eller ändrad"


def _judge(work: SystemWork, known: _Account, readings: ReadingLog, right: bool) -> str:
    """Return why a login is refused by a program that only reads, "" when it is not.

    It cannot count in the database: its own wrong passwords are counted as long as it runs.
    """
    if known.disabled_at is not None:
        return "avstängd eller ändrad"
    locked = known.locked_at is not None and known.locked_at > work.clock() - LOCKED_FOR
    if locked or readings.guesses.get(known.id, 0) >= ATTEMPTS:
        return "låst"
    readings.guesses[known.id] = 0 if right else readings.guesses.get(known.id, 0) + 1
    return "" if right else "fel uppgifter"


def _actor(account: _Account, place: _Place, practice: bool) -> Actor:
    return Actor(
        account.id,
        account.signature,
        account.name,
        *place[:3],
        rights_of(place.roles, practice=practice),
        practice,
        access_of(account.access_version, place.roles),
        account.failed_since_login,
    )


def _look_up(work: SystemWork, user: str, today: date) -> _Account | None:
    try:
        numbers = [number.digits for number in candidates(user, today)]
    except InvalidIdentityNumber:
        numbers = [""]  # a signature: no account has an empty number
    accounts = (work.one(_USER, name=user, number=number) for number in numbers)
    return next((row for row in accounts if row is not None), None)


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
