"""What is asked of the database: each list beside the same statements in bare sqlite3.

A service's statements, the audit event and its commit too, are listened to once; the yardstick
sends the same ones through Python's own sqlite3 and fetches the rows as they are.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from subprocess import run
from typing import Any

from pasis_tui.services.forms import overview
from pasis_tui.services.reports import list_rows, statistics, worklist
from pasis_tui.services.users import access
from pasis_tui.services.visits import contacts
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.lists import ControlListOrder, VisitListOrder
from pasis_tui.validation.statistics import Interval
from tests.benchmarks.databases import DAY, Databases
from tests.benchmarks.probe import median
from tests.benchmarks.services import seconds
from tests.benchmarks.table import Line

EXCEL = Path(__file__).parent / "yardsticks" / "excel.py"
RAW = "the same statements in bare sqlite3"
_QUARTER = (date(2025, 10, 1), date(2025, 12, 31))
# A year of every unit's, by its visits, as a report over the registrations would join them.
_FULL_JOIN = """
SELECT v.id, v.date, v.contact_type, p.id, p.sex, p.birth_date, g.signature,
  e.date, e.sick_leave_percent, d.date, d.sick_leave_percent, f.date, m.main_diagnosis
FROM visit v
JOIN care_commitment c ON c.id = v.commitment_id
JOIN patient p ON p.id = v.patient_id
JOIN caregiver g ON g.id = c.caregiver_id
LEFT JOIN enrolment_form e ON e.commitment_id = c.id
LEFT JOIN discharge_form d ON d.commitment_id = c.id
LEFT JOIN follow_up_form f ON f.commitment_id = c.id
LEFT JOIN medical_registration m ON m.visit_id = v.id
WHERE c.removed_at IS NULL AND c.arrival_date <= ? AND (c.closed_on IS NULL OR c.closed_on >= ?)
"""


@dataclass(frozen=True, slots=True)
class _Opened:
    """The program's database, and the same file in bare sqlite3."""

    context: Context
    raw: sqlite3.Connection
    patient: int
    patient_number: str

    def synchronous(self, mode: str) -> None:
        """FULL, as the program has it, or OFF: no commit is waited for."""
        with self.context.database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql(f"PRAGMA synchronous={mode}")
            connection.exec_driver_sql("BEGIN")
        self.raw.execute(f"PRAGMA synchronous={mode}")


def _open(stack: ExitStack, path: Path, patient: str) -> _Opened:
    database = stack.enter_context(Database.open(path))
    raw = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
    raw.execute("PRAGMA synchronous=FULL")
    (key,) = raw.execute("SELECT id FROM patient WHERE identity_number = ?", (patient,)).fetchone()
    context = Context(database, access.practice_actor(database), DAY, "048")
    return _Opened(context, raw, key, patient)


_Act = Callable[[_Opened], object]


def _overview(at: _Opened) -> object:
    return overview.overview_page(at.context, count=True)


def _search(at: _Opened) -> object:
    return overview.overview_page(at.context, identity=at.patient_number)


def _contacts(at: _Opened) -> object:
    return contacts.contacts_page(at.context, at.patient, count=True)


def _control(at: _Opened) -> object:
    with UnitOfWork(replace(at.context, admitted=True), reading=True) as work:
        return list(list_rows.control_rows(work, ControlListOrder("P", *_QUARTER), set()))


def _visits(at: _Opened) -> object:
    with UnitOfWork(replace(at.context, admitted=True), reading=True) as work:
        return list(list_rows.visit_rows(work, VisitListOrder(*_QUARTER, "", ""), set()))


def _owed(at: _Opened) -> object:
    return worklist.tasks_page(at.context)


_PAGES: dict[str, _Act] = {
    "048 list page": _overview,
    "048 search by number": _search,
    "083 list page": _contacts,
}
_LISTS: dict[str, _Act] = {
    "KL rows of a quarter": _control,
    "FB rows of a quarter": _visits,
    "AG page": _owed,
}


# A list counts its rows up to a thousand, which the small database does not have.
_GROWN: list[tuple[str, float | None, _Act]] = [
    ("048 list page", 1.5, lambda at: overview.overview_page(at.context)),
    ("048 search by number", 1.5, _search),
    ("083 list page", 1.5, _contacts),
    ("048 list page and its count", None, _overview),
]


