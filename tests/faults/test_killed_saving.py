"""kill -9 in the middle of saving: what was acknowledged is there, each row with its event."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import time as clock_time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from pasis_tui.models import AuditEvent, CareCommitment, MedicalRegistration, Patient, Visit
from pasis_tui.store.chain_check import check_log
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Query, SystemWork
from tests.flows.practice import NAME
from tests.services.clinic import Clinic

ROOT = Path(__file__).resolve().parents[2]
A: Any = AuditEvent
MOVED = clock_time(16, 45)
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

    def killed(self, path: Path, random: Random) -> list[str]:
        """Let a saver save in *path* and kill it; return the acts it was told are done."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        pid = int(process.stdout.readline().removeprefix("pid "))
        said = [process.stdout.readline() for _ in range(random.randrange(10))]
        end = time.perf_counter() + random.random() * 0.02  # somewhere in the next save
        while time.perf_counter() < end:
            pass
        os.kill(pid, signal.SIGKILL)
        while not (line := process.stdout.readline()).startswith("end "):
            assert line, "the saver's parent ended"
            said.append(line)
        assert line == f"end {-signal.SIGKILL}\n"
        return [act.strip() for act in said]

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()


@pytest.fixture(scope="module")
def saver(clinic_file: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saver]:
    made = tmp_path_factory.mktemp("saver") / "clinic"
    made.write_bytes(pickle.dumps(replace(clinic_file, database=None)))  # type: ignore[arg-type]
    made_saver = Saver(made, Path(shutil.copy(clinic_file.database.name, made.parent / "first.db")))
    yield made_saver
    made_saver.close()


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
    acknowledged: list[str] = []
    for turn in range(rounds):
        if turn % ROUNDS_OF_ONE == 0:
            for file in folder.iterdir():
                file.unlink()
            shutil.copy(clinic.database.name, path)
            acknowledged = []
        acknowledged += saver.killed(path, random)
        seen += len(acknowledged)
        with Database.open(path) as database:
            assert database.check() == []
            assert check_log(database).faults == []
            _check(database, acknowledged, {clinic.vera, clinic.max, clinic.young, clinic.hidden})
    assert seen > rounds


def _check(database: Database, acknowledged: list[str], before: set[int]) -> None:
    with SystemWork(database) as work:

        def ids(model: Any, *of: Any, key: str = "id") -> set[int]:
            return {row[0] for row in work.all(Query(select(getattr(model, key)).where(*of)))}

        log = work.all(Query(select(A.action, A.entity, A.entity_id).where(A.action != "read")))
        visits, registered = ids(Visit), ids(MedicalRegistration, key="visit_id")
        cancelled = ids(Visit, col(Visit.cancelled_at).is_not(None))
        moved = ids(Visit, Visit.time == MOVED)
        patients, commitments = ids(Patient) - before, ids(CareCommitment)
    happened = Counter(" ".join(map(str, event)) for event in log)
    assert not Counter(acknowledged) - happened  # every acknowledged act has its event
    assert visits == registered
    rows = {
        "create visit": visits,
        "create patient": patients,
        "create care_commitment": commitments,
        "cancel visit": cancelled,
    }
    for act, having in rows.items():
        events = [key for action, entity, key in log if f"{action} {entity}" == act]
        assert sorted(events) == sorted(having), act
    # A visit that becomes NY in the place of a cancelled one is changed as well.
    assert {key for action, entity, key in log if (action, entity) == ("change", "visit")} >= moved
