"""What upkeep asks of the audit log's chains (``store/chain.py``)."""

from __future__ import annotations

import hashlib
from datetime import UTC

from sqlalchemy import Connection, func, select

from pasis_tui.models import AuditEvent
from pasis_tui.store.chain import Tip
from pasis_tui.store.chain_check import check_log
from pasis_tui.store.database import Database
from pasis_tui.store.schema import HEAD, revision_of
from pasis_tui.store.scope import table_of


def head_of(connection: Connection) -> str:
    """Return one hash of the last row of every chain, after how many they are.

    "" for a database that is older than the chains.
    """
    if revision_of(connection) != HEAD:
        return ""
    event = table_of(AuditEvent).c
    last = select(event.chain, func.max(event.seq).label("seq")).group_by(event.chain).subquery()
    rows = connection.execute(
        select(event.chain, event.seq, event.hash, event.at).join(
            last, (last.c.chain == event.chain) & (last.c.seq == event.seq)
        )
    )
    tips = sorted(
        str(Tip(row.chain, row.seq, bytes(row.hash), row.at.astimezone(UTC).date())) for row in rows
    )
    return f"{len(tips)} {hashlib.sha256(';'.join(tips).encode()).hexdigest()}"


def faults_of(database: Database) -> list[str]:
    """Return what is wrong with the log, in Swedish."""
    return [f"loggen: {fault.text}" for fault in check_log(database).faults]
