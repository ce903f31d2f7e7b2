"""Units, receptions, health centres, caregivers."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel

from pasis_tui.models.base import Id, UnitOwned, Versioned, key_of_unit


class Unit(SQLModel, table=True):
    """A contracted clinic (enhet); ``code`` is six characters such as PSMA01."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    code: str = Field(max_length=6, unique=True)
    name: str


class Reception(UnitOwned, table=True):
    """A mottagning of a unit; a branch books on the unit's code under its own reception."""

    __table_args__ = (key_of_unit("reception"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    code: str = Field(max_length=6)
    name: str
    is_branch: bool = False


class ReferringUnit(SQLModel, table=True):
    """Who may refer: ``source`` "1" is a health centre in Skåne, "7" one outside it."""

    __tablename__ = "referring_unit"  # pyright: ignore[reportAssignmentType]
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    code: str = Field(max_length=8, unique=True)
    name: str
    place: str = ""
    source: str = Field(max_length=1)


class Caregiver(UnitOwned, Versioned, table=True):
    """A therapist; active from ``active_from`` to ``active_to`` inclusive."""

    __table_args__ = (key_of_unit("caregiver"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    signature: str = Field(max_length=6, index=True)
    name: str
    category: str = Field(max_length=2)
    active_from: date
    active_to: date | None = None
