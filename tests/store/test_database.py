"""Opening a database: what is made, and what is said when it cannot be opened."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.models import Unit
from pasis_tui.store import places
from pasis_tui.store.database import Database, DatabaseTrouble
from pasis_tui.store.passwords import hash_password, verify_password
from pasis_tui.store.unit_of_work import SystemWork
from tests.seeding import seed_minimal


def _trouble(target: str | Path, *, create: bool = False) -> DatabaseTrouble:
    with pytest.raises(DatabaseTrouble) as caught:
        Database.open(target, create=create).dispose()
    return caught.value


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[Path]:
    """A folder that can be cleared away again whatever the test did to it."""
    yield tmp_path
    tmp_path.chmod(0o700)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_database_is_its_owner_s_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Database.open(tmp_path / "ny.sqlite", create=True) as database:
            assert database.is_empty
            assert database.dialect == "sqlite"
            assert database.mode == "clinic"
            names = {path.name: _mode(path) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert names["ny.sqlite"] == 0o600
    assert set(names.values()) == {0o600}


def test_create_opens_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "ny.sqlite"
    with Database.open(path, create=True) as database:
        seed_minimal(database)
    with Database.open(f"sqlite:///{path}", create=True) as database:
        assert not database.is_empty


def test_the_engine_keeps_its_promises(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:

        def pragma(name: str) -> object:
            return connection.execute(text(f"PRAGMA {name}")).scalar_one()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == 5000
    assert sqlite_database.check() == []


def test_a_fact_written_by_another_is_seen(database: Database) -> None:
    assert database.fact("mode") is None
    with SystemWork(database) as work:
        work.connection.execute(text("INSERT INTO database_fact VALUES ('seed', '7')"))
        work.commit()
    assert database.fact("seed") == "7"


def test_empty_until_a_unit_is_there(database: Database) -> None:
    assert database.is_empty
    with SystemWork(database) as work:
        work.insert(Unit, code="PSMA01", name="Sundet")
        work.commit()
    assert not database.is_empty


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    trouble = _trouble(tmp_path / "borta.sqlite")
    assert trouble.kind == "missing"
    assert "finns inte" in str(trouble)
    assert "pasis init" in str(trouble)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    trouble = _trouble(tmp_path / "ingen" / "a.sqlite", create=True)
    assert trouble.kind == "missing folder"
    assert str(tmp_path / "ingen") in str(trouble)


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    assert "är en mapp" in str(_trouble(tmp_path))


def test_a_folder_without_leave_to_write(writable: Path) -> None:
    writable.chmod(0o500)
    trouble = _trouble(writable / "a.sqlite", create=True)
    assert trouble.kind == "read-only"
    assert f"Mappen {writable} är skrivskyddad" in str(trouble)


def test_a_file_without_leave_to_write(writable: Path) -> None:
    path = writable / "a.sqlite"
    Database.open(path, create=True).dispose()
    path.chmod(0o400)
    trouble = _trouble(path)
    assert trouble.kind == "read-only"
    assert f"Filen {path} är skrivskyddad" in str(trouble)


@pytest.mark.parametrize("content", [b"Ett brev, ingen databas.\n" * 100, b"\x00" * 4096, b"x"])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "brev.sqlite"
    path.write_bytes(content)
    trouble = _trouble(path, create=True)
    assert trouble.kind == "corrupt"
    assert "skadad eller ingen databas" in str(trouble)
    assert path.read_bytes() == content


@pytest.mark.parametrize("start", [100, 200, 5000])
def test_a_damaged_file(sqlite_template: Path, tmp_path: Path, start: int) -> None:
    """Each page of the file is spoilt from *start* on: opening, reading or checking says so."""
    path = tmp_path / "skadad.sqlite"
    content = bytearray(sqlite_template.read_bytes())
    content[start:] = b"\xa5" * (len(content) - start)
    path.write_bytes(content)
    try:
        with Database.open(path) as database:
            faults = database.check()
    except DatabaseTrouble as trouble:
        assert trouble.kind == "corrupt"
    else:
        assert faults


def test_a_sqlite_file_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "annan.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recept (namn TEXT)")
    connection.commit()
    connection.close()
    for create in (False, True):
        trouble = _trouble(path, create=create)
        assert trouble.kind == "foreign"
        assert "inte gjord av pasis_tui" in str(trouble)


def test_an_empty_file_is_not_yet_a_database(tmp_path: Path) -> None:
    path = tmp_path / "tom.sqlite"
    path.touch()
    assert _trouble(path).kind == "missing"
    Database.open(path, create=True).dispose()


def test_a_newer_and_an_unfinished_schema(database: Database) -> None:
    target = database.name
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    trouble = _trouble(target)
    assert trouble.kind == "newer"
    assert "nyare version" in str(trouble)


@pytest.mark.parametrize("target", ["sqlite://", "sqlite:///:memory:", ":memory:", ""])
def test_memory_is_not_offered(target: str) -> None:
    assert _trouble(target, create=True).kind == "memory"


@pytest.mark.parametrize("target", ["mysql://localhost/pasis", "http://localhost", "://"])
def test_other_addresses(target: str) -> None:
    assert _trouble(target).kind in ("driver", "other")


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /home nfs4 rw 0 0
/dev/sdb1 /home/lokal ext4 rw 0 0
//fil/delad /mnt/Delad\\040mapp cifs rw 0 0
me@host:/ /mnt/ssh fuse.sshfs rw 0 0
shared /mnt/vm 9p rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/var/lib/pasis.sqlite", False),
        ("/home/anna/pasis.sqlite", True),
        ("/home/lokal/pasis.sqlite", False),
        ("/homes/pasis.sqlite", False),
        ("/mnt/Delad mapp/pasis.sqlite", True),
        ("/mnt/ssh/x/pasis.sqlite", True),
        ("/mnt/vm/pasis.sqlite", True),
    ],
)
def test_shares_over_a_network_are_known(path: str, network: bool) -> None:
    assert places.is_network(places.file_system(Path(path), MOUNTS)) is network


def test_a_network_share_is_refused(tmp_path: Path) -> None:
    mounts = f"{MOUNTS}server:/x {tmp_path.resolve()} nfs rw 0 0\n"
    with pytest.raises(DatabaseTrouble) as caught:
        places.check_place(tmp_path / "a.sqlite", mounts)
    assert caught.value.kind == "network"
    assert "nätverksdisk" in str(caught.value)


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    trouble = _trouble("postgresql://anna:hemligt@127.0.0.1:1/pasis")
    assert trouble.kind == "unreachable"
    assert "Når inte databasen" in str(trouble)
    assert "hemligt" not in str(trouble)


def test_a_server_without_that_database(postgres_server: str) -> None:
    missing = postgres_server.replace("/postgres?", "/finns_inte?", 1)
    trouble = _trouble(missing)
    assert trouble.kind == "unreachable"
    assert "finns_inte" in str(trouble)


def test_psycopg_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    trouble = _trouble("postgresql://127.0.0.1/pasis")
    assert trouble.kind == "driver"
    assert "pasis-tui[postgres]" in str(trouble)


def test_an_empty_server_database_is_made_on_request(empty_postgres: str) -> None:
    assert _trouble(empty_postgres).kind == "missing"
    with Database.open(empty_postgres, create=True) as database:
        assert database.is_empty
        assert database.dialect == "postgresql"


def test_a_busy_file_is_said_in_words(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    with SystemWork(sqlite_database):
        holder = SystemWork(sqlite_database)
        # The pool gives the second connection its own timeout: shorten that one too.
        with sqlite_database.reading_engine.connect() as other:
            other.exec_driver_sql("PRAGMA busy_timeout=1")
        with pytest.raises(DatabaseTrouble) as caught:
            holder.__enter__()
    assert caught.value.kind == "busy"
    assert "upptagen" in str(caught.value)


def test_a_full_disk_is_said_and_the_next_save_works(sqlite_database: Database) -> None:
    def fill() -> None:
        with SystemWork(sqlite_database) as work:
            pages = work.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            work.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            for number in range(1000):
                work.insert(Unit, code=f"{number:06}", name="x" * 500)
            work.commit()

    with pytest.raises(DatabaseTrouble) as caught:
        fill()
    assert caught.value.kind == "full"
    assert "Inget sparades" in str(caught.value)
    assert sqlite_database.is_empty
    with SystemWork(sqlite_database) as work:
        work.connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        work.insert(Unit, code="PSMA01", name="Sundet")
        work.commit()
    assert not sqlite_database.is_empty


def test_threads_share_a_database(database: Database) -> None:
    def add(first: int) -> None:
        for number in range(first, first + 10):
            with SystemWork(database) as work:
                work.insert(Unit, code=f"{number:06}", name="x")
                work.commit()

    threads = [threading.Thread(target=add, args=(start * 100,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM unit")).scalar_one() == 40


def test_passwords() -> None:
    hashed = hash_password("övning")
    assert verify_password(hashed, "övning")
    assert not verify_password(hashed, "ovning")
    assert not verify_password("", "övning")
    assert "vning" not in hashed
