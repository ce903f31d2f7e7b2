"""One transaction: kept by commit only, its audit event beside its rows, its conflicts named."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError

from pasis_tui.models import (
    AuditEvent,
    CareCommitment,
    MedicalRegistration,
    OtherDiagnosis,
    Patient,
    ProcedureCode,
    Visit,
)
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import (
    Conflict,
    Query,
    SystemWork,
    UnitOfWork,
    difference,
    violates,
)
from tests.seeding import Seed, seed_minimal

# Untyped: a table's attributes are typed as the values of a row.
A: Any = AuditEvent
V: Any = Visit
P: Any = ProcedureCode
C: Any = CareCommitment
EVENTS = Query(select(A.action, A.entity, A.entity_id, A.changes).order_by(A.id))
VISITS = Query(select(func.count(V.id)))


@pytest.fixture
def seed(database: Database) -> Seed:
    return seed_minimal(database)


def _save(database: Database, seed: Seed, **values: Any) -> int:
    with UnitOfWork(seed.admitted(database)) as work:
        commitment = seed.commitment(work)
        visit: int = work.insert(Visit, **seed.visit_values(work.unit_id, commitment, **values))
        work.audit("create", seed.patients[0], "visit", visit)
        work.commit()
    return visit


def _count(database: Database) -> tuple[Any, int]:
    with SystemWork(database) as work:
        return work.scalar(VISITS), len(work.all(EVENTS))


def test_nothing_is_kept_without_commit(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database)) as work:
        commitment = seed.commitment(work)
        work.insert(Visit, **seed.visit_values(work.unit_id, commitment))
        work.audit("create", seed.patients[0], "visit", 1)
    assert _count(database) == (0, 0)


def test_an_error_keeps_neither_the_row_nor_its_event(database: Database, seed: Seed) -> None:
    def fail() -> None:
        with UnitOfWork(seed.admitted(database)) as work:
            commitment = seed.commitment(work)
            visit = work.insert(Visit, **seed.visit_values(work.unit_id, commitment))
            work.audit("create", seed.patients[0], "visit", visit)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _count(database) == (0, 0)


def test_commit_keeps_the_row_and_the_event_as_the_actor_s(database: Database, seed: Seed) -> None:
    visit = _save(database, seed)
    assert _count(database) == (1, 1)
    with UnitOfWork(seed.admitted(database)) as work:
        row = work.record(Visit, visit)
        event = work.record(AuditEvent, 1)
    assert row is not None
    assert (row.date, row.time, row.distance, row.version) == (
        date(2024, 2, 1),
        time(9, 0),
        False,
        1,
    )
    assert event is not None
    assert (event.signature, event.unit_id, event.screen, event.entity) == (
        "ANNLIN",
        seed.a.id,
        "085",
        "visit",
    )
    assert event.at.utcoffset() is not None


def test_a_finished_work_takes_no_more(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database)) as work:
        work.commit()
        with pytest.raises(RuntimeError):
            work.scalar(VISITS)
    with pytest.raises(RuntimeError):
        work.audit("read")


def test_a_change_is_seen_at_once_and_raises_the_version(database: Database, seed: Seed) -> None:
    visit = _save(database, seed)
    with UnitOfWork(seed.admitted(database)) as work:
        work.lock_patient(seed.patients[0])
        work.update(Visit, visit, 1, fee=0)
        record = work.record(Visit, visit)
        assert record is not None
        assert (record.fee, record.version) == (0, 2)
        work.update(Visit, visit, 2, fee=50)
        work.commit()
    with UnitOfWork(seed.admitted(database)) as work:
        row = work.record(Visit, visit)
        assert row is not None
        assert (row.fee, row.version) == (50, 3)
        assert row.changed_at.utcoffset() is not None


def test_changes_are_told_in_plain_words(database: Database, seed: Seed) -> None:
    visit = _save(database, seed)
    with UnitOfWork(seed.admitted(database)) as work:
        row = work.record(Visit, visit)
        changes = difference(row, {"date": date(2024, 2, 2), "time": time(9, 0), "fee": 0})
        assert changes == {"date": ["2024-02-01", "2024-02-02"], "fee": [200, 0]}
        work.audit("change", seed.patients[0], "visit", visit, changes)
        work.commit()
    with SystemWork(database) as work:
        *_, last = work.all(EVENTS)
    assert last[:3] == ("change", "visit", visit)
    assert json.loads(last[3]) == changes


def test_a_conflict_names_who_and_when(database: Database, seed: Seed) -> None:
    visit = _save(database, seed)
    with UnitOfWork(seed.admitted(database)) as first:
        first.update(Visit, visit, 1, fee=0)
        first.audit("change", seed.patients[0], "visit", visit)
        first.commit()
    with pytest.raises(Conflict) as caught, UnitOfWork(seed.admitted(database)) as second:
        second.update(Visit, visit, 1, fee=100)
    conflict = caught.value
    assert conflict.who == "Annika Lindgren"
    assert conflict.when is not None
    assert "Annika Lindgren" in str(conflict)
    assert f"{conflict.when.astimezone():%H:%M}" in str(conflict)
    with UnitOfWork(seed.admitted(database)) as work:
        row = work.record(Visit, visit)
        with pytest.raises(Conflict):
            work.expect(row, 1)
        work.expect(row, 2)
    assert row is not None
    assert row.fee == 0


def test_nothing_of_a_save_that_meets_a_conflict_is_kept(database: Database, seed: Seed) -> None:
    visit = _save(database, seed)

    def save_stale() -> None:
        with UnitOfWork(seed.admitted(database)) as work:
            # Another's save in between: SQLite has one writer, so it is this transaction itself.
            work.update(Visit, visit, 1, fee=0)
            work.update(Visit, visit, 1, fee=100)

    with pytest.raises(Conflict) as caught:
        save_stale()
    assert caught.value.who == "Annika Lindgren"
    assert _count(database) == (1, 1)
    with UnitOfWork(seed.admitted(database)) as work:
        row = work.record(Visit, visit)
    assert row is not None
    assert (row.fee, row.version) == (200, 1)


def test_a_row_that_is_gone_is_a_conflict(database: Database, seed: Seed) -> None:
    with pytest.raises(Conflict) as caught, UnitOfWork(seed.admitted(database)) as work:
        work.update(Visit, 4711, 1, fee=0)
    assert caught.value.who == "någon annan"
    assert caught.value.when is None


@pytest.mark.parametrize(
    ("index", "again"),
    [("uq_visit_start", "visit"), ("uq_care_commitment_open", "commitment")],
)
def test_the_broken_index_is_known(database: Database, seed: Seed, index: str, again: str) -> None:
    _save(database, seed)

    def save_again() -> None:
        with UnitOfWork(seed.admitted(database)) as work:
            if again == "commitment":
                seed.commitment(work)
            else:
                commitment = seed.commitment(work, problem="F32")
                work.insert(Visit, **seed.visit_values(work.unit_id, commitment))

    with pytest.raises(IntegrityError) as caught:
        save_again()
    assert violates(caught.value, index)
    assert not violates(caught.value, "uq_unit_code")
    assert str(seed.patients[0]) not in str(caught.value.params)


def test_rows_below_a_visit(database: Database, seed: Seed) -> None:
    visit = _save(database, seed)
    codes = Query(select(P.code).where(P.visit_id == bindparam("visit")).order_by(P.position))
    with UnitOfWork(seed.admitted(database)) as work:
        work.lock_patient(seed.patients[0])
        work.insert(MedicalRegistration, visit_id=visit, main_diagnosis="F411", problem="F41")
        work.insert_many(
            ProcedureCode,
            [
                {"visit_id": visit, "position": place, "code": code}
                for place, code in enumerate(("DU011", "ZV051"), 1)
            ],
        )
        work.insert(OtherDiagnosis, visit_id=visit, row=2, code="F321")
        assert work.all(codes, visit=visit) == [("DU011",), ("ZV051",)]
        assert work.delete(ProcedureCode, visit_id=visit, position=1) == 1
        assert work.all(codes, visit=visit) == [("ZV051",)]
        work.commit()


def test_a_slip_of_the_program_is_told_before_the_database(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database)) as work:
        values = seed.visit_values(work.unit_id, 1)
        del values["fee"]
        with pytest.raises(TypeError, match=r"missing .*fee"):
            work.insert(Visit, **values)
        with pytest.raises(TypeError, match=r"unknown .*colour"):
            work.insert(Visit, **seed.visit_values(work.unit_id, 1), colour="röd")
        with pytest.raises(ValueError, match="unit_id"):
            work.update(Visit, 1, 1, unit_id=seed.b.id)
        with pytest.raises(ValueError, match="condition"):
            work.delete(Visit)


def test_the_log_is_only_added_to(database: Database, seed: Seed) -> None:
    _save(database, seed)
    with UnitOfWork(seed.admitted(database)) as work:
        with pytest.raises(ValueError, match="log"):
            work.update(AuditEvent, 1, None, reason="ingen")
        with pytest.raises(ValueError, match="log"):
            work.delete(AuditEvent, id=1)
    with SystemWork(database) as system:
        with pytest.raises(ValueError, match="log"):
            system.update(AuditEvent, 1, None, reason="ingen")
        with pytest.raises(ValueError, match="log"):
            system.delete(AuditEvent, id=1)


def test_a_reading_work_does_not_hold_up_a_writer(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database), reading=True) as reader:
        assert reader.record(Patient, seed.patients[0]) is not None
        _save(database, seed)
    assert _count(database) == (1, 1)


def test_a_locked_patient_is_still_readable(database: Database, seed: Seed) -> None:
    with UnitOfWork(seed.admitted(database)) as work:
        work.lock_patient(seed.patients[0])
        with UnitOfWork(seed.admitted(database, "b"), reading=True) as other:
            assert other.record(Patient, seed.patients[0]) is not None


def test_the_version_guards_every_versioned_form(database: Database, seed: Seed) -> None:
    _save(database, seed)
    with UnitOfWork(seed.admitted(database)) as work:
        work.lock_patient(seed.patients[0])
        commitment = work.scalar(Query(select(C.id)))
        work.update(CareCommitment, commitment, 1, closed_on=date(2024, 3, 1), closing_reason="AV")
        with pytest.raises(Conflict):
            work.update(CareCommitment, commitment, 1, closing_reason="AP")
