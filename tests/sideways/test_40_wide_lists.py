"""At 200×60 the body was as narrow as at 80×24, and the buttons stood 45 rows below their list.

Lists have more columns where there is room, each with its head; what acts on a list or on its row
stands directly below it, at every size.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.flows.practice import NAME, Watched, logged_in, until, watched
from tests.terminal import DOWN, ENTER, F2, F3, F6, UP, Terminal, alt

PATIENT = "9204012380"  # one commitment closed, one open with visits
SIZES = [(80, 24), (120, 40), (200, 60)]
LARGE: dict[str, Any] = {"columns": 200, "rows": 60}


def row_of(opened: Terminal, text: str) -> int:
    """The row with *text*, of which there is one."""
    rows = [y for y, line in enumerate(opened.screen.display) if text in line]
    assert len(rows) == 1, (text, rows)
    return rows[0]


def used(opened: Terminal) -> int:
    """The cells that the body uses."""
    return max(len(line.rstrip()) for line in opened.screen.display[3:-3])


@pytest.mark.parametrize(
    ("code", "heads"),
    [
        ("48", ("Problem", "Diagnos", "Inskriven", "Utskriven", "Uppföljd", "Avslutad")),
        (f"40 {PATIENT}", ("Remissbeslut", "Granskad", "Avslutad", "Fakturerad")),
        (f"83 {PATIENT}", ("Vårdgivarens namn", "Diagnos", "ID", "Problem", "Mottagning", "Dist")),
        (f"283 1 {PATIENT}", ("Summa i perioden", "Periodens början")),
        (f"61 {PATIENT}", ("Läge",)),
        ("ag", ("Namn", "Besöket 2026-03-02 10:00 saknar")),
        ("hp", ("Omfattning", "Fil")),
    ],
)
def test_a_large_terminal_has_more_columns(home: Path, code: str, heads: tuple[str, ...]) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, code, ENTER)
        opened.expect(*heads)


def test_rows_keep_their_columns_when_the_terminal_changes_its_size(home: Path) -> None:
    with watched(home) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F2, *f"83 {PATIENT}", ENTER])
        program.settle()
        narrow = opened.text()
        assert "Bo Provberg" not in narrow
        for columns, rows in [(120, 40), (200, 60), (120, 40), (80, 24)]:
            opened.resize(rows, columns)
            wide = columns > 80
            until(opened, lambda: (used(opened) > 100) is wide, f"{columns} cells")  # noqa: B023
        until(opened, lambda: opened.text() == narrow, "as it was")
        opened.resize(60, 200)
        opened.expect("Bo Provberg", "Filial Vidhamn", "F439")


def test_the_sentence_of_ag_stands_whole_in_its_row(home: Path) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, "ag", ENTER)
        opened.expect("saknar medicinsk registrering: diagnos och KVÅ i 184.")
        assert "…" not in opened.text()


def test_what_falls_due_is_said_in_full(home: Path) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, "48", ENTER)
        opened.expect("Inskriven", "100367  inskrivning")
        assert "inskriv." not in opened.text()


def test_no_diagnosis_in_083_without_the_right_to_184(home: Path) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, f"83 {PATIENT}", ENTER)
        opened.expect("F439", "F410")
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute("UPDATE user_unit SET roles = 'receptionist'")
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, f"83 {PATIENT}", ENTER)
        opened.expect("Diagnos", "Bo Provberg")
        assert "F4" not in "".join(opened.screen.display[3:-3])


# --- buttons ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_buttons_stand_directly_below_their_list(home: Path, columns: int, rows: int) -> None:
    with logged_in(home, columns=columns, rows=rows) as opened:
        opened.type(F2, "hp", ENTER)
        opened.expect("[Spara som]")
        assert row_of(opened, "[Spara som]") - row_of(opened, "Beställd  ") <= 3
        opened.type(F6)
        opened.expect("[Byt namn]")
        assert row_of(opened, "[Byt namn]") - row_of(opened, "Favorit  ") <= 3
        opened.type(alt("f"))
        opened.expect("Medicinsk registrering", "favoriter är hämtade")
        last = row_of(opened, "184    Medicinsk registrering")
        assert row_of(opened, "[Byt namn]") - last == 2
        opened.type(F2, f"40 {PATIENT}", ENTER, "1", ENTER)
        opened.expect("[Formulär]")
        assert row_of(opened, "── Vårdåtagande 100348") - row_of(opened, " 100026") == 2


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_the_buttons_of_a_row_stand_below_that_row(home: Path, columns: int, rows: int) -> None:
    with watched(home, columns=columns, rows=rows) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F2, "4", "8", ENTER])
        program.settle()
        whole = opened.text()
        program.burst([DOWN, DOWN, ENTER])
        program.settle()
        opened.expect("[1 Översikt]")
        assert row_of(opened, "Formulär för vårdåtagande") - row_of(opened, "›") == 1
        shown = row_of(opened, "[1 Översikt]")
        wanted = (shown, opened.line(shown).index("[Inskrivning]"))
        cursor = opened.screen.cursor
        until(opened, lambda: (cursor.y, cursor.x) == wanted, "the cursor on the button")
        program.burst([F3, UP, UP])
        program.settle()
        until(opened, lambda: body(opened) == whole.splitlines()[3:-3], "the whole list again")


def body(opened: Terminal) -> list[str]:
    return opened.text().splitlines()[3:-3]


def filled_row(program: Watched) -> str:
    return next(line for line in program.terminal.screen.display if "›" in line)


def test_a_list_that_grows_beyond_its_room_is_paged_above_its_buttons(home: Path) -> None:
    with watched(home, columns=200, rows=24) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F6, alt("f")])
        program.settle()
        for code in ("kl", "hp", "fb", "hl", "51", "ag", "su"):
            program.burst([F2, *code, ENTER, "\x1b[18~"])
            program.settle()
        program.burst([F6])
        program.settle()
        assert row_of(opened, "[Byt namn]") == 20
        program.burst([DOWN] * 15)
        program.settle()
        assert "SU" in filled_row(program)
        until(
            opened, lambda: opened.screen.cursor.y == row_of(opened, "›"), "the cursor in its row"
        )
