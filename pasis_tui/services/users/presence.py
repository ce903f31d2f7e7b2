"""Who else at the unit has a patient open: shown, never locked.

A row stands while a program has a patient open.  A program that was killed leaves its row, which
counts no longer once it is older than FORGOTTEN by the database's clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Presence, User
from pasis_tui.services.rights import PATIENTS, needs
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import SystemWork, UnitOfWork

FORGOTTEN = timedelta(minutes=10)


class Present(NamedTuple):
    """A colleague, or the same user in another window, and since when (aware, UTC)."""

    user_id: int
    name: str
    since: datetime


_OTHERS = Query(
    select(col(User.id).label("user_id"), col(User.name), col(Presence.since))
    .join(User, col(User.id) == col(Presence.user_id))
    .where(
        col(Presence.patient_id) == bindparam("patient_id"),
        col(Presence.session) != bindparam("session"),
        col(Presence.seen_at) > bindparam("after"),
        col(User.disabled_at).is_(None),  # whose program could not take its row away
    )
    .order_by(col(Presence.since), col(Presence.session)),
    Present,
)
_FORGOTTEN = Query(
    select(col(Presence.session)).where(col(Presence.seen_at) <= bindparam("before"))
)


@needs(*PATIENTS)
def others(context: Context, session: int, patient_id: int) -> tuple[Present, ...]:
    """Return who else at the unit has the patient open now, the first first.  Waits for no lock."""
    with UnitOfWork(context, reading=True) as work:
        after = work.clock() - FORGOTTEN
        return tuple(work.all(_OTHERS, patient_id=patient_id, session=session, after=after))


@needs(*PATIENTS)
def stand(context: Context, session: int, patient_id: int | None) -> None:
    """Tell the unit that *session* has the patient open, or (None) has nobody open.

    It is no event of the log: that the patient was read is one already.
    """
    with UnitOfWork(context) as work:
        work.lock_words("presence", session)
        now = work.clock()
        mine = work.record(Presence, session)
        since = mine.since if mine is not None and mine.patient_id == patient_id else now
        work.delete(Presence, session=session)
        for (gone,) in work.all(_FORGOTTEN, before=now - FORGOTTEN):
            work.delete(Presence, session=gone)
        if patient_id is not None:
            work.insert(
                Presence,
                session=session,
                user_id=work.actor.user_id,
                patient_id=patient_id,
                since=since,
                seen_at=now,
            )
        work.commit()


def end(database: Database, unit_id: int, session: int) -> None:
    """Take away the row of *session* at the unit, whose user has no access any longer.

    So it asks for no right; a program knows no other's number.
    """
    with SystemWork(database) as work:
        work.lock_words("presence", session)
        work.delete(Presence, session=session, unit_id=unit_id)
        work.commit()
