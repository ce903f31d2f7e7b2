"""What time it is: the only place where the program looks at a clock.

The wall clock can be set, forwards and back.  The machine's clock only runs on, also while the
machine sleeps where the system counts that (``CLOCK_BOOTTIME`` in Linux, ``CLOCK_MONOTONIC`` in
macOS, whose ``time.monotonic`` stands still).
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime

_SLEEP_COUNTED: int | None = getattr(time, "CLOCK_BOOTTIME", None)
if sys.platform == "darwin":
    _SLEEP_COUNTED = time.CLOCK_MONOTONIC


def wall() -> float:
    """Return the seconds since 1970 by the wall clock."""
    return time.time()


def monotonic() -> float:
    """Return seconds on the clock by which Textual dates its events."""
    return time.monotonic()


def machine() -> float:
    """Return seconds that never go back, counted while the machine sleeps too."""
    if _SLEEP_COUNTED is None:
        return time.monotonic()
    return time.clock_gettime(_SLEEP_COUNTED)


def today() -> date:
    """Return the date by the wall clock."""
    return date.fromtimestamp(wall())


def now() -> datetime:
    """Return the time now, aware and in UTC."""
    return datetime.fromtimestamp(wall(), UTC)


class Absence:
    """How long nobody has been at the keyboard: by the wall or the machine's clock, whichever
    has gone further.  A clock that is set back counts as standing still."""

    def __init__(self) -> None:
        self.end()

    def end(self) -> None:
        """Note that somebody is here now."""
        self._seconds = 0.0
        self._wall, self._machine = wall(), machine()

    def seconds(self) -> float:
        """Return the seconds since somebody was here."""
        by_wall, by_machine = wall(), machine()
        self._seconds += max(0.0, by_wall - self._wall, by_machine - self._machine)
        self._wall, self._machine = by_wall, by_machine
        return self._seconds


class WorkingDay:
    """The working date: the wall clock's, or a chosen one, which stays until it is moved."""

    def __init__(self, asked: date | None = None) -> None:
        self.date = asked or today()
        self.simulated = asked is not None

    def move(self, day: date) -> None:
        """Work on *day* from now on, as a simulated date."""
        self.date = day
        self.simulated = True

    def catch_up(self) -> bool:
        """Take the wall clock's date unless this one is simulated; True when the day has changed."""
        if self.simulated or (day := today()) == self.date:
            return False
        self.date = day
        return True
