"""What a database holds, as a number and a hash of each table: two that are equal hold the same.

Rows are hashed as the driver gives them, so only databases of one kind can be compared.  The order of
rows does not count: servers sort texts in ways of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, column, literal_column, select, table

from pasis_tui.store.schema import table_names

_ALL = 1 << 256
_AT_ONCE = 5000  # rows


class TableContent(NamedTuple):
    """How many rows a table has, and the hash of them all in hexadecimal."""

    rows: int
    hash: str


def content_of(connection: Connection) -> dict[str, TableContent]:
    """Return the content of every table that *connection* sees, by its name.

    One transaction gives one moment; the caller begins it.
    """
    return {name: _of_table(connection, name) for name in sorted(table_names(connection))}


def digest_of(contents: Mapping[str, TableContent]) -> str:
    """Return one hash of all tables, in hexadecimal."""
    lines = [f"{name} {each.rows} {each.hash}\n" for name, each in sorted(contents.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def differing(one: Mapping[str, TableContent], other: Mapping[str, TableContent]) -> list[str]:
    """Return the tables that are not equal in both, missing ones too."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def _of_table(connection: Connection, name: str) -> TableContent:
    statement: Select[Any] = select(literal_column("*")).select_from(table(name, column("x")))
    # Of the statement alone: set on the connection they would hold for all that follows.
    streamed = {"stream_results": True, "yield_per": _AT_ONCE}
    rows = connection.execute(statement, execution_options=streamed)
    columns = list(rows.keys())
    order = sorted(range(len(columns)), key=columns.__getitem__)
    head = json.dumps([columns[place] for place in order])
    return _summed(head, order, rows)


def _summed(head: str, order: Sequence[int], rows: Iterable[Any]) -> TableContent:
    count, total = 0, int.from_bytes(hashlib.sha256(head.encode()).digest(), "big")
    for row in rows:
        text = json.dumps([row[place] for place in order], default=_plain, ensure_ascii=False)
        hashed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        total = (total + int.from_bytes(hashed, "big")) % _ALL
        count += 1
    return TableContent(count, f"{total:064x}")


def _plain(value: object) -> str:
    if isinstance(value, datetime):  # a server gives it in the session's time zone
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)
