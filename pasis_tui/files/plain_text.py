"""A text file for a printer: readable by its owner only, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pasis_tui.files.whole import FileTrouble, whole
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.unseen import seen


def write_private(
    folder: Path, name: str, lines: Sequence[str], written: Callable[[], None] = lambda: None
) -> Path:
    """Write *lines* to *name* in *folder*, made when missing; a file of the name is replaced.

    *written* is called before the file gets its name, and it gets none when that raises.
    Raises FileTrouble; nothing is then left behind.
    """
    # a control character in a patient's name must not steer the printer
    text = "".join(f"{seen(line)}\n" for line in lines)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileTrouble(f"Mappen {folder} kan inte skapas: {in_swedish(error)}.") from error
    with whole(folder / name) as file:
        file.write(text.encode())
        written()
    return folder / name
