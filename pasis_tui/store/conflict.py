"""Two clerks at one row: who was first, and how to say it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from pasis_tui.models import AuditEvent, User
from pasis_tui.store.scope import table_of

_CHANGES = ("create", "change", "remove", "close", "reopen", "cancel")
SOMEONE = "någon annan"


class Conflict(Exception):
    """The row was changed, or removed, by another after it was read; nothing was saved.

    ``entity`` is the table's name, ``who`` a name or "någon annan", ``when`` aware, in UTC,
    ``now`` what the other's saves gave the fields, by the screen's field names.
    """

    def __init__(
        self,
        entity: str,
        entity_id: Any,
        who: str,
        when: datetime | None,
        now: Mapping[str, Any] | None = None,
    ) -> None:
        moment = "" if when is None else f" {when.astimezone():%Y-%m-%d %H:%M}"
        super().__init__(
            f"Uppgiften ändrades av {who}{moment}, efter att du hämtade den. Inget sparades. "
            "Hämta uppgiften på nytt och gör om din ändring."
        )
        self.entity = entity
        self.entity_id = entity_id
        self.who = who
        self.when = when
        self.now = now or {}


def conflict_at(connection: Connection, entity: str, entity_id: Any, saves: int = 1) -> Conflict:
    """Return the Conflict for a row, with the one who wrote it last by the audit log.

    *saves* are the times it was saved since it was read.
    """
    event, user = table_of(AuditEvent), table_of(User)
    events = connection.execute(
        select(user.c.name, event.c.signature, event.c.at, event.c.changes)
        .select_from(event.outerjoin(user, user.c.id == event.c.user_id))
        .where(event.c.entity == entity, event.c.entity_id == entity_id)
        .where(event.c.action.in_(_CHANGES))
        .order_by(event.c.id.desc())
        .limit(max(1, saves))
    ).all()
    if not events:
        return Conflict(entity, entity_id, SOMEONE, None)
    now: dict[str, Any] = {}
    for each in reversed(events):
        now |= {name: new for name, (_, new) in json.loads(each.changes).items()}
    last = events[0]
    return Conflict(entity, entity_id, last.name or last.signature or SOMEONE, last.at, now)


def violates(error: IntegrityError, index: str) -> bool:
    """Say whether *error* is a breach of the unique index *index*, on either database.

    PostgreSQL names the index; SQLite names its columns, in the index's order.
    """
    words = str(error.orig)
    if index in words:
        return True
    for table in SQLModel.metadata.tables.values():
        for candidate in table.indexes:
            if candidate.name == index:
                columns = ", ".join(f"{table.name}.{column.name}" for column in candidate.columns)
                return words.endswith(f": {columns}")
    return False


def plain(value: Any) -> Any:
    """Return *value* as JSON can hold it: dates and times as ISO text."""
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def difference(before: Any, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [old, new]} for what *values* changes in the record or row *before*."""
    return {
        name: [plain(old), plain(new)]
        for name, new in values.items()
        if (old := getattr(before, name)) != new
    }


def changes_of(row: SQLModel) -> dict[str, list[Any]]:
    """Return {field: [old, new]} for an ORM row's changes that are not flushed yet."""
    changes: dict[str, list[Any]] = {}
    for attribute in inspect(row).attrs:
        history = attribute.history
        if history.has_changes() and attribute.key not in ("version", "changed_at"):
            old = history.deleted[0] if history.deleted else None
            changes[attribute.key] = [plain(old), plain(attribute.value)]
    return changes


def as_json(changes: Mapping[str, Any]) -> str:
    """Return *changes* as the audit log stores them."""
    return json.dumps(changes, ensure_ascii=False, default=plain) if changes else "{}"
