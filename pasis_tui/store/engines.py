"""Engines for SQLite files, set up as the store needs them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event

from pasis_tui.store import waiting
from pasis_tui.store.places import may_write
from pasis_tui.store.trouble import REPLACED, DatabaseTrouble, damaged
from pasis_tui.store.watch import FileWatch

_BUSY_MS = 5000
READING = "pasis_reading"  # execution option of a reader, which begins without a write lock
SIDE_FILES = "pasis_side_files"  # key in a SQLite connection's info: its WAL and shared memory
_PRAGMAS = (f"PRAGMA busy_timeout={_BUSY_MS}", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")


def file_engine(path: Path, watch: FileWatch) -> Engine:
    """Return the engine of an existing SQLite file."""
    # "rw": SQLite must not make a new, empty file where one was removed.
    query = {"mode": "rw", "uri": "true"}
    url = URL.create("sqlite+pysqlite", database=f"file:{quote(str(path))}", query=query)
    # Last in, first out: what is asked beside the keys does not move their connection and its chain.
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_MS / 1000},
        pool_use_lifo=True,
    )

    def before(*_what: Any) -> None:
        watch.identify()

    def prepare(driver: sqlite3.Connection, record: Any) -> None:
        try:
            _prepare_sqlite(driver)
            record.info[SIDE_FILES] = watch.meet(driver)
        except sqlite3.OperationalError as error:
            # Nothing is wrong with these statements: it is the file that has an unknown format.
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
                raise damaged(str(path)) from error
            raise

    def closed(driver: sqlite3.Connection, _record: Any) -> None:
        watch.forget(driver)

    def taken(driver: sqlite3.Connection, *_what: Any) -> None:
        waiting.uses(driver)

    def given_back(driver: Any, _record: Any) -> None:
        waiting.leaves(driver)

    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)
    event.listen(engine, "do_connect", before)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "close", closed)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading_engine(path: Path) -> Engine:
    """Return an engine that only reads the SQLite file *path*, also in a place that is read-only.

    Where nothing can be written beside the file and nobody has it open, it is read as one that
    does not change; once it does, DatabaseTrouble is raised.
    """
    wal = path.with_name(path.name + "-wal")
    still = not may_write(path.parent) and not (wal.exists() and wal.stat().st_size)
    query = {"mode": "ro", "uri": "true"} | ({"immutable": "1"} if still else {})
    url = URL.create("sqlite+pysqlite", database=f"file:{quote(str(path))}", query=query)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_MS / 1000})
    seen = path.stat()

    def prepare(driver: sqlite3.Connection, _record: Any) -> None:
        driver.isolation_level = None
        for pragma in (_PRAGMAS[0], "PRAGMA query_only=ON"):
            driver.execute(pragma).close()

    def begin(connection: Connection) -> None:
        now = path.stat()
        if still and (now.st_mtime_ns, now.st_size) != (seen.st_mtime_ns, seen.st_size):
            raise DatabaseTrouble(f"{path} har ändrats. Starta om för att läsa den.", REPLACED)
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - it is connected
        driver.execute("BEGIN").close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection) -> None:
    # Python 3.11's sqlite3 would begin transactions itself, and deferred: switch that off.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()
    cursor = connection.execute("PRAGMA journal_mode=WAL")
    mode = cursor.fetchone()[0]
    cursor.close()
    if mode != "wal":
        raise DatabaseTrouble("SQLite kan inte föra journal (WAL) på den här disken.", "network")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - it is connected
    driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE").close()
