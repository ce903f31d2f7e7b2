"""5,000 lists that were ordered and never made took every thread: no save in 60 s, no Ctrl+Q in 30.

Right: lists have a thread of their own and are made one at a time, so that a save, a list that is
asked for now and Ctrl+Q wait for none of them; one that ended in a fault is tried again by F5.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import NAME
from tests.sideways.many_visits import add_visits
from tests.terminal import F5, F10, TAB, alt, ctrl

MANY = 5_000
_ALL = {"from_date": "2020-01-01", "to_date": "2026-03-02", "signature": "", "category": ""}


def _order(home: Path, many: int, menu: str = "HL", **chosen: Any) -> None:
    """Order lists as the practice clerk, who was then cut off."""
    row = (menu, "B" if menu == "HL" else "F", json.dumps(_ALL | chosen))
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.executemany(
            "INSERT INTO list_order (unit_id, menu, kind, parameters, ordered_by, ordered_at,"
            " ordered_on, state, file_name, message) SELECT unit.id, ?, ?, ?, user_account.id,"
            " '2026-03-02 08:00:00.000000', '2026-03-02', 'beställd', '', ''"
            " FROM unit, user_account WHERE user_account.signature ="
            " (SELECT value FROM database_fact WHERE name = 'practice_user')"
            " AND unit.code = (SELECT value FROM database_fact WHERE name = 'practice_unit')",
            [row] * many,
        )


def _states(hands: Clerk) -> list[tuple[str, int]]:
    rows = hands.rows("SELECT state, count(*) FROM list_order GROUP BY state ORDER BY state")
    return [(state, count) for state, count in rows]


def test_nothing_a_clerk_does_waits_for_lists(home: Path) -> None:
    _order(home, MANY)
    with clerk(home) as hands:
        hands.go("hl", "HL Hämta filer", "beställd").says("Listan är klar")
        hands.go("14 9204012380", "Läst.").type(TAB, ctrl("u"), "Nyttnamn", F10).says("Sparat")
        hands.go("hl", "HL Hämta filer", "beställd")
        hands.go("kl", "KL Kontrollista").type(alt("b")).says("Listan är klar: Fakturerade")
        hands.go("hl", "HL Hämta filer", "beställd").says("Listan är klar")  # and goes on
        made = dict(_states(hands))
        assert 0 < made["klar"] < MANY
        hands.go("hl", "HL Hämta filer", "beställd")
        hands.type(ctrl("q"))
        assert hands.terminal.expect_end() == 0
        files = [p.name for p in (home / "filer").rglob("*") if p.is_file()]
        assert len(files) == dict(_states(hands))["klar"] < MANY  # none half done, none waited for


def test_ctrl_q_does_not_wait_for_a_list_of_many_rows(home: Path) -> None:
    add_visits(home, 100_000)
    _order(home, 1)
    with clerk(home) as hands:
        hands.go("hl", "HL Hämta filer", "beställd").says("Listan görs:")
        hands.type(ctrl("q"))
        assert hands.terminal.expect_end() == 0
        assert _states(hands) == [("beställd", 1)]


def test_a_list_that_ended_in_a_fault_waits_for_f5(home: Path) -> None:
    _order(home, 1)
    _order(home, 1, from_date="i går")  # the newest: tried first
    with clerk(home) as hands:
        hands.go("hl", "HL Hämta filer").says("Listan är klar")
        assert _states(hands) == [("beställd", 1), ("klar", 1)]
        with closing(sqlite3.connect(home / NAME)) as database, database:
            database.execute("UPDATE list_order SET parameters = ?", (json.dumps(_ALL),))
        hands.go("kl", "KL Kontrollista").type(alt("b")).says("Listan är klar: Fakturerade")
        hands.go("hl", "HL Hämta filer", "beställd", "klar")
        assert _states(hands) == [("beställd", 1), ("klar", 2)]
        hands.type(F5).says("Listan är klar: Besök diagnos KVÅ,")
        assert _states(hands) == [("klar", 3)]
