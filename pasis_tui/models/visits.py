"""The visit and its medical registration."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, text
from sqlmodel import Field

from pasis_tui.models.base import Id, UnitOwned, Versioned, key_of_unit, of_unit


class Visit(UnitOwned, Versioned, table=True):
    """One contact.  ``time`` is when it starts, ``fee`` whole kronor.

    A visit is kept when it is neither cancelled nor a no-show.
    """

    __table_args__ = (
        key_of_unit("visit"),
        of_unit("visit", "commitment_id", "care_commitment"),
        of_unit("visit", "reception_id", "reception"),
        of_unit("visit", "caregiver_id", "caregiver"),
        of_unit("visit", "double_of_visit_id", "visit"),
        Index(
            "uq_visit_start",  # BE08; a caregiver is of one unit
            "patient_id",
            "unit_id",
            "caregiver_id",
            "date",
            "time",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            # PostgreSQL has it too, by its migration: naming it here would load that dialect always.
        ),
        Index("ix_visit_commitment_date", "commitment_id", "unit_id", "date", "time"),
        Index("ix_visit_patient_date", "patient_id", "unit_id", "date", "time", "id"),
        Index("ix_visit_unit_date", "unit_id", "date", "id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", sa_type=Id)
    commitment_id: int = Field(sa_type=Id)
    date: dt.date
    time: dt.time
    reception_id: int = Field(sa_type=Id)
    reason: str = Field(max_length=1)
    kind: str = Field(max_length=1)
    caregiver_id: int = Field(sa_type=Id)
    caregiver_category: str = Field(max_length=2)
    contact_type: str = Field(max_length=2)
    distance: bool = False
    interpreter: bool = False
    no_show: bool = False
    fee: int
    without_fee: bool = False
    exemption: str = Field(default="", max_length=2)
    double_of_visit_id: int | None = Field(default=None, sa_type=Id)
    cancelled_at: dt.datetime | None = None
    cancel_reason: str = ""
    registered_on: dt.date


class MedicalRegistration(UnitOwned, Versioned, table=True):
    """Main diagnosis and problem of one visit; codes stored without the dot."""

    __tablename__ = "medical_registration"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (of_unit("medical_registration", "visit_id", "visit"),)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, sa_type=Id)
    visit_id: int = Field(primary_key=True, sa_type=Id)
    main_diagnosis: str = Field(max_length=5)
    problem: str = Field(max_length=3)


class OtherDiagnosis(UnitOwned, table=True):
    """A diagnosis on ``row`` 2-15 of screen 184."""

    __tablename__ = "other_diagnosis"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (of_unit("other_diagnosis", "visit_id", "medical_registration", "visit_id"),)
    unit_id: int = Field(primary_key=True, sa_type=Id)
    visit_id: int = Field(primary_key=True, sa_type=Id)
    row: int = Field(primary_key=True)
    code: str = Field(max_length=5)


class ProcedureCode(UnitOwned, table=True):
    """A KVÅ code at ``position`` 1, 2 … of a visit."""

    __tablename__ = "procedure_code"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (of_unit("procedure_code", "visit_id", "medical_registration", "visit_id"),)
    unit_id: int = Field(primary_key=True, sa_type=Id)
    visit_id: int = Field(primary_key=True, sa_type=Id)
    position: int = Field(primary_key=True)
    code: str = Field(max_length=5)
