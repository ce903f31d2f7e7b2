"""While a service reads, others save: the write lock is held for the audit event alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.faults.conftest import ready
from tests.faults.events_of_acts import EVENTS
from tests.faults.every_act import ACTS
from tests.services.clinic import Clinic

# What leaves only events of reading, of a refusal or of a file made of what was read.
READERS = [
    name
    for name, said in EVENTS.items()
    if said
    and {each.split()[0] for each in said.split(", ") if each} <= {"read", "denied", "export"}
    and ACTS[name].service.split(".")[0] not in {"access", "imports"}
]
_GATE = "SELECT patient.protected"  # one row, by its key: an event of reading needs a reason then
_READS = re.compile(
    r"\b(FROM|JOIN) (patient|care_commitment|visit|\w+_form|external_fee|free_card)\b"
)


@pytest.mark.parametrize("name", READERS)
def test_only_the_event_is_written_under_the_lock(
    name: str, clinic_file: Clinic, sqlite_template: Path, tmp_path: Path
) -> None:
    with ready(name, clinic_file, sqlite_template, tmp_path).copy("one") as copy:
        sent: list[str] = []

        def watch(driver: Any, _record: object) -> None:
            driver.set_trace_callback(sent.append)

        copy.database.engine.dispose()
        event.listen(copy.database.engine, "connect", watch)
        copy.do()
    locked, held = False, []
    for statement in sent:
        if statement.startswith("BEGIN IMMEDIATE"):
            locked = True
        elif statement.startswith(("COMMIT", "ROLLBACK")):
            locked = False
        elif locked and not statement.startswith(_GATE) and _READS.search(statement):
            held.append(statement)
    assert any(statement.startswith("BEGIN IMMEDIATE") for statement in sent)
    assert not held
