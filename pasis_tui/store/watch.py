"""Checks at every unit of work that a SQLite database is still the file that was opened.

A file that is replaced, moved, removed or overwritten while a program has it open takes saves that
nobody ever sees again.  SQLite does not notice; three ``stat`` calls do (7 µs).

Only checkpoints write the database file itself.  When it has been written, its stamp
(``user_version``) shows whether SQLite did so: the first save after each checkpoint raises the
stamp, so the file's stamp only ever grows and is never ahead of what SQLite reports.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

from pasis_tui.store.trouble import REPLACED, DatabaseTrouble

_STAMP_AT = 60  # in the header of the file, big-endian
_STAMPS = 0x7FFF_FFFF
_HALF = _STAMPS // 2

# All watches of a file in this process share one descriptor: closing one of several would release
# SQLite's own locks on the file (POSIX).
_open_files: dict[tuple[int, int], list[int]] = {}
_guard = threading.Lock()
_stat = os.stat  # a Path would double the cost


class FileWatch:
    """Watches one open database file, its WAL and its shared memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        real = path.resolve()
        self._wal, self._shm = f"{real}-wal", f"{real}-shm"
        self._drivers: list[sqlite3.Connection] = []
        status = _stat(path)
        self._id = (status.st_dev, status.st_ino)
        self._seen = _written(status)
        self.lost = False  # the path leads to another file now
        self.due = True  # the next save writes a new stamp
        with _guard:
            shared = _open_files.setdefault(self._id, [-1, 0])
            if shared[1] == 0:
                flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
                shared[0] = os.open(path, flags)
            shared[1] += 1
        self._file = shared[0]
        self._in_file = self._read_stamp() or 0
        self._said = self._in_file

    def close(self) -> None:
        """Release the file.  Every connection is closed by now, or kept open for ever."""
        with _guard:
            shared = _open_files.get(self._id)
            if shared is None:
                return
            shared[1] -= 1
            if shared[1] == 0 and not self.lost:
                os.close(shared[0])
            if shared[1] <= 0:
                del _open_files[self._id]

    # -- connections -----------------------------------------------------------------------

    def identify(self) -> os.stat_result:
        """Return the status of the file at the path.  Raises DatabaseTrouble when it is not ours."""
        if self.lost:
            raise self._trouble()
        try:
            status = _stat(self.path)
        except OSError:
            raise self._gone() from None
        if (status.st_dev, status.st_ino) != self._id:
            raise self._gone()
        return status

    def meet(self, driver: sqlite3.Connection) -> tuple[int, int]:
        """Remember a new connection; return its side files, for ``check``.  Raises DatabaseTrouble."""
        self._drivers.append(driver)
        self.identify()
        driver.execute("SELECT 1 FROM sqlite_master LIMIT 1").close()  # opens the WAL
        return self._side_files()

    def forget(self, driver: sqlite3.Connection) -> None:
        """Forget a connection that was closed."""
        self._drivers = [each for each in self._drivers if each is not driver]

    def _side_files(self) -> tuple[int, int]:
        if sys.platform == "win32":
            return (0, 0)
        try:
            return _stat(self._wal).st_ino, _stat(self._shm).st_ino
        except FileNotFoundError:
            raise self._trouble() from None

    # -- checking --------------------------------------------------------------------------

    def check(self, driver: Any, side_files: tuple[int, int]) -> None:
        """Raise DatabaseTrouble when the file or a side file is no longer the same."""
        if (written := _written(self.identify())) != self._seen:
            self._look_closer(driver)
            self._seen = written
            self.due = True
        if self._side_files() != side_files:
            raise self._trouble()

    def _look_closer(self, driver: Any) -> None:
        # In this order, another's save or checkpoint in between only makes the later readings newer.
        least_in_file, least_said = self._in_file, self._said
        in_file = self._read_stamp()
        said = self._ask(driver)
        if (
            in_file is None
            or _before(in_file, least_in_file)
            or _before(said, least_said)
            or _before(said, in_file)
        ):
            raise self._gone()
        with _guard:
            self._in_file = _newer(in_file, self._in_file)
            self._said = _newer(said, self._said)

    def next_stamp(self, driver: Any) -> int:
        """Return the stamp to write in an open write transaction."""
        return self._ask(driver) % _STAMPS + 1

    def stamped(self, stamp: int) -> None:
        """Note that a transaction with *stamp* was committed."""
        with _guard:
            self._said = _newer(stamp, self._said)
        self.due = False

    @staticmethod
    def _ask(driver: Any) -> int:
        cursor = driver.execute("PRAGMA user_version")
        said: int = cursor.fetchone()[0]
        cursor.close()
        return said

    def _read_stamp(self) -> int | None:
        """Return the stamp in the file, None when the file is truncated."""
        if sys.platform == "win32":
            os.lseek(self._file, _STAMP_AT, os.SEEK_SET)
            read = os.read(self._file, 4)
        else:
            read = os.pread(self._file, 4, _STAMP_AT)
        return int.from_bytes(read, "big") if len(read) == 4 else None

    # -- the answer------------------------------------------------------------------------

    def _gone(self) -> DatabaseTrouble:
        """Keep SQLite from touching the file, which is another one, and return the trouble.

        Closing the last connection writes the WAL into the file and removes the file of the WAL's
        name, which may be another database's by now.  So none is ever closed.
        """
        if not self.lost:
            self.lost = True
            for driver in self._drivers:
                ctypes.pythonapi.Py_IncRef(ctypes.py_object(driver))
        return self._trouble()

    def _trouble(self) -> DatabaseTrouble:
        return DatabaseTrouble(
            f"Databasen {self.path} är inte längre den fil som programmet öppnade: den är utbytt, "
            "flyttad eller borttagen. Inget sparades. Starta programmet igen och se efter vad som "
            "är sparat.",
            REPLACED,
        )


def _written(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _before(one: int, other: int) -> bool:
    """Tell whether the stamp *one* is older than *other*; stamps wrap around."""
    return 0 < (other - one) % _STAMPS < _HALF


def _newer(one: int, other: int) -> int:
    return other if _before(one, other) else one
