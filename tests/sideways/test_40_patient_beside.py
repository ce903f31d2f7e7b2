"""At 200×60 the patient stands beside the form, read after it and never waited for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from pasis_tui.display.display_files import displays
from tests.flows.clocks import HOUR, at_the_clock
from tests.flows.practice import NAME, VERA, ask, logged_in, until, watched
from tests.terminal import ENTER, F2, F10, TAB, Terminal, alt

NORA = "9204012380"  # one commitment closed, one open with visits
PHONE, ADDRESS, LISTED = "070-174 06 17", "Lektionsvägen 23", "Vårdcentralen Sälgvången"
LARGE: dict[str, Any] = {"columns": 200, "rows": 60}
SCREENS = ("14", "40", "83", "85", "184", "283 1", "283 2", "61")


def beside(opened: Terminal) -> str:
    """What stands beside the form, "" when nothing does."""
    lines = [line.partition("│")[2].rstrip() for line in opened.screen.display[3:-3]]
    return "\n".join(line[1:] for line in lines).strip()


def expect_beside(opened: Terminal, *wanted: str) -> None:
    until(opened, lambda: all(w in beside(opened) for w in wanted), f"{wanted} beside the form")


def expect_blank(opened: Terminal) -> None:
    until(opened, lambda: not beside(opened), "nothing beside the form")


def looks(home: Path) -> list[tuple[Any, ...]]:
    return ask(
        home,
        "SELECT screen, patient_id IS NOT NULL, action FROM audit_event"
        " WHERE entity = 'patient_panel' ORDER BY id",
    )


def change(home: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute(statement, values)


@contextmanager
def busy(home: Path) -> Iterator[None]:
    """Another program keeps the database to itself."""
    with closing(sqlite3.connect(home / NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("code", SCREENS)
def test_the_patient_stands_beside_the_form(home: Path, code: str) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, f"{code} {NORA}" if code != "184" else f"83 {NORA}", ENTER)
        expect_beside(opened, "Skisslund, Nora", "19920401-2380  33 år  Kvinna")
        if code == "184":
            opened.type("j")
            opened.expect("Huvuddiagnos")
        expect_beside(opened, PHONE, ADDRESS, LISTED, "100348 KBT", "3 av 20, 17 kvar")
        expect_beside(opened, "inskrivning", "2026-02-12 11:00", "2026-03-05 11:00")
        expect_beside(opened, "betalt i perioden 600", "inget gäller")
        screen = {"14": "014", "61": "610"}.get(code, code.split()[0].rjust(3, "0"))
        assert looks(home)[-1] == (screen, 1, "read")


def test_every_screen_with_a_patient_has_a_place_for_it(home: Path) -> None:
    own = {code for code, shown in displays().items() if shown.patient}
    assert own == {"014", "040", "048 I", "048 U", "048 P", "083", "085", "184", "184 K",
                   "283 1", "283 2", "610"}  # fmt: skip


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40), (159, 60)])
def test_without_room_nothing_is_read_for_it(home: Path, columns: int, rows: int) -> None:
    with watched(home, columns=columns, rows=rows) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F2, *f"85 {NORA}", ENTER, F2, *"83", ENTER])
        program.settle()
        opened.expect("Enter (eller J/N)")
        assert beside(opened) == ""
    assert looks(home) == []


def test_what_is_saved_is_seen_beside_the_form(home: Path) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, f"85 {NORA}", ENTER)
        expect_beside(opened, "3 av 20, 17 kvar", "2026-02-12 11:00")
        opened.type("9", alt("a"))
        opened.expect("Sparat: besök")
        expect_beside(opened, "4 av 20, 16 kvar", "2026-03-02 09:00", "betalt i perioden 800")
        opened.type(alt("k"))
        opened.expect("Makulera")
        opened.type("fel", ENTER)
        opened.expect("Makulerat")
        expect_beside(opened, "3 av 20, 17 kvar", "2026-02-12 11:00", "betalt i perioden 600")


# --- whose it is --------------------------------------------------------------------------------


def test_it_is_blank_at_once_without_the_patient(home: Path) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, f"40 {NORA}", ENTER)
        expect_beside(opened, PHONE)
        opened.type(alt("r"))
        opened.expect("10 siffror i följd")
        expect_blank(opened)
        opened.type(f"{NORA}", ENTER)
        expect_beside(opened, PHONE)
        opened.type(F2, "40 9307142380", ENTER)
        opened.expect("VA01 Fel")
        expect_blank(opened)


def test_another_patient_takes_its_place_whole(home: Path) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, f"40 {NORA}", ENTER)
        expect_beside(opened, PHONE)
        opened.type(F2, f"40 {VERA}", ENTER)
        expect_beside(opened, "Testsson, Vera", "inget vårdåtagande")
        assert not opened.sees(PHONE)
        assert not opened.sees("Skisslund")


def test_the_lock_covers_it(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T09:00:00", **LARGE) as (opened, clocks):
        opened.type(F2, f"85 {NORA}", ENTER)
        expect_beside(opened, PHONE)
        clocks.goes(HOUR)
        opened.expect("Låst", "Lösenord")
        assert not opened.sees(PHONE)
        assert not opened.sees("Skisslund")
        opened.type("ovning", ENTER)
        expect_beside(opened, PHONE)


def test_who_becomes_protected_has_nothing_told_of_where_they_live(home: Path) -> None:
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, f"85 {NORA}", ENTER)
        expect_beside(opened, PHONE, ADDRESS, LISTED)
        change(home, "UPDATE patient SET protected = 1 WHERE identity_number = '199204012380'")
        opened.type(F2, "83", ENTER)
        opened.expect("SKYDDADE PERSONUPPGIFTER", "Orsak").type("Prov", ENTER)
        expect_beside(opened, "Skisslund, Nora", "SKYDDADE PERSONUPPGIFTER", "3 av 20")
        for place in (PHONE, ADDRESS, LISTED, "Telefon", "Adress", "Listad"):
            assert place not in beside(opened)
        assert looks(home)[-1] == ("083", 1, "read")


def test_another_units_patient_is_not_told_of_in_040(home: Path) -> None:
    [(number,)] = ask(
        home,
        "select identity_number from patient p join unit u on u.id = p.registered_by_unit_id"
        " where u.code = 'PSLU02' and protected = 0 and kind = 'personnummer' and not exists"
        " (select 1 from care_commitment c where c.patient_id = p.id and c.unit_id <> u.id)"
        " order by p.id limit 1",
    )
    with watched(home, **LARGE) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F2, *f"40 {number}", ENTER])
        program.settle()
        opened.expect("Inga vårdåtaganden på PSMA01")
        program.burst([TAB])
        program.settle()
        assert beside(opened) == ""
    assert looks(home) == []
    assert ask(home, "SELECT count(*) FROM audit_event WHERE action = 'denied'") == [(0,)]


# --- never waited for ---------------------------------------------------------------------------


def test_a_busy_database_keeps_no_key_waiting(home: Path) -> None:
    with watched(home) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F2, *f"85 {NORA}", ENTER])
        program.settle()
        with busy(home):
            opened.resize(60, 200)
            program.burst([*"1430"])
            program.settle(timeout=4)  # the database is waited for five seconds
            opened.expect("*1430")
            assert beside(opened) == ""
            expect_beside(opened, "kan inte läsas just nu")
            program.burst([TAB])
            program.settle(timeout=4)
        program.burst([alt("a")])
        program.settle()
        opened.expect("Sparat: besök 2026-03-02 14:30")
        expect_beside(opened, PHONE, "4 av 20, 16 kvar")


def test_a_fault_in_reading_it_ends_nothing(home: Path) -> None:
    with watched(home) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F2, *f"85 {NORA}", ENTER])
        program.settle()
        change(home, "ALTER TABLE external_fee RENAME TO gone")
        opened.resize(60, 200)
        expect_beside(opened, "kan inte läsas just nu")
        program.burst([*"1430", TAB])
        program.settle()
        opened.expect("14:30")
        (kept,) = (home / "fel").glob("*.txt")
        assert NORA not in kept.read_text(encoding="utf-8")


def test_a_form_half_filled_in_stays_when_the_size_changes(home: Path) -> None:
    with watched(home) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F2, *f"85 {NORA}", ENTER, *"14"])
        program.settle()
        before = opened.text(), (opened.screen.cursor.y, opened.screen.cursor.x)
        for _ in range(2):
            opened.resize(60, 200)
            expect_beside(opened, PHONE)
            cursor = opened.screen.cursor
            until(opened, lambda: (cursor.y, cursor.x) == before[1], "the cursor where it was")  # noqa: B023
            assert "*14 " in opened.text()
            opened.resize(24, 80)
            until(
                opened,
                lambda: (opened.text(), (opened.screen.cursor.y, opened.screen.cursor.x)) == before,
                "the form as it was",
            )
        program.burst([*"30", F10])
        program.settle()
        opened.expect("Sparat: besök 2026-03-02 14:30")


def test_no_right_no_fact(home: Path) -> None:
    change(home, "UPDATE user_unit SET roles = 'receptionist'")
    with logged_in(home, **LARGE) as opened:
        opened.type(F2, f"83 {NORA}", ENTER)
        expect_beside(opened, PHONE, "3 av 20", "2026-02-12 11:00")
        assert "Diagnos" not in beside(opened)
        assert "Avgifter" not in beside(opened)
