"""The audit log, imported codes and what the database says of itself."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from pasis_tui.models.base import Id, UnitOwned, key_of_unit, of_unit, wall_clock

Action = Literal[
    "read",
    "create",
    "change",
    "remove",
    "close",
    "reopen",
    "cancel",
    "export",
    "denied",
    "log_in",
    "log_in_refused",
]
# What an event is about: a table, or what is read and made of several.
Entity = Literal[
    "",
    "patient",
    "care_commitment",
    "enrolment_form",
    "discharge_form",
    "follow_up_form",
    "visit",
    "medical_registration",
    "external_fee",
    "free_card",
    "cost_protection",
    "patient_panel",
    "list",
    "list_order",
    "statistics",
    "statistics_order",
    "referring_unit",
    "imported_code",
    "imported_test_number",
    "invoice_specification",
    "pmo_transfer",
    "skipped_transfer",
    "unit",
    "user_account",
    "caregiver",
    "practice",
    "favourite",
    "audit_event",
    "spot_check",
]


class AuditEvent(SQLModel, table=True):
    """Who did what to which patient, at which unit and screen, when by both clocks.

    ``action`` is an Action, ``entity`` an Entity; ``changes`` a JSON object {field: [old, new]}.
    Rows are only ever added.  An event about several patients says how many and a hash of them in
    ``patients``; they are rows of AuditEventPatient.  ``chain`` to ``seen`` are the hash chain
    (``store/chain.py``).  On PostgreSQL the table is divided by the year of ``at``.
    """

    __tablename__ = "audit_event"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_audit_event_unit_at", "unit_id", "at"),
        Index("ix_audit_event_patient_at", "patient_id", "at"),
        Index("ix_audit_event_user_at", "user_id", "at"),
        # Not unique: a row that somebody put in must be found, not stop the clerks.
        Index("ix_audit_event_chain_seq", "chain", "seq"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    at: dt.datetime = Field(default_factory=wall_clock)
    working_date: dt.date
    user_id: int | None = Field(default=None, foreign_key="user_account.id", sa_type=Id)
    signature: str = Field(default="", max_length=12)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", sa_type=Id)
    screen: str = Field(max_length=8)
    action: str = Field(max_length=16)
    patient_id: int | None = Field(default=None, foreign_key="patient.id", sa_type=Id)
    entity: str = Field(default="", max_length=32)
    entity_id: int | None = Field(default=None, sa_type=BigInteger)
    changes: str = "{}"
    reason: str = ""
    patients: str = ""
    chain: int = Field(sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)
    previous: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    seen: str = ""


class AuditEventPatient(SQLModel, table=True):
    """A patient of an audit event that concerns several; ``at`` is the event's own."""

    __tablename__ = "audit_event_patient"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_audit_event_patient_patient_at", "patient_id", "at", "event_id"),)
    event_id: int = Field(primary_key=True, sa_type=BigInteger)
    patient_id: int = Field(primary_key=True, sa_type=BigInteger)
    at: dt.datetime = Field(primary_key=True)


class SpotCheck(UnitOwned, table=True):
    """A sample of the log that a manager reviews: events from one day to another, by whom drawn.

    ``population`` is how many events there were to draw from.
    """

    __tablename__ = "spot_check"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (key_of_unit("spot_check"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    drawn_at: dt.datetime = Field(default_factory=wall_clock)
    drawn_by: int = Field(foreign_key="user_account.id", sa_type=Id)
    from_date: dt.date
    to_date: dt.date
    population: int


class SpotCheckEvent(UnitOwned, table=True):
    """An event of a sample, and what the manager found: ``decision`` G (well), A (not) or ""."""

    __tablename__ = "spot_check_event"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (of_unit("spot_check_event", "spot_check_id", "spot_check"),)
    unit_id: int = Field(primary_key=True, sa_type=Id)
    spot_check_id: int = Field(primary_key=True, sa_type=Id)
    event_id: int = Field(primary_key=True, sa_type=Id)
    decision: str = Field(default="", max_length=1)
    note: str = ""
    decided_by: int | None = Field(default=None, foreign_key="user_account.id", sa_type=Id)
    decided_at: dt.datetime | None = None


class ImportedCode(SQLModel, table=True):
    """A code of an official file that the owner imported: system ICD10 or KVA."""

    __tablename__ = "imported_code"  # pyright: ignore[reportAssignmentType]
    system: str = Field(max_length=8, primary_key=True)
    code: str = Field(max_length=8, primary_key=True)
    text: str


class ImportedTestNumber(SQLModel, table=True):
    """An official test identity number, imported so that practice mode accepts it."""

    __tablename__ = "imported_test_number"  # pyright: ignore[reportAssignmentType]
    identity_number: str = Field(max_length=12, primary_key=True)


class DatabaseFact(SQLModel, table=True):
    """What this database says of itself: mode (practice or clinic), seed, practice_user …."""

    __tablename__ = "database_fact"  # pyright: ignore[reportAssignmentType]
    name: str = Field(max_length=30, primary_key=True)
    value: str
