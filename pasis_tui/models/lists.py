"""Ordered lists, statistics and transfers."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field

from pasis_tui.models.base import Id, UnitOwned, key_of_unit


class ListOrder(UnitOwned, table=True):
    """A list ordered at KL or FB and fetched at its Hämta filer; ``parameters`` is JSON."""

    __tablename__ = "list_order"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (key_of_unit("list_order"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    menu: str = Field(max_length=2)
    kind: str = Field(max_length=20)
    parameters: str
    ordered_by: int = Field(foreign_key="user_account.id", sa_type=Id)
    ordered_at: dt.datetime
    ordered_on: dt.date
    state: str = Field(max_length=10)
    file_name: str = ""
    message: str = ""
    removed_at: dt.datetime | None = None


class StatisticsOrder(UnitOwned, table=True):
    """An own interval of 051, ready the working day after ``ordered_on``."""

    __tablename__ = "statistics_order"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (key_of_unit("statistics_order"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    from_date: dt.date
    to_date: dt.date
    ordered_by: int = Field(foreign_key="user_account.id", sa_type=Id)
    ordered_on: dt.date
    removed_at: dt.datetime | None = None


class SkippedTransfer(UnitOwned, table=True):
    """A contact that the PMO transfer skipped because KBT/IPT was ticked (PM01)."""

    __tablename__ = "skipped_transfer"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (key_of_unit("skipped_transfer"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=Id)
    patient_id: int = Field(foreign_key="patient.id", sa_type=Id)
    date: dt.date
    time: dt.time
    attribute: str
    transferred_on: dt.date
