"""Form drafts on disk: what was typed and not saved survives a lost connection or power."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path
from typing import Any

_LETTERS = str.maketrans("0123456789", "ghijklmnop")


class DraftBox:
    """Drafts by name, each a small file that only its owner can read.

    Names hold personal data, so file names are their hashes.  ``keep`` remembers at once and
    ``write`` puts what changed on disk, beside and then over, so a file is old or new.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._drafts: dict[str, dict[str, Any]] = {}
        self._changed: set[str] = set()
        self._refused: set[str] = set()  # by the disk, so far

    def _path(self, name: str) -> Path:
        # Letters only: digits by chance could look like an identity number.
        hashed = hashlib.sha256(name.encode()).hexdigest()[:32].translate(_LETTERS)
        return self._folder / f"{hashed}.json"

    def keep(self, name: str, draft: dict[str, Any]) -> bool:
        """Remember *draft*; True when a write is now due that was not due before."""
        with self._lock:
            if self._drafts.get(name) == draft:
                return False
            due = not self._changed
            self._drafts[name] = draft
            self._changed.add(name)
            return due

    def drop(self, name: str) -> None:
        """Forget the draft *name*, on disk too."""
        with self._lock:
            self._drafts.pop(name, None)
            self._changed.discard(name)
            self._refused.discard(name)
            try:
                self._path(name).unlink(missing_ok=True)
            except OSError:
                self._drafts.setdefault(name, {})  # what the disk still holds is none

    def get(self, name: str) -> dict[str, Any] | None:
        """Return the draft *name*; a file that is no draft counts as none."""
        with self._lock:
            if name in self._drafts:
                return self._drafts[name] or None
            try:
                found = json.loads(self._path(name).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                return None
            if not isinstance(found, dict) or not {"fields", "cursor"} <= found.keys():
                return None
            found.pop("name", None)
            self._drafts[name] = found
            return found

    def pending(self, prefix: str) -> list[dict[str, Any]]:
        """Return the drafts on disk whose names begin with *prefix*, the newest first."""
        found = []
        with self._lock:
            files = sorted(
                self._folder.glob("*.json"), key=lambda f: f.stat().st_mtime, reverse=True
            )
            for path in files:
                try:
                    draft = json.loads(path.read_text(encoding="utf-8"))
                except (OSError, ValueError):
                    continue  # cut by a crash of the machine itself, or out of reach
                if isinstance(draft, dict) and str(draft.get("name", "")).startswith(prefix):
                    found.append(draft)
        return found

    def write(self) -> None:
        """Write every draft that changed; raises OSError, and the next time tries these too."""
        with self._lock:
            self._refused |= self._changed
            self._changed.clear()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in self._refused & self._drafts.keys():
                path = self._path(name)
                beside = path.with_suffix(".new")
                handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump({**self._drafts[name], "name": name}, file, ensure_ascii=False)
                beside.replace(path)
            self._refused.clear()
