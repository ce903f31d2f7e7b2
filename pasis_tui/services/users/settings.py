"""A user's own choices."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from pasis_tui.models import User
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import UnitOfWork, difference


@dataclass(frozen=True, slots=True)
class Settings:
    """``auto_skip``: a full field of valid text moves on; ``lane``: ``S`` (snabb) shows the
    medical proposal under 085, ``T`` (trogen) registers as PASiS does, screen by screen;
    ``lock_minutes``: idle for so long, the screen locks."""

    auto_skip: bool = False
    lane: str = "S"
    lock_minutes: int = 15


@needs()
def read(context: Context) -> Settings:
    """Return the actor's settings."""
    with UnitOfWork(context, reading=True) as work:
        return _stored(work)


def _stored(work: UnitOfWork) -> Settings:
    record = work.record(User, work.actor.user_id)
    stored: dict[str, Any] = json.loads(record.settings) if record else {}
    known = {f.name for f in fields(Settings)}
    return Settings(**{k: v for k, v in stored.items() if k in known})


@needs()
def change(context: Context, /, **values: Any) -> Settings:
    """Change some settings and return them all."""
    with UnitOfWork(context) as work:
        work.lock_words("settings", context.actor.user_id)
        before = _stored(work)
        changed = replace(before, **values)
        work.update(User, context.actor.user_id, None, settings=json.dumps(asdict(changed)))
        work.audit(
            "change",
            entity="user_account",
            entity_id=context.actor.user_id,
            changes=difference(before, values),
        )
        work.commit()
    return changed
