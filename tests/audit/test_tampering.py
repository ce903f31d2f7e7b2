"""Each way of tampering with the log is found and named; nothing honest is accused."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.store.chain import Tip
from pasis_tui.store.chain_check import check_log, tips_of
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import UnitOfWork
from tests.audit.tampering import WAYS, Tamper
from tests.seeding import Seed, seed_minimal

_PER_WAY = 9  # 24 ways: 216 cases
_CASES = [(way, number) for way in WAYS for number in range(_PER_WAY)]


def write_log(database: Database, seed: Seed, dice: random.Random, events: int) -> None:
    """Write *events* by several connections, with rolled-back work between them."""
    for _ in range(events):
        with UnitOfWork(seed.admitted(database)) as first, _perhaps(database, seed, dice) as second:
            for work in (second, first):
                if work is None:
                    continue
                for _ in range(dice.choice([1, 1, 2])):
                    if dice.random() < 0.4:
                        work.audit("read", entity="list", patients=set(seed.patients))
                    else:
                        work.audit("read", dice.choice(seed.patients), "patient", 1, reason="r")
                if dice.random() < 0.8:
                    work.commit()
        if dice.random() < 0.1:
            database.engine.dispose()  # as after a lost connection: new chains


@contextmanager
def _perhaps(database: Database, seed: Seed, dice: random.Random) -> Iterator[UnitOfWork | None]:
    """A second clerk's work at the same time, where the database allows it."""
    if database.dialect == "sqlite" or dice.random() < 0.5:
        yield None
        return
    with UnitOfWork(seed.admitted(database, "b")) as work:
        yield work


@pytest.fixture(scope="module")
def written(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a log of some chains, closed."""
    path = tmp_path_factory.mktemp("log") / "pasis.sqlite"
    shutil.copy(sqlite_template, path)
    with Database.open(path) as database:
        write_log(database, seed_minimal(database), random.Random(8), 60)
    return path


def _found(database: Database, tips: list[Tip], tamper: Tamper, number: int) -> None:
    with database.engine.begin() as connection:
        place = tamper(connection, random.Random(f"{tamper.__name__} {number}"))
    verdict = check_log(database, [("huvudet", tips)])
    named = [fault for fault in verdict.faults if place.names(fault)]
    assert named, (place, verdict.faults)
    assert all(fault.chain or fault.id for fault in verdict.faults)


@pytest.mark.parametrize(
    ("tamper", "number"), _CASES, ids=lambda value: getattr(value, "__name__", value)
)
def test_tampering_is_found_and_named(
    written: Path, tmp_path: Path, tamper: Tamper, number: int
) -> None:
    path = tmp_path / "pasis.sqlite"
    shutil.copy(written, path)
    with Database.open(path) as database:
        tips = list(tips_of(database))
        assert check_log(database, [("huvudet", tips)]).faults == []
        _found(database, tips, tamper, number)


def test_tampering_is_found_on_a_server(postgres_database: Database) -> None:
    """Each way once, on the log as it was."""
    write_log(postgres_database, seed_minimal(postgres_database), random.Random(9), 40)
    tips = list(tips_of(postgres_database))
    assert len({tip.chain for tip in tips}) > 2
    tables = ("audit_event", "audit_event_patient")
    with postgres_database.engine.begin() as connection:
        for table in tables:
            connection.execute(text(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
    for tamper in WAYS:
        assert check_log(postgres_database, [("huvudet", tips)]).faults == []
        _found(postgres_database, tips, tamper, 1)
        with postgres_database.engine.begin() as connection:
            for table in tables:
                connection.execute(text(f"DELETE FROM {table}"))
                connection.execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))
