"""The hash chain of the audit log: what each row remembers of the one before it.

Each connection writes a chain of its own: a random number, then seq 1, 2, 3 …, each row with the
hash of the row before it.  So no clerk waits for another, and the order of a chain needs neither a
clock nor ids.  The first row of a chain, and each ``LINK_EVERY``-th, also names the newest rows
of other chains, so that the chains hold each other.  What was rolled back leaves nothing: the
program moves on in a chain only when the transaction is committed, and leaves it for a new one
when it does not know whether it was.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import AuditEvent
from pasis_tui.store.query import Query

LINK_EVERY = 256
_LINKS = 32  # how many rows are looked at for the tips of other chains
BEFORE_THE_CHAIN = 0  # the chain of the rows that are older than chains
_FORM = "pasis audit 1"  # how content is written for hashing; another form takes another name
# What a row's hash covers, beside its place in the chain.  The order is part of the form.
CONTENT = (
    "at",
    "working_date",
    "user_id",
    "signature",
    "unit_id",
    "screen",
    "action",
    "patient_id",
    "patients",
    "entity",
    "entity_id",
    "changes",
    "reason",
    "seen",
)
_WRITTEN = re.compile(r"([0-9a-f]{16}) ([1-9]\d*) ([0-9a-f]{64}) (\d{4}-\d\d-\d\d)")


class Tip(NamedTuple):
    """The last row of a chain that somebody has seen; ``on`` is the UTC day of that row."""

    chain: int
    seq: int
    hash: bytes
    on: date

    def __str__(self) -> str:
        return f"{self.chain:016x} {self.seq} {self.hash.hex()} {self.on:%Y-%m-%d}"

    @classmethod
    def read(cls, written: str) -> Tip:
        """Return the tip that was written as *written*.  Raises ValueError."""
        parts = _WRITTEN.fullmatch(written)
        if parts is None:
            raise ValueError("not a tip")
        day = date.fromisoformat(parts[4])
        return cls(int(parts[1], 16), int(parts[2]), bytes.fromhex(parts[3]), day)


class Receipt(NamedTuple):
    """The last audit event of a transaction: by it one can ask whether it was kept.

    ``at`` is aware, in UTC, and finds the year that the row lies in.
    """

    chain: int
    seq: int
    hash: bytes
    at: datetime


class Latest(NamedTuple):
    """The columns of ``LATEST``: a row that another chain ends with, or nearly."""

    chain: int
    seq: int
    hash: bytes
    at: datetime


LATEST = Query(
    select(col(AuditEvent.chain), col(AuditEvent.seq), col(AuditEvent.hash), col(AuditEvent.at))
    .order_by(col(AuditEvent.id).desc())
    .limit(_LINKS),
    Latest,
)


_KEPT = Query(
    select(col(AuditEvent.id)).where(
        col(AuditEvent.chain) == bindparam("chain"),
        col(AuditEvent.seq) == bindparam("seq"),
        col(AuditEvent.hash) == bindparam("hash"),
        col(AuditEvent.at) == bindparam("at"),
    )
)


class _Asks(Protocol):
    """A unit of work, as far as a question needs it."""

    def scalar(self, query: Query[Any], /, **values: Any) -> Any: ...


def is_kept(work: _Asks, receipt: Receipt) -> bool:
    """Say whether the transaction that gave *receipt* was committed, asked in another one."""
    return work.scalar(_KEPT, **receipt._asdict()) is not None


class Chain:
    """One connection's chain as far as its transaction has come."""

    def __init__(self, number: int = 0, seq: int = 0, last: bytes = b"") -> None:
        self.number = number or secrets.randbits(63) or 1
        self.seq = seq
        self.last = last

    @property
    def links_next(self) -> bool:
        """Whether the next row names the newest rows of other chains."""
        return self.seq % LINK_EVERY == 0

    def place(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns that give an event with *values* the next place in the chain."""
        seq = self.seq + 1
        return {
            "chain": self.number,
            "seq": seq,
            "previous": self.last,
            "hash": row_hash(self.number, seq, self.last, values),
        }

    def after(self, placed: Mapping[str, Any]) -> Chain:
        """Return the chain once the row with the columns *placed* has been written."""
        return Chain(self.number, placed["seq"], placed["hash"])


def row_hash(chain: int, seq: int, previous: bytes, values: Mapping[str, Any]) -> bytes:
    """Return the hash of an event: its place, the hash before it and all of ``CONTENT``."""
    written = [_FORM, chain, seq, previous.hex(), *[_plain(values[name]) for name in CONTENT]]
    text = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def patients_digest(patients: Collection[int]) -> str:
    """Return what an event says of the set of patients it concerns, "" for none.

    Their number and a hash of their ids: the ids themselves lie in ``audit_event_patient``.
    """
    if not patients:
        return ""
    ids = ",".join(map(str, sorted(patients)))
    return f"{len(patients)}:{hashlib.sha256(ids.encode()).hexdigest()}"


def seen_links(latest: Iterable[Any], own: int) -> str:
    """Return the tips in *latest*, rows with the newest first, of other chains than *own*."""
    tips: dict[int, Tip] = {}
    for row in latest:
        if row.chain != own and row.chain not in tips:
            at = row.at if row.at.tzinfo is None else row.at.astimezone(UTC)
            tips[row.chain] = Tip(row.chain, row.seq, bytes(row.hash), at.date())
    return ";".join(map(str, tips.values()))


__all__ = [
    "BEFORE_THE_CHAIN",
    "CONTENT",
    "LATEST",
    "LINK_EVERY",
    "Chain",
    "Latest",
    "Receipt",
    "Tip",
    "is_kept",
    "patients_digest",
    "row_hash",
    "seen_links",
]
