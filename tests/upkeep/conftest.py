"""Empty places to restore into, of the kind of a test's database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pasis_tui.store.database import Database
from tests.upkeep.registers import server_programs


@pytest.fixture
def empty_place(
    request: pytest.FixtureRequest,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """Where a backup of ``database`` may be restored to; the server's programs are at hand."""
    if database.dialect == "sqlite":
        yield str(tmp_path / "ny.sqlite")
        return
    server_programs(monkeypatch, database)
    yield str(request.getfixturevalue("empty_postgres"))
