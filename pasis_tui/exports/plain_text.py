"""A text for a printer: a file only its owner reads, whole or not there at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


class FileTrouble(Exception):
    """A file that could not be written; the text is a Swedish sentence with the way out."""


def write_private(folder: Path, name: str, lines: Sequence[str]) -> Path:
    """Write *lines* to *name* in *folder*, made when missing; a file of the name is replaced.

    Written beside and renamed, mode 0600.  Raises FileTrouble; nothing is then left behind.
    """
    target = folder / name
    beside = folder / f".{name}.{os.getpid()}"
    # what a patient's name holds must not steer the printer
    text = "".join("".join(c for c in line if c.isprintable()) + "\n" for line in lines)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileTrouble(
            f"Filen {target} kunde inte skrivas ({error.strerror}). Kontrollera mappen och att"
            " disken har plats, och försök igen."
        ) from error
    return target
