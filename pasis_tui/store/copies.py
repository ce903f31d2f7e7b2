"""Copies of a SQLite file: of one nobody has open, and of one that is being worked in."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

from pasis_tui.store.trouble import DatabaseTrouble, trouble_from
from pasis_tui.validation.file_faults import in_swedish

_COMPANIONS = ("", "-wal", "-shm", "-journal")


def copy_closed(source: Path, target: Path) -> None:
    """Copy a file that no program has open to the new file *target*, readable by its owner only.

    The copy is an instance of its own, so that no draft of the original comes back in it.  Raises
    DatabaseTrouble; nothing is left of a copy that failed.
    """
    _to(target, lambda: shutil.copyfile(source, target))


def copy_open(source: Path, target: Path) -> None:
    """Copy a file that may be open, as of its last commit.  Otherwise as ``copy_closed``."""

    def copy() -> None:
        with closing(sqlite3.connect(source)) as known, closing(sqlite3.connect(target)) as made:
            known.backup(made)

    _to(target, copy)


def _to(target: Path, copy: Callable[[], object]) -> None:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copy()
        with closing(sqlite3.connect(target)) as made, made:
            made.execute(
                "UPDATE database_fact SET value = ? WHERE name = 'instance'", (uuid4().hex,)
            )
    except (OSError, sqlite3.Error) as error:
        if not isinstance(error, FileExistsError):
            discard(target)
        if isinstance(error, OSError):
            raise DatabaseTrouble(
                f"{target.name} kan inte skrivas: {in_swedish(error)}."
            ) from error
        known = trouble_from(error, target.name)
        raise known or DatabaseTrouble(f"{target.name} kan inte skrivas.") from error


def discard(path: Path) -> None:
    """Remove a file that nobody has open, and what SQLite keeps beside it."""
    for tail in _COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + tail).unlink()
