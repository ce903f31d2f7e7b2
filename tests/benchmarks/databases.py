"""The databases that are measured on: practice as it is, with 20 ongoing ones, and large ones."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pasis_tui.store.database import Database
from pasis_tui.training.practice import create_practice
from tests.benchmarks.region import Region, make_region

DAY = date(2026, 3, 2)
FEW = 20
COMMITMENTS = 100_000
VISITS = 1_000_000
_EACH = VISITS // COMMITMENTS
_UNIT = 1  # the practice clerk's
_STAMP = "2026-01-02 17:00:00.000000"

# A patient of the practice clinic with one ongoing commitment and some visits.
_KNOWN = """
SELECT p.identity_number FROM patient p
JOIN care_commitment c ON c.patient_id = p.id AND c.unit_id = 1 AND c.removed_at IS NULL
WHERE p.kind = 'personnummer' AND NOT p.protected
  AND (SELECT count(*) FROM visit v WHERE v.patient_id = p.id) BETWEEN 5 AND 15
GROUP BY p.id HAVING count(*) = 1 AND sum(c.closed_on IS NULL) = 1
ORDER BY p.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Databases:
    """Files, and the number of a patient who is in all of them with an ongoing commitment.

    ``many`` has one long list; ``region`` has clinics with all their rows, and so has ``small``.
    """

    practice: Path
    few: Path
    many: Path
    patient: str
    small: Region
    region: Region


def make_databases(folder: Path, *, large: bool = True, region: bool = True) -> Databases:
    """Make them in *folder*; without *large*, ``many`` is a copy of practice.

    Without *region*, ``region`` is as small as ``small``.
    """
    practice, few, many = (folder / f"{name}.db" for name in ("practice", "few", "many"))
    with Database.open(practice, create=True) as database:
        create_practice(database, DAY)
    with closing(sqlite3.connect(practice)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        patient = connection.execute(_KNOWN).fetchone()[0]
    for path in (few, many):
        shutil.copy(practice, path)
    with closing(_quickly(few)) as connection:
        _leave_few(connection, patient)
    if large:
        with closing(_quickly(many)) as connection:
            _fill(connection)
    small = make_region(practice, folder / "small.db", rounds=2, others=0)
    whole = make_region(practice, folder / "region.db", rounds=20, others=14) if region else small
    return Databases(practice, few, many, patient, small, whole)


def _quickly(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _leave_few(connection: sqlite3.Connection, patient: str) -> None:
    connection.execute(
        "UPDATE care_commitment SET closed_on = ?, closing_reason = 'AV',"
        " closing_caregiver_id = caregiver_id"
        " WHERE unit_id = ? AND closed_on IS NULL AND id NOT IN ("
        "  SELECT c.id FROM care_commitment c JOIN patient p ON p.id = c.patient_id"
        "  WHERE c.unit_id = ? AND c.closed_on IS NULL AND c.removed_at IS NULL"
        "  AND NOT p.protected ORDER BY p.identity_number = ? DESC, c.id LIMIT ?)",
        (DAY.isoformat(), _UNIT, _UNIT, patient, FEW),
    )
    connection.commit()


def _fill(connection: sqlite3.Connection) -> None:
    (patient,) = connection.execute("SELECT max(id) FROM patient").fetchone()
    (commitment,) = connection.execute("SELECT max(id) FROM care_commitment").fetchone()
    connection.executemany(
        "INSERT INTO patient VALUES"
        " (1, ?, ?, ?, 'reservnummer', ?, 'K', ?, 'Test', '', '', '', '', NULL, 0, NULL, '', ?)",
        (
            (_STAMP, patient + n, number, born, f"Testsson{n % 977}", _UNIT)
            for n, (number, born) in enumerate(_reserve_numbers(COMMITMENTS), 1)
        ),
    )
    connection.execute(
        "INSERT INTO care_commitment (version, changed_at, unit_id, id, patient_id, problem,"
        " arrival_date, type_of_commitment, referral_source, referring_unit_id, review_date,"
        " caregiver_id, decision_date)"
        " SELECT 1, ?, ?, p.id - ? + ?, p.id, 'KBT', date('2020-01-01', ((p.id % 2000) || ' days')),"
        " 'R', '1', 1, '2026-01-01', 1, '2019-12-30' FROM patient p WHERE p.id > ?",
        (_STAMP, _UNIT, patient, commitment, patient),
    )
    connection.execute(
        "WITH RECURSIVE week(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM week WHERE n < ?)"
        " INSERT INTO visit (version, changed_at, unit_id, patient_id, commitment_id, date, time,"
        " reception_id, reason, kind, caregiver_id, caregiver_category, contact_type, distance,"
        " interpreter, no_show, fee, without_fee, exemption, cancel_reason, registered_on)"
        " SELECT 1, ?, ?, c.patient_id, c.id, date(c.arrival_date, ((n * 7) || ' days')),"
        " '09:00:00.000000', 1, 'B', 'E', 1, 'PT', CASE n WHEN 1 THEN 'NY' ELSE 'ÅB' END,"
        " 0, 0, 0, 200, 0, '', '', c.arrival_date FROM care_commitment c, week WHERE c.id > ?",
        (_EACH, _STAMP, _UNIT, commitment),
    )
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _reserve_numbers(wanted: int) -> Iterator[tuple[str, str]]:
    """Yield reserve numbers, which nobody has, and their days of birth."""
    born = date(1950, 1, 1)
    for n in range(wanted):
        day = born + timedelta(days=n % 20_000)
        yield f"{day:%Y%m%d}Z{chr(65 + n // 20_000)}0A", day.isoformat()
