"""Somebody else holds the database while a clerk logs on, or unlocks: told, and tried again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.flows.practice import MENU, NAME, at_login, logged_in
from tests.terminal import ENTER, F10

BUSY = "upptagen"


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the right to write, as a backup or another clerk's long save does."""
    with closing(sqlite3.connect(home / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_login_is_told_and_tried_again(home: Path) -> None:
    with at_login(home) as opened:
        with held(home):
            opened.type(ENTER)
            opened.expect(BUSY, "Lösenord")
        opened.type(F10)
        opened.expect(MENU)


def test_an_unlocking_is_told_and_tried_again(home: Path) -> None:
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute("UPDATE user_account SET settings = '{\"lock_minutes\": 0.01}'")
    with logged_in(home) as opened:
        opened.expect("har varit borta en stund")
        with held(home):
            opened.type("ovning", ENTER)
            opened.expect(BUSY)
        opened.type("ovning", ENTER)
        opened.expect(MENU)
