"""A PostgreSQL server by every form of its address, that comes and goes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from pasis_tui import __version__
from pasis_tui.models import Unit
from pasis_tui.store.database import Database, DatabaseTrouble
from pasis_tui.store.unit_of_work import SystemWork
from tests.servers import Line, OwnServer, eventually, line_to, own_server, socket_of


@pytest.fixture
def line(postgres_template: str) -> Iterator[Line]:
    """A line to the tests' server."""
    with line_to(socket_of(postgres_template)) as opened:
        yield opened


def _shown(database: Database, name: str) -> str:
    with database.reading_engine.connect() as connection:
        return str(connection.execute(text(f"SHOW {name}")).scalar_one())


def _add(database: Database, code: str, first: Callable[[], None] = lambda: None) -> None:
    with SystemWork(database) as work:
        first()
        work.insert(Unit, code=code, name="Sundet")
        work.commit()


# --- addresses ------------------------------------------------------------------------------------


def test_every_form_of_an_address_leads_there(
    postgres_database: Database, line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = make_url(postgres_database.name).database
    folder, port = line.target.parent, line.port
    services = tmp_path / "services.conf"
    services.write_text(f"[journal]\nhost=127.0.0.1\nport={port}\nuser=postgres\ndbname={name}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    passwords = tmp_path / "passwords"
    passwords.write_text("*:*:*:*:hemligt\n")
    passwords.chmod(0o600)
    coded = str(folder).replace("/", "%2F")
    for address in (
        f"postgresql://postgres@127.0.0.1:{port}/{name}",
        f"postgres://postgres@127.0.0.1:{port}/{name}",
        f"postgresql+psycopg://postgres@127.0.0.1:{port}/{name}",
        f"postgresql://postgres@127.0.0.1:1,127.0.0.1:{port}/{name}",
        f"postgresql://postgres@/{name}?host=127.0.0.1:1&host=127.0.0.1:{port}",
        f"postgresql://postgres@/{name}?host=127.0.0.1&port={port}",
        f"postgresql://postgres@{coded}/{name}",
        f"postgresql://postgres@/{name}?host={folder}",
        f"postgresql://postgres@[::ffff:127.0.0.1]:{port}/{name}",
        f"postgresql://postgres@localhost:{port}/{name}?passfile={passwords}",
        f"postgresql:///{name}?service=journal",
        "service=journal",
        f"host=127.0.0.1 port={port} user=postgres dbname={name}",
        f"host=127.0.0.1,127.0.0.1 port=1,{port} user=postgres dbname='{name}' password='a b'",
        f"host={folder} user=postgres dbname={name} pasis_pooler=transaction",
    ):
        with Database.open(address) as database:
            assert database.dialect == "postgresql", address
            assert _shown(database, "transaction_read_only") == "off"


def test_times_and_name_are_set_and_the_address_overrides_them(
    postgres_database: Database,
) -> None:
    address = postgres_database.name
    with Database.open(address) as database:
        assert _shown(database, "lock_timeout") == "5s"
        assert _shown(database, "statement_timeout") == "30s"
        assert _shown(database, "application_name") == f"pasis {__version__}"
        with database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            assert (
                driver.info.get_parameters().items()
                >= {
                    "connect_timeout": "4",
                    "tcp_user_timeout": "4000",
                    "keepalives_idle": "5",
                }.items()
            )
    own = "application_name=prov&options=-c%20lock_timeout%3D7s&tcp_user_timeout=9000"
    with Database.open(f"{address}&{own}") as database:
        assert _shown(database, "lock_timeout") == "7s"
        assert _shown(database, "statement_timeout") == "30s"
        assert _shown(database, "application_name") == "prov"


def test_behind_a_pooler_nothing_is_prepared_or_set(postgres_database: Database) -> None:
    with Database.open(f"{postgres_database.name}&pasis_pooler=transaction") as database:
        assert _shown(database, "lock_timeout") == "0"
        for number in range(12):
            _add(database, f"PSXX{number:02}")
        with database.engine.connect() as connection:
            prepared = text("SELECT count(*) FROM pg_prepared_statements")
            assert connection.execute(prepared).scalar_one() == 0


# --- coming and going -----------------------------------------------------------------------------


def test_a_connection_that_was_ended_is_made_again_unseen(postgres_database: Database) -> None:
    """The server was started again, or a firewall closed what was not used."""
    _add(postgres_database, "PSXX01")
    with Database.open(postgres_database.name) as other, other.engine.connect() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).all()
    assert ended
    _add(postgres_database, "PSXX02")


def test_a_line_that_was_cut_is_told_and_goes_on(postgres_database: Database, line: Line) -> None:
    with Database.open(line.uri(str(make_url(postgres_database.name).database))) as database:
        _add(database, "PSXX01")
        with pytest.raises(DatabaseTrouble) as caught:
            _add(database, "PSXX02", line.cut)
        assert caught.value.kind == "unreachable"
        _add(database, "PSXX02")
        line.refuses = True
        line.cut()
        with pytest.raises(DatabaseTrouble) as caught:
            _add(database, "PSXX03")
        assert caught.value.kind == "unreachable"
        line.refuses = False
        _add(database, "PSXX03")


def test_a_copy_is_named_as_what_it_is(tmp_path: Path) -> None:
    with own_server() as server:
        Database.open(server.uri(), create=True).dispose()
        server.stop()
        signal_file = server.folder / "data" / "standby.signal"
        signal_file.touch()
        server.start()
        with line_to(server.socket) as line:
            both = f"postgresql://postgres@127.0.0.1:{line.port},127.0.0.1:1/postgres"
            for address in (server.uri(), both):
                with pytest.raises(DatabaseTrouble) as caught:
                    Database.open(address)
                assert caught.value.kind == "read-only"
                assert "är en kopia som bara kan läsas" in str(caught.value)
            any_will_do = f"{server.uri()}&target_session_attrs=any"
            with Database.open(any_will_do) as database:
                with pytest.raises(DatabaseTrouble) as caught:
                    _add(database, "PSXX01")
                assert "kopia som bara kan läsas" in str(caught.value)
                _promote(server)
                eventually(lambda: _is_saved(database), "the copy was promoted")
        with Database.open(server.uri()) as database:
            assert not database.is_empty


def _promote(server: OwnServer) -> None:
    with (
        Database.open(f"{server.uri()}&target_session_attrs=any") as other,
        other.reading_engine.connect() as connection,
    ):
        connection.execute(text("SELECT pg_promote()"))


def _is_saved(database: Database) -> bool:
    try:
        _add(database, "PSXX01")
    except DatabaseTrouble:
        return False
    return True


# --- first starts ---------------------------------------------------------------------------------

_START = """
import sys
from datetime import date
from pasis_tui.opening import open_for_clerks
sys.stdin.readline()
with open_for_clerks(sys.argv[1], date(2026, 3, 2)).database as database:
    print(database.fact("instance"))
"""


@pytest.mark.parametrize("how", ["", "&pasis_pooler=transaction"])
def test_three_first_starts_at_once(empty_postgres: str, how: str) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _START, f"{empty_postgres}{how}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers: list[tuple[str, str]] = []

    def run(program: subprocess.Popen[str]) -> None:
        answers.append(program.communicate("\n", timeout=300))

    threads = [threading.Thread(target=run, args=(program,)) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [program.returncode for program in programs] == [0, 0, 0], answers
    assert len({said for said, _ in answers}) == 1, answers
    with Database.open(empty_postgres) as database:
        assert database.mode == "practice"
