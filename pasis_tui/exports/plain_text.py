"""A text for a printer: a file only its owner reads, whole or not there at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pasis_tui.exports.whole import FileTrouble, whole
from pasis_tui.validation.file_faults import in_swedish


def write_private(
    folder: Path, name: str, lines: Sequence[str], written: Callable[[], None] = lambda: None
) -> Path:
    """Write *lines* to *name* in *folder*, made when missing; a file of the name is replaced.

    *written* is called before the file gets its name, and it gets none when that raises.
    Raises FileTrouble; nothing is then left behind.
    """
    # what a patient's name holds must not steer the printer
    text = "".join("".join(c for c in line if c.isprintable()) + "\n" for line in lines)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileTrouble(f"Mappen {folder} kan inte skapas: {in_swedish(error)}.") from error
    with whole(folder / name) as file:
        file.write(text.encode())
        written()
    return folder / name