def _statements(act: _Act, at: _Opened) -> list[str]:
    """Return what *act* sends, with its values in it."""
    driver: Any = None
    with at.context.database.reading_engine.connect() as connection:
        driver = connection.connection.driver_connection
    sent: list[str] = []
    act(at)  # what is asked only the first time is no part of it
    driver.set_trace_callback(sent.append)
    act(at)
    driver.set_trace_callback(None)
    if not sent:
        raise AssertionError("the statements went through another connection")
    return sent


def _send(raw: sqlite3.Connection, statements: list[str]) -> None:
    for statement in statements:
        raw.execute(statement).fetchall()


def queries(_home: Path, files: Databases, rounds: int = 25) -> list[Line]:
    """Every list beside bare sqlite3 in the region's database, then beside a small one."""
    lines = []
    with ExitStack() as stack:
        region = _open(stack, files.region.path, files.patient)
        small = _open(stack, files.small.path, files.patient)
        for name, act in {**_PAGES, **_LISTS}.items():
            lines.append(_beside_raw(name, 2.0, act, region, rounds))
        for at in (region, small):
            at.synchronous("OFF")
        for name, act in _PAGES.items():
            lines.append(
                _beside_raw(f"{name}, no commit waited for", None, act, region, 2 * rounds)
            )
        for name, hold, act in _GROWN:
            many, few = [], []
            for _ in range(2 * rounds):
                many.append(seconds(partial(act, region)))
                few.append(seconds(partial(act, small)))
            what = f"{name}, {files.region.all_visits:,} visits"
            yardstick = f"the same with {files.small.all_visits:,}"
            lines.append(_compared(what, yardstick, hold, many, few))
    return lines


def _beside_raw(name: str, hold: float | None, act: _Act, at: _Opened, rounds: int) -> Line:
    statements = _statements(act, at)
    ours, raw = [], []
    for _ in range(rounds):
        ours.append(seconds(partial(act, at)))
        raw.append(seconds(lambda: _send(at.raw, statements)))
    return _compared(name, RAW, hold, ours, raw)


def statistics_year(_home: Path, files: Databases, rounds: int = 3) -> list[Line]:
    """051 of a year in the region's database, and the year's visits joined with all there is."""
    year = Interval("2025 år", date(2025, 1, 1), date(2025, 12, 31))
    with ExitStack() as stack:
        at = _open(stack, files.region.path, files.patient)
        values = (year.to_date.isoformat(), year.from_date.isoformat())
        ours, raw = [], []
        for _ in range(rounds):
            ours.append(seconds(lambda: statistics.load(at.context, year)))
            raw.append(seconds(lambda: at.raw.execute(_FULL_JOIN, values).fetchall()))
    what = f"051 of a year, {files.region.all_visits:,} visits"
    return [_compared(what, "the plain full join of its visits", 1 / 20, ours, raw)]


def excel(home: Path, _files: Databases, rounds: int = 2) -> list[Line]:
    """A book of 100,000 × 14, each in a process of its own; then the memory it takes."""
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(_book(home, "ours"))
        bare.append(_book(home, "bare"))
    _, imported = _book(home, "import")
    most = max(memory for _, memory in ours)
    detail = f"{most:.0f} MiB, {imported:.0f} MiB with openpyxl imported alone"
    times = [t for t, _ in ours], [t for t, _ in bare]
    return [
        _compared("Excel, 100,000 × 14", "a bare write_only loop with lxml", 1.15, *times),
        Line(
            "Excel, 100,000 × 14, most memory",
            "openpyxl imported alone",
            60,
            most - imported,
            "MiB more",
            detail,
        ),
    ]


def _book(home: Path, which: str) -> tuple[float, float]:
    command = [sys.executable, str(EXCEL), which, str(home / f"{which}.xlsx")]
    done = run(command, capture_output=True, text=True, check=True)
    took, most = done.stdout.split()
    return float(took), float(most)


def _compared(
    what: str, yardstick: str, hold: float | None, ours: list[float], theirs: list[float]
) -> Line:
    mine, other = median(ours), median(theirs)
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    return Line(what, yardstick, hold, ratio, detail=f"{mine * 1000:.2f} ms, {other * 1000:.2f} ms")
