"""kill -9 in the middle of saving: what was acknowledged is there, each row with its event."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from pasis_tui.models import AuditEvent, CareCommitment, MedicalRegistration, Patient, Visit
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Query, SystemWork
from tests.flows.practice import NAME
from tests.services.clinic import Clinic

ROOT = Path(__file__).resolve().parents[2]
A: Any = AuditEvent
ROUNDS, MANY = 200, 10_000
TESTS = 5
ROUNDS_OF_ONE = 20  # on one database, which is checked after each


class Saver:
    """The process that forks a saver for each database."""

    def __init__(self, clinic: Path, database: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.saver", str(clinic), str(database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def killed(self, path: Path, random: Random) -> set[int]:
        """Let a saver save in *path* and kill it; return the visits it was told are saved."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        pid = int(process.stdout.readline().removeprefix("pid "))
        said = [process.stdout.readline() for _ in range(random.randrange(4))]
        end = time.perf_counter() + random.random() * 0.02  # somewhere in the next save
        while time.perf_counter() < end:
            pass
        os.kill(pid, signal.SIGKILL)
        while not (line := process.stdout.readline()).startswith("end "):
            assert line, "the saver's parent ended"
            said.append(line)
        assert line == f"end {-signal.SIGKILL}\n"
        return {int(visit) for visit in said}

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()


@pytest.fixture(scope="module")
def saver(clinic_file: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saver]:
    made = tmp_path_factory.mktemp("saver") / "clinic"
    made.write_bytes(pickle.dumps(replace(clinic_file, database=None)))  # type: ignore[arg-type]
    found = Saver(made, Path(shutil.copy(clinic_file.database.name, made.parent / "first.db")))
    yield found
    found.close()


@pytest.mark.parametrize("part", range(TESTS))
def test_what_was_acknowledged_is_there_with_its_event(
    saver: Saver, clinic_file: Clinic, tmp_path: Path, part: int
) -> None:
    _kill(saver, clinic_file, tmp_path, Random(part), ROUNDS // TESTS)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(TESTS, 2 * TESTS))
def test_killed_ten_thousand_times(
    saver: Saver, clinic_file: Clinic, tmp_path: Path, part: int
) -> None:
    _kill(saver, clinic_file, tmp_path, Random(part), MANY // TESTS)


def _kill(saver: Saver, clinic: Clinic, folder: Path, random: Random, rounds: int) -> None:
    path = folder / NAME
    seen = 0
    acknowledged: set[int] = set()
    for turn in range(rounds):
        if turn % ROUNDS_OF_ONE == 0:
            for file in folder.iterdir():
                file.unlink()
            shutil.copy(clinic.database.name, path)
            acknowledged = set()
        acknowledged |= saver.killed(path, random)
        seen += len(acknowledged)
        with Database.open(path) as database:
            assert database.check() == []
            _check(database, acknowledged, {clinic.vera, clinic.max, clinic.young, clinic.hidden})
    assert seen > rounds


def _check(database: Database, acknowledged: set[int], before: set[int]) -> None:
    with SystemWork(database) as work:

        def ids(model: Any, key: str = "id") -> set[int]:
            return {row[0] for row in work.all(Query(select(getattr(model, key))))}

        events = work.all(Query(select(A.entity, A.entity_id).where(A.action == "create")))
        visits, registered = ids(Visit), ids(MedicalRegistration, "visit_id")
        patients, commitments = ids(Patient) - before, ids(CareCommitment)
    created = {(entity, key) for entity, key in events}
    assert len(created) == len(events)
    assert acknowledged <= visits
    assert visits == registered
    saved = {("visit", v) for v in visits} | {("patient", p) for p in patients}
    saved |= {("care_commitment", c) for c in commitments}
    assert {each for each in created if each[0] != "free_card"} == saved
