"""Two clerks changing one row: who was first, and what the second is told."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from pasis_tui.models import AuditEvent, User
from pasis_tui.store.scope import table_of
from pasis_tui.validation.for_people import ForPeople

_CHANGES = ("create", "change", "remove", "close", "reopen", "cancel")
SOMEONE = "någon annan"
CHANGED = "(ändrad)"  # what the log says of a value that it must not keep
_WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE) (\w+) ")  # of our own statements


class Conflict(ForPeople):
    """The row was changed, or removed, by another after it was read; nothing was saved.

    ``who`` is a name or "någon annan", ``when`` aware, in UTC, ``now`` what the other's saves gave
    the fields, by the screen's field names, ``action`` what the last of them did, "" when nobody
    knows.
    """

    exit_code = 1

    def __init__(
        self,
        who: str,
        when: datetime | None,
        now: Mapping[str, Any] | None = None,
        action: str = "",
    ) -> None:
        moment = "" if when is None else f" {when.astimezone():%Y-%m-%d %H:%M}"
        super().__init__(
            f"Uppgiften ändrades av {who}{moment}, efter att du hämtade den. Inget sparades. "
            "Hämta uppgiften på nytt och gör om din ändring."
        )
        self.who = who
        self.when = when
        self.now = now or {}
        self.action = action


def conflict_at(connection: Connection, entity: str, entity_id: Any, saves: int = 1) -> Conflict:
    """Return the Conflict for a row, with the one who wrote it last by the audit log.

    *saves* are the times it was saved since it was read.
    """
    event, user = table_of(AuditEvent), table_of(User)
    events = connection.execute(
        select(user.c.name, event.c.signature, event.c.at, event.c.action, event.c.changes)
        .select_from(event.outerjoin(user, user.c.id == event.c.user_id))
        .where(event.c.entity == entity, event.c.entity_id == entity_id)
        .where(event.c.action.in_(_CHANGES))
        .order_by(event.c.id.desc())
        .limit(max(1, saves))
    ).all()
    if not events:
        return Conflict(SOMEONE, None)
    now: dict[str, Any] = {}
    for each in reversed(events):
        now |= {name: new for name, (_, new) in json.loads(each.changes).items()}
    if hidden := [name for name, new in now.items() if new == CHANGED]:
        now |= _stored(connection, entity, entity_id, hidden)
    last = events[0]
    return Conflict(last.name or last.signature or SOMEONE, last.at, now, last.action)


def _stored(connection: Connection, entity: str, key: Any, names: list[str]) -> dict[str, Any]:
    """Return what the row now has in the fields *names*, whose values the log never keeps."""
    table = SQLModel.metadata.tables[entity]
    row = connection.execute(
        select(*(table.c[name] for name in names)).where(table.c.id == key)
    ).first()
    return {} if row is None else dict(row._mapping)


def violates(error: IntegrityError, index: str) -> bool:
    """Say whether *error* is a breach of the unique index *index*, on either database.

    PostgreSQL names the index.  SQLite names nothing but in its text: there it is known by the
    table written to, where nothing else may be unique but its key.
    """
    driver = error.orig
    if (breach := getattr(driver, "diag", None)) is not None:
        return bool(breach.constraint_name == index)
    if getattr(driver, "sqlite_errorcode", None) != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
        return False
    written = _WRITTEN.match(error.statement or "")
    return written is not None and written[1] == _table_of_index(index)


def _table_of_index(index: str) -> str:
    """Return the table where nothing else is unique than *index*; ValueError if there is none."""
    for table in SQLModel.metadata.tables.values():
        unique: list[Any] = [
            # One with the id is the key in another form, broken only when the key itself is.
            each.name
            for each in table.indexes
            if each.unique and "id" not in each.columns
        ]
        unique += [rule.name for rule in table.constraints if isinstance(rule, UniqueConstraint)]
        if unique == [index]:
            return table.name
    raise ValueError(f"{index} is not all that is unique in a table")


def plain(value: Any) -> Any:
    """Return *value* as JSON can hold it: dates and times as ISO text."""
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def difference(before: Any, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [old, new]} for what *values* changes in the record *before*."""
    return {
        name: [plain(old), plain(new)]
        for name, new in values.items()
        if (old := getattr(before, name)) != new
    }


def as_json(changes: Mapping[str, Any]) -> str:
    """Return *changes* as the audit log stores them."""
    return json.dumps(changes, ensure_ascii=False, default=plain) if changes else "{}"
