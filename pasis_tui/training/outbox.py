"""What a learner's program has to tell the class, kept in a file until the class store has it.

A line of JSON for each event, written at once, so that a killed program loses none.  An event's
number is that of its line; the store knows how many of an outbox it has, so that each arrives once
and in order however often it is sent.  Each program has an outbox of its own, which a lock marks as
in use; what a program that was killed has left is sent by the learner's next one.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pasis_tui.validation.unseen import shortened

try:
    import fcntl
except ImportError:  # Windows: an open file cannot be removed, which serves as the lock
    fcntl = None  # type: ignore[assignment]

FOLDER = "klass"  # in the data folder
_END = ".jsonl"
_LONGEST = 500  # characters of a text in an event
_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class Outbox:
    """One program's events, or those that another left.  Safe to use from several threads."""

    def __init__(self, path: Path, handle: int | None) -> None:
        self.sender = path.stem.rpartition("-")[2]
        self._path = path
        self._handle = handle
        self._mutex = threading.Lock()
        self._items: list[dict[str, Any]] = list(_read(path))
        self.delivered = 0

    @classmethod
    def new(cls, home: Path, token: str) -> Outbox:
        """Make the outbox of a program; one that cannot be written lasts as long as the program."""
        path = home / FOLDER / f"{token}-{uuid.uuid4().hex}{_END}"
        handle = None
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | _FLAGS, 0o600)
            _lock(handle)
        return cls(path, handle)

    @classmethod
    def left(cls, home: Path, token: str) -> list[Outbox]:
        """Return what programs of this learner that have ended did not deliver, the oldest first."""
        found = []
        with suppress(OSError):
            paths = (home / FOLDER).glob(f"{token}-*{_END}")
            for path in sorted(paths, key=lambda each: each.stat().st_mtime):
                handle = os.open(path, os.O_RDWR | _FLAGS)
                if _lock(handle):
                    found.append(cls(path, handle))
                else:
                    os.close(handle)
        return found

    def put(self, item: Mapping[str, Any]) -> None:
        """Add an event."""
        kept = {k: shortened(v, _LONGEST) if isinstance(v, str) else v for k, v in item.items()}
        with self._mutex:
            self._items.append(kept)
            if self._handle is not None:
                with suppress(
                    OSError
                ):  # a full disk: what the program remembers is sent all the same
                    os.write(self._handle, json.dumps(kept).encode() + b"\n")

    def waiting(self, most: int) -> tuple[int, list[dict[str, Any]]]:
        """Return the number of the first event that was not delivered, from 1, and the events."""
        with self._mutex:
            return self.delivered + 1, self._items[self.delivered : self.delivered + most]

    @property
    def empty(self) -> bool:
        """Whether everything is delivered."""
        with self._mutex:
            return self.delivered >= len(self._items)

    def close(self) -> None:
        """Let go of the file; once everything is delivered it is removed."""
        with self._mutex:
            if self._handle is None:
                return
            if self.delivered >= len(self._items):
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None


def _read(path: Path) -> Iterable[dict[str, Any]]:
    """Yield the events of a file.  A line cut by a kill was never sent, and stands at the end."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            item = None
        yield item if isinstance(item, dict) else {}


def _lock(handle: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
