"""A working date that nobody has set follows the clock: over midnight, back, and in the nights
of summer and winter time; what stands in a form stays, and the clerk is told once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pasis_tui
from tests.flows.clocks import HOUR, at_the_clock
from tests.flows.practice import until
from tests.terminal import ENTER, ESC, F2, F10, TAB, Terminal, ctrl

MANY = "9204012380"  # one commitment open with visits
FRAME = re.compile(r"(\d{4}-\d\d-\d\d)$")
NEWS = "Nytt datum: 2026-03-03 (tisdag)."


def in_the_frame(opened: Terminal) -> str:
    match = FRAME.search(opened.line(0))
    return match[1] if match else ""


def shows(opened: Terminal, day: str) -> None:
    until(opened, lambda: in_the_frame(opened) == day, f"{day} in the frame")


def test_midnight_over_an_open_form_and_the_next_screen(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T23:59:00") as (opened, clocks):
        shows(opened, "2026-03-02")
        opened.type(F2, f"85 {MANY}", ENTER)
        opened.expect("085 Besöksregistrering", "*2026-03-02 mån")
        clocks.goes(8 * 60)  # nobody touches a key
        shows(opened, "2026-03-03")
        opened.expect(NEWS, "Datum som redan står i bilden är kvar.", "*2026-03-02 mån")
        clocks.goes(60)  # she has read it
        opened.type("9", F10)  # yesterday's visit, saved as such
        opened.expect("Sparat: besök 2026-03-02 09:00")
        opened.type(F2, f"85 {MANY}", ENTER)
        opened.expect("*2026-03-03 tis")
        assert NEWS not in opened.text()
        opened.type("10", F10)
        opened.expect("Sparat: besök 2026-03-03 10:00")


def test_today_is_not_in_the_future_after_midnight(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T23:59:00") as (opened, clocks):
        opened.type(F2, f"85 {MANY}", ENTER)
        opened.expect("085 Besöksregistrering", "Besöksdatum")
        clocks.goes(8 * 60)
        opened.expect(NEWS)
        opened.type("\x1b[Z", ctrl("u"), "260303", TAB, "9", F10)
        opened.expect("Sparat: besök 2026-03-03 09:00")


def test_the_first_key_after_midnight_already_knows(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T23:59:30") as (opened, clocks):
        clocks.goes(60)
        opened.type(F2, f"85 {MANY}", ENTER)  # in one burst, before any timer
        opened.expect("085 Besöksregistrering", NEWS)
        shows(opened, "2026-03-03")
        assert opened.sees("*2026-03-03 tis")
        assert "Datum som redan står" not in opened.text()


def test_over_night_through_the_lock(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T17:00:00") as (opened, clocks):
        opened.type(F2, f"14 {MANY}", ENTER)
        opened.expect("Skisslund")
        clocks.sleeps(15 * HOUR)
        opened.expect("Låst")
        opened.type("ovning", ENTER)
        opened.expect("Skisslund", NEWS)
        shows(opened, "2026-03-03")


def test_the_login_over_midnight(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T23:59:30", login=False) as (opened, clocks):
        clocks.goes(60)
        shows(opened, "2026-03-03")
        opened.type(ENTER)
        opened.expect("Skriv bildens nummer")
        shows(opened, "2026-03-03")


def test_a_date_that_was_asked_for_stays(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T23:59:00", "--date", "2026-03-02") as (opened, clocks):
        clocks.goes(9 * 60)
        opened.type(F2, "su", ENTER)
        opened.expect("SU Support", "Övningsdatum 2026-03-02")
        assert "Nytt datum" not in opened.text()


def test_a_date_that_was_moved_stays(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T23:59:00") as (opened, clocks):
        opened.type(F2, "+3m", ENTER)
        opened.expect("Övningsdatum 2026-06-02")
        clocks.goes(9 * 60)
        opened.type(F2, "su", ENTER)
        opened.expect("SU Support", "Övningsdatum 2026-06-02")


def test_a_clock_set_back_takes_the_date_along_and_locks_nothing(home: Path) -> None:
    with at_the_clock(home, "2026-03-03T00:10:00") as (opened, clocks):
        shows(opened, "2026-03-03")
        clocks.stray(-1200)
        opened.expect("Nytt datum: 2026-03-02 (måndag).")
        shows(opened, "2026-03-02")
        clocks.stray(-8 * HOUR)
        opened.type(F2, "su", ENTER)
        opened.expect("SU Support").type(ESC)
        shows(opened, "2026-03-02")
        assert "Låst" not in opened.text()


@pytest.mark.parametrize(
    ("start", "day", "following"),
    [
        ("2026-03-28T23:55:00", "2026-03-28", "2026-03-29"),  # 23 hours
        ("2026-10-24T23:55:00", "2026-10-24", "2026-10-25"),  # 25 hours
    ],
)
def test_the_nights_of_summer_and_winter_time(
    home: Path, start: str, day: str, following: str
) -> None:
    with at_the_clock(home, start) as (opened, clocks):
        shows(opened, day)
        for step in range(42):  # until six in the morning; somebody is there all the time
            clocks.goes(540)
            opened.type(F2, ("su", "in")[step % 2], ENTER)
            opened.expect(("SU Support", "IN Inställningar")[step % 2])
            assert in_the_frame(opened) == following
            assert "Låst" not in opened.text()


def test_only_one_module_looks_at_a_clock() -> None:
    looks = re.compile(
        r"date\.today\(|\.(?:utc)?now\(|time\.(?:time|monotonic|perf_counter)(?:_ns)?\b"
        r"|from time import|clock_gettime"
    )
    package = Path(pasis_tui.__file__).parent
    modules = {
        str(file.relative_to(package)): line.strip()
        for file in package.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if looks.search(line) and not re.search(r"clock\.(now|monotonic)\(\)", line)
    }
    assert set(modules) <= {"clock.py"}, modules
