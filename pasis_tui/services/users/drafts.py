"""Form drafts on disk: what was typed and not saved survives a lost connection or power.

They are sealed with the user's key (``sealing``) for one register, user and unit, and for their file's
name: copied to another's, or changed, they are refused.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pasis_tui import clock
from pasis_tui.services.users import draft_files
from pasis_tui.services.users.draft_content import MOST_BYTES, Draft, NoDraft, from_bytes, to_bytes
from pasis_tui.services.users.draft_files import Held, Spoilt
from pasis_tui.services.users.sealing import OVERHEAD, Unsealed, seal, unseal

DAYS_KEPT = 30
_FILE = re.compile(r"([a-p]{16})-[a-p]{32}-[a-p]{16}\.draft")
_STALE = 3600  # seconds after which a half-written file has been abandoned


@dataclass(frozen=True, slots=True)
class Sweep:
    """The result of a sweep: drafts that wait, and how many files were set aside or expired."""

    waiting: tuple[tuple[str, Draft], ...] = ()
    set_aside: int = 0
    expired: int = 0


class DraftBox:
    """Drafts of one *owner* (register, user and unit) by name, each a small file only they can read.

    Names hold personal data, so a file's name is the owner's hash, its own and a random word.
    *key* seals the files; with b"" none is read or written.  ``keep`` remembers
    at once; ``write`` puts what changed on disk, beside the old file and then over it, so a file is
    whole, old or new.  This window locks its files: no other window sees them while it lives.
    """

    def __init__(self, folder: Path, owner: str, key: bytes) -> None:
        self._folder = folder
        self.owner = owner
        self._key = key
        self._lock = threading.Lock()
        self._drafts: dict[str, Draft] = {}
        self._files: dict[str, tuple[Path, int]] = {}  # path and handle, -1 when none is held
        self._changed: set[str] = set()
        self._refused: set[str] = set()  # by the disk, so far

    def keep(self, name: str, draft: Draft) -> bool:
        """Remember *draft*; True when this makes a write due that was not due before."""
        with self._lock:
            if self._drafts.get(name) == draft:
                return False
            due = not self._changed
            now = clock.now().astimezone()
            self._drafts[name] = replace(draft, kept_at=f"{now:%Y-%m-%dT%H:%M}")
            self._changed.add(name)
            return due

    def drop(self, name: str) -> None:
        """Forget the draft *name*, on disk too."""
        with self._lock:
            self._drafts.pop(name, None)
            self._changed.discard(name)
            self._refused.discard(name)
            if file := self._files.pop(name, None):
                with suppress(OSError):  # what the disk still holds expires
                    file[0].unlink(missing_ok=True)
                _let_go(file[1])

    def get(self, name: str) -> Draft | None:
        """Return the draft *name*: this window's, or one taken over from a window that is gone."""
        with self._lock:
            if name in self._drafts:
                return self._drafts[name]
            for path in self._newest(f"{self._stem(name)}-*.draft"):
                if (taken := self._read(path)) is None:
                    continue
                handle, draft_name, draft = taken
                if draft_name != name:
                    _let_go(handle)
                    continue
                self._drafts[name] = draft
                self._files[name] = (path, handle)
                return draft
        return None

    def sweep(self, fits: Callable[[Draft], bool]) -> Sweep:
        """Return the owner's drafts, newest first, and clean up.

        Files that are no drafts of theirs, or do not fit the screens, are set aside; old ones are
        removed.  Another owner's files can be read by nobody here, and wait for them.
        """
        waiting: list[tuple[str, Draft]] = []
        aside = expired = 0
        too_old = clock.wall() - DAYS_KEPT * 86400
        with self._lock:
            own = {path for path, _ in self._files.values()}
            for path in self._newest("*"):
                if path in own or path.suffix not in {".draft", ".json", ".new"}:
                    continue
                named = _FILE.fullmatch(path.name)
                others = named is not None and named[1] != _hashed(self.owner)[:16]
                with suppress(OSError):
                    status = path.lstat()
                    if path.suffix == ".new":
                        if status.st_mtime < clock.wall() - _STALE:
                            path.unlink()  # a folder cannot be unlinked: it stays, and does no harm
                        continue
                    if others:
                        if stat.S_ISREG(status.st_mode) and status.st_mtime < too_old:
                            path.unlink()
                        continue
                    try:
                        known = self._sound(path, fits)
                    except Held:
                        continue
                    except Spoilt:
                        aside += draft_files.set_aside(path)
                        continue
                    if status.st_mtime < too_old:
                        path.unlink()
                        expired += 1
                    else:
                        waiting.append(known)
            self._expire_aside(too_old)
        return Sweep(tuple(waiting), aside, expired)

    def _sound(self, path: Path, fits: Callable[[Draft], bool]) -> tuple[str, Draft]:
        if not self._key:
            raise Held  # this window can judge nothing
        taken = self._read(path, strict=True)
        if taken is None:
            raise Held
        handle, name, draft = taken
        _let_go(handle)
        if not path.name.startswith(f"{self._stem(name)}-") or not fits(draft):
            raise Spoilt
        return name, draft

    def _expire_aside(self, too_old: float) -> None:
        with suppress(OSError):
            for path in (self._folder / draft_files.ASIDE).iterdir():
                with suppress(OSError):
                    if path.lstat().st_mtime < too_old:
                        path.unlink()

    def _newest(self, pattern: str) -> list[Path]:
        dated = []
        with suppress(OSError):
            for path in self._folder.glob(pattern):
                with suppress(OSError):
                    dated.append((path.lstat().st_mtime, path))
        return [path for _, path in sorted(dated, reverse=True)]

    def write(self) -> None:
        """Write every changed draft.  Raises OSError; the next call tries those again."""
        with self._lock:
            self._refused |= self._changed
            self._changed.clear()
            if not self._refused or not self._key:
                return
            draft_files.make_folder(self._folder)
            for name in self._refused & self._drafts.keys():
                path, before = self._files.get(name) or (self._new_path(name), -1)
                data = to_bytes(name, self._drafts[name])
                handle = draft_files.write(path, seal(self._key, self._bound(path), data))
                _let_go(before)
                self._files[name] = (path, handle)
            self._refused.clear()

    def on_disk(self, name: str) -> bool:
        """Whether the draft *name* is on disk as it was last kept."""
        with self._lock:
            return name in self._files and name not in self._unwritten

    @property
    def _unwritten(self) -> set[str]:
        return (self._changed | self._refused) & self._drafts.keys()

    def let_go(self) -> bool:
        """Release the files: the drafts on disk wait for the next window.

        What could not be written stays here, the only place it is in; returns whether anything does.
        """
        with self._lock:
            kept = self._unwritten
            for name in self._files.keys() - kept:
                _let_go(self._files.pop(name)[1])
            self._drafts = {name: self._drafts[name] for name in kept}
            return bool(kept)

    def _new_path(self, name: str) -> Path:
        return self._folder / f"{self._stem(name)}-{draft_files.token()}.draft"

    def _stem(self, name: str) -> str:
        return f"{_hashed(self.owner)[:16]}-{_hashed(name)}"

    def _bound(self, path: Path) -> str:
        return f"{self.owner}{path.name}"

    def _read(self, path: Path, *, strict: bool = False) -> tuple[int, str, Draft] | None:
        """Lock and read a draft's file.

        None when another holds it, or it is no draft of the owner's (*strict*: raises Spoilt).
        """
        if not self._key:
            return None
        try:
            handle, data = draft_files.take(path, MOST_BYTES + OVERHEAD)
        except (Held, FileNotFoundError):
            return None
        except (Spoilt, OSError):
            if strict:
                raise
            return None
        try:
            name, draft = from_bytes(unseal(self._key, self._bound(path), data))
            if not name.startswith(self.owner):
                raise NoDraft
        except (NoDraft, Unsealed) as fault:
            _let_go(handle)
            if strict:
                raise Spoilt from fault
            return None
        return handle, name, draft


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32].translate(draft_files.LETTERS)


def _let_go(handle: int) -> None:
    if handle >= 0:
        with suppress(OSError):
            os.close(handle)
