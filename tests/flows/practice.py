"""A practice database of one's own, and the program opened on it in a terminal.

The database is made once a session by the program itself; a test gets a copy of the file.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests import warm
from tests.terminal import ENTER, Terminal, terminal

DAY = "2026-03-02"
PASSWORD = "gröna kastruller sjunger"  # of the first user of a register
VERA = "9307142381"  # in the practice population register, in no database yet
NAME = "ovning.db"
LOGIN = "Tryck Enter"
MENU = "Skriv bildens nummer"
_LONGEST = 60.0  # seconds a command may take
_CLOCKS = {"at", "changed_at", "removed_at", "cancelled_at", "ordered_at", "locked_at"}
_CLOCKS |= {
    "drawn_at",
    "decided_at",
    "chain",
    "seq",
    "previous",
    "hash",
    "seen",
}  # of the audit log: they cover its clock
_CLOCKS |= {"draft_key"}  # at random
_WATCHED = Path(__file__).with_name("watched.py")


def run_pasis(
    *arguments: str,
    home: Path,
    environment: dict[str, str] | None = None,
    typed: str = "",
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Run ``pasis`` without a terminal and return what it said and its exit code.

    *typed* are the lines of its standard input, such as passwords.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PASIS_")}
    told = {
        **inherited,
        "LC_ALL": "C.UTF-8",
        "PASIS_DATA_DIR": str(home),
        **(environment or {}),
    }
    if not options and not warm.is_cold(environment or {}):
        return _run_warm(arguments, told, typed)
    return subprocess.run(
        [sys.executable, "-m", "pasis_tui", *arguments],
        env=told,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_LONGEST,
        check=False,
        **({"stdin": subprocess.DEVNULL, **options} if not typed else {"input": typed, **options}),
    )


def _run_warm(
    arguments: Sequence[str], environment: dict[str, str], typed: str
) -> subprocess.CompletedProcess[str]:
    with (
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as said,
        tempfile.TemporaryFile() as complained,
    ):
        stdin.write(typed.encode(errors="surrogateescape"))
        stdin.seek(0)
        pid = warm.start(
            arguments, environment, [file.fileno() for file in (stdin, said, complained)]
        )
        handle = os.pidfd_open(pid)
        ready, _, _ = select.select([handle], [], [], _LONGEST)
        os.close(handle)
        if not ready:
            os.kill(pid, signal.SIGKILL)
        ended = os.waitpid(pid, 0)[1]
        if not ready:
            raise subprocess.TimeoutExpired(list(arguments), _LONGEST)
        texts = []
        for file in (said, complained):
            file.seek(0)
            texts.append(file.read().decode().replace("\r\n", "\n"))
    return subprocess.CompletedProcess(
        list(arguments), os.waitstatus_to_exitcode(ended), texts[0], texts[1]
    )


def make_practice(home: Path) -> Path:
    """Make the practice database of DAY in *home* and return its file."""
    done = run_pasis("--date", DAY, "practice", "reset", home=home)
    assert done.returncode == 0, done.stderr
    return home / NAME


def copy_practice(made: Path, home: Path) -> Path:
    """Put a copy of the practice database *made* in the new folder *home*; return *home*."""
    home.mkdir(parents=True)
    shutil.copy(made, home / NAME)
    return home


@contextmanager
def at_login(home: Path, *arguments: str, day: str = DAY, **options: Any) -> Iterator[Terminal]:
    """The program at its login, filled in and ready for Enter."""
    with terminal(["--date", day, *arguments], home, **options) as opened:
        yield opened.expect(LOGIN)


@contextmanager
def logged_in(home: Path, *arguments: str, day: str = DAY, **options: Any) -> Iterator[Terminal]:
    """The program at its menu, the practice clerk logged in."""
    with at_login(home, *arguments, day=day, **options) as opened:
        opened.type(ENTER)
        yield opened.expect(MENU)


def until(
    opened: Terminal, holds: Callable[[], bool], what: str, timeout: float = 60.0
) -> Terminal:
    """Return when *holds*, looking each time something may have come."""
    end = time.monotonic() + timeout
    while not holds():
        if not opened.pump(0.003) and not holds():
            code = opened.expect_end()
            raise AssertionError(f"the program ended with {code} before {what}\n{opened.text()}")
        if time.monotonic() > end:
            raise AssertionError(f"never so: {what}\n{opened.text()}")
    return opened


def rows(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, without the columns that hold the wall clock.

    Whether such a column is filled in still counts.  Who has which patient open is left out: it is
    told beside the keys.
    """
    rows_of: dict[str, list[tuple[Any, ...]]] = {}
    with closing(sqlite3.connect(home / NAME)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if table == "presence":
                continue
            columns = [c[1] for c in database.execute(f'PRAGMA table_info("{table}")')]
            wanted = ", ".join(f'"{c}" IS NOT NULL' if c in _CLOCKS else f'"{c}"' for c in columns)
            rows_of[table] = database.execute(
                f'SELECT {wanted} FROM "{table}" ORDER BY {", ".join(map(str, range(1, len(columns) + 1)))}'
            ).fetchall()
    return rows_of


def ask(home: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the database with plain SQL."""
    with closing(sqlite3.connect(home / NAME)) as database:
        return database.execute(statement, values).fetchall()


class Watched:
    """The program in a terminal, and how many keys it has done to their end.

    The program is the real one; a wrapper notes each key that was done, once the screen was
    painted after it, in the name of its icon.
    """

    def __init__(self, opened: Terminal) -> None:
        self.terminal = opened
        self.sent = 0

    @property
    def ended_type_ahead(self) -> bool:
        """Whether the last key led to a refusal, or a question that was not asked for."""
        return int(self.terminal.screen.title or 0) == self.sent

    def burst(self, keys: Sequence[str]) -> None:
        """Send *keys* in one write."""
        self.sent += len(keys)
        self.terminal.type(*keys)

    def painted(self, number: int) -> bool:
        """Whether the key *number*, counted from 1, is done and its screen painted."""
        return int(self.terminal.screen.icon_name or 0) >= number

    def settle(self, timeout: float = 30.0) -> None:
        """Return when everything sent is done, painted and seen."""
        until(self.terminal, lambda: self.painted(self.sent), f"{self.sent} keys done", timeout)

    def slowly(self, keys: Sequence[str]) -> None:
        """Send *keys* one by one, each when the one before is done and painted."""
        for key in keys:
            self.burst([key])
            self.settle()


@contextmanager
def watched(
    home: Path, *arguments: str, day: str = DAY, paints: int = 60, **options: Any
) -> Iterator[Watched]:
    """The program at its start, under a watch; it paints at most *paints* times a second."""
    environment = {"TEST_PAINTS": str(paints)}
    with terminal(
        ["--date", day, *arguments], home, script=_WATCHED, environment=environment, **options
    ) as opened:
        yield Watched(opened)
