"""A file written whole or not at all, and readable by its owner only."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pasis_tui.files import run_folder
from pasis_tui.files.tables import printable
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.for_people import ForPeople


class FileTrouble(ForPeople):
    """A file that could not be written, read or reached."""


_confined: list[Path] = []


@contextmanager
def confined_to(folder: Path) -> Iterator[None]:
    """Within the block, or until it is closed, no path outside *folder* can be typed.

    For keys that no person presses: an exercise's solution reaches no file but its own.
    """
    _confined.append(folder.resolve())
    try:
        yield
    finally:
        _confined.pop()


def only_folder() -> Path | None:
    """Return the one folder that files are written in and read from, None where any can be named.

    PASIS_FILES names it.  In a browser it is the session's own, and what is written there is sent to
    the browser; nothing else of the server's disk can be named.
    """
    folder = os.environ.get("PASIS_FILES")
    return Path(folder) if folder else None


def shown_path(path: Path) -> str:
    """Return *path* as whoever sits at the screen knows it: by its name alone in an only folder."""
    return path.name if only_folder() else str(path)


def _in_only(text: str, folder: Path) -> Path:
    name = text.strip()
    if not name or name.startswith((".", "~")) or "/" in name or "\\" in name or "\0" in name:
        raise FileTrouble(
            "Filer sparas på en plats som är bestämd här. Skriv bara filens namn, ingen mapp."
        )
    return folder / name


def typed_path(text: str) -> Path:
    """Return the path that somebody typed, ``~`` included.  Raises FileTrouble.

    A typed å is one character; in the name of a file or folder from a Mac it may be two.
    """
    if folder := only_folder():
        return _in_only(text, folder)
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:  # ~somebody whom the system does not know
        name = printable(Path(text).name)
        raise FileTrouble(
            f"Filen {name} går inte att nå: hemmappen finns inte. Välj en annan plats."
        ) from error
    if _confined and not path.resolve().is_relative_to(_confined[-1]):
        raise FileTrouble(
            f"{printable(path.name)}: en övnings facit når inga filer utanför övningen."
        )
    apart = Path(unicodedata.normalize("NFD", str(path)))
    if not _is_there(path) and _is_there(apart):
        return apart
    if _is_there(path.parent) or not _is_there(apart.parent):
        return path
    return apart.parent / path.name


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # the name is too long
        return False


@contextmanager
def saying_why(target: Path) -> Iterator[None]:
    """Turn an OSError of the block into FileTrouble about *target*."""
    try:
        yield
    except OSError as error:
        raise FileTrouble(
            f"Filen {printable(target.name)} kan inte skrivas: {in_swedish(error)}."
            " Välj en annan plats eller ett annat namn."
        ) from error


@contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that replaces *target* when the block ends well.

    Until then it lies in the run's own folder (``run_folder``), mode 0600.  Raises FileTrouble, for
    an OSError inside the block too; then nothing is left behind and *target* is unchanged.
    """
    with saying_why(target):
        _check(target)
        made = _new_file(target)
        try:
            with made.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _move(made, target)
            _keep_name(target.parent)
        except BaseException:
            made.unlink(missing_ok=True)
            raise


_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):  # not every system has each
    _APPEND |= getattr(os, _flag, 0)


def added_to(path: Path) -> int:
    """Open the file *path* for writing at its end, 0600 when it is new; return its descriptor.

    Raises OSError, also for what is no file, or is another's: a link, or a name of several.
    """
    handle = os.open(path, _APPEND, 0o600)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(handle)
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    return handle


def _new_file(target: Path) -> Path:
    run = run_folder.current()
    if run is None:  # no folder was begun, as in tests
        return run_folder.new_file(target.parent, ".pasis-")
    try:
        return run_folder.new_file(run.folder())
    except OSError as error:
        raise unusable(run.tmp, error) from error


def unusable(folder: Path, error: OSError) -> FileTrouble:
    """Return what is said of the *folder* of runs' folders when none can be made there."""
    return FileTrouble(
        f"Mappen {printable(str(folder), 200)} kan inte användas: {in_swedish(error)}."
        " Filer skrivs genom den: flytta undan det som ligger där, eller ändra behörigheten."
    )


def _move(made: Path, target: Path) -> None:
    try:
        made.replace(target)
    except OSError as error:
        run = run_folder.current()
        if error.errno != errno.EXDEV or run is None:
            raise
        with run.beside(target) as near:  # on another disk, so a rename works only from there
            with made.open("rb") as source, near.open("wb") as file:
                shutil.copyfileobj(source, file)
                file.flush()
                os.fsync(file.fileno())
            near.replace(target)
        made.unlink()


def _keep_name(folder: Path) -> None:
    """Sync the folder, so that the file's new name is on disk; not every system can open a folder."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
            raise
    finally:
        os.close(handle)


def _check(target: Path) -> None:
    """Raise OSError for a target that a rename would wrongly replace."""
    if not target.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "")
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "")
    if not os.access(target.parent, os.W_OK | os.X_OK):  # refuse before the rows are written
        raise PermissionError(errno.EACCES, "")
    if not target.exists():
        return
    # The mode is checked as well: an administrator may write anyway, and is refused like everyone.
    if not target.stat().st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "")
    if not target.is_file():  # a device or a pipe
        raise PermissionError(errno.EPERM, "")
