"""Who may log on, with which rights, and what each has set up."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from pasis_tui.models.base import Id, Versioned

# The display files name the screens' rights; log and trainer belong to screens that are to come.
# Nobody is given exercises: whoever works in practice data has it.
Right = Literal[
    "patient",
    "booking",
    "visit",
    "medical",
    "overview",
    "fees",
    "lists",
    "statistics",
    "log",
    "trainer",
    "exercises",
]


class User(Versioned, table=True):
    """A person who logs on.  ``settings`` is a JSON object of the user's own choices."""

    __tablename__ = "user_account"  # pyright: ignore[reportAssignmentType]
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    signature: str = Field(max_length=6, unique=True)
    identity_number: str | None = Field(default=None, max_length=12, unique=True)
    name: str
    password_hash: str
    failed_attempts: int = 0
    locked_until: datetime | None = None
    settings: str = "{}"


class UserUnit(SQLModel, table=True):
    """A user's place at a unit; ``rights`` are the display files' right names, space separated."""

    __tablename__ = "user_unit"  # pyright: ignore[reportAssignmentType]
    user_id: int = Field(foreign_key="user_account.id", primary_key=True, sa_type=Id)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, sa_type=Id)
    rights: str


class Favourite(SQLModel, table=True):
    """One of a user's favourites; ``position`` 1-9 is its digit, more stand below."""

    __table_args__ = (UniqueConstraint("user_id", "code"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    user_id: int = Field(foreign_key="user_account.id", index=True, sa_type=Id)
    position: int
    code: str
    label: str
