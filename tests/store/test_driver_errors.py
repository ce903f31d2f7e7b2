"""What a driver says is known by its codes: a server may speak any language."""

from __future__ import annotations

import ast
import errno
import re
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

import pasis_tui.store
from pasis_tui.models import Patient, Unit
from pasis_tui.store.conflict import violates
from pasis_tui.store.database import Database
from pasis_tui.store.trouble import DatabaseTrouble, trouble_from
from pasis_tui.store.unit_of_work import SystemWork, UnitOfWork, Unlocked
from tests.seeding import seed_minimal

STATES = {
    "40P01": "busy",
    "40001": "busy",
    "55P03": "busy",
    "57014": "busy",
    "53300": "busy",
    "53200": "busy",
    "53100": "full",
    "25006": "read-only",
    "58030": "disk",
    "57P01": "unreachable",
    "57P02": "unreachable",
    "57P03": "unreachable",
    "08006": "unreachable",
}
CODES = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_BUSY_SNAPSHOT: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_READONLY_DBMOVED: "read-only",
    sqlite3.SQLITE_CANTOPEN: "read-only",
    sqlite3.SQLITE_IOERR: "disk",
    sqlite3.SQLITE_IOERR_WRITE: "disk",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
}
# As a server with lc_messages = sv_SE says a deadlock; here of everything.
SWEDISH = "dödläge upptäckt"


def _raise(work: SystemWork, state: str, more: str = "") -> None:
    work.connection.execute(
        text(f"DO $$ BEGIN RAISE EXCEPTION '{SWEDISH}' USING ERRCODE = '{state}'{more}; END $$")
    )


@pytest.mark.parametrize("state", STATES)
def test_a_server_is_understood_in_swedish(postgres_database: Database, state: str) -> None:
    with pytest.raises(DatabaseTrouble) as caught, SystemWork(postgres_database) as work:
        _raise(work, state)
    assert caught.value.kind == STATES[state]
    assert SWEDISH not in str(caught.value)
    with SystemWork(postgres_database) as work:  # and all goes on
        work.insert(Unit, code="PSMA01", name="Sundet")


