"""What a database is, a register or practice data, and whether all of it says so.

Practice data may be opened without a password that is secret.  So no single row makes a database
that: it has a table of its own, made with it, every user has the password that everyone knows, and
no patient has a number that could be a living person's.  A database where these disagree is
opened as neither.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from pasis_tui.store.passwords import KNOWN_PREFIX
from pasis_tui.store.schema import read_facts, table_names
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.validation.identity import InvalidIdentityNumber, candidates, is_practice_number

PRACTICE, REGISTER = "practice", "clinic"
_MARK = "practice_mark"
_NUMBERS = text(
    "SELECT p.identity_number FROM patient p WHERE p.kind <> 'reservnummer' AND NOT EXISTS"
    " (SELECT 1 FROM imported_test_number t WHERE t.identity_number = p.identity_number)"
    " ORDER BY p.id LIMIT 1000"  # a register's first thousand are not all invented
)


def mark_as_practice(connection: Connection) -> None:
    """Make *connection*'s database one of practice data; its rows are the caller's."""
    connection.execute(text(f"CREATE TABLE {_MARK} (note VARCHAR(40) NOT NULL)"))
    connection.execute(text(f"INSERT INTO {_MARK} VALUES ('practice data, not a register')"))  # noqa: S608


def kind_of(connection: Connection, name: str) -> str:
    """Return PRACTICE or REGISTER.  Raises DatabaseTrouble for a database that is neither."""
    stated = read_facts(connection).get("mode", REGISTER)
    marked = _MARK in table_names(connection)
    if (stated == PRACTICE) is not marked or stated not in {PRACTICE, REGISTER}:
        raise _neither(name)
    known = "password_hash LIKE :known"
    odd = f"SELECT 1 FROM user_account WHERE {f'NOT ({known})' if marked else known} LIMIT 1"  # noqa: S608
    if connection.execute(text(odd), {"known": f"{KNOWN_PREFIX}%"}).first() is not None:
        raise _neither(name)
    if marked and not all(_invented(row[0]) for row in connection.execute(_NUMBERS)):
        raise _neither(name)
    return stated


def _invented(digits: str) -> bool:
    try:
        return is_practice_number(candidates(digits, date.max)[0])
    except InvalidIdentityNumber:
        return True  # not a number at all, so nobody's


def _neither(name: str) -> DatabaseTrouble:
    return DatabaseTrouble(
        f"Databasen {name} stämmer inte: den är varken ett helt register eller bara övningsdata. "
        "Någon kan ha ändrat den. Återställ den från säkerhetskopian.",
        "foreign",
    )
