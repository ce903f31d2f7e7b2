"""Draft files: opened, locked, written and set aside, with no trust in what lies in the folder.

A link is never followed, a pipe never waited for, and only a plain file of this user's, private
to them, is read.  The window whose draft it is keeps the file locked as long as it lives; the
system releases the lock when the window dies.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks: there any window may take another's drafts
    fcntl = None  # type: ignore[assignment]

_OPEN = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
    _OPEN |= getattr(os, _flag, 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
for _flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
    _CREATE |= getattr(os, _flag, 0)

LETTERS = str.maketrans("0123456789", "ghijklmnop")
ASIDE = "undanlagda"


class Spoilt(Exception):
    """What lies there is not a plain file of this user's."""


class Held(Exception):
    """Another window holds the file."""


def token() -> str:
    """Return a random word of letters; random digits could look like an identity number."""
    return secrets.token_hex(8).translate(LETTERS)


def take(path: Path, most: int) -> tuple[int, bytes]:
    """Open, lock and read *path*; return its handle, to be closed by the caller, and its bytes.

    Raises Spoilt, Held and OSError.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):  # opening a device may have effects
        raise Spoilt
    handle = os.open(path, _OPEN)
    try:
        if not _ours(os.fstat(handle), most):
            raise Spoilt
        hold(handle)
        return handle, os.read(handle, most + 1)
    except BaseException:
        os.close(handle)
        raise


def _ours(status: os.stat_result, most: int) -> bool:
    if not stat.S_ISREG(status.st_mode) or status.st_size > most:
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o077


def hold(handle: int) -> None:
    """Lock the open file until its handle is closed.  Raises Held."""
    if fcntl is None:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Held from error
    except OSError:  # a file system without locks
        return


def write(path: Path, data: bytes) -> int:
    """Write a file beside *path*, move it there, and return its locked handle.  Raises OSError."""
    beside = path.with_name(f"{token()}.new")
    handle = os.open(beside, _CREATE, 0o600)
    try:
        hold(handle)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        if fcntl is None:  # Windows cannot move an open file
            os.close(handle)
            handle = -1
        beside.replace(path)
    except BaseException:
        if handle >= 0:
            os.close(handle)
        with suppress(OSError):
            beside.unlink()
        raise
    return handle


def make_folder(folder: Path) -> None:
    """Make *folder*, private to its owner.  Raises OSError when it is anything but a folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(20, "link", str(folder))
    if hasattr(os, "getuid") and status.st_mode & 0o077 and status.st_uid == os.getuid():
        folder.chmod(0o700)


def set_aside(path: Path) -> bool:
    """Move *path* into the folder of files set aside; False when it cannot be moved."""
    place = path.parent / ASIDE
    try:
        make_folder(place)
        path.rename(place / f"{token()}-{path.name[-60:]}")
    except OSError:
        return False
    return True
