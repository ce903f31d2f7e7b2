"""A server that dies inside COMMIT, or a line that breaks there: what is told is true."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url, text

from pasis_tui.models import Unit
from pasis_tui.store.database import Database, DatabaseTrouble
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.store.waiting import GivenUp, Uncertain, Wait, waited_for
from tests.servers import Line, OwnServer, eventually, line_to, own_server, socket_of

_ROUNDS = 60
_DAY = date(2026, 3, 2)


def _add(database: Database, code: str, before: Callable[[], None] = lambda: None) -> None:
    with SystemWork(database) as work:
        work.insert(Unit, code=code, name="Sundet")
        work.log("create", _DAY, entity="unit")
        before()
        work.commit()


def _told(database: Database, code: str, before: Callable[[], None] = lambda: None) -> bool:
    """Say whether the save of *code* is told as kept."""
    try:
        _add(database, code, before)
    except DatabaseTrouble as trouble:
        assert "Inget sparades" in str(trouble)
        return False
    return True


def _stored(database: Database) -> set[str]:
    with database.reading_engine.connect() as connection:
        return {str(code) for (code,) in connection.execute(text("SELECT code FROM unit"))}


def _at_commit(line: Line, *, pass_on: bool) -> None:
    """Have the next COMMIT on *line* cut its connection, before or after the server got it."""

    def seen(piece: bytes) -> bool:
        if b"COMMIT" not in piece:
            return False
        line.watch = None
        return True

    line.pass_on, line.watch = pass_on, seen


def _rounds(address: str, line: Line, rounds: int) -> None:
    dice = random.Random(11)
    with Database.open(line.uri(str(make_url(address).database))) as database:
        told = set()
        for number in range(rounds):
            _at_commit(line, pass_on=dice.random() < 0.5)
            if _told(database, code := f"PS{number:04}"):
                told.add(code)
    with Database.open(address) as database:
        assert told == _stored(database)
    assert 0 < len(told) < rounds


def test_a_line_that_breaks_in_commit(postgres_database: Database) -> None:
    with line_to(socket_of(postgres_database.name)) as line:
        _rounds(postgres_database.name, line, _ROUNDS)


@pytest.mark.soak
def test_a_line_that_breaks_in_commit_again_and_again(postgres_database: Database) -> None:
    with line_to(socket_of(postgres_database.name)) as line:
        _rounds(postgres_database.name, line, 2000)


def test_a_server_that_is_killed_in_commit_and_comes_back() -> None:
    """The program asks until the server is there again."""
    with own_server() as server, line_to(server.socket) as line:
        Database.open(server.uri(), create=True).dispose()
        with Database.open(line.uri("postgres")) as database:
            told = set()
            for number, pass_on in enumerate((True, False, True)):
                _at_commit(line, pass_on=pass_on)
                back = _killed_at_commit(server, line)
                if _told(database, code := f"PS{number:04}"):
                    told.add(code)
                back.join()
        with Database.open(server.uri()) as database:
            assert told == _stored(database)


def _killed_at_commit(server: OwnServer, line: Line) -> threading.Thread:
    """Kill the server once *line* has broken, and start it again."""

    def kill_and_start() -> None:
        eventually(lambda: line.watch is None, "a COMMIT was sent")
        server.kill()
        server.start()

    thread = threading.Thread(target=kill_and_start)
    thread.start()
    return thread


def test_who_stops_waiting_is_told_that_it_is_not_known(postgres_database: Database) -> None:
    """The line breaks in COMMIT and nothing answers any more."""
    name = str(make_url(postgres_database.name).database)
    with (
        line_to(socket_of(postgres_database.name)) as line,
        Database.open(line.uri(name)) as database,
    ):
        _add(database, "PSXX01")
        wait = Wait()
        troubles: list[Exception] = []

        def save() -> None:
            try:
                waited_for(wait, lambda: _add(database, "PSXX02"))
            except DatabaseTrouble as trouble:
                troubles.append(trouble)

        line.refuses = True
        _at_commit(line, pass_on=True)
        thread = threading.Thread(target=save)
        thread.start()
        eventually(lambda: line.watch is None, "a COMMIT was sent")
        assert isinstance(wait.end(database.name), Uncertain)
        thread.join()
        assert isinstance(troubles[0], Uncertain)
        assert "inte känt om det sparades" in str(troubles[0])


def test_who_stops_waiting_before_commit_has_saved_nothing(database: Database) -> None:
    wait = Wait()
    said: list[DatabaseTrouble] = []

    def stop() -> None:
        said.append(wait.end(database.name))

    with pytest.raises(DatabaseTrouble) as caught:
        waited_for(wait, lambda: _add(database, "PSXX01", stop))
    assert isinstance(said[0], GivenUp)
    assert "Inget sparades" in str(caught.value)
    assert _stored(database) == set()
    _add(database, "PSXX01")


def test_who_waits_for_a_lock_can_stop(postgres_database: Database) -> None:
    _add(postgres_database, "PSXX01")
    wait, waits = Wait(), threading.Event()
    troubles: list[Exception] = []

    def change() -> None:
        with SystemWork(postgres_database) as work:
            waits.set()
            work.connection.execute(text("UPDATE unit SET name = 'b'"))

    def save() -> None:
        try:
            waited_for(wait, change)
        except DatabaseTrouble as trouble:
            troubles.append(trouble)

    with SystemWork(postgres_database) as holder:
        holder.connection.execute(text("UPDATE unit SET name = 'a'"))
        thread = threading.Thread(target=save)
        thread.start()
        waits.wait()
        wait.end(postgres_database.name)
        thread.join()
    assert troubles


# --- a file ---------------------------------------------------------------------------------------


@pytest.fixture
def faulty(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Database, list[bool]]]:
    """A file whose next COMMIT fails, before (False) or after (True) it was done."""
    path = tmp_path / "pasis.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    path.chmod(0o600)
    plan: list[bool] = []

    class Connection(sqlite3.Connection):
        def commit(self) -> None:
            done = plan.pop() if plan else None
            if done is not False:
                super().commit()
            if done is not None:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR
                raise error

    with Database.open(path) as database:
        database.engine.dispose()

        def made(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
            options["factory"] = Connection

        event.listen(database.engine, "do_connect", made)
        yield database, plan


@pytest.mark.parametrize("done", [False, True])
def test_a_disk_that_fails_in_commit(faulty: tuple[Database, list[bool]], done: bool) -> None:
    database, plan = faulty
    plan.append(done)
    assert _told(database, "PSXX01") is done
    assert _stored(database) == ({"PSXX01"} if done else set())
    assert _told(database, "PSXX02")
