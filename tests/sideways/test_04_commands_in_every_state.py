"""Every command of the table does something sensible, or says a word, in every state: nobody
logged on, the database being made, a dialogue, the lock, too small a terminal, a job running."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pasis_tui.commands import COMMANDS
from tests.flows.clocks import HOUR, at_the_clock
from tests.flows.practice import DAY, Watched, until, watched
from tests.terminal import ENTER, F2, TAB, alt, ctrl, terminal

MANY = "9204012380"
FORMS = {
    **{"f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~"},
    **{"f6": "\x1b[17~", "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~"},
    **{"f10": "\x1b[21~", "f12": "\x1b[24~", "escape": "\x1b[27u"},
    "ctrl+o": "\x0f",
}


def form(key: str) -> str:
    return alt(key[4:]) if key.startswith("alt+") else FORMS[key]


KEYS = {key: form(key) for c in COMMANDS if c.name != "quit" for key in c.keys}
PASTE = "\x1b[200~Åsa\n9307142381\x1b[201~"
MORE = [*map(alt, "abcefiknoptuwyåäö"), "\x1b[23~", "\x1b[25~", PASTE, "\x1bP\x1b[A", "\x1b[B"]
MORE += [
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[H",
    "\x1b[F",
    "\x1b[C",
    "\x1b[D",
    "\x1b[Z",
    ctrl("c"),
    "1",
    "å",
]
LEAVES_IN_LOGIN = {"f5", "alt+l", "f10", "alt+s"}  # they do what Enter does
LOGS_IN = alt("i")  # the button
BEFORE_LOGIN = (
    "f9",
    "alt+d",
    "alt+r",
    "f6",
    "alt+v",
    "f7",
    "alt+g",
    "f8",
    "alt+j",
    "f12",
    "alt+m",
    "ctrl+o",
    "alt+w",
)


@contextmanager
def started(home: Path) -> Iterator[Watched]:
    with watched(home) as program:
        program.terminal.expect("Tryck Enter")
        yield program


def alive(program: Watched) -> None:
    """Ctrl+Q leaves it well, saying yes where something was unsaved."""
    opened = program.terminal
    opened.type(ctrl("q"))
    end = time.monotonic() + 60
    while opened.pump(0.1) and time.monotonic() < end:
        if opened.sees("Osparade uppgifter"):
            opened.type(alt("k") if opened.sees("Kasta") else ENTER, "k", ENTER)
            break
    assert opened.expect_end() in {0}, opened.text()


def goes_on(program: Watched) -> None:
    """A screen opens by Snabbval, once what was typed blindly and refused is over."""
    opened = program.terminal
    end = time.monotonic() + 60
    while time.monotonic() < end:
        opened.type(F2, ctrl("u"), "su", ENTER)
        again = time.monotonic() + 2
        while time.monotonic() < again:
            opened.pump(0.1)
            if opened.sees("SU Support"):
                return
    raise AssertionError(f"nothing opens any more:\n{opened.text()}")


def test_where_nobody_is_logged_on(home: Path) -> None:
    with started(home) as program:
        for name in (*KEYS, *map(str, range(len(MORE)))):
            if name in LEAVES_IN_LOGIN:
                continue
            key = KEYS[name] if name in KEYS else MORE[int(name)]
            if key in {PASTE, LOGS_IN}:
                continue
            program.burst([key])
            program.settle()
            if name in BEFORE_LOGIN:
                assert program.terminal.message.startswith("Logga in först."), name
            program.burst([KEYS["escape"]])  # closes the help
            program.settle()
            program.terminal.expect("Logga in")
        alive(program)


@pytest.mark.parametrize("name", sorted(LEAVES_IN_LOGIN))
def test_the_keys_that_log_in(home: Path, name: str) -> None:
    with started(home) as program:
        program.burst([KEYS[name]])
        program.terminal.expect("Skriv bildens nummer")


def test_while_the_practice_database_is_being_made(tmp_path: Path) -> None:
    with terminal(["--date", DAY], tmp_path) as opened:
        opened.expect("Logga in")
        opened.type(
            *(k for n, k in KEYS.items() if n not in LEAVES_IN_LOGIN),
            *(k for k in MORE if k != LOGS_IN),
        )
        opened.type(KEYS["escape"] * 3)
        opened.expect("Tryck Enter")
        # A refusal drops what was typed ahead, perhaps also what is typed before it can be seen.
        for _ in range(20):
            opened.type(KEYS["f9"])
            opened.pump(0.5)
            if opened.message.startswith("Logga in först."):
                break
        opened.expect("Logga in först.").type(ctrl("q"))
        assert opened.expect_end() == 0


# What opens each kind of dialogue, and what is seen of it.
DIALOGUES = {
    "help": (("\x1bOP",), "TANGENTER"),
    "list": ((F2, "?", ENTER), "Bilder"),
    "prompt": ((F2, "datum", ENTER), "Arbetsdatum är"),
    "question": ((F2, "+20å", ENTER), "mer än tio år"),
    "unsaved": ((F2, f"14 {MANY}", ENTER, "Ny", "\x1bOR"), "Osparade uppgifter"),
    "field list": ((F2, f"85 {MANY}", ENTER, "9", TAB, "\x1bOS"), "siffra eller Enter"),
}


@pytest.mark.parametrize("dialogue", list(DIALOGUES))
def test_where_a_dialogue_is_open(home: Path, dialogue: str) -> None:
    opens, seen = DIALOGUES[dialogue]
    with started(home) as program:
        program.burst([ENTER])
        program.terminal.expect("Skriv bildens nummer")
        for key in (*KEYS.values(), *MORE):
            program.terminal.type(F2, ctrl("u"), *opens)
            program.terminal.pump(0.05)
            program.terminal.type(key, KEYS["escape"], KEYS["escape"])
            program.terminal.pump(0.05)
        goes_on(program)
        assert seen
        alive(program)


def test_where_the_program_is_locked(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T09:00:00") as (opened, clocks):
        opened.type(F2, f"14 {MANY}", ENTER)
        opened.expect("Skisslund")
        clocks.goes(HOUR)
        opened.expect("Låst").expect_gone("Skisslund")
        for key in (*KEYS.values(), *MORE):
            opened.type(key)
            opened.pump(0.01)
            assert "Skisslund" not in opened.text()
        opened.type(ctrl("u"), ctrl("k"), "ovning", ENTER)
        opened.expect("Skisslund", "014 Personuppgifter")


def test_where_the_terminal_is_too_small(home: Path) -> None:
    with started(home) as program:
        opened = program.terminal
        program.burst((ENTER, F2, *f"14 {MANY}", ENTER))
        program.settle()
        opened.expect("Skisslund", "Läst.")
        before = opened.text()
        opened.resize(20, 70)
        opened.expect("Fönstret är för litet")
        program.burst([*KEYS.values(), *MORE, ENTER])
        program.settle()
        opened.resize(24, 80)
        opened.expect_gone("Fönstret är för litet").expect("Skisslund")
        until(opened, lambda: opened.text() == before, "the screen as it was")
        alive(program)


def test_while_a_list_is_made_in_the_background(home: Path) -> None:
    with started(home) as program:
        opened = program.terminal
        program.burst([ENTER])
        opened.expect("Skriv bildens nummer").type(F2, "kl", ENTER)
        opened.expect("KL Kontrollista")
        for key in KEYS.values():
            opened.type(F2, ctrl("u"), "kl", ENTER, alt("b"), key)
            opened.pump(0.05)
            opened.type(KEYS["escape"], KEYS["escape"])
        goes_on(program)
        alive(program)
