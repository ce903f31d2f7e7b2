"""Checks that a place is fit for a SQLite file, and says what is wrong when it is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pasis_tui.store.trouble import DatabaseTrouble, damaged
from pasis_tui.validation.file_faults import in_swedish

MOUNTS = Path("/proc/mounts")
_MAGIC = b"SQLite format 3\x00"
_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system *path* lies on, by a table like ``/proc/mounts``."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        # A later line hides an earlier one on the same point.
        if len(point) >= best and path.is_relative_to(point):
            best, kind = len(point), fields[2]
    return kind


def is_network(kind: str) -> bool:
    """Tell whether *kind* is a network share, where SQLite's WAL loses data."""
    return kind == "cifs" or kind == "fuse.sshfs" or kind.startswith(("nfs", "smb"))


def check_place(path: Path, mounts: str | None = None) -> None:
    """Raise DatabaseTrouble when a SQLite database at *path* could not be used safely."""
    try:
        _check(path, mounts)
    except OSError as error:  # the name is too long, the disk answers with a fault
        raise DatabaseTrouble(
            f"{path} går inte att använda: {in_swedish(error)}.", "read-only"
        ) from error


def _check(path: Path, mounts: str | None) -> None:
    folder = path.parent
    if path.is_dir():
        raise DatabaseTrouble(f"{path} är en mapp, inte en databasfil.", "foreign")
    if not folder.is_dir():
        raise DatabaseTrouble(
            f"Mappen {folder} finns inte. Skapa den eller välj en annan plats.", "missing folder"
        )
    if mounts is None:
        mounts = MOUNTS.read_text(errors="replace") if MOUNTS.exists() else ""
    if is_network(file_system(path.resolve(), mounts)) or str(path).startswith(("\\\\", "//")):
        raise DatabaseTrouble(
            f"{path} ligger på en nätverksdisk. Där kan SQLite förlora uppgifter: lägg filen på "
            "datorns egen disk, eller använd PostgreSQL.",
            "network",
        )
    # WAL writes beside the file, so both must be writable.  The mode is looked at as well,
    # so that the administrator gets the same answer as everyone else.
    for place, words in ((folder, "Mappen"), (path, "Filen")):
        if place.exists() and not (place.stat().st_mode & _WRITE and os.access(place, os.W_OK)):
            raise DatabaseTrouble(
                f"{words} {place} är skrivskyddad för dig. Ändra behörigheten eller välj en annan "
                "plats.",
                "read-only",
            )
    if path.exists() and not os.access(path, os.R_OK):
        raise DatabaseTrouble(f"Filen {path} får inte läsas av dig.", "read-only")
    if path.exists():
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
        if head and head != _MAGIC:
            # SQLite would take a very short file for an empty one and write over it.
            raise damaged(str(path))


def make_file(path: Path) -> None:
    """Make an empty file that only its owner may read; leave an existing one alone."""
    flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0)
    os.close(os.open(path, flags, 0o600))
