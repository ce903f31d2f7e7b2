"""A database: opened, known to be ours and of this version, and let go of.

SQLite: WAL, ``synchronous=FULL`` so that an acknowledged save survives a power cut, foreign
keys on, and BEGIN IMMEDIATE so that rules are checked on facts nobody else can change meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from pasis_tui.store.places import check_place, make_file
from pasis_tui.store.schema import HEAD, REVISIONS, check_revision, read_facts, revision_of
from pasis_tui.store.trouble import DatabaseTrouble, trouble_from, unreachable
from pasis_tui.validation.file_faults import in_swedish

__all__ = ["Database", "DatabaseTrouble"]

_BUSY_MS = 5000
_CONNECT_SECONDS = 5
_READING = "pasis_reading"
_PRAGMAS = (
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


class Database:
    """An open database.  Make it with ``open``, end it with ``dispose`` or as a context manager."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.reading_engine = engine.execution_options(**{_READING: True})
        self.name = name
        self.dialect = engine.dialect.name
        self._facts: dict[str, str] = {}

    @classmethod
    def open(cls, target: str | Path, *, create: bool = False, upgrade: bool = False) -> Database:
        """Open the database at *target*: a file path, a sqlite or a postgresql URL.

        ``create`` makes what is missing, ``upgrade`` brings an older schema up.  Raises
        DatabaseTrouble with a sentence for people in every case that is not a fault of the program.
        """
        url = _url(target)
        path = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        name = str(path) if path is not None else url.render_as_string(hide_password=True)
        if path is not None:
            _prepare_file(path, create)
        database = cls(_engine(url, name), name)
        try:
            database._become_current(create, upgrade)
        except BaseException as error:
            database.dispose()
            trouble = trouble_from(error, name)
            if trouble is None and database.dialect == "postgresql":
                trouble = unreachable(error, name)
            if trouble is not None:
                raise trouble from error
            raise
        return database

    def _become_current(self, create: bool, upgrade: bool) -> None:
        with self.reading_engine.connect() as connection:
            found = revision_of(connection)
            if found is None and not create:
                raise DatabaseTrouble(
                    f"Databasen {self.name} är tom. Skapa den med: pasis db create", "missing"
                )
        if found is None or (upgrade and found in REVISIONS and found != HEAD):
            from pasis_tui.store import migrate  # only now: Alembic is slow to import

            migrate.upgrade(self.engine)
        else:
            check_revision(found, self.name)
        with self.reading_engine.connect() as connection:
            self._facts = read_facts(connection)

    def fact(self, name: str) -> str | None:
        """Return what the database says of itself under *name*, or None."""
        if name not in self._facts:
            with self._connected(self.reading_engine) as connection:
                self._facts = read_facts(connection)
        return self._facts.get(name)

    def set_fact(self, name: str, value: str) -> None:
        """Write the fact *name* down."""
        with self._connected(self.engine) as connection, connection.begin():
            connection.execute(text("DELETE FROM database_fact WHERE name = :n"), {"n": name})
            connection.execute(
                text("INSERT INTO database_fact (name, value) VALUES (:n, :v)"),
                {"n": name, "v": value},
            )
        self._facts[name] = value

    @property
    def mode(self) -> str:
        """``practice`` or ``clinic``; a database that does not say is a clinic's."""
        return self.fact("mode") or "clinic"

    @property
    def is_empty(self) -> bool:
        """Say whether no unit has been registered yet."""
        with self._connected(self.reading_engine) as connection:
            return connection.execute(text("SELECT 1 FROM unit LIMIT 1")).first() is None

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        """A connection whose faults are told in words."""
        try:
            with engine.connect() as connection:
                try:
                    yield connection
                except BaseException:
                    connection.invalidate()  # after a failed commit its transaction is still open
                    raise
        except Exception as error:
            trouble = trouble_from(error, self.name)
            if trouble is None:
                raise
            raise trouble from error

    def check(self) -> list[str]:
        """Return the faults found by a whole reading of a SQLite file; none is an empty list."""
        if self.dialect != "sqlite":
            return []
        try:
            with self.reading_engine.connect() as connection:
                faults = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
                faults += [
                    f"foreign key: {row[0]} row {row[1]}"
                    for row in connection.execute(text("PRAGMA foreign_key_check"))
                ]
        except DBAPIError as error:
            return [str(error.orig)]
        return [fault for fault in faults if fault != "ok"]

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.dispose()


def _url(target: str | Path) -> URL:
    text_ = str(target)
    if "://" not in text_:
        if not text_ or text_ == ":memory:":
            raise _in_memory()
        return URL.create("sqlite+pysqlite", database=str(Path(text_).expanduser().absolute()))
    try:
        url = make_url(text_)
    except ArgumentError as error:
        raise DatabaseTrouble(f"{text_} är ingen databasadress.", "other") from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:" or url.query:
            raise _in_memory()
        return _url(url.database)
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise DatabaseTrouble(
        f"Databaser av slaget {backend} stöds inte: ange en fil eller postgresql://…", "driver"
    )


def _in_memory() -> DatabaseTrouble:
    return DatabaseTrouble(
        "En databas i minnet finns inte efter att programmet avslutats: ange en fil.", "memory"
    )


def _prepare_file(path: Path, create: bool) -> None:
    check_place(path)
    if path.exists():
        return
    if not create:
        raise DatabaseTrouble(
            f"Databasen {path} finns inte. Skapa den med: pasis db create", "missing"
        )
    try:
        make_file(path)
    except OSError as error:
        raise DatabaseTrouble(
            f"Filen {path} går inte att skapa: {in_swedish(error)}.", "read-only"
        ) from error


def _engine(url: URL, name: str) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
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


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # Python 3.11's sqlite3 would begin transactions by itself, and deferred: take that from it.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()
    cursor = connection.execute("PRAGMA journal_mode=WAL")
    mode = cursor.fetchone()[0]
    cursor.close()
    if mode != "wal":
        raise DatabaseTrouble("SQLite kan inte föra journal (WAL) på den här disken.", "network")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - it is connected
    driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE").close()
