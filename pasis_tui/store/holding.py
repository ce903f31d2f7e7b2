"""Which programs have a database file open: each holds it together with others, or alone.

A lock file lies beside the database as long as a program has it open.  The lock is the kernel's
(``flock``), which releases it however the program ends; a lock file left behind locks nothing.
SQLite's own locks show who reads and writes, but not who has the file open.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from pasis_tui import clock
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.validation.file_faults import in_swedish

_PAUSE = 0.05  # seconds between two tries
_LONGEST = 300.0  # seconds that another program may take to make the database
WAITING = "Ett annat program gör i ordning databasen. Väntar på det …"


class Hold:
    """A program's hold on a database file; ``alone`` keeps every other program out.

    On Windows, where an open file can be neither replaced nor removed, there is no lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + "-lock")
        self._file: int | None = None
        self.alone = False

    def take(self, *, alone: bool) -> bool:
        """Take the hold; False, with nothing held, when another program is in the way.

        Raises DatabaseTrouble when the lock file cannot be made.
        """
        if sys.platform == "win32":
            self.alone = alone
            return True
        import fcntl

        how = (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB
        try:
            while True:
                if self._file is None:
                    flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
                    self._file = os.open(self._path, flags, 0o600)
                try:
                    fcntl.flock(self._file, how)
                except BlockingIOError:
                    self._close()
                    return False
                if self._is_there():
                    self.alone = alone
                    return True
                self._close()  # the last holder has just removed the lock file
        except OSError as error:
            self._close()
            raise DatabaseTrouble(
                f"Låsfilen {self._path} går inte att använda: {in_swedish(error)}.", "read-only"
            ) from error

    def _is_there(self) -> bool:
        assert self._file is not None  # noqa: S101 - it was opened above
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Release the hold; the last holder removes the lock file."""
        if self._file is None:
            return
        with suppress(DatabaseTrouble, OSError):
            if self.take(alone=True):
                self._path.unlink(missing_ok=True)
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self.alone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Patience:
    """Waits for another program, says so to the clerk, and gives up in the end."""

    def __init__(self, name: str, say: Callable[[str], None]) -> None:
        self._name = name
        self._say = say
        self._end = clock.monotonic() + _LONGEST

    def wait(self) -> None:
        """Wait a moment.  Raises DatabaseTrouble when it has been too long."""
        if clock.monotonic() > self._end:
            raise DatabaseTrouble(
                f"Databasen {self._name} är upptagen av ett annat program sedan länge. "
                "Avsluta det och starta igen.",
                "busy",
            )
        self._say(WAITING)  # each time: it raises when the clerk has left
        time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311 - so that two do not keep step
