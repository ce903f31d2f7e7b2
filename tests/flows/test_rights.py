"""A clerk who may not see diagnoses: refused by name, and nothing of them is shown."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from pasis_tui.display.display_files import displays
from pasis_tui.services.rights import ROLES
from tests.flows.clerk import Clerk
from tests.flows.practice import MENU, NAME, at_login
from tests.terminal import ENTER, F2, F12, Terminal, alt, ctrl

MANY = "9204012380"  # an open commitment with coded visits


def test_the_reception_registers_visits_and_sees_no_diagnosis(home: Path) -> None:
    with at_login(home) as opened:
        rut = Clerk(opened, home)
        rut.type(ctrl("u"), "recept", ENTER).sees(MENU, "RECEPT")
        for number, title in (("184", "184 Medicinsk"), ("ag", "AG Att göra"), ("84", "184 ")):
            rut.go(number).says(f"Du saknar behörighet till {title}")
        rut.go(f"85 {MANY}", "Tid är när besöket startar")
        assert not opened.sees("Huvuddiagnos")
        assert not opened.sees("Spara allt")
        rut.type("9", alt("s")).says("Sparat: besök")
        tried = rut.rows("SELECT reason FROM audit_event WHERE action = 'denied' ORDER BY id")
        assert [reason for (reason,) in tried] == [
            f"bild {code}: behörighet {right} saknas"
            for code, right in (("184", "medical"), ("AG", "overview"), ("184", "medical"))
        ]


@pytest.mark.parametrize("role", [*ROLES, "clerk administrator", ""])
def test_role_and_screen(home: Path, role: str) -> None:
    """Every screen of Snabbval, as every role: opened, or refused by its name."""
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute("UPDATE user_unit SET roles = ? WHERE user_id = 1", (role,))
    held = {right for name in role.split() for right in ROLES[name]} | {"exercises"}  # type: ignore[index]
    with at_login(home) as opened:
        clerk = Clerk(opened, home)
        clerk.type(ENTER).sees(MENU)
        for code, shown in displays().items():
            if shown.parent:
                continue
            clerk.type(F2, code, ENTER)
            if shown.right in {"", *held}:
                clerk.until(partial(_stands, opened, shown.title), f"{code} opened")
            else:
                clerk.until(partial(_refused, opened, shown.title), f"{code} refused")
                assert not _stands(opened, shown.title)
            clerk.type(F12).sees(MENU)


def _stands(opened: Terminal, title: str) -> bool:
    return opened.line(1).strip().startswith(title)


def _refused(opened: Terminal, title: str) -> bool:
    return title in opened.message
