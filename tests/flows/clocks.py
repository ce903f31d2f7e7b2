"""Clocks that a test sets, in the real program in a real terminal."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.flows.practice import LOGIN, MENU
from tests.terminal import ENTER, Terminal, terminal

# The rule itself, since not every machine has the zones' files.
STOCKHOLM = "CET-1CEST,M3.5.0,M10.5.0/3"
HOUR = 3600.0
_SHIM = Path(__file__).with_name("moved_clock.py")


class Clocks:
    """The wall's and the machine's clock of one program; both start at the real time."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._wall = self._machine = 0.0
        self._write()

    def _write(self) -> None:
        beside = self.file.with_suffix(".new")
        beside.write_text(f"{self._wall!r} {self._machine!r}", encoding="ascii")
        beside.replace(self.file)

    def set(self, stockholm: str) -> None:
        """Set the wall's clock, as NTP or a hand does; ``+00:00`` can be given for a summer night."""
        at = datetime.fromisoformat(stockholm)
        if at.tzinfo is None:
            at = at.replace(tzinfo=ZoneInfo("Europe/Stockholm"))
        self._wall = at.timestamp() - time.time()
        self._write()

    def goes(self, seconds: float) -> None:
        """Time goes by, and the machine is awake: both clocks see it."""
        self._wall += seconds
        self._machine += seconds
        self._write()

    def sleeps(self, seconds: float, *, counted: bool = False) -> None:
        """The lid is closed: the wall's clock goes on, the machine's only where the system tells."""
        self._wall += seconds
        self._machine += seconds if counted else 0
        self._write()

    def stray(self, seconds: float) -> None:
        """The wall's clock is set forwards or back, no time goes by."""
        self._wall += seconds
        self._write()


@contextmanager
def at_the_clock(
    home: Path, stockholm: str, *arguments: str, login: bool = True, **options: Any
) -> Iterator[tuple[Terminal, Clocks]]:
    """The program with its clock set, the practice clerk logged in."""
    clocks = Clocks(home.parent / "clocks")
    clocks.set(stockholm)
    environment = {"TZ": STOCKHOLM, "TEST_CLOCKS": os.fspath(clocks.file)}
    with terminal(arguments, home, script=_SHIM, environment=environment, **options) as opened:
        opened.expect(LOGIN)
        if login:
            opened.type(ENTER)
            opened.expect(MENU)
        yield opened, clocks
