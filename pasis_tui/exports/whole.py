"""A file written whole or not at all, and readable by its owner only."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pasis_tui.exports.tables import printable
from pasis_tui.validation.file_faults import in_swedish


class FileTrouble(Exception):
    """A file that could not be written or reached; the text is a Swedish sentence with the way out."""


def typed_path(text: str) -> Path:
    """Return the path that somebody typed, ``~`` included.  Raises FileTrouble."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # ~somebody whom the system does not know
        name = printable(Path(text).name)
        raise FileTrouble(
            f"Filen {name} går inte att nå: hemmappen finns inte. Välj en annan plats."
        ) from error


@contextmanager
def saying_why(target: Path) -> Iterator[None]:
    """Raise an OSError of the block as FileTrouble with *target*."""
    try:
        yield
    except OSError as error:
        raise _trouble(target, in_swedish(error)) from error


@contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """Give a file to write that takes the place of *target* when all went well.

    It lies beside *target* until then, mode 0600.  Raises FileTrouble, for an OSError inside the
    block too; then nothing is left beside and *target* is as it was.
    """
    with saying_why(target):
        _check(target)
        handle, name = tempfile.mkstemp(prefix=".pasis-", dir=target.parent)
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _check(target: Path) -> None:
    """Raise OSError for a target that a rename would replace although it should not."""
    if not target.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "")
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "")
    if not target.exists():
        return
    # The mode is looked at as well, so that the administrator gets everyone's answer.
    if not target.stat().st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "")
    if not target.is_file():  # a device or a pipe
        raise PermissionError(errno.EPERM, "")


def _trouble(target: Path, why: str) -> FileTrouble:
    return FileTrouble(
        f"Filen {printable(target.name)} kan inte skrivas: {why}."
        " Välj en annan plats eller ett annat namn."
    )
