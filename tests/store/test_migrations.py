"""The schema made by the migrations is the schema of the models, on both databases."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url, select, text
from sqlmodel import col

from pasis_tui.models import MedicalRegistration, OtherDiagnosis, ProcedureCode, Unit, Visit
from pasis_tui.models.base import ONLY
from pasis_tui.store import migrate
from pasis_tui.store.database import Database
from pasis_tui.store.schema import HEAD, REVISIONS
from pasis_tui.store.unit_of_work import Query, SystemWork, UnitOfWork
from tests.seeding import seed_minimal


def test_the_migrated_schema_is_that_of_the_models(database: Database) -> None:
    def belongs(part: Any, *_: Any) -> bool:
        return bool(part.info.get(ONLY, database.dialect) == database.dialect)

    opts = {
        "compare_type": True,
        "compare_server_default": True,
        "include_object": belongs,
        "include_name": lambda name, kind, _of: kind != "table" or not _is_a_year(name),
    }
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Unit.metadata) == []


def test_every_name_is_that_of_the_models(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Alembic does not compare the names of keys, and a later migration needs them."""
    address = make_url(f"sqlite:///{tmp_path / 'models.sqlite'}")
    if database.dialect == "postgresql":
        empty = make_url(request.getfixturevalue("empty_postgres"))
        address = empty.set(drivername="postgresql+psycopg")
    engine = create_engine(address)
    Unit.metadata.create_all(engine)
    try:
        assert _names(database.engine) == _names(engine)
    finally:
        engine.dispose()


def _names(engine: Any) -> dict[str, Any]:
    inspector = inspect(engine)
    return {
        table: (
            inspector.get_pk_constraint(table)["name"],
            sorted(str(key["name"]) for key in inspector.get_foreign_keys(table)),
            sorted(str(key["name"]) for key in inspector.get_unique_constraints(table)),
            sorted(
                str(index["name"])
                for index in inspector.get_indexes(table)
                if not index.get("duplicates_constraint")
            ),
            sorted(column["name"] for column in inspector.get_columns(table)),
        )
        for table in inspector.get_table_names()
        if table != "alembic_version" and not _is_a_year(table)
    }


def _is_a_year(table: str) -> bool:
    """Whether *table* is the part of a divided table that one year lies in."""
    return bool(re.search(r"_(\d{4}|other)$", table))


def test_the_program_knows_the_revisions_that_lie_in_the_folder() -> None:
    scripts = ScriptDirectory.from_config(migrate.configuration())
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS
    assert scripts.get_current_head() == HEAD


def test_a_new_database_is_at_the_head(database: Database) -> None:
    assert migrate.current_revision(database.engine) == HEAD
    migrate.upgrade(database.engine)  # again: nothing happens
    assert migrate.current_revision(database.engine) == HEAD


def test_down_and_up_again(sqlite_database: Database) -> None:
    config = migrate.configuration()
    with sqlite_database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(sqlite_database.engine).get_table_names() == ["alembic_version"]
    migrate.upgrade(sqlite_database.engine)
    assert "visit" in inspect(sqlite_database.engine).get_table_names()


def test_codes_get_the_unit_of_their_registration(database: Database) -> None:
    """0002: what was saved before it belongs to who saved it, and to nobody else."""
    seed = seed_minimal(database)
    visits: dict[int, int] = {}
    for which, unit in (("a", seed.a), ("b", seed.b)):
        with UnitOfWork(seed.admitted(database, which)) as work:  # type: ignore[arg-type]
            visit = work.insert(Visit, **seed.visit_values(unit.id, seed.commitment(work)))
            work.insert(MedicalRegistration, visit_id=visit, main_diagnosis="F411", problem="F41")
            work.insert(ProcedureCode, visit_id=visit, position=1, code="DU011")
            work.commit()
        visits[unit.id] = visit
    config = migrate.configuration()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        for visit in visits.values():
            connection.execute(
                text("INSERT INTO other_diagnosis (visit_id, row, code) VALUES (:v, 2, 'F321')"),
                {"v": visit},
            )
    migrate.upgrade(database.engine)
    with SystemWork(database) as system:
        for model in (OtherDiagnosis, ProcedureCode):
            rows = system.all(Query(select(col(model.unit_id), col(model.visit_id))))
            assert dict(rows) == visits
    assert database.check() == []


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pasis.sqlite"
    database = Database.open(path, create=True)
    config = migrate.configuration()

    def down_and_stumble() -> None:
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
            raise ZeroDivisionError

    with database:
        before = inspect(database.engine).get_table_names()
        with pytest.raises(ZeroDivisionError):
            down_and_stumble()
        assert inspect(database.engine).get_table_names() == before
        assert migrate.current_revision(database.engine) == HEAD


def test_opening_what_is_up_to_date_never_imports_alembic(sqlite_database: Database) -> None:
    script = (
        "import sys\n"
        "from pasis_tui.store.database import Database\n"
        "from pasis_tui.store.unit_of_work import SystemWork\n"
        f"with Database.open({sqlite_database.name!r}) as database, SystemWork(database):\n"
        "    print(database.mode)\n"
        "heavy = {'alembic', 'textual', 'openpyxl', 'argon2', 'psycopg'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "clinic\n", "")
