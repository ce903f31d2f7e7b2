"""What every table shares."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import MetaData
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


def wall_clock() -> datetime:
    """Return the real time now, aware and in UTC, as every ``_at`` column stores it."""
    return clock.now()


class Versioned(SQLModel):
    """A row that several clerks may change: the store compares and raises ``version``."""

    version: int = Field(default=1, nullable=False)
    changed_at: datetime = Field(default_factory=wall_clock, nullable=False)


class UnitOwned(SQLModel):
    """A row that only its own unit may see or change (SE01); the store filters on it."""

    unit_id: int = Field(foreign_key="unit.id", index=True, nullable=False)
