"""Idle time is the wall's or the machine's clock, whichever has gone longer: after a closed lid
the lock stands there before a key is taken, and no clock that is set back opens or shuts it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clocks import HOUR, at_the_clock
from tests.flows.practice import ask
from tests.terminal import ENTER, F2, F10, TAB, Terminal, ctrl

MANY = "9204012380"
NOON = "2026-03-02T12:00:00"


def in_014(opened: Terminal) -> None:
    opened.type(F2, f"14 {MANY}", ENTER)
    opened.expect("Skisslund", "Läst.")


@pytest.mark.parametrize("counted", [False, True], ids=["boot time unknown", "boot time known"])
def test_a_closed_lid(home: Path, counted: bool) -> None:
    with at_the_clock(home, NOON) as (opened, clocks):
        in_014(opened)
        clocks.sleeps(8 * HOUR, counted=counted)
        opened.expect("Låst", "Lösenord").expect_gone("Skisslund")
        opened.type("ovning", ENTER)
        opened.expect("Skisslund", "014 Personuppgifter")


def test_what_wakes_the_machine_reaches_neither_form_nor_password(home: Path) -> None:
    with at_the_clock(home, NOON) as (opened, clocks):
        in_014(opened)
        opened.type(ctrl("u"), "Halvfärdig")
        opened.expect("Halvfärdig")
        clocks.sleeps(8 * HOUR)
        opened.type("x" * 30, TAB, F10, ENTER)  # in one burst, before any timer
        opened.expect("Låst").expect_gone("Skisslund")
        assert "är fel" not in opened.text()
        assert "•" not in opened.text()
        opened.type("ovning", ENTER)
        opened.expect("*Halvfärdig ")
        assert "xx" not in opened.text()
    assert ask(home, "SELECT count(*) FROM patient WHERE family_name LIKE '%x%x%'") == [(0,)]


def test_the_wall_clock_set_back_while_the_machine_counts(home: Path) -> None:
    with at_the_clock(home, NOON) as (opened, clocks):
        in_014(opened)
        clocks.goes(60)
        clocks.stray(-3 * HOUR)
        in_014(opened)
        opened.type(ctrl("u"), "Skrivet")
        opened.expect("Skrivet")
        clocks.goes(HOUR)  # the wall still shows less than at the last key
        opened.expect("Låst").expect_gone("Skrivet")
        clocks.stray(-24 * HOUR)
        opened.type("fel", ENTER)
        opened.expect("Användare, lösenord eller enhet är fel.")
        assert "Skrivet" not in opened.text()
        opened.type("ovning", ENTER)
        opened.expect("Skrivet")


def test_somebody_who_goes_on_typing_is_not_locked_out(home: Path) -> None:
    with at_the_clock(home, NOON) as (opened, clocks):
        opened.type(F2, "14", ENTER)
        opened.expect("10 siffror i följd")
        for count in range(1, 7):
            clocks.goes(4 * 60)
            opened.type("1")
            opened.expect("1" * count)
        assert "Låst" not in opened.text()


def test_a_small_terminal_that_grows_after_the_sleep_shows_the_lock_at_once(home: Path) -> None:
    with at_the_clock(home, NOON) as (opened, clocks):
        in_014(opened)
        opened.resize(20, 70)
        opened.expect("Fönstret är för litet")
        clocks.sleeps(8 * HOUR)
        opened.type("abc")
        opened.resize(24, 80)
        opened.expect("Låst").expect_gone("Fönstret")
        assert "Skisslund" not in opened.text()


def test_a_dialogue_is_covered_too(home: Path) -> None:
    with at_the_clock(home, NOON) as (opened, clocks):
        in_014(opened)
        opened.type(ctrl("u"), "Ny", "\x1bOR")
        opened.expect("Osparade uppgifter")
        clocks.sleeps(8 * HOUR)
        opened.type(ENTER)
        opened.expect("Låst").expect_gone("Osparade")
        opened.type("ovning", ENTER)
        opened.expect("Osparade uppgifter", "*Ny")
