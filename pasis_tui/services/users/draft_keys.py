"""The key of a user's drafts, which only the register holds, and the word of drafts refused."""

from __future__ import annotations

import secrets

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from pasis_tui.models import User
from pasis_tui.services.rights import needs
from pasis_tui.services.users.sealing import KEY_BYTES
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.store.writes import Change

_this = col(User.id) == bindparam("user_id")
_KEY = Query(select(col(User.draft_key)).where(_this))
_MAKE = Change(
    update(User).where(_this, col(User.draft_key) == "").values(draft_key=bindparam("made"))
)


@needs()
def draft_key(context: Context) -> bytes:
    """Return the key of the actor's drafts, made when they have none.

    b"" where the database is only read and holds none: drafts then stay in memory.  The key is
    never shown, nor written anywhere but in the user's row.
    """
    user_id = context.actor.user_id
    with UnitOfWork(context, reading=True) as work:
        known = work.scalar(_KEY, user_id=user_id)
    if known or context.database.readings is not None:
        return bytes.fromhex(known or "")
    with UnitOfWork(context) as work:
        work.lock_words("settings", user_id)
        # Two first logins at once: the second finds the first one's.
        if work.change(_MAKE, user_id=user_id, made=secrets.token_hex(KEY_BYTES)):
            work.audit("change", entity="user_account", entity_id=user_id, reason="nyckel")
        known = work.scalar(_KEY, user_id=user_id)
        work.commit()
    return bytes.fromhex(known or "")


@needs()
def log_refused(context: Context, number: int) -> None:
    """Log that *number* draft files lay where the actor's do and were not theirs, or were changed."""
    with UnitOfWork(context) as work:
        work.audit(
            "denied",
            entity="user_account",
            entity_id=context.actor.user_id,
            reason=f"{number} utkast gick inte att lita på",
        )
        work.commit()
