"""``pasis db retention`` counts what is old enough, and takes nothing away."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.services.upkeep.retention import old_enough
from pasis_tui.store.database import Database
from tests.flows.practice import DAY, rows, run_pasis
from tests.services.clinic import ARRIVAL
from tests.upkeep.registers import content, small_register

AFTER_5 = ARRIVAL.replace(year=ARRIVAL.year + 5)
AFTER_10 = ARRIVAL.replace(year=ARRIVAL.year + 10)
DAY_1 = timedelta(1)
_OLD = f"{ARRIVAL} 12:00:00+00"


@pytest.fixture
def old(database: Database) -> Database:
    """A register whose one vårdåtagande was closed on ARRIVAL, and not touched since."""
    clinic = small_register(database)
    with database.engine.begin() as connection:
        moment = {"at": _OLD if database.dialect == "postgresql" else f"{ARRIVAL} 12:00:00.000000"}
        for name in ("patient", "visit", "medical_registration", "enrolment_form"):
            connection.execute(text(f"UPDATE {name} SET changed_at = :at"), moment)
        connection.execute(
            text(
                f"UPDATE care_commitment SET changed_at = :at, closed_on = '{ARRIVAL}',"
                " closing_reason = 'AV', closing_caregiver_id = caregiver_id"
            ),
            moment,
        )
    assert clinic.vera
    return database


def test_a_record_is_kept_ten_years_from_its_last_entry(old: Database) -> None:
    before = content(old)
    kept = old_enough(old, AFTER_10)
    assert (kept.records_from, kept.commitments) == (ARRIVAL, 0)
    gone = old_enough(old, AFTER_10 + DAY_1)
    assert gone.commitments == 1
    assert gone.people >= 1
    with old.engine.begin() as connection:  # a late entry keeps all of it
        connection.execute(text("UPDATE enrolment_form SET changed_at = '2030-01-01 00:00:00+00'"))
    late = old_enough(old, AFTER_10 + DAY_1)
    assert late.commitments == 0
    assert late.people == gone.people - 1
    with old.engine.begin() as connection:
        connection.execute(text("UPDATE care_commitment SET closed_on = NULL"))
    assert old_enough(old, date(2099, 1, 1)).commitments == 0  # open
    assert before.keys() == content(old).keys()


def test_the_log_is_kept_five_years_and_of_changes_ten(old: Database) -> None:
    with old.engine.connect() as connection:
        logged = connection.execute(text("SELECT count(*) FROM audit_event")).scalar_one()
    today = date.today()
    assert old_enough(old, today)[2:4] == (0, 0)
    soon, late = (
        old_enough(old, today.replace(year=today.year + years, day=28) + 4 * DAY_1)
        for years in (5, 10)
    )
    assert soon.looks > 0
    assert soon.changes == 0
    assert late.looks + late.changes == logged


def test_nothing_goes(home: Path) -> None:
    before = rows(home)
    done = run_pasis("--date", DAY, "db", "retention", "--dry-run", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Åtkomstloggen sparas minst 5 år: 0 rader" in done.stdout
    done = run_pasis("--date", "2099-01-01", "db", "retention", home=home)
    assert done.returncode == 1
    assert "Inget har tagits bort" in done.stderr
    assert rows(home) == before
