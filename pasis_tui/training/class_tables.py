"""The class store's own database: its tables, and how it is opened.

A SQLite file on the machine where all sessions run, or a PostgreSQL database of its own.  It holds
classes, learners by the names they gave, and what they did; never anything of a register.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from pasis_tui import clock
from pasis_tui.store.addresses import address_of
from pasis_tui.store.engines import READING
from pasis_tui.store.places import check_place
from pasis_tui.store.server_engine import server_engine
from pasis_tui.store.trouble import DatabaseTrouble, trouble_at_opening
from pasis_tui.validation.file_faults import in_swedish

_FILE = "classes.db"  # in the data folder, when nothing else is named
VERSION = 1
MISSING = "missing"  # the kind of trouble of a store that is not there
_BUSY_MS = 5000
METADATA = MetaData()


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _of_class() -> Column[int]:
    return Column(
        "class_id", Integer, ForeignKey("school_class.id", ondelete="CASCADE"), nullable=False
    )


def _of_learner(**options: Any) -> Column[int]:
    return Column("learner_id", Integer, ForeignKey("learner.id", ondelete="CASCADE"), **options)


# Times are seconds since 1970 by the clock of the machine that the store is on.
CLASS_STORE = Table("class_store", METADATA, Column("version", Integer, nullable=False))
SCHOOL_CLASS = Table(
    "school_class",
    METADATA,
    _key(),
    Column("word", String(40), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("made", Float, nullable=False),
    Column("ended", Float),
    Column("wished", String(60), nullable=False, default=""),  # Nästa övning: its file's name,
    Column("wished_title", String(200), nullable=False, default=""),
    Column("wish", Integer, nullable=False, default=0),  # and how many have been wished
    sqlite_autoincrement=True,
)
# A learner's row holds where they are now, so that the board reads one row a learner.
LEARNER = Table(
    "learner",
    METADATA,
    _key(),
    _of_class(),
    Column("token", String(32), nullable=False, unique=True),
    Column("name", String(40), nullable=False),
    Column("folded", String(120), nullable=False),
    Column("joined", Float, nullable=False),
    Column("seen", Float, nullable=False),  # the last event
    Column("run_id", Integer),
    Column("exercise", String(60), nullable=False, default=""),
    Column("title", String(200), nullable=False, default=""),
    Column("mode", String(20), nullable=False, default=""),
    Column("started", Float),
    Column("ended", Float),
    Column("marks", Integer),
    Column("saved", Float),  # the last fact saved in this run
    Column("refused", Text, nullable=False, default=""),  # since then: "BE05 3 VA31 1"
    Column("watched", Float, nullable=False, default=0.0),  # until when the trainer looks
    UniqueConstraint("class_id", "folded"),
    sqlite_autoincrement=True,
)
RUN = Table(
    "run",
    METADATA,
    _key(),
    _of_class(),
    _of_learner(nullable=False),
    Column("exercise", String(60), nullable=False),
    Column("title", String(200), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("started", Float, nullable=False),
    Column("ended", Float),
    Column("marks", Integer),
    Column("keys", Integer),
    Column("par_keys", Integer),
    Index("run_of_class", "class_id", "learner_id"),
    sqlite_autoincrement=True,
)
EVENT = Table(
    "event",
    METADATA,
    _key(),
    _of_class(),
    _of_learner(nullable=False),
    Column("run_id", Integer),
    Column("at", Float, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("rule", String(40), nullable=False, default=""),
    Index("event_of_class", "class_id", "kind", "rule"),
    Index("event_of_learner", "learner_id", "kind"),
    sqlite_autoincrement=True,
)
# What each outbox has delivered: the same event sent twice counts once.
SENDER = Table(
    "sender",
    METADATA,
    Column("id", String(32), primary_key=True),
    _of_learner(nullable=False, index=True),
    Column("delivered", Integer, nullable=False),
    Column("run_id", Integer),  # the run that it is in
)
TIP = Table(
    "tip",
    METADATA,
    _key(),
    _of_class(),
    _of_learner(),  # none: to everyone
    Column("at", Float, nullable=False),
    Column("text", String(200), nullable=False),
    Index("tip_of_class", "class_id", "id"),
    sqlite_autoincrement=True,
)
SCREEN = Table(
    "screen",
    METADATA,
    _of_learner(primary_key=True),
    Column("at", Float, nullable=False),
    Column("text", Text, nullable=False),
)


class Clash(DatabaseTrouble):
    """A row that cannot be: its class is gone, or there is one like it."""


class Opened:
    """An open class store.  Safe to use from several threads."""

    def __init__(self, engine: Engine, name: str, path: Path | None) -> None:
        self._engine = engine
        self.name = name  # as it may be shown
        self._path = path
        self._file = _identity(path)
        self._ahead: float | None = None

    @contextmanager
    def begin(self, *, reading: bool = False) -> Iterator[Connection]:
        """Open a transaction.  Raises DatabaseTrouble."""
        if self._path is not None and (now := _identity(self._path)) != self._file:
            # The file was moved, removed or replaced: what is open is no longer the store.
            self._engine.dispose()
            if now is None:
                raise _missing(self.name)
            self._file = now
        try:
            how = {READING: reading}
            with (
                self._engine.connect().execution_options(**how) as connection,
                connection.begin(),
            ):
                yield connection
        except IntegrityError as error:
            raise Clash(
                "Klassen är borttagen, eller någon annan ändrade just nu. Försök igen."
            ) from error
        except (SQLAlchemyError, sqlite3.Error, UnicodeDecodeError) as error:
            raise (
                trouble_at_opening(error, self.name, self._engine.dialect.name)
                or DatabaseTrouble(f"Klassförrådet {self.name} går inte att läsa.", "foreign")
            ) from error

    def ahead(self) -> float:
        """Return how many seconds the store's clock is before this machine's; asked once."""
        if self._ahead is None:
            self._ahead = 0.0
            if self._engine.dialect.name == "postgresql":
                with self.begin(reading=True) as connection:
                    there = connection.scalar(
                        select(func.date_part("epoch", func.clock_timestamp()))
                    )
                self._ahead = float(there or clock.wall()) - clock.wall()
        return self._ahead

    def store_time(self) -> float:
        """Return the time by the store's clock.  Raises DatabaseTrouble."""
        return clock.wall() + self.ahead()

    def tidy(self) -> None:
        """Write a SQLite file's journal into it and empty it, as far as others do not read."""
        if self._path is not None:
            with suppress(SQLAlchemyError), closing(self._engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        """Close it."""
        self._engine.dispose()


def store_of(home: Path, named: str | None = None) -> str:
    """Return the class store that *named* says, or PASIS_CLASS_STORE, or the data folder's own."""
    return named or os.environ.get("PASIS_CLASS_STORE") or str(home / _FILE)


def open_store(target: str, *, create: bool = False) -> Opened:
    """Open the class store *target*, a path or a PostgreSQL address; with *create*, make what is missing.

    Raises DatabaseTrouble: for one that is missing, and for a database that holds anything else.
    """
    address = address_of(target)
    if isinstance(address, Path):
        opened = _open_file(address, create=create)
    else:
        opened = Opened(server_engine(address), address.name, None)
    try:
        _check(opened, create=create)
    except BaseException:
        opened.dispose()
        raise
    return opened


def _open_file(path: Path, *, create: bool) -> Opened:
    check_place(path)
    if not path.exists():
        if not create:
            raise _missing(str(path))
        try:
            # In a folder that a group writes in, several accounts of the machine share a class.
            shared = path.parent.stat().st_mode & stat.S_IWGRP
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            path.chmod(0o660 if shared else 0o600)
        except OSError as error:
            raise DatabaseTrouble(
                f"Klassförrådet {path} kan inte skapas: {in_swedish(error)}.", "read-only"
            ) from error
    query = {"mode": "rw", "uri": "true"}  # never a new, empty file in the place of a lost one
    url = URL.create("sqlite+pysqlite", database=f"file:{quote(str(path))}", query=query)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_MS / 1000})

    def prepare(driver: sqlite3.Connection, _record: Any) -> None:
        driver.isolation_level = None
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "secure_delete=ON",  # of a class that is removed no name stays in the file
            "journal_mode=WAL",
        ):
            driver.execute(f"PRAGMA {pragma}").close()

    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READING, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return Opened(engine, str(path), path)


def _check(opened: Opened, *, create: bool) -> None:
    with opened.begin(reading=not create) as connection:
        tables = set(inspect(connection).get_table_names())
        if CLASS_STORE.name not in tables:
            if tables or not create:
                raise DatabaseTrouble(
                    f"{opened.name} är inget klassförråd. Ange en egen fil eller databas för klasser.",
                    "foreign",
                )
            METADATA.create_all(connection)
            connection.execute(CLASS_STORE.insert().values(version=VERSION))
        elif connection.scalar(select(CLASS_STORE.c.version)) != VERSION:
            raise DatabaseTrouble(
                f"Klassförrådet {opened.name} är från en annan version av programmet.", "newer"
            )


def _missing(name: str) -> DatabaseTrouble:
    return DatabaseTrouble(
        f"Klassförrådet {name} finns inte. pasis class create NAMN gör det och en klass.", MISSING
    )


def _identity(path: Path | None) -> tuple[int, int] | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
