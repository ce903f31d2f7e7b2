"""The keys that the database really has, read from its catalogue.

The unit stands in every key and foreign key of what a unit owns, so that two rows of different
units are never tied together (SE01) and the tables could be distributed by unit.  The sweep goes
over the models: a new table cannot forget it.
"""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date
from typing import Any

import pytest
from alembic import command
from sqlalchemy import BigInteger, create_engine, inspect, make_url, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

import pasis_tui.services
from pasis_tui.models import CareCommitment, Unit, Visit
from pasis_tui.store import migrate
from pasis_tui.store.database import Database, DatabaseTrouble
from pasis_tui.store.query import Query
from pasis_tui.store.scope import owned_models, table_of
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.training.practice import create_practice
from tests.seeding import seed_minimal

OWNED = [table_of(model).name for model in owned_models()]
_BEFORE = "0002"  # the revision before the keys


def test_the_unit_is_in_every_key_of_what_a_unit_owns(database: Database) -> None:
    found = inspect(database.engine)
    lacking: list[tuple[str, Any]] = []
    for table in OWNED:
        key = found.get_pk_constraint(table)["constrained_columns"]
        unique: list[Any] = [
            index["column_names"] for index in found.get_indexes(table) if index["unique"]
        ]
        unique += [each["column_names"] for each in found.get_unique_constraints(table)]
        if database.dialect == "sqlite" and key == ["id"]:
            # SQLite numbers rows only so: the key that others refer to is beside it.
            if ["unit_id", "id"] not in unique:
                lacking.append((table, key))
        elif key[0] != "unit_id":
            lacking.append((table, key))
        lacking += [(table, each) for each in unique if "unit_id" not in each]
    assert lacking == []


def test_what_a_unit_owns_refers_to_its_own_only(database: Database) -> None:
    found = inspect(database.engine)
    plain = [
        (table, key["name"])
        for table in found.get_table_names()
        for key in found.get_foreign_keys(table)
        if key["referred_table"] in OWNED
        and (key["constrained_columns"][0] != "unit_id" or key["referred_columns"][0] != "unit_id")
    ]
    assert plain == []


def test_every_id_on_a_server_has_64_bits(postgres_database: Database) -> None:
    found = inspect(postgres_database.engine)
    narrow = []
    for table in found.get_table_names():
        ids = {
            column for column in ("id",) if column in {c["name"] for c in found.get_columns(table)}
        }
        for key in found.get_foreign_keys(table):
            ids |= set(key["constrained_columns"])
        narrow += [
            (table, column["name"])
            for column in found.get_columns(table)
            if column["name"] in ids
            and column["type"].python_type is int
            and not isinstance(column["type"], BigInteger)
        ]
    with postgres_database.engine.connect() as connection:
        counters = connection.execute(
            text(
                "SELECT sequencename, data_type::text FROM pg_sequences WHERE schemaname = 'public'"
            )
        )
        narrow += [(name, kind) for name, kind in counters if kind != "bigint"]
    assert narrow == []


def test_the_keys_are_those_that_the_models_would_make(
    postgres_database: Database, empty_postgres: str
) -> None:
    """Alembic compares neither primary nor foreign keys by their columns."""
    engine = create_engine(make_url(empty_postgres).set(drivername="postgresql+psycopg"))
    try:
        Unit.metadata.create_all(engine)
        wanted, made = inspect(engine), inspect(postgres_database.engine)
        for table in OWNED:
            assert made.get_pk_constraint(table) == wanted.get_pk_constraint(table)
            assert _foreign(made, table) == _foreign(wanted, table)
    finally:
        engine.dispose()


def _foreign(found: Any, table: str) -> set[tuple[Any, ...]]:
    return {
        (key["name"], *key["constrained_columns"], key["referred_table"], *key["referred_columns"])
        for key in found.get_foreign_keys(table)
    }


def _queries() -> list[tuple[str, Query[Any]]]:
    found = []
    for module in pkgutil.walk_packages(pasis_tui.services.__path__, "pasis_tui.services."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Query):
                found.append((f"{module.name}.{name}", value))
    return found


