"""Keeps a fault of the program on disk, for those who mend it: where it was, and nothing personal.

Neither values of variables nor numbers in the message are kept: they could be a patient's.
"""

from __future__ import annotations

import os
import platform
import re
import traceback
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d+\-]{3,}\w*")


def keep(error: BaseException, home: Path) -> Path:
    """Write the fault *error* to a new file in *home*, its owner's only, and return its path.

    Raises OSError.
    """
    told = [
        f"PASiS {version('pasis-tui')}, Python {platform.python_version()}, Textual {version('textual')}",
        *_frames(error),
    ]
    folder = home / "fel"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"fel-{datetime.now():%Y%m%d-%H%M%S-%f}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(told) + "\n")
    return path


def _frames(error: BaseException) -> list[str]:
    told: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        told += [line.rstrip() for line in traceback.format_tb(seen.__traceback__)]
        told.append(f"{type(seen).__qualname__}: {_QUOTED.sub('…', str(seen))}")
        seen = seen.__cause__ or seen.__context__
    return told
