"""What could be taken out of the program without a test that noticed: each is looked for here.

The audit events of every act, and that what is saved is written through, are looked for by the
faults themselves (``tests/faults/events_of_acts``, ``faulty``, ``saver``).
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import text

from pasis_tui.files.whole import whole
from pasis_tui.models import Patient, Right, User, wall_clock
from pasis_tui.services.errors import LoginRefused
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import show
from pasis_tui.services.users import access
from pasis_tui.store.conflict import Conflict
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_password
from pasis_tui.store.unit_of_work import SystemWork
from tests.faults.events_of_acts import EVENTS
from tests.faults.every_act import ACTS
from tests.files.test_whole import WRITERS, Write
from tests.flows.clerk import clerk as at_the_screen
from tests.services.clinic import make_clinic
from tests.services.practice import DAY, clerk, practice
from tests.terminal import ENTER

HIDDEN = {
    "address": "Hemliga gatan 1",
    "postcode": "99999",
    "city": "Gömstad",
    "phone": "070-174 06 05",
}


# --- events -----------------------------------------------------------------------------------


def test_every_act_of_the_faults_says_what_it_logs() -> None:
    assert EVENTS.keys() == ACTS.keys()
    silent = {name.split()[0] for name, events in EVENTS.items() if not events}
    assert {service.split(".")[0] for service in silent} == {"favourites", "numbers", "presence"}
    of_patients = ("visits.", "forms.", "medical.", "care_commitments.", "patients.", "papers.")
    for name, events in EVENTS.items():
        if name.startswith(of_patients) and not events.startswith("denied"):
            assert all(event.endswith("*") for event in events.split(", ")), name


# --- a protected person's contact -------------------------------------------------------------


def test_a_protected_contact_is_blanked_by_every_reading(database: Database) -> None:
    """Also one that the register or another program wrote beside the mark."""
    clinic = make_clinic(database)
    with SystemWork(database) as work:
        work.update(Patient, clinic.hidden, None, protected=True, **HIDDEN)
        (number,) = work.connection.execute(
            text("SELECT identity_number FROM patient WHERE id = :id"), {"id": clinic.hidden}
        ).one()
        work.commit()
    clinic.commitment(patient=clinic.hidden)
    at = clinic.at()
    readings: dict[str, Any] = {
        "find": patients.find(at, number),
        "read": patients.read(at, number),
        "get": patients.get(at, clinic.hidden),
        "raw": patients.get(at, clinic.hidden).raw(),
    }
    card = readings["get"]
    readings["save"] = patients.save(at, card.raw() | {"given_name": "Ny"}, card.version)
    with pytest.raises(Conflict) as late:
        patients.save(at, card.raw() | {"given_name": "Annat"}, card.version)
    readings["conflict"] = (late.value.now, str(late.value))
    actor = replace(at.actor, rights=frozenset(get_args(Right)))
    shown = replace(at, actor=actor)
    for screen in ("014", "040", "048", "083", "184"):
        if screen != "184":
            readings[screen] = records = show.rows(shown, screen, number)
            readings[f"{screen} as text"] = show.text_lines(screen, records)
    for how, said in readings.items():
        for secret in HIDDEN.values():
            assert secret not in str(said), how
    logged = [f"{event.changes}{event.reason}" for event in clinic.events()]
    assert not any(secret in said for said in logged for secret in HIDDEN.values())


def test_a_protected_contact_is_on_no_screen(home: Path) -> None:
    with Database.open(home / "ovning.db") as database, SystemWork(database) as work:
        row = work.connection.execute(
            text(
                "SELECT p.id, p.identity_number FROM patient p JOIN care_commitment c"
                " ON c.patient_id = p.id JOIN unit u ON u.id = c.unit_id"
                " WHERE u.code = 'PSMA01' AND NOT p.protected AND c.removed_at IS NULL LIMIT 1"
            )
        ).one()
        work.update(Patient, row[0], None, protected=True, **HIDDEN)
        work.commit()
    with at_the_screen(home) as hands:
        hands.go(f"14 {row[1]}", "SKYDDADE PERSONUPPGIFTER", "Orsak").type("Prov", ENTER)
        for screen, seen in (("14", "Listad på"), ("40", "Ankomst"), ("83", "Dia reg"), ("85", "Besöksdatum")):  # fmt: skip
            hands.go(f"{screen} {row[1]}", seen, "SKYDDAD")
            assert not any(hands.terminal.sees(secret) for secret in HIDDEN.values()), screen


# --- logging on -------------------------------------------------------------------------------


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that a password was really computed against."""
    checked: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, hashed: str, password: str) -> bool:
        extract_parameters(hashed)  # no hash is answered at once: it does not count
        checked.append(hashed)
        return real(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    return checked


@pytest.mark.parametrize(
    ("user", "password", "unit"),
    [
        ("ANNLIN", "fel", "PSMA01"),
        ("ANNLIN", "ett långt lösenord", "PSXX99"),
        ("INGEN1", "ett långt lösenord", "PSMA01"),
        ("199307142381", "ett långt lösenord", "PSMA01"),
        ("", "", ""),
        ("BEREK1", "vad som helst", "PSLU02"),  # locked below
    ],
)
def test_every_refused_login_costs_the_same(
    sqlite_database: Database, hashing: list[str], user: str, password: str, unit: str
) -> None:
    clinic = make_clinic(sqlite_database)
    known = hash_password("ett långt lösenord")
    with SystemWork(sqlite_database) as work:
        work.update(User, clinic.seed.a.user, None, password_hash=known)
        work.update(User, clinic.seed.b.user, None, password_hash=known, locked_at=wall_clock())
        work.commit()
    with pytest.raises(LoginRefused) as refused:
        access.log_in(sqlite_database, user, password, unit, DAY)
    assert str(refused.value) == "Användare, lösenord eller enhet är fel."
    assert len(hashing) == 1
    assert extract_parameters(hashing[0]) == extract_parameters(known)


# --- files ------------------------------------------------------------------------------------

Did = list[tuple[str, int]]  # what was done with which inode


@pytest.fixture
def did(monkeypatch: pytest.MonkeyPatch) -> Did:
    """The writings through to the disk and the renames, as they happen."""
    done: Did = []
    fsync, rename = os.fsync, os.replace

    def through(handle: int) -> None:
        fsync(handle)
        done.append(("through", os.fstat(handle).st_ino))

    def named(source: Any, target: Any) -> None:
        done.append(("named", Path(source).stat().st_ino))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", through)
    monkeypatch.setattr(os, "replace", named)
    return done


@pytest.mark.parametrize("write", WRITERS)
def test_an_export_is_on_disk_before_it_has_its_name_and_then_its_name(
    write: Write, tmp_path: Path, did: Did
) -> None:
    target = tmp_path / "x.xlsx"
    for _ in range(2):  # a new file, and one in the place of another
        did.clear()
        write(target)
        file, folder = target.stat().st_ino, tmp_path.stat().st_ino
        assert did == [("through", file), ("named", file), ("through", folder)]


def test_all_of_the_file_is_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left in the program's own buffer."""
    sizes: list[int] = []
    fsync = os.fsync

    def weighed(handle: int) -> None:
        sizes.append(os.fstat(handle).st_size)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", weighed)
    with whole(tmp_path / "a.txt") as file:
        file.write(b"x" * 100)
    assert sizes[0] == 100


# --- connections ------------------------------------------------------------------------------


def test_every_connection_writes_through_and_holds_rows_to_those_they_name(tmp_path: Path) -> None:
    with practice(tmp_path) as database:
        clerk(database)
        for _ in range(2):
            for engine in (database.engine, database.reading_engine):
                with engine.connect() as connection:
                    asked = {
                        name: connection.execute(text(f"PRAGMA {name}")).scalar()
                        for name in ("synchronous", "foreign_keys", "journal_mode", "busy_timeout")
                    }
                    assert asked == {
                        "synchronous": 2, "foreign_keys": 1, "journal_mode": "wal",
                        "busy_timeout": 5000,
                    }  # fmt: skip
            database.engine.dispose()
