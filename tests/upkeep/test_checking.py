"""``pasis db check`` finds nothing in a sound register, and each planted fault by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from pasis_tui.models import CareCommitment, Visit
from pasis_tui.services.upkeep import invariants
from pasis_tui.services.upkeep.checking import faults_of
from pasis_tui.store.database import Database
from pasis_tui.store.scope import table_of
from pasis_tui.store.unit_of_work import SystemWork
from tests.flows.practice import NAME, run_pasis
from tests.services.clinic import ARRIVAL, Clinic, make_clinic

_CLOSED = (
    "UPDATE care_commitment SET closed_on = '{day}', closing_reason = '{reason}',"
    " closing_caregiver_id = caregiver_id"
)
_OTHER_UNIT = "(SELECT max(id) FROM unit)"
_SECOND = "(SELECT max(id) FROM visit)"


def _again(model: Any, **changed: str) -> str:
    """A row of *model* once more, with other values in some columns."""
    names = [c.name for c in table_of(model).c if c.name != "id"]
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    table, columns = table_of(model).name, ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE id = (SELECT min(id) FROM {table})"


# What is done to a register, and the invariant that no longer holds.
PLANTED: dict[str, tuple[str, ...]] = {
    "visit of its commitment's patient and unit": (
        "UPDATE visit SET patient_id = (SELECT max(id) FROM patient)",
    ),
    "BE01 no visit before arrival": ("UPDATE care_commitment SET arrival_date = '2027-01-01'",),
    "VA32 no visit after closing": (_CLOSED.format(day="2026-03-03", reason="AV"),),
    "a closing is whole": ("UPDATE care_commitment SET closing_reason = 'AV'",),
    "VA30 AV exactly with visits": (_CLOSED.format(day="2026-03-09", reason="ÖV"),),
    "VA31 the closing date": (_CLOSED.format(day="2026-03-10", reason="AV"),),
    "VA20 what is removed has nothing": ("UPDATE care_commitment SET removed_at = changed_at",),
    "VA12 one open commitment": ("DROP INDEX uq_care_commitment_open", _again(CareCommitment)),
    "FO07 enrolment after arrival": ("UPDATE care_commitment SET arrival_date = '2026-03-03'",),
    "FO03 FO07 discharge after enrolment": ("DELETE FROM enrolment_form",),
    "FO04 FO07 follow-up after discharge": (
        "INSERT INTO follow_up_form (commitment_id, unit_id, version, changed_at, date, approved)"
        " SELECT commitment_id, unit_id, 1, changed_at, '2025-01-01', TRUE FROM discharge_form",
    ),
    "enrolment_form of its commitment's unit": (
        f"UPDATE enrolment_form SET unit_id = {_OTHER_UNIT}",
    ),
    "discharge_form of its commitment's unit": (
        f"UPDATE discharge_form SET unit_id = {_OTHER_UNIT}",
    ),
    "follow_up_form of its commitment's unit": (
        "INSERT INTO follow_up_form (commitment_id, unit_id, version, changed_at, date, approved)"
        f" SELECT commitment_id, {_OTHER_UNIT}, 1, changed_at, '2026-06-20', TRUE FROM discharge_form",
    ),
    "registration of its visit's unit": (
        f"UPDATE medical_registration SET unit_id = {_OTHER_UNIT}",
    ),
    "ME01 no codes of a no-show": ("UPDATE visit SET no_show = TRUE",),
    "ME04 a treatment code": ("UPDATE procedure_code SET code = 'ZV051'",),
    "BE03 the first kept visit is NY": ("UPDATE visit SET contact_type = 'ÅB'",),
    "BE05 the second half is free": (
        f"UPDATE visit SET double_of_visit_id = (SELECT min(id) FROM visit) WHERE id = {_SECOND}",
    ),
    "BE05 the second half has its first": (
        f"UPDATE visit SET double_of_visit_id = (SELECT min(id) FROM visit) WHERE id = {_SECOND}",
        f"UPDATE visit SET cancelled_at = changed_at WHERE id < {_SECOND}",
    ),
    "BE05 a double session is two": (
        f"UPDATE visit SET double_of_visit_id = (SELECT min(id) FROM visit) WHERE id = {_SECOND}",
        _again(Visit, time="'23:59:00.000000'", double_of_visit_id="id"),
    ),
    "BE08 a start once": ("DROP INDEX uq_visit_start", _again(Visit)),
    "places and people of the own unit": (
        "UPDATE visit SET reception_id = (SELECT min(r.id) FROM reception r"
        f" WHERE r.unit_id = {_OTHER_UNIT})",
    ),
    "fees": ("UPDATE visit SET fee = -1",),
    "no address of a protected person": ("UPDATE patient SET protected = TRUE, city = 'Lund'",),
    "a frikort's days": (
        "INSERT INTO free_card (unit_id, version, changed_at, patient_id, number, issuer,"
        " valid_from, valid_to, issued_here) SELECT unit_id, 1, changed_at, patient_id, '1', 'x',"
        " '2026-03-02', '2026-03-01', FALSE FROM care_commitment",
    ),
    "HK07 one frikort at a time": (
        "INSERT INTO free_card (unit_id, version, changed_at, patient_id, number, issuer,"
        " valid_from, valid_to, issued_here) SELECT c.unit_id, 1, c.changed_at, c.patient_id,"
        " CAST(p.id AS VARCHAR), 'x', '2026-03-02', '2027-03-01', FALSE"
        " FROM care_commitment c, patient p WHERE p.id < 3",
    ),
    "a caregiver's days": ("UPDATE caregiver SET active_to = '1990-01-01'",),
    **{
        f"version of {name}": (f'UPDATE "{name}" SET version = 0',)
        for name in ("patient", "visit", "care_commitment", "enrolment_form", "user_account")
    },
    "visit logged": (_again(Visit, time="'23:59:00.000000'"),),
    "care_commitment logged": (_again(CareCommitment, problem="'IPT'"),),
}


@pytest.fixture
def clinic(database: Database) -> Clinic:
    clinic = make_clinic(database)
    commitment = clinic.commitment()
    clinic.visit(commitment, ARRIVAL, main_diagnosis="F431")
    clinic.enrol(commitment, ARRIVAL, diagnosis="F431")
    later = ARRIVAL.replace(day=9)
    clinic.visit(commitment, later, main_diagnosis="F431")
    clinic.discharge(commitment, later)
    return clinic


@contextmanager
def _unguarded(database: Database) -> Any:
    """A connection whose writes no foreign key or trigger stops: a broken disk asks none either."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if database.dialect == "sqlite":
            driver.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.commit()
        if database.dialect == "sqlite":
            driver.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.commit()


