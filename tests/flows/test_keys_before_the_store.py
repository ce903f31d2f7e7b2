"""Keys typed while the database is opened: two threads that import the store at once ended the program.

Each found half of a module, for each waited for the other.  Only the one that opens imports it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.flows.practice import DAY, MENU
from tests.terminal import ENTER, ESC, F1, F2, F4, F5, F6, F10, TAB, terminal

SLOW = (sys.executable, str(Path(__file__).with_name("slow_imports.py")))
WAITS = "Väntar på databasen"


@pytest.mark.parametrize(
    "steps",
    [
        ((ENTER, WAITS),),
        ((F10, WAITS), (ESC, "Databasen är inte öppen än"), (ENTER, WAITS)),
        ((F1, WAITS), (ESC, "inte öppen än"), (F5, WAITS), (ESC, "inte öppen än")),
        ((F4, "ingen lista"), (F6, "Logga in först."), (TAB + "u", "*•")),
        ((F2, "Logga in först, sedan"), ("83", "*83"), (TAB + "u", "*•")),
    ],
    ids=["enter", "save", "help", "commands", "snabbval"],
)
def test_only_who_opens_the_database_imports_the_store(
    home: Path, steps: tuple[tuple[str, str], ...]
) -> None:
    with terminal(["--date", DAY], home, command=SLOW) as opened:
        opened.expect("Databasen öppnas")
        for keys, seen in steps:
            opened.type(keys)
            opened.expect(seen)
        assert not (home / "imported").exists(), (home / "imported").read_text("utf-8")
        (home / "go").touch()
        opened.expect(MENU if steps[-1][1] == WAITS else "Logga in")
    assert not (home / "fel").exists()
