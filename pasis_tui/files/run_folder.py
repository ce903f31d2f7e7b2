"""This run's own folder in the data folder, where files are written until they are complete.

It is ``<data folder>/tmp/<pid>-<random>``, private to its owner, and made when the first file is
written.  A lock in it shows that the run is alive; the kernel releases it however the program
ends.  The next start sweeps what killed runs have left: their folders, and the files they had
noted there as lying beside a target on another disk.  No link is followed, and only what has such
a name in such a place is removed.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # on Windows an open file cannot be removed, which serves as the lock
    fcntl = None  # type: ignore[assignment]

TMP = "tmp"
_LOCK = "lock"
_NOTE = ".beside"  # the end of a note's name
_SESSIONS = "sessions"
_RUN = re.compile(r"[0-9]{1,10}-[a-p]{16}")
_DOT = re.compile(r"\.pasis-[a-p]{16}")
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_MOST_NOTE = 64 * 1024  # bytes of a note
_LONGEST = 5.0  # seconds to wait for the sweep at the end: a disk may not answer
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NEW = os.O_CREAT | os.O_EXCL | os.O_RDWR | _FLAGS


def _token() -> str:
    return secrets.token_hex(8).translate(_LETTERS)


def new_file(folder: Path, start: str = "") -> Path:
    """Make an empty file that only its owner may read in *folder*.  Raises OSError."""
    path = folder / f"{start}{_token()}"
    os.close(os.open(path, _NEW, 0o600))
    return path


class Run:
    """One run of the program and its folder.  Safe to call from any thread."""

    def __init__(self, home: Path) -> None:
        self.tmp = home.absolute() / TMP
        self._folder: Path | None = None
        self._handle = -1
        self._mutex = threading.Lock()

    def folder(self) -> Path:
        """Return the folder, made and locked if it is missing.  Raises OSError.

        From now on everything that asks for a temporary file (openpyxl) gets it there too.
        """
        with self._mutex:
            if self._folder is None or not (self._folder / _LOCK).exists():
                self._let_go()
                self._folder, self._handle = self._made()
            tempfile.tempdir = str(self._folder)
            return self._folder

    def _made(self) -> tuple[Path, int]:
        for _ in range(100):
            folder = self.tmp / f"{os.getpid()}-{_token()}"
            try:
                self.tmp.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not _is_own(self.tmp, stat.S_ISDIR):
                    raise NotADirectoryError(errno.EEXIST, "no folder of ours", str(self.tmp))
                folder.mkdir(mode=0o700)
                handle = os.open(folder / _LOCK, _NEW, 0o600)
            except FileNotFoundError:
                continue  # somebody sweeps, this program too, and was there first
            except FileExistsError:
                if os.path.lexists(self.tmp) and not self.tmp.is_dir():
                    raise
                continue
            if _hold(handle) is not False and _is_at(handle, folder / _LOCK):
                return folder, handle
            os.close(handle)
        raise OSError(errno.EBUSY, "swept again and again", str(self.tmp))

    def sessions(self) -> Path:
        """Make and return the folder, in this run's, of what tabs of a browser save.  Raises OSError."""
        folder = self.folder() / _SESSIONS
        folder.mkdir(mode=0o700)
        return folder

    @contextmanager
    def beside(self, target: Path) -> Iterator[Path]:
        """Give a new file beside *target*, noted before it is made, to be moved or written.

        What is left of it is removed.  Raises OSError.
        """
        path = target.parent.resolve() / f".pasis-{_token()}"
        note = self.folder() / f"{_token()}{_NOTE}"
        handle = os.open(note, _NEW, 0o600)
        try:
            os.write(handle, json.dumps(str(path)).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.close(os.open(path, _NEW, 0o600))
            yield path
        finally:
            with suppress(OSError):
                path.unlink(missing_ok=True)
                note.unlink()

    def leave(self) -> None:
        """Remove the folder with what is in it."""
        with self._mutex:
            self._let_go()

    def _let_go(self) -> None:
        if self._folder is None:
            return
        if tempfile.tempdir == str(self._folder):
            tempfile.tempdir = None
        with suppress(OSError):
            _clear(self._folder)
        os.close(self._handle)
        self._folder, self._handle = None, -1
        with suppress(OSError):
            self.tmp.rmdir()


_run: Run | None = None
_sweeping: threading.Thread | None = None


def begin(home: Path) -> None:
    """Write files by way of *home* from now on, and sweep what killed runs left there."""
    global _run, _sweeping
    _run = Run(home)
    # In a thread that nothing waits for: the disk of a noted file may not answer.
    _sweeping = threading.Thread(target=sweep, args=(home,), name="sweep", daemon=True)
    _sweeping.start()


def current() -> Run | None:
    """Return the run that ``begin`` started, if any."""
    return _run


def end() -> None:
    """End the run that ``begin`` started, if any."""
    global _run, _sweeping
    if _sweeping is not None:
        _sweeping.join(_LONGEST)
    if _run is not None:
        _run.leave()
    _run = _sweeping = None


def sweep(home: Path) -> None:
    """Remove what dead runs have left in *home* or noted there."""
    tmp = home.absolute() / TMP
    with suppress(OSError):
        if not _is_own(tmp, stat.S_ISDIR):
            return
        for folder in list(tmp.iterdir()):
            if _RUN.fullmatch(folder.name):
                with suppress(OSError):
                    _sweep_run(folder)
        tmp.rmdir()  # when nothing else is there


def _sweep_run(folder: Path) -> None:
    if not _is_own(folder, stat.S_ISDIR):
        return
    lock = folder / _LOCK
    if fcntl is None:
        lock.unlink(missing_ok=True)
    flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | _FLAGS
    handle = os.open(lock, flags, 0o600)
    try:
        if _hold(handle) and _is_at(handle, lock) and _is_own(lock, stat.S_ISREG):
            _clear(folder)
    finally:
        os.close(handle)


def _hold(handle: int) -> bool | None:
    """Lock the open file exclusively; False when another holds it, None where locks do not exist."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _is_own(path: Path, kind: Callable[[int], bool]) -> bool:
    """Tell whether *path* itself, not a link to it, is of *kind* and ours."""
    status = path.lstat()
    ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return ours and kind(status.st_mode)


def _clear(folder: Path) -> None:
    """Remove the folder of a run whose lock we hold, and the files it has noted."""
    waits = False
    for path in list(folder.iterdir()):
        if path.name == _LOCK:
            continue
        with suppress(OSError):
            if path.name == _SESSIONS and _is_own(path, stat.S_ISDIR):
                shutil.rmtree(path)  # follows no link
            elif path.name.endswith(_NOTE) and not _remove_noted(path):
                waits = True  # its disk is missing: the next start tries again
            else:
                path.unlink()  # a link is removed itself; a folder, which is not ours, stays
    if not waits:
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()


def _remove_noted(note: Path) -> bool:
    """Remove the file that *note* names; False when its disk cannot be reached now."""
    if not _is_own(note, stat.S_ISREG) or note.stat().st_size > _MOST_NOTE:
        return True
    try:
        noted = json.loads(note.read_bytes())
    except (ValueError, RecursionError):
        return True  # killed before the file was made
    path = Path(noted) if isinstance(noted, str) else Path()
    if not path.is_absolute() or not _DOT.fullmatch(path.name):
        return True
    try:
        if path.parent.resolve(strict=True) == path.parent and _is_own(path, stat.S_ISREG):
            path.unlink()
    except FileNotFoundError:
        return path.parent.exists()
    except OSError:
        return False
    return True
