"""AG and F8 began with a visit of 2022, and today's work stood 60 rows down: what costs most to leave
stands first, old debts stand together last, ``Visa`` narrows, and F8 walks what is shown.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from pasis_tui.services.reports import worklist
from pasis_tui.services.reports.worklist_debts import Task
from tests.flows.clerk import clerk
from tests.flows.practice import DAY
from tests.services.practice import clerk as at_the_keyboard
from tests.services.practice import practice
from tests.terminal import DOWN, END, ENTER, F2, F3, F4, F8, TAB, alt

TODAY = date.fromisoformat(DAY)


def _first_screen(text: str) -> list[str]:
    return re.findall(r"^[› ] (\d{4}-\d\d-\d\d)", text, re.MULTILINE)


def test_the_order_says_what_costs_most_to_leave(tmp_path: Path) -> None:
    with practice(tmp_path) as database:
        rows = worklist.tasks_page(at_the_keyboard(database, "AG"), size=500).rows
    kinds = [
        "old" if task.old else "today" if task.due == TODAY else "month" if _february(task) else ""
        for task in rows
    ]
    blocks = [kind for kind, _ in groupby(kinds)]
    assert (blocks[0], blocks[-1]) == ("today", "old")
    assert blocks.count("old") == blocks.count("month") == 1, "each stands together"
    soon = [n for n, t in enumerate(rows) if t.rule == "FO05" and "d kvar" in t.what]
    assert soon
    assert max(soon) < kinds.index("month"), "a window that closes does not come back"
    assert all(
        t.cost == "äldre skuld" and t.due < date(2025, 12, 2) for t in rows if t.old and t.due
    )
    assert not [t for t in rows if not t.old and t.due and t.due < date(2025, 12, 2)]


def _february(task: Task) -> bool:
    return task.rule == "ME08" and date(2026, 2, 1) <= task.visit_on < date(2026, 3, 1)


@pytest.mark.parametrize("view", ["ALLA", "MINA", "MÅNAD"])
def test_pages_and_f8_walk_what_visa_shows_in_its_order(tmp_path: Path, view: str) -> None:
    with practice(tmp_path) as database:
        context = at_the_keyboard(database, "AG")
        whole = worklist.tasks_page(context, view=view, size=500)
        everything = worklist.tasks_page(context, size=500)
        paged: list[Task] = []
        while page := worklist.tasks_page(
            context, view=view, after=paged[-1].key if paged else None, size=7
        ).rows:
            paged += page
        assert tuple(paged) == whole.rows
        assert whole.total > 0
        assert (whole.total < everything.total) == (view != "ALLA")
        assert [t for t in everything.rows if t in whole.rows] == list(whole.rows)
        if view == "MÅNAD":
            assert {str(t.due)[:7] for t in whole.rows} == {"2026-03"}
        walked: list[Task] = []
        for number in range(1, whole.total + 2):
            task = worklist.next_task(context, walked[-1].key if walked else None, view=view)
            assert task is not None
            assert (task.number - 1, task.total) == ((number - 1) % whole.total, whole.total)
            walked.append(task.task)
        assert tuple(walked[:-1]) == whole.rows
        assert walked[-1] == whole.rows[0]


def test_visa_narrows_and_f8_follows_it(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra", "Visa", "ALLA", "Enter öppnar bilden som rättar")
        dates = _first_screen(hands.terminal.text())
        assert dates[0] == DAY
        assert "2026-02-23" in dates
        assert "2022" not in hands.terminal.text()
        total = int(hands.terminal.text().split(" av ")[1].split()[0])
        hands.type(END).sees("äldre skuld", "2022-08-15")
        hands.type(TAB * 3, F4).sees("MINA", "MÅNAD").type("min").sees("1 av 3").type(ENTER)
        hands.says("Mina: ", "Enter öppnar bilden")
        mine = int(hands.terminal.message.removeprefix("Mina: ").split(".")[0])
        assert 0 < mine < total
        hands.type(F8).says(f"Att göra 1 av {mine}, mina. ")
        hands.go("48", "048 Översikt").type(F8).says(f"Att göra 2 av {mine}, mina. ")
        hands.go("ag", "AG Att göra", "MINA").says("Mina: ")  # remembered
        hands.type(TAB * 3).instead("månad").type(ENTER).says("Den här månaden: ")
        assert {d[:7] for d in _first_screen(hands.terminal.text())} == {"2026-03"}
        hands.type(TAB * 3).instead("alla").type(TAB).says("Enter öppnar bilden")
        hands.sees(f" av {total} ").type(TAB * 3).instead("X").type(ENTER)
        hands.says("Fel: Visa: ”X” är ingen kod här").instead("").type(ENTER)
        hands.says("Enter öppnar bilden").sees("ALLA")


def test_f8_walks_the_months_end_when_that_is_shown(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra").type(alt("a")).says("Månadsavslut 2026-02-01–2026-02-28: ")
        hands.type(DOWN, ENTER).sees("184 Medicinsk").type(F8).says("Månadsavslut 3 av 16. ME08")
        hands.type(F2, "ag", ENTER).says("Enter öppnar bilden")
        hands.type(F8).says("Att göra 1 av ").type(F3)


def test_nothing_of_mine_says_where_the_others_are(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("ag", "AG Att göra").type(TAB * 3).instead("mina").type(ENTER).says("Mina: ")
        hands.type(TAB).instead("20250101").type(TAB).instead("20250101").type(alt("a"))
        hands.says("Månadsavslut 2025-01-01–2025-01-01, mina: alla besök ersätts")
        hands.type(F8).says("Månadsavslut, mina: inget kvar. I AG visar Visa ALLA")
