"""A practice database with many times its visits, so that its lists take a while."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.flows.practice import NAME


def add_visits(home: Path, many: int) -> int:
    """Copy the visits, a little later each time, until there are *many*; return how many."""
    with closing(sqlite3.connect(home / NAME)) as database, database:
        columns = [c[1] for c in database.execute("PRAGMA table_info(visit)")]
        into = ", ".join(c for c in columns if c != "id")
        taken = into.replace("time,", "substr(time, 1, 8) || printf('.%06d', n.i),")
        (there,) = database.execute("SELECT count(*) FROM visit").fetchone()
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            f" INSERT OR IGNORE INTO visit ({into}) SELECT {taken} FROM visit, n",
            (many // there,),
        )
        (count,) = database.execute("SELECT count(*) FROM visit").fetchone()
    assert count >= many * 0.9
    return int(count)
