"""A database: opened, checked to be ours and of this version, and closed.

SQLite: WAL, ``synchronous=FULL`` so that an acknowledged save survives a power cut, foreign
keys on, and BEGIN IMMEDIATE so that rules are checked on facts nobody else can change meanwhile.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from pasis_tui.commands import key_of
from pasis_tui.store.addresses import address_of
from pasis_tui.store.engines import READING, SIDE_FILES, file_engine, reading_engine
from pasis_tui.store.holding import Hold, Patience
from pasis_tui.store.kind import kind_of
from pasis_tui.store.places import check_place, keep_private, make_file, may_write
from pasis_tui.store.reading_log import ReadingLog
from pasis_tui.store.schema import HEAD, REVISIONS, check_revision, read_facts, revision_of
from pasis_tui.store.server_engine import server_engine
from pasis_tui.store.soundness import DAMAGED, faults_of_storage
from pasis_tui.store.trouble import REPLACED, DatabaseTrouble, trouble_at_opening, trouble_from
from pasis_tui.store.watch import FileWatch
from pasis_tui.validation.file_faults import in_swedish

__all__ = ["Database", "DatabaseTrouble"]

MAKING = 0x7061_7369  # the advisory lock of whoever makes a database on a server
Fill = Callable[["Database"], None]


class Database:
    """An open database.  Make it with ``open``, end it with ``dispose`` or as a context manager."""

    def __init__(
        self, engine: Engine, name: str, hold: Hold | None = None, watch: FileWatch | None = None
    ) -> None:
        self.engine = engine
        self.reading_engine = engine.execution_options(**{READING: True})
        self.name = name
        self.dialect = engine.dialect.name
        self.watch = watch
        self.changes = 0  # how many changes this program has saved
        self.notes: tuple[str, ...] = ()  # what was put right at the opening, for people
        self._hold = hold
        self._facts: dict[str, str] = {}
        self._kind = ""
        self.readings: ReadingLog | None = None  # where a program that only reads keeps its log

    @classmethod
    def open(
        cls,
        target: str | Path,
        *,
        create: bool = False,
        upgrade: bool = False,
        fill: Fill | None = None,
        waiting: Callable[[str], None] = lambda text: None,
        hold: Hold | None = None,
    ) -> Database:
        """Open the database at *target*: a file path, a sqlite URL or a server's address.

        ``create`` makes what is missing and lets *fill* write the first rows of an empty one;
        of several programs at once one does, and the others wait, *waiting* being told so.
        ``upgrade`` brings an older schema up.  *hold* is the caller's own hold of the file.
        Raises DatabaseTrouble with a sentence for people in every case that is not a fault of
        the program.
        """
        path = address_of(target)
        if not isinstance(path, Path):
            server = cls(server_engine(path), path.name)
            return cls._made(server, create, upgrade, fill, waiting)
        check_place(path)
        if not create and not path.exists():
            raise _missing(path)
        if hold is not None:
            return cls._made(cls._of_file(path, create), create, upgrade, fill, waiting)
        own, patience = Hold(path.resolve()), Patience(str(path), waiting)
        try:
            while True:
                alone = own.take(alone=True)
                if upgrade and not alone:
                    raise in_use(path)
                if alone or own.take(alone=False):
                    database = cls._held(path, own, create, upgrade, fill)
                    if database is not None:
                        return database
                patience.wait()
        except BaseException:
            own.release()
            raise

    @classmethod
    def open_to_read(cls, target: str | Path, readings: ReadingLog) -> Database:
        """Open a register, a copy of one or a standby, and write nothing in it.

        What is read is logged in *readings*.  Raises DatabaseTrouble.
        """
        path = address_of(target)
        if not isinstance(path, Path):
            database = cls(server_engine(path, reading=True), path.name)
        else:
            if not path.is_file():
                raise _missing(path)
            hold = Hold(path.resolve())
            if may_write(path.parent) and not hold.take(alone=False):
                raise in_use(path)
            database = cls(reading_engine(path), str(path), hold)
        database.readings = readings
        return cls._made(database, create=False, upgrade=False, fill=None)

    @classmethod
    def _held(
        cls, path: Path, own: Hold, create: bool, upgrade: bool, fill: Fill | None
    ) -> Database | None:
        """Open a file that we hold, and share it with others; None means: try again.

        Only who is alone makes anything; the others find it made, or wait until it is.
        """
        alone = own.alone
        try:
            database = cls._of_file(path, create and alone)
            cls._made(database, create and alone, upgrade, fill if alone else None)
        except DatabaseTrouble as trouble:
            if create and not alone and trouble.kind == "missing":
                return None
            raise
        database._hold = own
        try:
            if alone:
                ready = own.take(alone=False)
            else:
                ready = not (create and fill is not None and database.is_empty)
            if ready:
                with database._connected(database.reading_engine) as connection:
                    database.ask_watch(connection)  # nobody got in between
                return database
        except DatabaseTrouble as trouble:
            if trouble.kind != REPLACED:
                database.dispose()
                raise
        database.dispose()
        return None

    @classmethod
    def _of_file(cls, path: Path, create: bool) -> Database:
        check_place(path)
        if not path.exists():
            if not create:
                raise _missing(path)
            try:
                make_file(path)
            except OSError as error:
                raise DatabaseTrouble(
                    f"Filen {path} går inte att skapa: {in_swedish(error)}.", "read-only"
                ) from error
        mended = keep_private(path)
        watch = FileWatch(path)
        database = cls(file_engine(path, watch), str(path), watch=watch)
        database.notes = mended
        return database

    @classmethod
    def _made(
        cls,
        database: Database,
        create: bool,
        upgrade: bool,
        fill: Fill | None,
        waiting: Callable[[str], None] = lambda text: None,
    ) -> Database:
        """Return *database* when it is of this version and, with *fill*, filled; else close it."""
        try:
            with database._one_maker(create, fill, waiting):
                database._become_current(create, upgrade)
                if fill is not None and database.is_empty:
                    fill(database)
                    database._facts = {}
        except BaseException as error:
            database.dispose()
            trouble = trouble_at_opening(error, database.name, database.dialect)
            if trouble is not None:
                raise trouble from error
            raise
        return database

    @contextmanager
    def _one_maker(
        self, create: bool, fill: Fill | None, waiting: Callable[[str], None]
    ) -> Iterator[None]:
        """On a server, let one program at a time make what is missing; a file has its hold."""
        if self.dialect != "postgresql" or not create:
            yield
            return
        with self.reading_engine.connect() as connection:
            made = revision_of(connection) is not None
        if made and (fill is None or not self.is_empty):
            yield
            return
        patience = Patience(self.name, waiting)
        with self.reading_engine.connect() as connection:
            # A transaction's lock: a pooler may give each transaction another of the server's sessions.
            attempt = text("SELECT pg_try_advisory_xact_lock(:key)")
            while not connection.execute(attempt, {"key": MAKING}).scalar():
                connection.rollback()
                patience.wait()
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield

    def _become_current(self, create: bool, upgrade: bool) -> None:
        with self.reading_engine.connect() as connection:
            revision = revision_of(connection)
            if revision is None and not create:
                raise DatabaseTrouble(
                    f"Databasen {self.name} är tom. Skapa den med: pasis init", "missing"
                )
        if revision is None or (upgrade and revision in REVISIONS and revision != HEAD):
            from pasis_tui.store import migrate  # imported only here: Alembic is slow to import

            migrate.upgrade(self.engine)
        else:
            check_revision(revision, self.name)
        if self.dialect == "sqlite" and self.readings is None:
            self._begin_stamps()
        with self.reading_engine.connect() as connection:
            self._facts = read_facts(connection)

    def _begin_stamps(self) -> None:
        """Give a file its first stamp, a random one, so that no two databases have the same."""
        stamp = text("PRAGMA user_version")
        with self.reading_engine.connect() as connection:
            if connection.execute(stamp).scalar():
                return
        with self.engine.begin() as connection:
            if not connection.execute(stamp).scalar():
                first = random.randrange(1, 1 << 29)  # noqa: S311 - told from others, no secret
                connection.execute(text(f"PRAGMA user_version={first}"))

    def ask_watch(self, connection: Connection) -> None:
        """Raise DatabaseTrouble when the open file is no longer the database."""
        if self.watch is not None:
            driver = connection.connection.driver_connection
            self.watch.check(driver, connection.info[SIDE_FILES])

    def fact(self, name: str) -> str | None:
        """Return the database's fact *name*, or None."""
        if name not in self._facts:
            with self._connected(self.reading_engine) as connection:
                self._facts = read_facts(connection)
        return self._facts.get(name)

    @property
    def mode(self) -> str:
        """PRACTICE or REGISTER of ``kind``; an empty one, which may become either, is what it says it is.

        Raises DatabaseTrouble for a database that is neither.
        """
        if not self._kind:
            with self._connected(self.reading_engine) as connection:
                kind = kind_of(connection, self.name)
            if self.is_empty:
                return kind  # it may become either
            self._kind = kind
        return self._kind

    @property
    def read_only(self) -> bool:
        """Whether the program only reads (``open_to_read``)."""
        return self.readings is not None

    @property
    def is_empty(self) -> bool:
        """Whether no unit has been registered yet."""
        with self._connected(self.reading_engine) as connection:
            return connection.execute(text("SELECT 1 FROM unit LIMIT 1")).first() is None

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        """Give a connection whose errors become DatabaseTrouble."""
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
        """Return the faults of the storage that a full check finds, in Swedish."""
        try:
            with self.reading_engine.connect() as connection:
                return faults_of_storage(connection)
        except DBAPIError as error:
            trouble = trouble_from(error, self.name)
            if trouble is None or trouble.kind != "corrupt":
                raise trouble or error from error
            return [f"{DAMAGED}: {error.orig}"]

    def dispose(self) -> None:
        """Close every connection and release the file."""
        # Connections to a file that has been replaced are never closed (see ``watch``).
        self.engine.dispose(close=self.watch is None or not self.watch.lost)
        if self.watch is not None:
            self.watch.close()
        if self.readings is not None:
            self.readings.close()
        if self._hold is not None:
            hold, self._hold = self._hold, None
            hold.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()


def _missing(path: Path) -> DatabaseTrouble:
    return DatabaseTrouble(f"Databasen {path} finns inte. Skapa den med: pasis init", "missing")


def in_use(path: Path) -> DatabaseTrouble:
    """Return what is said of a file that another program has open."""
    return DatabaseTrouble(
        f"Databasen {path} är öppen i ett annat program. Avsluta det ({key_of('quit')}) och försök igen.",
        "busy",
    )


@contextmanager
def alone_with(path: Path) -> Iterator[Hold]:
    """Keep every other program out of the database file *path*.

    Raises DatabaseTrouble (busy) when another program has it open.
    """
    check_place(path)
    with Hold(path.resolve()) as hold:
        if not hold.take(alone=True):
            raise in_use(path)
        yield hold
