"""Databases of whole clinics: the practice clinic copied again and again, with all its rows.

Each round adds one copy to the practice clerk's unit and some to the other one, so that the ids
of the two lie between each other as they would in a region's database.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

OWN, OTHER = 1, 2  # the units
_BETWEEN = 60  # days by which each round lies before the last
_DONE = 365  # days back from which every commitment has come to its end
_KEYS = {
    "patient": "id",
    "care_commitment": "id",
    "visit": "id",
    "enrolment_form": "commitment_id",
    "discharge_form": "commitment_id",
    "follow_up_form": "commitment_id",
    "medical_registration": "visit_id",
    "other_diagnosis": "visit_id",
    "procedure_code": "visit_id",
}
_MOVED = {
    "id": "{0} + :{1}",
    "patient_id": "{0} + :patient",
    "commitment_id": "{0} + :care_commitment",
    "visit_id": "{0} + :visit",
    "double_of_visit_id": "{0} + :visit",
    "unit_id": ":unit",
    "caregiver_id": "CASE WHEN :unit = 1 THEN {0} ELSE :caregiver END",
    "closing_caregiver_id": "CASE WHEN :unit = 1 THEN {0} ELSE :caregiver END",
    "reception_id": "CASE WHEN :unit = 1 THEN {0} ELSE :reception END",
    "registered_by_unit_id": ":unit",
}
_DATES = {
    "arrival_date",
    "review_date",
    "decision_date",
    "closed_on",
    "invoiced_on",
    "date",
    "registered_on",
}
# A patient of the unit alone, with all that is theirs.
_CHOSEN = """
CREATE TEMP TABLE chosen AS SELECT p.id FROM patient p
WHERE EXISTS (SELECT 1 FROM care_commitment c WHERE c.patient_id = p.id AND c.unit_id = 1)
  AND NOT EXISTS (SELECT 1 FROM care_commitment c WHERE c.patient_id = p.id AND c.unit_id <> 1)
  AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.patient_id = p.id AND v.unit_id <> 1)
"""
_OF_CHOSEN = {
    "id": "id IN (SELECT id FROM chosen)",
    "patient_id": "patient_id IN (SELECT id FROM chosen)",
    "commitment_id": "commitment_id IN (SELECT c.id FROM care_commitment c JOIN chosen p"
    " ON p.id = c.patient_id)",
    "visit_id": "visit_id IN (SELECT v.id FROM visit v JOIN chosen p ON p.id = v.patient_id)",
}


@dataclass(frozen=True, slots=True)
class Region:
    """A database of clinics, and how much the practice clerk's unit and all have in it."""

    path: Path
    commitments: int
    visits: int
    all_visits: int


def make_region(practice: Path, path: Path, *, rounds: int, others: int) -> Region:
    """Copy *practice* to *path* and fill it: *rounds* copies to the unit, *others* each beside."""
    shutil.copy(practice, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-200000")
        connection.execute("PRAGMA temp_store=MEMORY")
        _Copying(connection).rounds(rounds, others)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        own = connection.execute(
            "SELECT (SELECT count(*) FROM care_commitment WHERE unit_id = 1),"
            " (SELECT count(*) FROM visit WHERE unit_id = 1), (SELECT count(*) FROM visit)"
        ).fetchone()
    return Region(path, *own)


class _Copying:
    """The statements that copy the clinic as it was at first, made once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute
        self._run(_CHOSEN)
        self._tables: list[str] = []
        self._highest: dict[str, int] = {}
        for table in _KEYS:
            columns = [row[1] for row in self._run(f"PRAGMA table_info({table})")]
            where = "patient_id" if table in {"care_commitment", "visit"} else _KEYS[table]
            self._run(
                f"CREATE TEMP TABLE of_{table} AS SELECT * FROM main.{table}"
                f" WHERE {_OF_CHOSEN[where]}"
            )
            shown = ", ".join(_moved(table, column) for column in columns)
            self._tables.append(
                f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {shown} FROM of_{table}"
            )
            if _KEYS[table] == "id":
                self._highest[table] = self._run(f"SELECT max(id) FROM main.{table}").fetchone()[0]
        caregiver, reception = (
            self._run(f"SELECT min(id) FROM {table} WHERE unit_id = {OTHER}").fetchone()[0]
            for table in ("caregiver", "reception")
        )
        self._fixed = {"caregiver": caregiver, "reception": reception}
        self._copies = 0

    def rounds(self, rounds: int, others: int) -> None:
        for number in range(rounds):
            for unit in (OWN, *[OTHER] * others):
                self._copy(unit, number * _BETWEEN)

    def _copy(self, unit: int, days: int) -> None:
        self._copies += 1
        base = {table: self._copies * highest for table, highest in self._highest.items()}
        values = {**self._fixed, **base, "unit": unit, "days": f"-{days} days"}
        values["letters"] = chr(65 + self._copies // 26) + chr(65 + self._copies % 26)
        for statement in self._tables:
            self._run(statement, values)
        if days >= _DONE:
            self._run(_CLOSE, values)
            self._run(_SETTLE, values)


_CLOSE = """
UPDATE care_commitment SET closed_on = date(arrival_date, '+300 days'), closing_reason = 'AV',
  closing_caregiver_id = caregiver_id
WHERE id > :care_commitment AND closed_on IS NULL
"""
_SETTLE = """
UPDATE visit SET no_show = 1 WHERE id > :visit AND NOT no_show AND cancelled_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM medical_registration m
    WHERE m.unit_id = visit.unit_id AND m.visit_id = visit.id)
"""


def _moved(table: str, column: str) -> str:
    if column == "identity_number":  # a reserve number, which nobody has
        return "strftime('%Y%m%d', birth_date) || :letters || (id % 10) || char(65 + id / 10 % 26)"
    if column == "kind" and table == "patient":
        return "'reservnummer'"
    if column in _DATES:
        return f"date({column}, :days)"
    return _MOVED.get(column, "{0}").format(column, table)
