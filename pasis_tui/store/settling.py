"""Whether a transaction was kept whose COMMIT was not answered, asked of the server found next."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from typing import Any

from pasis_tui.store.chain import Receipt, is_kept
from pasis_tui.store.trouble import DatabaseTrouble

_OWN_NUMBER = "SELECT pg_current_xact_id()::text::bigint"
_OLDEST_UNDER_WAY = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

# A commit frame that is not wholly written is none; after a failed fsync it may be one.
_NOTHING_KEPT = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR_WRITE}


def nothing_is_kept(error: BaseException | None) -> bool:
    """Say whether SQLite's refusal *error* of a COMMIT leaves no doubt (https://sqlite.org/rescode.html)."""
    return getattr(error, "sqlite_errorcode", None) in _NOTHING_KEPT


class Settling:
    """Asks for one transaction, again and again.

    On a server it may still be on its way, for a line breaks before the server knows.  All that were
    under way at the first question must have ended before the answer can be no.
    """

    def __init__(self, receipt: Receipt, *, server: bool) -> None:
        self._receipt = receipt
        self._server = server
        self._first = 0  # at the first question every transaction under way had a lower number

    def ask(self, reading: AbstractContextManager[Any]) -> bool | None:
        """Return whether it was kept, None as long as that is not decided.

        *reading* is a transaction of its own.  Raises DatabaseTrouble.
        """
        try:
            with reading as work:
                decided = not self._server or self._all_have_ended(work)
                if is_kept(work, self._receipt):
                    return True
                return False if decided else None
        except DatabaseTrouble:
            self._first = 0  # the next may be another server
            raise

    def _all_have_ended(self, work: Any) -> bool:
        # Not the snapshot's xmax: that is the last *ended* transaction's successor.
        self._first = self._first or work.driver_row(_OWN_NUMBER)[0]
        oldest: int = work.driver_row(_OLDEST_UNDER_WAY)[0]
        return oldest >= self._first
