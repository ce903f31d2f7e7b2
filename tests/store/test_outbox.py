"""What is kept and sent in one: few round trips, and every error told as if it had been alone."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import bindparam, func, make_url, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from pasis_tui.models import AuditEvent, Patient, ProcedureCode, Unit, UserUnit, Visit
from pasis_tui.services.visits import visits
from pasis_tui.store.addresses import ServerAddress, address_of
from pasis_tui.store.database import Database
from pasis_tui.store.server_engine import server_engine
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.store.unit_of_work import Query, SystemWork, UnitOfWork
from tests.failover.clerks import clerks_at
from tests.seeding import Seed, seed_minimal
from tests.servers import Line, line_to, socket_of
from tests.services.clinic import ALL

_DAY = date(2026, 3, 9)
_PHONE = Query(select(col(Patient.phone)).where(col(Patient.id) == bindparam("patient_id")))


# --- round trips ----------------------------------------------------------------------------------


class _Trips:
    """Counts what a program sends and then waits for: each Sync and each simple Query.

    https://www.postgresql.org/docs/current/protocol-message-formats.html
    """

    def __init__(self) -> None:
        self.count = 0
        self._rest = b""

    def __call__(self, piece: bytes) -> bool:
        self._rest += piece
        while len(self._rest) >= 5:
            (length,) = struct.unpack("!I", self._rest[1:5])
            if len(self._rest) < 1 + length:
                break
            self.count += self._rest[:1] in (b"S", b"Q")
            self._rest = self._rest[1 + length :]
        return False


@contextmanager
def _counted(line: Line) -> Iterator[_Trips]:
    line.watch = trips = _Trips()
    try:
        yield trips
    finally:
        line.watch = None


@pytest.mark.parametrize(("more", "most"), [("", 4), ("&pasis_pooler=transaction", 5)])
def test_a_visit_is_saved_in_few_round_trips(
    postgres_database: Database, more: str, most: int
) -> None:
    """The access; the locks and the facts; the visit; the rest with COMMIT, to a pooler alone."""
    seed = seed_minimal(postgres_database)
    name = str(make_url(postgres_database.name).database)
    (clerk,) = clerks_at(postgres_database.name, postgres_database, seed, 1)
    with (
        line_to(socket_of(postgres_database.name)) as line,
        Database.open(f"{line.uri(name)}?sslmode=disable{more}") as database,
    ):
        for number in range(1, 9):  # the fifth time a statement is prepared
            day = _DAY + timedelta(days=number)
            context = seed.context(database, "a", day, "085")
            proposal = visits.propose(context, clerk.patient, clerk.commitment)
            raw = {**proposal.raw, **(proposal.medical or {}), "main_diagnosis": "F411"}
            raw |= {"date": day.isoformat(), "time": "0900"}
            with _counted(line) as trips:
                card = visits.save_all(context, clerk.patient, raw, ALL)
            assert card.dia_reg
            frikort = any("Frikort" in notice for notice in card.notices)
            assert frikort == (number == 8)  # its number follows from its key
            assert trips.count == most + 2 * frikort, number
    with SystemWork(postgres_database, reading=True) as work:
        assert work.connection.execute(text("SELECT count(*) FROM visit")).scalar() == 8
        codes = work.connection.execute(text("SELECT count(*) FROM procedure_code")).scalar()
        assert codes
        assert codes >= 8


# --- errors ---------------------------------------------------------------------------------------


def test_a_kept_row_that_breaks_a_rule_is_told_as_its_own(database: Database) -> None:
    """At COMMIT at the latest; then nothing of the transaction is stored."""
    seed = seed_minimal(database)

    def save() -> None:
        with UnitOfWork(seed.admitted(database)) as work:
            work.lock_patient(seed.patients[0])
            commitment = seed.commitment(work)
            visit = work.insert(Visit, **seed.visit_values(work.unit_id, commitment))
            for _ in range(2):
                work.insert(ProcedureCode, visit_id=visit, position=1, code="DU011")
            work.audit("create", seed.patients[0], "visit", visit)
            work.commit()

    with pytest.raises(IntegrityError) as caught:
        save()
    assert str(caught.value.statement).startswith("INSERT INTO procedure_code")
    assert "DU011" not in str(caught.value)
    with SystemWork(database, reading=True) as work:
        for table in ("care_commitment", "visit", "procedure_code", "audit_event"):
            count = work.connection.execute(text(f"SELECT count(*) FROM {table}"))
            assert count.scalar() == 0, table


def _join_again(database: Database, seed: Seed, after: Callable[[SystemWork], object]) -> None:
    """Add a row that is there."""
    with SystemWork(database) as work:
        work.insert(UserUnit, user_id=seed.a.user, unit_id=seed.a.id, roles="clerk")
        after(work)


def test_a_refused_row_is_told_by_what_is_read_next(database: Database) -> None:
    seed = seed_minimal(database)
    read: list[object] = []

    def read_on(work: SystemWork) -> None:
        read.append(work.scalar(_PHONE, patient_id=seed.patients[0]))

    with pytest.raises(IntegrityError) as caught:
        _join_again(database, seed, read_on)
    assert str(caught.value.statement).startswith("INSERT INTO user_unit")
    assert read == []


def test_the_program_goes_on_after_a_refusal(database: Database) -> None:
    """The connection that had statements on their way is not used half-way."""
    seed = seed_minimal(database)
    for _ in range(3):
        with pytest.raises(IntegrityError):
            _join_again(database, seed, SystemWork.commit)
        with SystemWork(database) as work:
            assert work.scalar(_PHONE, patient_id=seed.patients[0]) == ""
            work.commit()


def test_a_kept_lock_that_is_waited_for_too_long_is_told(postgres_database: Database) -> None:
    seed = seed_minimal(postgres_database)
    address = f"{postgres_database.name}&options=-clock_timeout%3D20ms"

    def wait(database: Database) -> None:
        with UnitOfWork(seed.admitted(database)) as waiter:
            waiter.lock_patient(seed.patients[0])
            waiter.scalar(_PHONE, patient_id=seed.patients[0])

    with UnitOfWork(seed.admitted(postgres_database)) as holder, Database.open(address) as other:
        holder.lock_patient(seed.patients[0])
        holder.scalar(_PHONE, patient_id=seed.patients[0])
        with pytest.raises(DatabaseTrouble) as caught:
            wait(other)
    assert caught.value.kind == "busy"


def test_a_session_that_the_server_ends_is_told(postgres_database: Database) -> None:
    """What was on its way comes to nothing, and the connection is not used again."""

    def save(code: str, *, end: bool) -> None:
        with SystemWork(postgres_database) as work:
            work.insert(Unit, code=code, name="Sundet")
            if end:
                own = work.scalar(Query(select(func.pg_backend_pid())))
                with postgres_database.engine.connect() as other:
                    other.execute(text("SELECT pg_terminate_backend(:own, 60000)"), {"own": own})
            work.lock_words("a")
            for number in range(3):
                work.log("create", _DAY, entity="unit", entity_id=number)
            work.commit()

    for _ in range(3):
        with pytest.raises(DatabaseTrouble) as caught:
            save("PSXX01", end=True)
        assert caught.value.kind == "unreachable"
        assert "Inget sparades" in str(caught.value)
    save("PSXX02", end=False)
    with SystemWork(postgres_database, reading=True) as work:
        assert work.connection.execute(text("SELECT code FROM unit")).all() == [("PSXX02",)]


# --- what was asked ahead -------------------------------------------------------------------------


def test_what_was_asked_ahead_is_not_older_than_a_write(database: Database) -> None:
    seed = seed_minimal(database)
    patient = seed.patients[0]
    with UnitOfWork(seed.admitted(database)) as work:
        work.lock_patient(patient)
        work.ahead(_PHONE, patient_id=patient)
        work.update(Patient, patient, None, phone="040-1")
        assert work.scalar(_PHONE, patient_id=patient) == "040-1"
        work.ahead(_PHONE, patient_id=patient)
        work.ahead(_PHONE, patient_id=seed.patients[1])
        assert work.scalar(_PHONE, patient_id=seed.patients[1]) == ""
        assert work.scalar(_PHONE, patient_id=patient) == "040-1"
        assert work.scalar(_PHONE, patient_id=patient) == "040-1"  # asked anew
        work.commit()


def test_many_kept_rows_are_sent_in_between(database: Database) -> None:
    with SystemWork(database) as work:
        unit = work.insert(Unit, code="PSMA01", name="Sundet")
        for number in range(300):
            work.log("create", _DAY, entity="unit", entity_id=number, unit_id=unit)
        work.commit()
    with SystemWork(database, reading=True) as work:
        rows = work.connection.execute(
            select(col(AuditEvent.seq), col(AuditEvent.entity_id)).order_by(col(AuditEvent.id))
        ).all()
    assert [tuple(row) for row in rows] == [(n + 1, n) for n in range(300)]


def test_a_copy_only_reads(postgres_database: Database) -> None:
    """BEGIN is ours: it says READ ONLY where the driver would."""
    address = address_of(postgres_database.name)
    assert isinstance(address, ServerAddress)

    def write(copy: Database) -> None:
        with SystemWork(copy) as work:
            work.insert(Unit, code="PSXX01", name="Sundet")
            work.commit()

    with (
        Database(server_engine(address, reading=True), "kopian") as copy,
        pytest.raises(DatabaseTrouble) as caught,
    ):
        write(copy)
    assert caught.value.kind == "read-only"
