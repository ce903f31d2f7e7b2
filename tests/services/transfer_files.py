"""Files to read in, and what they leave in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import text

from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from tests.services.clinic import Clinic

DAY = date(2026, 3, 9)
WRITTEN = [
    "care_commitment",
    "visit",
    "skipped_transfer",
    "imported_code",
    "imported_test_number",
    "referring_unit",
]


def at(clinic: Clinic, which: str = "a", day: date = DAY) -> Context:
    context = clinic.at(day, which, "import")
    rights = context.actor.rights | {"lists"}
    return replace(context, actor=replace(context.actor, rights=rights))


def sql(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def everything(clinic: Clinic) -> list[Any]:
    return [sorted(map(repr, sql(clinic.database, f"select * from {name}"))) for name in WRITTEN]


def csv_file(folder: Path, *lines: str, name: str = "fil.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def book(folder: Path, *rows: Sequence[Any], name: str = "fil.xlsx") -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    path = folder / name
    made.save(path)
    return path


def invoiced(clinic: Clinic, commitment_id: int) -> Any:
    dates = sql(
        clinic.database, f"select invoiced_on from care_commitment where id = {commitment_id}"
    )
    return str(dates[0][0]) if dates[0][0] else None
