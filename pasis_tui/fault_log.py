"""Keeps a fault of the program on disk for the developers: where it happened, and nothing personal.

Neither the values of variables nor the error's message are kept: they could be a patient's.
"""

from __future__ import annotations

import os
import platform
import traceback
from importlib.metadata import version
from pathlib import Path

from pasis_tui import clock

_DEEPEST = 60  # frames: an endless recursion only repeats itself


def keep(error: BaseException, home: Path) -> Path:
    """Write the fault *error* to a new file in *home*, its owner's only, and return its path.

    Raises OSError.
    """
    lines = [
        f"PASiS {version('pasis-tui')}, Python {platform.python_version()}, Textual {version('textual')}",
        *_frames(error),
    ]
    folder = home / "fel"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"fel-{clock.now().astimezone():%Y%m%d-%H%M%S-%f}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def _frames(error: BaseException) -> list[str]:
    lines: list[str] = []
    seen: BaseException | None = error
    met: set[int] = set()
    while seen is not None and id(seen) not in met:
        met.add(id(seen))
        for frame in traceback.extract_tb(seen.__traceback__)[-_DEEPEST:]:
            lines.append(f"  {_place(frame.filename)}:{frame.lineno} {frame.name}")
            lines.append(f"    {frame.line}")
        lines.append(_named(seen))
        if isinstance(seen, BaseExceptionGroup):
            for inner in seen.exceptions:
                lines += _frames(inner)
        seen = seen.__cause__ or seen.__context__
    return lines


def _place(filename: str) -> str:
    """Return the path inside the program or its libraries, without the user's own folders."""
    parts = Path(filename).parts
    for root in ("site-packages", "pasis_tui"):
        if root in parts:
            at = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[at + (root == "site-packages") :])
    return Path(filename).name


def _named(error: BaseException) -> str:
    """Return the error's type, without its message, which could name a patient."""
    named = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, OSError) and error.errno is not None:
        return f"{named}: errno {error.errno}"
    if isinstance(error, AttributeError | ImportError | NameError) and error.name:
        return f"{named}: {error.name}"  # a name in the code
    return named