def test_every_statement_of_the_services_has_the_unit_at_each_table(database: Database) -> None:
    """A join of what a unit owns is one of rows of one unit: each side is limited to it."""
    queries = _queries()
    assert len(queries) > 50
    for _name, query in queries:
        query.plan(database.engine.dialect, True)  # refuses what it cannot limit


def test_no_two_units_are_tied_together(database: Database) -> None:
    seed = seed_minimal(database)
    with SystemWork(database) as work:
        ours = _commitment(work, seed, seed.a.id, seed.a.caregiver)
        work.commit()
    for stranger in (
        {"commitment_id": ours},
        {"reception_id": seed.a.reception},
        {"caregiver_id": seed.a.caregiver},
    ):
        with SystemWork(database) as work:
            theirs = _commitment(work, seed, seed.b.id, seed.b.caregiver)
            values = {**seed.visit_values(seed.b.id, theirs), "unit_id": seed.b.id, **stranger}
            with pytest.raises(IntegrityError):
                work.insert(Visit, **values)


def _commitment(work: SystemWork, seed: Any, unit: int, caregiver: int) -> int:
    added: int = work.insert(
        CareCommitment,
        unit_id=unit,
        patient_id=seed.patients[0],
        problem="F41",
        arrival_date=date(2024, 1, 8),
        type_of_commitment="1",
        referral_source="1",
        referring_unit_id=seed.health_centre,
        review_date=date(2024, 1, 9),
        caregiver_id=caregiver,
        decision_date=date(2024, 1, 9),
    )
    return added


def test_what_an_older_revision_holds_survives(database: Database) -> None:
    create_practice(database, date(2026, 3, 2))
    _go(database, _BEFORE)
    before = _content(database)
    assert sum(len(rows) for rows in before.values()) > 1000
    assert database.check() == []
    migrate.upgrade(database.engine)
    assert _content(database, before) == before
    assert database.check() == []
    with SystemWork(database) as work:  # and rows are numbered on
        last = work.scalar(Query(select(col(Visit.id)).order_by(col(Visit.id).desc()).limit(1)))
        row: Any = work.record(Visit, last)
        fields = {**row._asdict(), "cancelled_at": row.changed_at}
        del fields["id"]
        assert work.insert(Visit, **fields) > last
        work.commit()


def _go(database: Database, revision: str) -> None:
    config = migrate.configuration()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def _content(
    database: Database, known: dict[tuple[str, ...], Any] | None = None
) -> dict[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return every row of what units own and patients, or of the columns that are *known*."""
    with database.engine.connect() as connection:
        found = inspect(connection)
        named = known or {
            (table, *sorted(column["name"] for column in found.get_columns(table)))
            for table in (*OWNED, "patient", "unit", "referring_unit")
            if found.has_table(table)  # an older revision has fewer
        }
        return {
            (table, *columns): sorted(
                (
                    tuple(row)
                    for row in connection.execute(
                        text(
                            f"SELECT {', '.join(f'{chr(34)}{c}{chr(34)}' for c in columns)} FROM {table}"
                        )
                    )
                ),
                key=repr,
            )
            for table, *columns in named
        }


def test_rows_of_two_units_tied_together_stop_the_upgrade(database: Database) -> None:
    seed = seed_minimal(database)
    _go(database, _BEFORE)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO care_commitment (version, changed_at, unit_id, patient_id, problem,"
                " arrival_date, type_of_commitment, referral_source, referring_unit_id,"
                " review_date, caregiver_id, decision_date) VALUES (1, '2024-01-08 10:00:00',"
                " :unit, :patient, 'F41', '2024-01-08', '1', '1', :from, '2024-01-08', :stranger,"
                " '2024-01-08')"
            ),
            {
                "unit": seed.a.id,
                "patient": seed.patients[0],
                "from": seed.health_centre,
                "stranger": seed.b.caregiver,
            },
        )
    before = _content(database)
    database.dispose()
    with pytest.raises(DatabaseTrouble, match="1 rader i care_commitment hör till en annan enhet"):
        Database.open(database.name, upgrade=True)
    assert _content(database, before) == before
    assert migrate.current_revision(database.engine) == _BEFORE
