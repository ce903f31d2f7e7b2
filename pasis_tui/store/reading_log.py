"""The log of a program that only reads (``pasis --read-only``): a file, for it writes nowhere else.

A copy of a register, or a standby, cannot keep its access log, yet every look is to be logged.  So
each event is a line of JSON in a file of this program's run, through to the disk before what was
read is shown; where the line cannot be written, nothing is shown.  The lines have the columns of
``audit_event``, and ``database``, the register's instance, to be brought into its log later.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pasis_tui import clock
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.validation.file_faults import in_swedish

FOLDER = "readings"


class ReadingLog:
    """The file in the folder *home*; ``guesses`` are the wrong passwords of this run, by user id."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._file: int | None = None
        self.guesses: dict[int, int] = {}

    def write(self, instance: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Keep *events* on the disk.  Raises DatabaseTrouble."""
        lines = "".join(
            json.dumps({"database": instance, **event}, ensure_ascii=False, default=_plain) + "\n"
            for event in events
        )
        try:
            if self._file is None:
                self._file = self._new()
            data = lines.encode()
            if os.write(self._file, data) != len(data):
                raise OSError(28, os.strerror(28))  # cut: the disk is full
            os.fsync(self._file)
        except OSError as error:
            raise DatabaseTrouble(
                f"Läsningen kan inte loggas i {self._folder}: {in_swedish(error)}. Inget visas.",
                "disk",
            ) from error

    def _new(self) -> int:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{clock.now():%Y%m%dT%H%M%S%f}-{os.getpid()}.jsonl"
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
        return os.open(self._folder / name, flags, 0o600)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
