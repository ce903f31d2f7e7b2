"""The visit and its medical registration."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from pasis_tui.models.base import UnitOwned, Versioned


class Visit(UnitOwned, Versioned, table=True):
    """One contact.  ``time`` is when it starts, ``fee`` whole kronor.

    A visit is kept when it is neither cancelled nor a no-show.
    """

    __table_args__ = (
        Index(
            "uq_visit_start",  # BE08
            "patient_id",
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
    id: int | None = Field(default=None, primary_key=True)
    patient_id: int = Field(foreign_key="patient.id")
    commitment_id: int = Field(foreign_key="care_commitment.id")
    date: dt.date
    time: dt.time
    reception_id: int = Field(foreign_key="reception.id")
    reason: str = Field(max_length=1)
    kind: str = Field(max_length=1)
    caregiver_id: int = Field(foreign_key="caregiver.id")
    caregiver_category: str = Field(max_length=2)
    contact_type: str = Field(max_length=2)
    distance: bool = False
    interpreter: bool = False
    no_show: bool = False
    fee: int
    without_fee: bool = False
    exemption: str = Field(default="", max_length=2)
    double_of_visit_id: int | None = Field(default=None, foreign_key="visit.id")
    cancelled_at: dt.datetime | None = None
    cancel_reason: str = ""
    registered_on: dt.date


class MedicalRegistration(UnitOwned, Versioned, table=True):
    """Main diagnosis and problem of one visit; codes stored without the dot."""

    __tablename__ = "medical_registration"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("uq_medical_registration_unit", "unit_id", "visit_id", unique=True),)
    unit_id: int = Field(foreign_key="unit.id")  # the index above begins with it
    visit_id: int = Field(foreign_key="visit.id", primary_key=True)
    main_diagnosis: str = Field(max_length=5)
    problem: str = Field(max_length=3)


def _of_registration() -> ForeignKeyConstraint:
    """The key of a row below a registration: the two are of one unit, or it is refused (SE01)."""
    columns = ["unit_id", "visit_id"]
    return ForeignKeyConstraint(columns, [f"medical_registration.{name}" for name in columns])


class OtherDiagnosis(UnitOwned, table=True):
    """A diagnosis on ``row`` 2-15 of screen 184."""

    __tablename__ = "other_diagnosis"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (_of_registration(),)
    unit_id: int  # no index: rows are found by their visit
    visit_id: int = Field(primary_key=True)
    row: int = Field(primary_key=True)
    code: str = Field(max_length=5)


class ProcedureCode(UnitOwned, table=True):
    """A KVÅ code at ``position`` 1, 2 … of a visit."""

    __tablename__ = "procedure_code"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (_of_registration(),)
    unit_id: int  # as above
    visit_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    code: str = Field(max_length=5)
