"""What every table shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field, SQLModel

from pasis_tui import clock

# Constraint names are spelled out, so that a migration can name what it changes on any database.
SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# The type of every id.  SQLite numbers rows by itself in a column that is INTEGER, of 64 bits.
Id: Any = BigInteger().with_variant(Integer(), "sqlite")
ONLY = "only"  # in the info of a table's part: the one kind of database that has it


def wall_clock() -> datetime:
    """Return the real time now, aware and in UTC, as every ``_at`` column stores it."""
    return clock.now()


class Versioned(SQLModel):
    """A row that several clerks may change: the store compares and raises ``version``."""

    version: int = Field(default=1, nullable=False)
    changed_at: datetime = Field(default_factory=wall_clock, nullable=False)


class UnitOwned(SQLModel):
    """A row that only its own unit may see or change (SE01); the store filters on it.

    The unit begins its key: ``key_of_unit`` where rows have an id, else ``unit_id`` is in it.
    """

    unit_id: int = Field(foreign_key="unit.id", nullable=False, sa_type=Id)


def key_of_unit(table: str) -> Index:
    """Return the key (unit_id, id) of a unit-owned *table* whose rows have an id.

    On a server it is the primary key, so that the table can be distributed by unit; SQLite
    numbers the rows of a table only while the id alone is that, and has it as an index.
    """
    index = Index(f"uq_{table}_unit", "unit_id", "id", unique=True, info={ONLY: "sqlite"})
    return index.ddl_if(dialect="sqlite")


def of_unit(table: str, column: str, other: str, key: str = "id") -> ForeignKeyConstraint:
    """Return the foreign key *column* of *table* to the unit-owned table *other*.

    The two rows are of one unit, or the database refuses it (SE01).
    """
    return ForeignKeyConstraint(
        ["unit_id", column],
        [f"{other}.unit_id", f"{other}.{key}"],
        name=f"fk_{table}_{column}_{other}",
    )


@compiles(PrimaryKeyConstraint, "postgresql")
def _with_the_unit(constraint: PrimaryKeyConstraint, compiler: Any, **options: Any) -> Any:
    """Write the primary key of a table that has ``key_of_unit`` with the unit in front."""
    sql = compiler.visit_primary_key_constraint(constraint, **options)
    owned = any(index.info.get(ONLY) == "sqlite" for index in constraint.table.indexes)
    return sql.replace("(id)", "(unit_id, id)") if owned else sql
