"""Who may log on, with which rights, and what each has set up."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from pasis_tui.models.base import Id, UnitOwned, Versioned

# The display files name the screens' rights; users is the right to run ``pasis users``.
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
    "users",
    "trainer",
    "exercises",
]


class User(Versioned, table=True):
    """A person who logs on.  ``settings`` is a JSON object of the user's own choices.

    ``failed_attempts`` are the wrong passwords since the last right one, with ``locked_at`` the
    time of the one that locked the account; ``failed_since_login`` is what the user is told of.
    ``access_version`` is raised by whatever ends the sessions that are open.  ``draft_key`` (hex) seals
    the user's drafts, "" until their first login; it is never shown.
    """

    __tablename__ = "user_account"  # pyright: ignore[reportAssignmentType]
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    signature: str = Field(max_length=6, unique=True)
    identity_number: str | None = Field(default=None, max_length=12, unique=True)
    name: str
    password_hash: str
    failed_attempts: int = 0
    failed_since_login: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    locked_at: datetime | None = None
    disabled_at: datetime | None = None
    access_version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    draft_key: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    settings: str = "{}"


class UserUnit(SQLModel, table=True):
    """A user's place at a unit; ``roles`` are names of ``services/rights.py``, space separated."""

    __tablename__ = "user_unit"  # pyright: ignore[reportAssignmentType]
    user_id: int = Field(foreign_key="user_account.id", primary_key=True, sa_type=Id)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, sa_type=Id)
    roles: str


class Presence(UnitOwned, table=True):
    """A program of a user's in which a patient is open, by the database's clock since when and
    until when it was last used (``services/users/presence.py``).

    ``session`` is a random number of the program's own.
    """

    __tablename__ = "presence"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_presence_unit_patient", "unit_id", "patient_id"),)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, sa_type=Id)
    session: int = Field(primary_key=True, sa_type=Id)
    user_id: int = Field(foreign_key="user_account.id", sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", sa_type=Id)
    since: datetime
    seen_at: datetime


class Favourite(SQLModel, table=True):
    """One of a user's favourites; ``position`` 1-9 is its digit, more stand below."""

    __table_args__ = (UniqueConstraint("user_id", "code"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    user_id: int = Field(foreign_key="user_account.id", index=True, sa_type=Id)
    position: int
    code: str
    label: str
