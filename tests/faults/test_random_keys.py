"""Random keys at a real terminal: it stays up, the frame stays whole, Esc leads home."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
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


@pytest.mark.parametrize("seed", range(2))
def test_random_keys(
    practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.chdir(tmp_path)  # where a list is saved that a random name was given
    left = iter(range(ROUNDS))
    _press(practice, tmp_path, seed, lambda program: next(left, None) is not None)


@pytest.mark.soak
def test_random_keys_for_an_hour(
    practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one program for PASIS_SOAK_SECONDS, an hour when it is not set, at flat memory."""
    monkeypatch.chdir(tmp_path)
    begun = time.monotonic()
    held: list[tuple[float, float]] = []  # seconds since the start, MiB

    def go_on(program: Watched) -> bool:
        held.append((time.monotonic() - begun, _resident(program.terminal.pid)))
        print(f"{held[-1][0]:6.0f} s  {held[-1][1]:6.1f} MiB", flush=True)
        return held[-1][0] < SOAK_SECONDS

    _press(practice, tmp_path, 100, go_on)
    fifth = SOAK_SECONDS / 5  # in the first one screens are opened for the first time
    early = max(size for at, size in held if at <= fifth)
    late = max(size for at, size in held if at >= 4 * fifth)
    assert late <= early + 20, held


def _resident(pid: int) -> float:
    """Return the MiB of memory that process *pid* holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _press(practice: Path, folder: Path, seed: int, go_on: Callable[[Watched], bool]) -> None:
    home = copy_practice(practice, folder / str(seed))
    monkey = Monkey(seed, [digits for digits, _ in ask(home, _PATIENTS)])
    with watched(home, paints=500) as program:
        program.terminal.expect("Lösenord")
        program.burst([ENTER])
        program.settle()
        program.terminal.expect(MENU)
        pressed: list[list[str]] = []
        with _told(seed, pressed, home):
            while go_on(program):
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
            until(seen, lambda: whole(seen), f"a whole frame at {size}")
    if (seen.screen.lines, seen.screen.columns) != (24, 80):
        seen.resize(24, 80)
        until(seen, lambda: whole(seen), "a whole frame")
    _go_home(program, pressed)


def _send(program: Watched, keys: list[str]) -> None:
    program.burst(keys)
    program.settle(timeout=60)
    until(program.terminal, lambda: whole(program.terminal), "a whole frame")
    assert "Traceback" not in program.terminal.text()


def _go_home(program: Watched, pressed: list[list[str]]) -> None:
    """Press Esc, and leave what was not saved, until the menu is there."""
    seen = program.terminal
    for _ in range(STEPS):
        if seen.line(1).startswith("Menyval") and "┌" not in seen.text():
            return
        key = "k" if seen.sees("Osparade uppgifter", "[Kasta]") else ESC
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
