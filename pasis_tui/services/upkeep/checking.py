"""``pasis db check``: the storage, the schema, the rules that always hold, and the audit log."""

from __future__ import annotations

from pasis_tui.services.upkeep import invariants, log_chain
from pasis_tui.store.database import Database
from pasis_tui.store.soundness import DAMAGED, missing_guards, missing_tables
from pasis_tui.store.unit_of_work import SystemWork


def faults_of(database: Database) -> list[str]:
    """Return every fault in Swedish, an empty list for none.

    Reads all of it, in one transaction that keeps nobody waiting.  Raises DatabaseTrouble.
    """
    faults = database.check()
    if any(fault.startswith(DAMAGED) for fault in faults):
        return faults
    with SystemWork(database, reading=True) as work:
        connection = work.connection
        if missing := missing_tables(connection):
            return [*faults, *missing]
        faults += missing_guards(connection)
        faults += map(str, invariants.broken(connection))
    return [*faults, *log_chain.faults_of(database)]