def _plant(database: Database, statements: Sequence[str]) -> None:
    with _unguarded(database) as connection:
        for statement in statements:
            if "DROP INDEX" not in statement:
                assert connection.execute(text(statement)).rowcount > 0, statement
            else:
                connection.execute(text(statement))


def _broken(database: Database) -> set[str]:
    with SystemWork(database, reading=True) as work:
        return {each.invariant.name for each in invariants.broken(work.connection)}


def test_a_sound_register_has_no_fault(clinic: Clinic) -> None:
    assert faults_of(clinic.database) == []


def test_every_invariant_can_be_broken_and_is_found(clinic: Clinic) -> None:
    """Each in a transaction of its own that is rolled back: one register serves them all."""
    named = {each.name for each in (*invariants.OF_THE_DOMAIN, *invariants.OF_THE_STORE)}
    versions = {name for name in named if name.startswith("version of ")}
    assert named - versions <= PLANTED.keys()
    database = clinic.database
    unnoticed = []
    for name, statements in PLANTED.items():
        with _unguarded(database) as connection:
            for statement in statements:
                connection.execute(text(statement))
            found = {each.invariant.name: each for each in invariants.broken(connection)}
            if name not in found:
                unnoticed.append(name)
            else:
                assert str(found[name]).startswith(found[name].invariant.broken)
            connection.rollback()
    assert unnoticed == []
    assert _broken(database) == set()


def test_the_command_names_each_fault_and_ends_with_1(home: Path) -> None:
    assert run_pasis("db", "check", home=home).stdout == f"{home / NAME}: inga fel.\n"
    with Database.open(home / NAME) as database:
        _plant(
            database, ["UPDATE visit SET fee = -1 WHERE id < 9", "UPDATE patient SET version = 0"]
        )
    done = run_pasis("db", "check", home=home)
    assert done.returncode == 1
    assert "besök med negativ avgift, eller utan avgift och utan orsak: 8 (ID 1, 2" in done.stderr
    assert "rader i patient med en version under 1: " in done.stderr


def _orphan(connection: Connection) -> None:
    connection.execute(text("DELETE FROM reception"))


def _no_index(connection: Connection) -> None:
    connection.execute(text("DROP INDEX ix_visit_unit_date"))


def _no_table(connection: Connection) -> None:
    connection.execute(text("DROP TABLE favourite"))


def _untested(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE visit ADD CONSTRAINT oprovat CHECK (fee < 9) NOT VALID"))


def _unsound(connection: Connection) -> None:
    connection.execute(
        text("UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'uq_visit_start'::regclass")
    )


@pytest.mark.parametrize(
    ("plant", "words", "only"),
    [
        (_orphan, "som inte finns", ""),
        (_no_index, "indexet ix_visit_unit_date saknas", ""),
        (_no_table, "tabellen favourite saknas", ""),
        (_untested, "villkoret oprovat är inte prövat", "postgresql"),
        (_unsound, "indexet uq_visit_start är inte giltigt", "postgresql"),
    ],
)
def test_the_storage_is_checked(
    clinic: Clinic, plant: Callable[[Connection], None], words: str, only: str
) -> None:
    database = clinic.database
    if only and only != database.dialect:
        return
    with _unguarded(database) as connection:
        plant(connection)
    assert any(words in fault for fault in faults_of(database))