def test_what_is_no_trouble_of_the_database_stays_a_fault(postgres_database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, SystemWork(postgres_database) as work:
        work.connection.execute(text("SELECT 1 FROM no_such_table"))
    assert trouble_from(caught.value, "x") is None


def test_a_broken_index_is_known_in_swedish(postgres_database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, SystemWork(postgres_database) as work:
        _raise(work, "23505", ", CONSTRAINT = 'uq_visit_start'")
    assert violates(caught.value, "uq_visit_start")
    assert not violates(caught.value, "uq_care_commitment_open")


def test_a_real_deadlock_lets_one_of_two_go_on(postgres_database: Database) -> None:
    seed = seed_minimal(postgres_database)
    first, second = seed.patients[:2]
    both = threading.Barrier(2, timeout=30)
    troubles: list[str] = []
    with postgres_database.engine.connect() as connection:
        connection.execute(
            text("ALTER DATABASE " + _name(postgres_database) + " SET deadlock_timeout = '20ms'")
        )
        connection.commit()
    postgres_database.engine.dispose()

    def lock(one: int, other: int) -> None:
        try:
            with UnitOfWork(seed.admitted(postgres_database)) as work:
                work.lock_patient(one)
                assert work.record(Patient, one)  # the lock is taken along with what is read
                both.wait()
                work.lock_patient(other)
                assert work.record(Patient, other)
        except DatabaseTrouble as trouble:
            troubles.append(trouble.kind)

    threads = [
        threading.Thread(target=lock, args=order) for order in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == ["busy"]


def _name(database: Database) -> str:
    return str(database.engine.url.database)


def test_who_waits_too_long_for_a_row_is_told(postgres_database: Database) -> None:
    seed = seed_minimal(postgres_database)

    def wait() -> None:
        with SystemWork(postgres_database) as waiter:
            waiter.connection.execute(text("SET LOCAL lock_timeout = '20ms'"))
            waiter.update(Patient, seed.patients[0], None, phone="040-1")

    with UnitOfWork(seed.admitted(postgres_database)) as holder:
        holder.lock_patient(seed.patients[0])
        assert holder.record(Patient, seed.patients[0])
        with pytest.raises(DatabaseTrouble) as caught:
            wait()
    assert caught.value.kind == "busy"


def _shut_down(work: SystemWork) -> None:
    own = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with work.database.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:own, 60000)"), {"own": own})


def test_a_server_that_is_shut_down_is_told(postgres_database: Database) -> None:
    def save(*, shut_down: bool) -> None:
        with SystemWork(postgres_database) as work:
            if shut_down:
                _shut_down(work)
            work.insert(Unit, code="PSMA01", name="Sundet")

    with pytest.raises(DatabaseTrouble) as caught:
        save(shut_down=True)
    assert caught.value.kind == "unreachable"
    save(shut_down=False)


@pytest.mark.parametrize("reading", [True, False])
def test_a_line_that_is_gone_when_the_work_is_done_is_told(
    postgres_database: Database, reading: bool
) -> None:
    def look(*, shut_down: bool, given: Exception | None = None) -> None:
        with SystemWork(postgres_database, reading=reading) as work:
            work.record(Unit, 1)
            if shut_down:
                _shut_down(work)
            if given is not None:
                raise given

    with pytest.raises(DatabaseTrouble) as caught:
        look(shut_down=True)
    assert caught.value.kind == "unreachable"
    with pytest.raises(Unlocked, match="what went wrong first"):
        look(shut_down=True, given=Unlocked("what went wrong first"))
    look(shut_down=False)


def _said(code: int, message: str = SWEDISH) -> sqlite3.Error:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("code", CODES)
def test_sqlite_is_understood_by_its_code(code: int) -> None:
    trouble = trouble_from(_said(code), "klinik.db")
    assert trouble is not None
    assert trouble.kind == CODES[code]
    assert "klinik.db" in str(trouble)


@pytest.mark.parametrize("words", ["database is locked", "database or disk is full", "malformed"])
def test_words_alone_say_nothing(words: str) -> None:
    assert trouble_from(_said(sqlite3.SQLITE_ERROR, words), "x") is None
    assert trouble_from(ValueError(words), "x") is None


def test_the_system_is_understood_by_its_number() -> None:
    kinds = {errno.ENOSPC: "full", errno.EROFS: "read-only", errno.EIO: "disk"}
    for number, kind in kinds.items():
        trouble = trouble_from(OSError(number, SWEDISH), "x")
        assert trouble is not None
        assert trouble.kind == kind
    assert trouble_from(OSError(errno.EPIPE, "no space left"), "x") is None


def test_a_real_file_answers_with_the_codes(sqlite_database: Database, tmp_path: Path) -> None:
    def save() -> None:
        with SystemWork(sqlite_database) as work:
            work.connection.exec_driver_sql("PRAGMA query_only=ON")
            work.insert(Unit, code="PSMA01", name="Sundet")

    with pytest.raises(DatabaseTrouble) as caught:
        save()
    assert caught.value.kind == "read-only"
    other = tmp_path / "other.db"
    other.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    with pytest.raises(DatabaseTrouble) as caught:
        Database.open(other)
    assert caught.value.kind == "corrupt"


def _is_error(annotation: ast.expr | None) -> bool:
    return annotation is not None and bool(re.search("Error|Exception", ast.unparse(annotation)))


def _errors_in(function: ast.FunctionDef) -> set[str]:
    """Return the names that an exception has in *function*."""
    names = {each.arg for each in function.args.args if _is_error(each.annotation)}
    for node in ast.walk(function):
        if isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.Assign) and ".orig" in ast.unparse(node.value):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _read_as_text(node: ast.AST) -> ast.expr | None:
    """Return what *node* makes text of, if it does."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"str", "repr"}:
        return node.args[0]
    if isinstance(node, ast.FormattedValue):
        return node.value
    if isinstance(node, ast.Attribute) and node.attr in {"args", "message_primary"}:
        return node.value
    return None


def _readings_of_text(source: str) -> Iterator[str]:
    """Yield the name of each function in *source* that looks at what an exception says."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        errors = _errors_in(function)
        for node in ast.walk(function):
            subject = _read_as_text(node)
            said = "" if subject is None else ast.unparse(subject)
            if said in errors or ".orig" in said:
                yield function.name


def test_no_code_of_the_store_judges_by_what_an_error_says() -> None:
    """What a server, or a check of a file, says is shown to people as it is, and no more."""
    files = Path(pasis_tui.store.__file__).parent.glob("*.py")
    readings = {
        f"{path.name} {name}"
        for path in files
        for name in _readings_of_text(path.read_text(encoding="utf-8"))
    }
    assert readings == {
        "database.py check",
        "server_engine.py _repeats_password",  # and then it is not shown
        "trouble.py trouble_at_opening",
    }


def test_such_code_would_be_found() -> None:
    source = (
        "def a(error: DBAPIError):\n    driver = error.orig\n    return 'locked' in str(driver)\n"
        "def b():\n    try: pass\n    except OSError as e:\n        return e.args[0]\n"
        "def c(error: Exception | None):\n    return f'{error}'.lower()\n"
        "def d(text: str):\n    return str(text)\n"
    )
    assert set(_readings_of_text(source)) == {"a", "b", "c"}
