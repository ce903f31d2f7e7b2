"""kill -9 in the middle of saving: a visit is there with its audit event, or neither is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pasis_tui.models import AuditEvent, MedicalRegistration, Visit
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import Query, SystemWork
from tests.seeding import seed_minimal

ROOT = Path(__file__).resolve().parents[2]
A: Any = AuditEvent
V: Any = Visit
M: Any = MedicalRegistration
ROUNDS = 20

# Saves visits as fast as it can and says each id as soon as the save was acknowledged.
SAVER = """
import sys
from datetime import date, time, timedelta
from pasis_tui.models import CareCommitment, MedicalRegistration, Visit
from pasis_tui.store.actor import Actor, Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import UnitOfWork

path, unit, user, reception, caregiver, commitment, first = sys.argv[1], *map(int, sys.argv[2:])
actor = Actor(user, "ANNLIN", "Annika", unit, "PSMA01", "Sundet", frozenset(), True)
context = Context(Database.open(path), actor, date(2024, 3, 1), "085")
number = first
while True:
    number += 1
    with UnitOfWork(context) as work:
        visit = work.insert(
            Visit, patient_id=1, commitment_id=commitment,
            date=date(1900, 1, 1) + timedelta(days=number), time=time(9),
            reception_id=reception, reason="N", kind="N", caregiver_id=caregiver,
            caregiver_category="PT", contact_type="IB", fee=0, registered_on=date(2024, 3, 1))
        work.insert(MedicalRegistration, visit_id=visit, main_diagnosis="F411", problem="F41")
        work.audit("create", 1, Visit, visit)
        work.commit()
    sys.stdout.write(f"{visit}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("rounds", [ROUNDS])
def test_every_acknowledged_visit_is_there_with_its_event(
    sqlite_database: Database, rounds: int
) -> None:
    seed = seed_minimal(sqlite_database)
    from pasis_tui.store.unit_of_work import UnitOfWork

    with UnitOfWork(seed.context(sqlite_database)) as work:
        commitment = seed.commitment(work)
        work.commit()
    path = sqlite_database.name
    ids = (seed.a.id, seed.a.user, seed.a.reception, seed.a.caregiver, commitment)
    acknowledged: set[int] = set()
    for turn in range(rounds):
        acknowledged |= _save_and_kill(path, [*ids, turn * 2000], lines=1 + turn * 3)
        with Database.open(path) as database:
            _check(database, acknowledged)
            assert database.check() == []
    assert len(acknowledged) >= rounds


def _save_and_kill(path: str, numbers: list[int], lines: int) -> set[int]:
    """Run the saver, kill it once it has said *lines* lines, return all that it said."""
    command = [sys.executable, "-c", SAVER, path, *map(str, numbers)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    return {int(line) for line in said if line.endswith("\n")}


def _check(database: Database, acknowledged: set[int]) -> None:
    with SystemWork(database) as work:
        visits = {row[0] for row in work.all(Query(select(V.id)))}
        registered = {row[0] for row in work.all(Query(select(M.visit_id)))}
        events = [row[0] for row in work.all(Query(select(A.entity_id)))]
    assert acknowledged <= visits
    assert visits == registered == set(events)
    assert len(events) == len(visits)
