"""Engines for SQLite files and PostgreSQL servers, set up as the store needs them."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from pasis_tui.store.trouble import DatabaseTrouble, damaged
from pasis_tui.store.watch import FileWatch

_BUSY_MS = 5000
_CONNECT_SECONDS = 5
READING = "pasis_reading"  # execution option of a reader, which begins without a write lock
SIDE_FILES = "pasis_side_files"  # key in a SQLite connection's info: its WAL and shared memory
_HARMLESS = {"host", "port", "user", "dbname", "sslmode"}  # may be shown of an address
_LIKE_AN_ADDRESS = re.compile(r"postgres\w*(\+\w+)?:(?!//)", re.IGNORECASE)
_PRAGMAS = (f"PRAGMA busy_timeout={_BUSY_MS}", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")


def url_of(target: str | Path) -> URL:
    """Return *target*, a path or an address, as an address.  Raises DatabaseTrouble."""
    text_ = str(target)
    if _LIKE_AN_ADDRESS.match(text_):
        raise _no_address()
    if "://" not in text_:
        if not text_.strip() or text_ == ":memory:":
            raise _in_memory()
        return URL.create("sqlite+pysqlite", database=str(Path(text_).expanduser().absolute()))
    try:
        url = make_url(text_)
    except (ArgumentError, ValueError) as error:  # a port that is no number
        raise _no_address() from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:" or url.query:
            raise _in_memory()
        return url_of(url.database)
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise DatabaseTrouble(
        f"Databaser av slaget {backend} stöds inte: ange en fil eller postgresql://…", "driver"
    )


def _no_address() -> DatabaseTrouble:
    # The address is not repeated: it may hold a password anywhere.
    return DatabaseTrouble(
        "Det är ingen databasadress. Ange en fil, eller "
        "postgresql://användare:lösenord@dator:5432/databas",
        "other",
    )


def shown_address(url: URL) -> str:
    """Return *url* as it may be shown: without passwords, also those in its query."""
    query = {
        name: value if name in _HARMLESS else "***" for name, value in url.normalized_query.items()
    }
    return url.set(query=query).render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def _in_memory() -> DatabaseTrouble:
    return DatabaseTrouble(
        "En databas i minnet finns inte efter att programmet avslutats: ange en fil.", "memory"
    )


def file_engine(path: Path, watch: FileWatch) -> Engine:
    """Return the engine of an existing SQLite file."""
    # "rw": SQLite must not make a new, empty file where one was removed.
    query = {"mode": "rw", "uri": "true"}
    url = URL.create("sqlite+pysqlite", database=f"file:{quote(str(path))}", query=query)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_MS / 1000})

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

    event.listen(engine, "do_connect", before)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "close", closed)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def server_engine(url: URL, name: str) -> Engine:
    """Return the engine of a PostgreSQL database.  Raises DatabaseTrouble."""
    try:
        return create_engine(
            url, hide_parameters=True, connect_args={"connect_timeout": _CONNECT_SECONDS}
        )
    except (ImportError, NoSuchModuleError) as error:
        raise DatabaseTrouble(
            f"Databasen {name} ligger i PostgreSQL, men tillägget psycopg är inte installerat. "
            "Installera pasis-tui[postgres].",
            "driver",
        ) from error


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
