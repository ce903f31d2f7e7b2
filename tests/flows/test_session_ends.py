"""A clerk whose access is changed while logged on, through a terminal: stopped at the next act."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.flows.clerk import Clerk
from tests.flows.practice import MENU, NAME, VERA, at_login
from tests.terminal import ENTER, F2, alt, ctrl

DISABLE = "UPDATE user_account SET disabled_at = changed_at WHERE signature = 'ANNLIN'"
ENDED = "UPDATE user_account SET access_version = access_version + 1"
ENABLE = "UPDATE user_account SET disabled_at = NULL"


def change(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute(statement)


@pytest.mark.parametrize("keys", [alt("s"), F2 + "40" + ENTER, F2 + "su" + ENTER])
def test_a_disabled_clerk_is_shown_the_login_and_keeps_a_draft(home: Path, keys: str) -> None:
    with at_login(home) as opened:
        annika = Clerk(opened, home)
        annika.type(ENTER).sees(MENU)
        annika.go(f"14 {VERA}", "Testsson").type("Nyttnamn").sees("Nyttnamn")
        change(home, DISABLE)
        annika.type(keys)
        annika.says("ANNLIN har inte längre tillträde till PSMA01.", "kvar som utkast")
        annika.sees("Logga in")
        assert not opened.sees("Testsson")
        annika.type(ENTER).says("Fel: Användare, lösenord eller enhet är fel.")
        change(home, ENABLE)
        annika.type("ovning", ENTER)
        annika.sees("Osparat utkast").type(ENTER).sees("*Nyttnamn")


def test_roles_that_are_changed_bite_on_the_next_screen(home: Path) -> None:
    with at_login(home) as opened:
        annika = Clerk(opened, home)
        annika.type(ENTER).sees(MENU)
        change(home, "UPDATE user_unit SET roles = 'receptionist'")
        annika.type(F2, "184", ENTER).says("Lösenord eller roller för ANNLIN är ändrade.")
        annika.type(ENTER).sees(MENU)
        annika.go("184").says("Du saknar behörighet till 184")
        annika.type(ctrl("q"))
        assert opened.expect_end() == 0


def test_a_draft_that_no_disk_takes_is_said_to_be_in_memory_and_is(home: Path) -> None:
    place = home / "drafts"
    place.write_bytes(b"")  # no folder can be made there
    with at_login(home) as opened:
        annika = Clerk(opened, home)
        annika.type(ENTER).sees(MENU)
        for new in (False, True):
            annika.go(f"14 {VERA}", "Nyttnamn" if new else "Testsson")
            annika.type("Nyttnamn"[: 8 * (not new)]).sees("Nyttnamn")
            annika.until(lambda: annika.rows("SELECT count(*) FROM presence") == [(1,)], "is there")
            change(home, ENDED)
            annika.type(alt("s")).says(
                "Lösenord eller roller för ANNLIN", "kan inte sparas på disken"
            )
            annika.until(lambda: annika.rows("SELECT 1 FROM presence") == [], "has nobody open")
            if new:
                place.unlink()
            annika.type(ENTER).sees("Osparat utkast" if new else MENU)
        annika.type(ENTER).sees("Nyttnamn")


def test_refused_logins_are_told_at_the_next(home: Path) -> None:
    change(home, "UPDATE user_account SET failed_since_login = 3 WHERE signature = 'ANNLIN'")
    with at_login(home) as opened:
        Clerk(opened, home).type(ENTER).sees(MENU).says("3 felaktiga inloggningar sedan du sist")
