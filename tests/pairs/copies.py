"""Patients copied with all they have, so that a round of a pair costs its two acts and little more.

The copy of every row has the same ids, moved by the round's number; what a pair left behind is
read for all rounds at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, text
from sqlmodel import SQLModel

from pasis_tui.models import AuditEvent
from pasis_tui.store.database import Database
from pasis_tui.store.scope import table_of

STEP = 50  # between the ids of one copy and the next: no patient has so many rows of a kind
_MOVED = {"id", "patient_id", "commitment_id", "visit_id", "double_of_visit_id"}
_TABLES = (
    "patient",
    "care_commitment",
    "enrolment_form",
    "discharge_form",
    "follow_up_form",
    "visit",
    "medical_registration",
    "other_diagnosis",
    "procedure_code",
    "external_fee",
    "free_card",
    "skipped_transfer",
)
# What differs between two equal stories: keys, moments, and the frikort's number, made of its key.
_NOT_SAID = {"id", "version", "changed_at", "patient_id", "number", "identity_number"}
_MOMENTS = {"removed_at", "cancelled_at"}

_AFTER = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), (SELECT max(id) FROM {0}))"

Story = tuple[Any, ...]


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def _of_patients(table: Table) -> Any:
    """The condition that a row is of one of the patients of the parameter ``patients``."""
    patients: Any = bindparam("patients", expanding=True)
    columns = table.c
    if table.name == "patient":
        return columns.id.in_(patients)
    if "patient_id" in columns:
        return columns.patient_id.in_(patients)
    if "commitment_id" in columns:
        owner = _table("care_commitment").c
        return columns.commitment_id.in_(select(owner.id).where(owner.patient_id.in_(patients)))
    owner = _table("visit").c
    return columns.visit_id.in_(select(owner.id).where(owner.patient_id.in_(patients)))


def copy_patients(database: Database, patients: Sequence[int], moves: Sequence[int]) -> None:
    """Copy *patients* with everything they have, once for each of *moves*."""
    with database.engine.begin() as connection:
        for name in _TABLES:
            table = _table(name)
            rows = connection.execute(
                select(table).where(_of_patients(table)), {"patients": list(patients)}
            ).mappings()
            copies = [
                {
                    column: value + move if column in _MOVED and value is not None else value
                    for column, value in row.items()
                }
                | ({"identity_number": f"{row['id'] + move:012}"} if name == "patient" else {})
                for row in rows
                for move in moves
            ]
            if copies:
                connection.execute(insert(table), copies)
                if database.dialect == "postgresql" and "id" in table.c:
                    # What is added from now on comes after the copies, as it does in SQLite.
                    connection.execute(text(_AFTER.format(name)))


def stories(database: Database, patients: Iterable[int]) -> dict[int, Story]:
    """Return what is stored of each patient, without what differs between two equal stories."""
    wanted = list(patients)
    told: dict[int, list[Any]] = {patient: [] for patient in wanted}
    logged: dict[int, list[str]] = {patient: [] for patient in wanted}
    owner: dict[str, dict[int, int]] = {"commitment_id": {}, "visit_id": {}}
    named: dict[tuple[str, int], Any] = {}
    numbers: Counter[int] = Counter()
    with database.reading_engine.connect() as connection:
        for name in _TABLES:
            table = _table(name)
            key = [*table.primary_key.columns]
            for part in _parts(wanted):
                found = connection.execute(
                    select(table).where(_of_patients(table)).order_by(*key), {"patients": part}
                ).mappings()
                for row in found:
                    patient = _owner_of(row, owner)
                    if name == "care_commitment":
                        owner["commitment_id"][row["id"]] = patient
                        numbers[patient] += 1
                        named["commitment_id", row["id"]] = numbers[patient]
                    if name == "visit":
                        owner["visit_id"][row["id"]] = patient
                        named["visit_id", row["id"]] = (row["date"], row["time"])
                    told[patient].append((name, *_said(row, named)))
        log = table_of(AuditEvent).c
        for part in _parts(wanted):
            events = connection.execute(
                select(log.patient_id, log.action, log.entity)
                .where(log.patient_id.in_(part), log.action.not_in(("read", "denied")))
                .order_by(log.id)
            )
            for patient, action, entity in events:
                logged[patient].append(f"{action} {entity}")
    # The log tells in which order the two were: a form saved after the closing is a contradiction.
    return {p: (*sorted(lines, key=repr), *logged[p]) for p, lines in told.items()}


def _parts(wanted: list[int]) -> list[list[int]]:
    return [wanted[start : start + 500] for start in range(0, len(wanted), 500)]


def _owner_of(row: Any, owner: dict[str, dict[int, int]]) -> int:
    if "patient_id" in row:
        return int(row["patient_id"])
    for name, known in owner.items():
        if name in row:
            return known[row[name]]
    return int(row["id"])


def _said(row: Any, named: dict[tuple[str, int], Any]) -> tuple[Any, ...]:
    said = []
    for column, value in row.items():
        if column in _NOT_SAID:
            continue
        if column in _MOMENTS or column == "double_of_visit_id":
            value = value is not None
        elif (column, value) in named:
            value = named[column, value]
        said.append((column, str(value)))
    return tuple(said)


def by_patient(patients: Sequence[int], move: int) -> tuple[int, ...]:
    """Return the copies of *patients* that were moved by *move*."""
    return tuple([patient + move for patient in patients])
