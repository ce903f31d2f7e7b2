"""What is measured without a terminal: a visit saved, an identity number checked."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from personnummer import personnummer

from pasis_tui.services.users import access
from pasis_tui.services.visits import visits
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.validation.identity import InvalidIdentityNumber, parse_identity_number
from tests.benchmarks.databases import DAY, Databases
from tests.benchmarks.probe import median
from tests.benchmarks.table import Line
from tests.services.clinic import confirming

_COMMITMENTS = """
SELECT c.patient_id, c.id FROM care_commitment c
WHERE c.unit_id = 1 AND c.closed_on IS NULL AND c.removed_at IS NULL
  AND (SELECT count(*) FROM visit v WHERE v.patient_id = c.patient_id) BETWEEN 1 AND 12
  AND 1 = (SELECT count(*) FROM care_commitment o WHERE o.patient_id = c.patient_id)
ORDER BY c.id LIMIT ?
"""
_NUMBERS = "SELECT identity_number FROM patient WHERE kind = 'personnummer' ORDER BY id"


def seconds(act: Callable[[], object]) -> float:
    """Return how long *act* takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def save(home: Path, files: Databases, rounds: int = 4, each: int = 40) -> list[Line]:
    """A visit with its medical registration and audit event; one row committed by hand."""
    path = home / "saving.db"
    shutil.copy(files.practice, path)
    with closing(sqlite3.connect(path)) as connection:
        chosen = connection.execute(_COMMITMENTS, (each,)).fetchall()
    ours: list[float] = []
    raw: list[float] = []
    with Database.open(path) as database, closing(_raw_database(home / "raw.db")) as bare:
        context = Context(database, access.practice_actor(database), DAY, "085")
        for turn in range(rounds):
            for patient, commitment in chosen:
                ours.append(seconds(_saving(context, patient, commitment, turn)))
                raw.append(seconds(lambda: _commit(bare)))
    mine, theirs = median(ours[each:]), median(raw[each:])
    return [
        Line(
            "a visit saved: rules, registration, audit event",
            "one raw commit, synchronous=FULL",
            5,
            mine / theirs,
            detail=f"{mine * 1000:.2f} ms, {theirs * 1000:.2f} ms",
        )
    ]


def _saving(
    context: Context, patient: int, commitment: int, turn: int
) -> Callable[[], visits.VisitCard]:
    """Return the save that a clerk would make of what 085 proposes, warnings confirmed."""
    proposal = visits.propose(context, patient, commitment)
    raw = {**proposal.raw, **(proposal.medical or {}), "time": f"{2 * turn:02}30"}
    raw["main_diagnosis"] = raw["main_diagnosis"] or "F411"
    confirmed = confirming("BE03", "BE06", "BE07", "BE09", "ME05", "ME06", "ME07", "BE11")
    return lambda: visits.save_all(context, patient, raw, confirmed)


def _raw_database(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    return connection


def _commit(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO note (text) VALUES (?)", ("one row, one commit",))
    connection.execute("COMMIT")


def identity(_home: Path, files: Databases, rounds: int = 31) -> list[Line]:
    """Invented persons' numbers, right and with a wrong check digit, in three spellings."""
    with closing(sqlite3.connect(files.practice)) as connection:
        numbers = [row[0] for row in connection.execute(_NUMBERS)]
    texts = [
        text
        for number in numbers
        for right in (number, number[:-1] + str((int(number[-1]) + 1) % 10))
        for text in (right, right[2:], f"{right[2:8]}-{right[8:]}")
    ]
    ours, theirs = [], []
    for _ in range(rounds + 1):
        ours.append(seconds(lambda: _check_ours(texts)))
        theirs.append(seconds(lambda: _check_theirs(texts)))
    mine, other = median(ours[1:]), median(theirs[1:])
    return [
        Line(
            "identity number checked",
            "the personnummer package",
            0.6,
            mine / other,
            detail=f"{mine / len(texts) * 1e6:.1f} µs, {other / len(texts) * 1e6:.1f} µs",
        )
    ]


def _check_ours(texts: Sequence[str]) -> None:
    for text in texts:
        with suppress(InvalidIdentityNumber):
            parse_identity_number(text, DAY)


def _check_theirs(texts: Sequence[str]) -> None:
    for text in texts:
        personnummer.valid(text)
