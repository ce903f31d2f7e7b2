"""A real SQLite connection whose n-th statement fails, and what a database and folder then hold.

The store hands its statements to the driver itself, past SQLAlchemy's events, so the fault lies
in the driver's connection: the engine is given one that counts.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import event

from pasis_tui.store.database import Database
from pasis_tui.store.trouble import DatabaseTrouble
from tests.faults.acts import Act, Do
from tests.flows.practice import NAME, rows
from tests.services.clinic import Clinic

State = tuple[dict[str, list[tuple[Any, ...]]], frozenset[str]]


_CODES = {  # as SQLite itself gives them with these words
    "database or disk is full": sqlite3.SQLITE_FULL,
    "disk I/O error": sqlite3.SQLITE_IOERR,
    "database is locked": sqlite3.SQLITE_BUSY,
}


@dataclass
class Fault:
    """The statement number ``at`` (from 1) fails with ``words``; 0 lets all through."""

    words: str = ""
    at: int = 0
    done: int = 0
    struck: bool = False
    on_commit: Callable[[], None] | None = None
    last: str = ""

    def begin(self, at: int, words: str) -> None:
        """Count from here."""
        self.at, self.words, self.done, self.struck = at, words, 0, False

    def step(self, sql: str) -> None:
        self.done += 1
        if self.done == self.at:
            self.struck, self.last = True, sql.split("\n")[0][:60]
            error = sqlite3.OperationalError(self.words)
            error.sqlite_errorcode = _CODES[self.words]
            raise error


def strike(database: Database, fault: Fault) -> None:
    """Have every statement on new connections of *database* counted by *fault*."""

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *values: Any) -> Any:
            fault.step(sql)
            return super().execute(sql, *values)

        def executemany(self, sql: str, *values: Any) -> Any:
            fault.step(sql)
            return super().executemany(sql, *values)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, *values: Any) -> Any:  # C code would go past the cursor above
            return self.cursor().execute(sql, *values)

        def executemany(self, sql: str, *values: Any) -> Any:
            return self.cursor().executemany(sql, *values)

        def commit(self) -> None:
            fault.step("COMMIT")
            _lasts(self)
            super().commit()
            if fault.on_commit is not None:
                fault.on_commit()

    def counted(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options["factory"] = Connection

    event.listen(database.engine, "do_connect", counted)
    database.engine.dispose()


def _lasts(connection: sqlite3.Connection) -> None:
    """The connection that saves writes through to the disk and holds rows to those they name."""
    asked = [
        sqlite3.Connection.cursor(connection, sqlite3.Cursor).execute(f"PRAGMA {name}").fetchone()
        for name in ("synchronous", "foreign_keys", "journal_mode")
    ]
    assert asked == [(2,), (1,), ("wal",)], asked


def state(folder: Path) -> State:
    """Return every row, without wall clocks, and the files beside the database."""
    files = (
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(NAME)
    )
    return rows(folder), frozenset(files)


def sizes(known: State) -> tuple[dict[str, int], frozenset[str]]:
    """Return how many rows each table has, and the files."""
    return {table: len(kept) for table, kept in known[0].items()}, known[1]


def is_free(folder: Path) -> bool:
    """Say whether somebody else may write at once: no transaction was left open."""
    with closing(sqlite3.connect(folder / NAME, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.execute("ROLLBACK")
    return True


@dataclass(frozen=True)
class Prepared:
    """An act ready to be done, in a folder that is copied for each try."""

    act: Act
    clinic: Clinic
    folder: Path
    do: Do
    events: str  # what it leaves in the audit log, as in ``events_of_acts``

    @contextmanager
    def copy(self, name: str) -> Iterator[Copy]:
        """Open a copy of it, which is thrown away again."""
        folder = self.folder.with_name(name)
        shutil.copytree(self.folder, folder)
        try:
            with Database.open(folder / NAME) as database:
                _ = database.mode  # looked up once a database, not by each act
                yield Copy(self, replace(self.clinic, database=database), folder)
        finally:
            shutil.rmtree(folder)


@dataclass(frozen=True)
class Copy:
    prepared: Prepared
    clinic: Clinic
    folder: Path

    @property
    def database(self) -> Database:
        return self.clinic.database

    def do(self) -> None:
        self.prepared.do(self.clinic, self.folder)

    def trouble(self) -> DatabaseTrouble | None:
        """Do the act; the program's own word for what was wrong, None when all was well.

        Anything else that is raised is a fault of the program.
        """
        try:
            self.do()
        except DatabaseTrouble as trouble:
            return trouble
        return None

    def left_well(self, states: list[State]) -> None:
        """Nothing is open and nothing is changed, but for the first of several transactions."""
        assert is_free(self.folder), "a transaction was left open"
        act = self.prepared.act
        whole = states if act.commits > 1 or act.logs_first else states[:1]
        assert state(self.folder) in whole, "something was changed"

    def is_free(self) -> bool:
        return is_free(self.folder)

    def grown(self, states: list[State]) -> dict[str, int]:
        """Return how many rows more than an undisturbed act leaves each table has."""
        now, then = sizes(state(self.folder))[0], sizes(states[-1])[0]
        return {table: more for table in now if (more := now[table] - then[table])}

    def ended_well(self, states: list[State]) -> None:
        """What an undisturbed act leaves is there, but for numbers drawn by lot."""
        assert is_free(self.folder), "a transaction was left open"
        act = self.prepared.act
        if act.commits == 1 and not act.logs_first:
            assert sizes(state(self.folder)) == sizes(states[-1])


def prepare(act: Act, clinic: Clinic, folder: Path, events: str) -> Prepared:
    """Make ready *act* on the clinic whose database lies in *folder*, and close that."""
    do = act.prepare(clinic, folder)
    clinic.database.dispose()  # the last connection takes the WAL into the file
    return Prepared(act, clinic, folder, do, events)


def last_event(folder: Path) -> int:
    """Return the number of the newest event in the audit log."""
    with closing(sqlite3.connect(folder / NAME)) as database:
        number: int = database.execute("SELECT coalesce(max(id), 0) FROM audit_event").fetchone()[0]
    return number


def events_after(folder: Path, last: int) -> str:
    """Return what was added to the audit log, as ``events_of_acts`` writes it."""
    with closing(sqlite3.connect(folder / NAME)) as database:
        events = database.execute(
            "SELECT trim(action || ' ' || entity) || iif(patient_id IS NULL, '', '*')"
            " FROM audit_event WHERE id > ? ORDER BY id",
            (last,),
        ).fetchall()
    return ", ".join(event for (event,) in events)


def states_of(prepared: Prepared) -> tuple[list[State], int]:
    """Do the act undisturbed; return the state before and after each commit, and the statements."""
    with prepared.copy("undisturbed") as copy:
        fault = Fault()
        strike(copy.database, fault)
        states = [state(copy.folder)]
        fault.on_commit = lambda: states.append(state(copy.folder))
        last = last_event(copy.folder)
        copy.do()
        assert events_after(copy.folder, last) == prepared.events
        assert len(states) == prepared.act.commits + 1
        states.append(state(copy.folder))  # a file may follow the last commit
        assert is_free(copy.folder)
    return states, fault.done


def says_so(trouble: DatabaseTrouble | None, kind: str, name: str) -> None:
    """The trouble is told in Swedish: what is wrong, with which database, what to do."""
    assert trouble is not None, "the fault was swallowed"
    said = str(trouble)
    assert trouble.kind == kind, said
    assert name in said
    assert "Inget sparades." in said
    for english in ("sqlite", "error", "disk is", "Background", "SELECT", "INSERT"):
        assert english not in said.replace(name, "")
