"""Finds the display files and the reference data."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder *name* ("screens" or "data").

    A wheel carries it inside the package as ``_name``; a checkout and an
    editable install have it beside the package.  Raises FileNotFoundError.
    """
    for candidate in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"pasis_tui was installed without its {name}/ folder")
