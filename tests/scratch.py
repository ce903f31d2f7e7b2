"""Where the tests' files lie."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH = 4 << 30  # bytes: what two workers leave in a whole run, and as much again


def _scratch() -> Path:
    """In memory where there is enough of it: half of a test of the store is the wait for a disk."""
    if os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        return _MEMORY
    return Path(tempfile.gettempdir())


SCRATCH = _scratch()
