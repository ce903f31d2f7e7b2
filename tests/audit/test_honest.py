"""What clerks, kills, lost commits and clocks do to the log is never taken for tampering."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pasis_tui.store.chain import Receipt, is_kept
from pasis_tui.store.chain_check import check_log, tips_of
from pasis_tui.store.database import Database, DatabaseTrouble
from pasis_tui.store.unit_of_work import SystemWork, UnitOfWork
from tests.faults.faulty import Fault, strike
from tests.seeding import TODAY, Seed, seed_minimal

_HISTORIES, _STEPS = 200, 8
_CLERKS = 6
_START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def _save(database: Database, seed: Seed, dice: random.Random, which: Any = "a") -> Receipt | None:
    """Write some events; sometimes without a commit, sometimes by a clock that goes backwards."""
    if dice.random() < 0.2:
        with SystemWork(database) as work:
            at = _START + timedelta(hours=dice.randrange(-50, 50))
            work.log("log_in", TODAY, at=at, signature="ANNLIN", patients=set(seed.patients))
            work.commit()
            return work.receipt
    with UnitOfWork(seed.admitted(database, which)) as unit:
        for _ in range(dice.randrange(1, 4)):
            several = set(seed.patients) if dice.random() < 0.3 else ()
            unit.audit(
                "read", entity="list", patients=several, reason=dice.choice(["", "é ”x\x00"[:3]])
            )
        if dice.random() < 0.7:
            unit.commit()
            return unit.receipt
    return None


def test_no_honest_history_is_accused(sqlite_template: Path, tmp_path: Path) -> None:
    """One file after another: saves, roll-backs, disk errors, COMMITs without answer, restarts."""
    told = lost = 0
    for number in range(_HISTORIES // 10):
        path = tmp_path / f"{number}.sqlite"
        shutil.copy(sqlite_template, path)
        with Database.open(path) as database:
            seed = seed_minimal(database)
        for again in range(10):  # ten starts of the program on each
            dice = random.Random(f"{number} {again}")
            with Database.open(path) as database:
                fault = Fault()
                strike(database, fault)
                kept: list[Receipt] = []
                for _ in range(_STEPS):
                    unanswered = dice.random() < 0.2
                    fault.on_commit = _unanswered if unanswered else None
                    if dice.random() < 0.2:
                        fault.begin(dice.randrange(1, 9), "disk I/O error")
                    try:
                        receipt = _save(database, seed, dice)
                    except DatabaseTrouble:
                        lost += 1
                    else:
                        kept += [receipt] if receipt else []
                    fault.begin(0, "")
                fault.on_commit = None
                told += len(kept)
                with SystemWork(database, reading=True) as work:
                    assert all(is_kept(work, receipt) for receipt in kept)
                tips = list(tips_of(database))
                assert check_log(database, [("huvudet", tips)]).faults == []
    assert told > _HISTORIES
    assert lost > _HISTORIES / 4


def _unanswered() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    raise error


def test_a_receipt_tells_whether_an_unanswered_commit_was_kept(sqlite_database: Database) -> None:
    seed = seed_minimal(sqlite_database)
    fault = Fault()
    strike(sqlite_database, fault)
    receipts = {}
    for kept in (True, False):
        fault.on_commit = _unanswered if kept else None
        with suppress(DatabaseTrouble), UnitOfWork(seed.admitted(sqlite_database)) as work:
            work.audit("read", seed.patients[0])
            receipts[kept] = work.receipt
            if not kept:
                fault.begin(1, "disk I/O error")
            work.commit()
        fault.on_commit = None
        fault.begin(0, "")
    with SystemWork(sqlite_database, reading=True) as work:
        assert {kept: is_kept(work, receipt) for kept, receipt in receipts.items() if receipt} == {
            True: True,
            False: False,
        }


def test_clerks_at_once_on_a_server_are_not_accused(postgres_database: Database) -> None:
    """Their connections are cut now and then, in the middle of what they write."""
    database = postgres_database
    seed = seed_minimal(database)
    kept: list[Receipt] = []

    def clerk(number: int) -> None:
        dice = random.Random(number)
        for _ in range(25):
            # A roll-back on a connection that was cut is told by the driver's own error.
            with suppress(DatabaseTrouble, DBAPIError):
                receipt = _save(database, seed, dice, dice.choice("ab"))
                kept.extend([receipt] if receipt else [])

    clerks = [threading.Thread(target=clerk, args=(number,)) for number in range(_CLERKS)]
    for each in clerks:
        each.start()
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2"
    )
    while any(each.is_alive() for each in clerks):
        with suppress(Exception), database.engine.begin() as connection:
            connection.execute(others)
        clerks[0].join(0.05)
    with SystemWork(database, reading=True) as work:
        assert all(is_kept(work, receipt) for receipt in kept)
    verdict = check_log(database, [("huvudet", list(tips_of(database)))])
    assert verdict.faults == []
    assert verdict.chains > _CLERKS


def test_chains_hold_each_other_without_a_head(postgres_database: Database) -> None:
    """A chain that is gone, or the end of one, is missed by those that began later."""
    database = postgres_database
    seed = seed_minimal(database)
    for _ in range(3):
        for _ in range(4):
            with UnitOfWork(seed.admitted(database)) as work:
                work.audit("read", seed.patients[0])
                work.commit()
        database.engine.dispose()
    first, *_ = sorted(tips_of(database), key=lambda tip: _first_id(database, tip.chain))
    with database.engine.begin() as connection:
        connection.execute(
            text("DELETE FROM audit_event WHERE chain = :c AND seq > 2"), {"c": first.chain}
        )
    assert [(f.kind, f.chain, f.seq) for f in check_log(database).faults] == [
        ("tail", first.chain, 2)
    ]
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_event WHERE chain = :c"), {"c": first.chain})
    assert [(f.kind, f.chain) for f in check_log(database).faults] == [("missing", first.chain)]


def _first_id(database: Database, chain: int) -> int:
    with database.engine.connect() as connection:
        found = connection.execute(
            text("SELECT min(id) FROM audit_event WHERE chain = :c"), {"c": chain}
        )
        number: int = found.scalar_one()
        return number
