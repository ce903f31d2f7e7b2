"""The vårdåtagande and its three forms."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, text
from sqlmodel import Field

from pasis_tui.models.base import Id, UnitOwned, Versioned, key_of_unit, of_unit


class CareCommitment(UnitOwned, Versioned, table=True):
    """A vårdåtagande from referral to closing; ``id`` is printed on the invoice specification."""

    __tablename__ = "care_commitment"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        key_of_unit("care_commitment"),
        of_unit("care_commitment", "caregiver_id", "caregiver"),
        of_unit("care_commitment", "closing_caregiver_id", "caregiver"),
        Index(
            "uq_care_commitment_open",  # VA12
            "patient_id",
            "unit_id",
            "problem",
            unique=True,
            sqlite_where=text("closed_on IS NULL AND removed_at IS NULL"),
            # PostgreSQL has it too, by its migration: naming it here would load that dialect always.
        ),
        Index("ix_care_commitment_patient", "patient_id", "unit_id", "arrival_date", "id"),
        Index("ix_care_commitment_unit_arrival", "unit_id", "arrival_date", "id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", sa_type=Id)
    problem: str = Field(max_length=3)
    arrival_date: dt.date
    type_of_commitment: str = Field(max_length=1)
    referral_source: str = Field(max_length=1)
    referring_unit_id: int = Field(foreign_key="referring_unit.id", sa_type=Id)
    review_date: dt.date
    caregiver_id: int = Field(sa_type=Id)
    decision_date: dt.date
    closed_on: dt.date | None = None
    closing_reason: str | None = Field(default=None, max_length=2)
    closing_caregiver_id: int | None = Field(default=None, sa_type=Id)
    removed_at: dt.datetime | None = None
    invoiced_on: dt.date | None = None


class EnrolmentForm(UnitOwned, Versioned, table=True):
    """Inskrivning; ``sick_leave_percent`` 0, 25, 50, 75 or 100."""

    __tablename__ = "enrolment_form"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        of_unit("enrolment_form", "commitment_id", "care_commitment"),
        of_unit("enrolment_form", "caregiver_id", "caregiver"),
    )
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, sa_type=Id)
    commitment_id: int = Field(primary_key=True, sa_type=Id)
    date: dt.date
    treatment: str = Field(max_length=3)
    diagnosis: str = Field(max_length=5)
    caregiver_id: int = Field(sa_type=Id)
    sick_leave_percent: int
    sick_leave_date: dt.date | None = None


class DischargeForm(UnitOwned, Versioned, table=True):
    """Utskrivning."""

    __tablename__ = "discharge_form"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        of_unit("discharge_form", "commitment_id", "care_commitment"),
        of_unit("discharge_form", "caregiver_id", "caregiver"),
    )
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, sa_type=Id)
    commitment_id: int = Field(primary_key=True, sa_type=Id)
    date: dt.date
    caregiver_id: int = Field(sa_type=Id)
    sick_leave_percent: int


class FollowUpForm(UnitOwned, Versioned, table=True):
    """Uppföljning; ``approved`` is the form's Godkänd."""

    __tablename__ = "follow_up_form"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (of_unit("follow_up_form", "commitment_id", "care_commitment"),)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, sa_type=Id)
    commitment_id: int = Field(primary_key=True, sa_type=Id)
    date: dt.date
    approved: bool
