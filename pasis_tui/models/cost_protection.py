"""Fees paid elsewhere and frikort (screens 283 and 610)."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field

from pasis_tui.models.base import Id, UnitOwned, Versioned, key_of_unit


class ExternalFee(UnitOwned, Versioned, table=True):
    """A fee shown as paid to another provider; ``amount`` whole kronor."""

    __tablename__ = "external_fee"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (key_of_unit("external_fee"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", index=True, sa_type=Id)
    date: dt.date
    amount: int
    provider: str
    proof: str
    removed_at: dt.datetime | None = None


class FreeCard(UnitOwned, Versioned, table=True):
    """A frikort, valid ``valid_from`` to ``valid_to`` inclusive."""

    __tablename__ = "free_card"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (key_of_unit("free_card"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", index=True, sa_type=Id)
    number: str = Field(max_length=20)
    issuer: str
    valid_from: dt.date
    valid_to: dt.date
    issued_here: bool = False
    removed_at: dt.datetime | None = None
