"""What the faults share: a clinic's database with every act of ``acts`` made ready on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pasis_tui.store.database import Database
from tests.faults.events_of_acts import EVENTS
from tests.faults.every_act import ACTS
from tests.faults.faulty import Prepared, prepare
from tests.flows.practice import NAME
from tests.services.clinic import Clinic, make_clinic


@pytest.fixture(scope="session")
def clinic_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """Two clinics and a few patients in a closed database; copy its file."""
    path = tmp_path_factory.mktemp("clinic") / NAME
    shutil.copy(sqlite_template, path)
    with Database.open(path) as database:
        return make_clinic(database)


@pytest.fixture(params=list(ACTS))
def prepared(
    request: pytest.FixtureRequest, clinic_file: Clinic, sqlite_template: Path, tmp_path: Path
) -> Prepared:
    """An act made ready on a database of its own."""
    return ready(request.param, clinic_file, sqlite_template, tmp_path)


def ready(name: str, made: Clinic, empty: Path, folder: Path) -> Prepared:
    """Make the act *name* ready in *folder*."""
    act = ACTS[name]
    home = folder / "made"
    home.mkdir()
    shutil.copy(empty if act.empty else made.database.name, home / NAME)
    clinic = Clinic(
        Database.open(home / NAME), made.seed, made.vera, made.max, made.young, made.hidden
    )
    return prepare(act, clinic, home, EVENTS[name])
