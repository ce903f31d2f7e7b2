"""The lock screen: nothing leads past it but the password, and nothing is lost behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.flows.clocks import HOUR, Clocks, at_the_clock
from tests.flows.practice import VERA, at_login
from tests.terminal import ENTER, ESC, F2, F3, ctrl

_TYPED = "Nyttnamn"


@contextmanager
def _clerk(home: Path) -> Iterator[tuple[Clerk, Clocks]]:
    with at_the_clock(home, "2026-03-02T09:00:00") as (opened, clocks):
        yield Clerk(opened, home), clocks


def _cursor_after(annika: Clerk, label: str) -> None:
    screen = annika.terminal.screen

    def holds() -> bool:
        at = screen.display[screen.cursor.y].find(label)
        return at >= 0 and at + len(label) == screen.cursor.x

    annika.until(holds, f"the cursor after {label!r}")


def _locked(annika: Clerk) -> None:
    annika.sees("Låst", "Lösenord")
    assert not annika.terminal.sees("Testsson")
    assert not annika.terminal.sees(_TYPED)
    _cursor_after(annika, "Lösenord ")


def test_only_the_password_opens_the_lock(home: Path) -> None:
    with _clerk(home) as (annika, clocks):
        annika.go(f"14 {VERA}", "Testsson").type(_TYPED).sees(_TYPED)
        clocks.goes(HOUR)
        _locked(annika)
        annika.type(ESC, F3, F2, "40", ENTER).sees("Användare, lösenord eller enhet är fel.")
        assert not annika.terminal.sees("Testsson")
        annika.type("ovning", ENTER).sees(f"*{_TYPED}", "19930714-2381")


def test_leaving_from_the_lock_shows_and_loses_nothing(home: Path) -> None:
    with _clerk(home) as (annika, clocks):
        annika.go(f"14 {VERA}", "Testsson").type(_TYPED).sees(_TYPED)
        clocks.goes(HOUR)
        _locked(annika)
        annika.type(ctrl("q"), ESC)
        assert annika.terminal.expect_end() == 0
    with at_login(home) as opened:
        opened.type(ENTER)
        opened.expect("Osparat utkast", "014 Personuppgifter, 2026-03-02 09:00").type(ENTER)
        opened.expect(f"*{_TYPED}")


def test_a_small_terminal_is_no_way_past_the_lock(home: Path) -> None:
    with _clerk(home) as (annika, clocks):
        annika.go(f"14 {VERA}", "Testsson").type(_TYPED).sees(_TYPED)
        clocks.goes(HOUR)
        _locked(annika)
        annika.terminal.resize(20, 70)
        annika.sees("Fönstret är för litet")
        annika.terminal.resize(24, 80)
        annika.terminal.expect_gone("Fönstret är för litet")
        _locked(annika)


def test_a_dialogue_keeps_the_cursor_when_the_terminal_grows(home: Path) -> None:
    with clerk(home) as annika:
        annika.type(F2, "datum", ENTER).sees("Arbetsdatum är")
        for rows, columns in ((30, 100), (24, 80), (50, 160), (25, 81), (60, 200), (24, 80)) * 2:
            annika.terminal.resize(rows, columns)
            _cursor_after(annika, "Datum ")
