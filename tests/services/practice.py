"""A practice database for tests that need the whole world: made once, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from pasis_tui.opening import reset_practice
from pasis_tui.services.patients import patients
from pasis_tui.services.users import access
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.training.people import practice_person

DAY = date(2026, 3, 2)


@cache
def _made() -> Path:
    path = Path(mkdtemp(prefix="pasis")) / "ovning.db"
    reset_practice(str(path), DAY, 1)
    return path


@contextmanager
def practice(folder: Path) -> Iterator[Database]:
    """Open a practice database of this test's own."""
    path = folder / "ovning.db"
    shutil.copy(_made(), path)
    patients.set_population_register(practice_person)
    try:
        with Database.open(path) as database:
            yield database
    finally:
        patients.set_population_register(None)


def clerk(database: Database, screen: str = "014", unit: str | None = None) -> Context:
    """The practice clerk at the keyboard."""
    return Context(database, access.practice_actor(database, unit), DAY, screen)
