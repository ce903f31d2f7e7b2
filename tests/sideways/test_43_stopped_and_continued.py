"""A program stopped and continued from outside (kill -STOP, a debugger, a job that a shell put to
sleep) got a second reader of its keys: some went to the one, some to the other, Ctrl+Q to neither.
Then what was typed while it stood still, or as it went on, was thrown away.
"""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.flows.clerk import clerk
from tests.terminal import ENTER, ESC, F1, TAB, ctrl

MANY = "9204012380"


def _stopped(pid: int) -> bool:
    return os.waitpid(pid, os.WUNTRACED | os.WNOHANG) != (0, 0)


@pytest.mark.parametrize("times", [1, 3])
def test_what_stands_and_what_is_typed_go_on(home: Path, times: int) -> None:
    with clerk(home) as hands:
        hands.go(f"14 {MANY}", "Läst.").type("Nyttnamn").sees("*Nyttnamn")
        for _ in range(times):
            os.kill(hands.terminal.pid, signal.SIGSTOP)
            # Read meanwhile: what it sends before it stops must have somewhere to go.
            hands.until(partial(_stopped, hands.terminal.pid), "the program stands still")
            os.kill(hands.terminal.pid, signal.SIGCONT)
            hands.type(F1).sees("┌ Hjälp", "FÄLTET EFTERNAMN").type(ESC)
            hands.terminal.expect_gone("┌ Hjälp")
        hands.sees("PASiS  Snabbval", "*Nyttnamn", "F1 Hjälp F2 Snabbval")
        hands.type(TAB, ctrl("u"), "Åsa", TAB).sees("*Åsa").type(ctrl("q")).sees(
            "Osparade uppgifter"
        )
        hands.type(ENTER)
        assert hands.terminal.expect_end() == 0
        assert hands.rows(
            "SELECT count(*) FROM patient WHERE family_name = 'Nyttnamn' AND given_name = 'Åsa'"
        ) == [(1,)]


def test_what_is_typed_while_it_stands_still_waits(home: Path) -> None:
    with clerk(home) as hands:
        hands.go(f"14 {MANY}", "Läst.").type(TAB, TAB, ctrl("u"))
        for letter in "Pilvägen":
            os.kill(hands.terminal.pid, signal.SIGSTOP)
            hands.until(partial(_stopped, hands.terminal.pid), "the program stands still")
            hands.type(letter)
            os.kill(hands.terminal.pid, signal.SIGCONT)
        hands.sees("Pilvägen").type(ctrl("q")).sees("Osparade uppgifter")


def test_it_may_come_while_the_program_draws(home: Path) -> None:
    with clerk(home) as hands:
        hands.go(f"14 {MANY}", "Läst.")
        for _ in range(10):
            hands.type(F1)
            for _ in range(5):
                os.kill(hands.terminal.pid, signal.SIGCONT)
                hands.terminal.pump(0.002)
            hands.sees("┌ Hjälp").type(ESC)
            hands.terminal.expect_gone("┌ Hjälp")
