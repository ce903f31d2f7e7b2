"""Random keys at a real terminal: it stays up, the frame stays whole, Esc leads home."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.monkey import Monkey
from tests.flows.practice import MENU, Watched, ask, copy_practice, until, watched
from tests.terminal import ENTER, ESC, Terminal

ROUNDS = 10  # of one seed, on one database
BURSTS = 25  # a round; then the way home
STEPS = 120  # at most, of Esc
SOAK_SECONDS = float(os.environ.get("PASIS_SOAK_SECONDS", "3600"))
_PATIENTS = """
    SELECT substr(p.identity_number, 3), min(c.id) FROM care_commitment c
    JOIN patient p ON p.id = c.patient_id JOIN unit u ON u.id = c.unit_id
    WHERE u.code = 'PSMA01' AND p.kind = 'personnummer' GROUP BY 1 ORDER BY 2 DESC LIMIT 8"""


@pytest.mark.parametrize("seed", range(4))
def test_random_keys(
    practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.chdir(tmp_path)  # where a list is saved that a random name was given
    _press(practice, tmp_path, seed, ROUNDS)


@pytest.mark.soak
def test_random_keys_for_an_hour(
    practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For PASIS_SOAK_SECONDS, an hour when it is not set."""
    monkeypatch.chdir(tmp_path)
    end = time.monotonic() + SOAK_SECONDS
    seed = 100
    while time.monotonic() < end:
        _press(practice, tmp_path, seed, ROUNDS)
        seed += 1


def _press(practice: Path, folder: Path, seed: int, rounds: int) -> None:
    home = copy_practice(practice, folder / str(seed))
    monkey = Monkey(seed, [digits for digits, _ in ask(home, _PATIENTS)])
    with watched(home, paints=500) as program:
        program.terminal.expect("Lösenord")
        program.burst([ENTER])
        program.settle()
        program.terminal.expect(MENU)
        pressed: list[list[str]] = []
        with _told(seed, pressed, home):
            for _ in range(rounds):
                _round(program, monkey, pressed)
    assert not list(home.glob("fel/*"))


@contextmanager
def _told(seed: int, pressed: list[list[str]], home: Path) -> Iterator[None]:
    """Say after a failure which keys led there."""
    try:
        yield
    except AssertionError as error:
        faults = [file.read_text(encoding="utf-8") for file in home.glob("fel/*")]
        raise AssertionError(
            f"seed {seed}, burst {len(pressed)}, the last:\n"
            + "\n".join(map(repr, pressed[-12:]))
            + f"\n{error}\n"
            + "\n".join(faults)
        ) from None


def _round(program: Watched, monkey: Monkey, pressed: list[list[str]]) -> None:
    seen = program.terminal
    for _ in range(BURSTS):
        keys = monkey.burst()
        pressed.append(keys)
        _send(program, keys)
        if (size := monkey.size()) is not None:
            pressed.append([f"{size}"])
            seen.resize(*size)
            until(seen, lambda: whole(seen), f"a whole frame at {size}", timeout=20)
    if (seen.screen.lines, seen.screen.columns) != (24, 80):
        seen.resize(24, 80)
        until(seen, lambda: whole(seen), "a whole frame", timeout=20)
    _go_home(program, pressed)


def _send(program: Watched, keys: list[str]) -> None:
    program.burst(keys)
    program.settle(timeout=60)
    until(program.terminal, lambda: whole(program.terminal), "a whole frame", timeout=20)
    assert "Traceback" not in program.terminal.text()


def _go_home(program: Watched, pressed: list[list[str]]) -> None:
    """Press Esc, and leave what was not saved, until the menu is there."""
    seen = program.terminal
    for _ in range(STEPS):
        if seen.line(1).startswith("Menyval") and "┌" not in seen.text():
            return
        key = ENTER if seen.sees("Osparade uppgifter", "[Lämna]") else ESC
        pressed.append([key, seen.line(1)[:34], seen.message])
        _send(program, [key])
    raise AssertionError(f"{STEPS} Esc did not lead home:\n{seen.text()}")


def whole(seen: Terminal) -> bool:
    """Whether the frame stands at the terminal's edges, and any box has its four corners."""
    lines = seen.text().split("\n")
    if seen.screen.columns < 80 or seen.screen.lines < 24:
        return "för litet" in lines[0]
    corners = [sum(line.count(corner) for line in lines) for corner in "┌┐└┘"]
    return (
        lines[0].startswith("PASiS  Snabbval  [")
        and lines[-1].startswith("F1 Hjälp F2 Snabbval F3 Tillbaka")
        and len(set(corners)) == 1
        and ("┌" in seen.text() or lines[2].startswith("──"))
    )
