"""What makes a database a register, or practice data: no single row, and neither opens as the other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.opening import open_for_clerks
from pasis_tui.services.errors import LoginRefused
from pasis_tui.services.register.clinic import create_clinic
from pasis_tui.services.users import access
from pasis_tui.store.database import Database
from pasis_tui.store.passwords import hash_known_password
from pasis_tui.store.trouble import DatabaseTrouble
from tests.services.clinic import ARRIVAL

REFUSED = "varken ett helt register eller bara övningsdata"
_HASH = hash_known_password("ovning")
_PRACTICE_ROWS = (
    "UPDATE database_fact SET value = 'practice' WHERE name = 'mode'",
    "INSERT INTO database_fact VALUES ('practice_user', 'EVAEK')",
    "INSERT INTO database_fact VALUES ('practice_unit', 'PSXX01')",
)
_MARK = ("CREATE TABLE practice_mark (note VARCHAR(40))",)
_KNOWN = (f"UPDATE user_account SET password_hash = '{_HASH}'",)
_PATIENT = (
    "INSERT INTO patient (version, changed_at, id, identity_number, kind, sex, family_name,"
    " given_name, address, postcode, city, phone, protected, interpreter_language) VALUES"
    # A number of 1890: valid, and no living person's.
    " (1, '2026-01-01 00:00:00', 1, '189001010017', 'personnummer', 'M', 'A', 'B', '', '', '', '',"
    " '0', '')",
)


@pytest.fixture
def register(database: Database) -> Database:
    create_clinic(
        database, unit="PSXX01", unit_name="Kliniken", signature="EVAEK", name="Eva Ek",
        category="PT", password="korrekt häst batteri", today=ARRIVAL,
    )  # fmt: skip
    return database


def _again(database: Database) -> Database:
    """The database as another program would open it."""
    if database.dialect == "sqlite":
        return Database.open(database.name)
    return Database(database.engine, database.name)


@pytest.mark.parametrize(
    "changes",
    [
        _PRACTICE_ROWS,
        (*_PRACTICE_ROWS, *_KNOWN),
        (*_PRACTICE_ROWS, *_MARK),
        (*_PRACTICE_ROWS, *_MARK, *_KNOWN, *_PATIENT),
        _MARK,
        _KNOWN,
        ("UPDATE database_fact SET value = 'annat' WHERE name = 'mode'",),
    ],
)
def test_a_register_never_opens_as_practice(register: Database, changes: tuple[str, ...]) -> None:
    with register.engine.begin() as connection:
        for change in changes:
            connection.execute(text(change))
    opened = _again(register)
    with pytest.raises(DatabaseTrouble, match=REFUSED):
        access.practice_actor(opened)
    with pytest.raises(DatabaseTrouble, match=REFUSED):
        access.log_in(opened, "EVAEK", "korrekt häst batteri", "PSXX01", ARRIVAL)
    if register.dialect == "sqlite":
        opened.dispose()
        with pytest.raises(DatabaseTrouble, match=REFUSED):
            open_for_clerks(register.name, ARRIVAL)


def test_a_register_whose_mode_is_gone_stays_a_register(register: Database) -> None:
    with register.engine.begin() as connection:
        connection.execute(text("DELETE FROM database_fact WHERE name = 'mode'"))
    with pytest.raises(LoginRefused, match="Utan lösenord går bara övningsdata"):
        access.practice_actor(_again(register))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE database_fact SET value = 'clinic' WHERE name = 'mode'",
        "DELETE FROM database_fact WHERE name = 'mode'",
        "DROP TABLE practice_mark",
        "UPDATE user_account SET password_hash = '' WHERE id = 1",
        "UPDATE patient SET identity_number = '189001010017' WHERE kind = 'personnummer' AND id ="
        " (SELECT min(id) FROM patient WHERE kind = 'personnummer')",
    ],
)
def test_practice_data_never_open_as_a_register(
    practice: Path, tmp_path: Path, change: str
) -> None:
    path = tmp_path / "ovning.db"
    shutil.copy(practice, path)
    with Database.open(path) as database:
        assert database.mode == "practice"
        with database.engine.begin() as connection:
            connection.execute(text(change))
    with pytest.raises(DatabaseTrouble, match=REFUSED):
        open_for_clerks(str(path), ARRIVAL)
