"""Places where a file cannot be written, the administrator's own included, and full disks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def in_a_folder_that_is_missing(folder: Path) -> Path:
    return folder / "borta" / "x.xlsx"


def in_a_file(folder: Path) -> Path:
    (folder / "fil").write_text("ingen mapp")
    return folder / "fil" / "x.xlsx"


def a_folder(folder: Path) -> Path:
    (folder / "x.xlsx").mkdir()
    (folder / "x.xlsx" / "mitt").write_text("rör inte")
    return folder / "x.xlsx"


def write_protected(folder: Path) -> Path:
    path = folder / "x.xlsx"
    path.write_text("gammalt")
    path.chmod(0o444)  # the administrator could write it, and must not either
    return path


def a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "x.xlsx")
    return folder / "x.xlsx"


def with_too_long_a_name(folder: Path) -> Path:
    return folder / ("å" * 200 + ".xlsx")


TARGETS: dict[Callable[[Path], Path], str] = {
    in_a_folder_that_is_missing: "mappen finns inte",
    in_a_file: "mappen finns inte",
    a_folder: "det är en mapp",
    write_protected: "den är skrivskyddad för dig",
    a_pipe: "den är skrivskyddad för dig",
    with_too_long_a_name: "namnet är för långt",
}


def seen(folder: Path) -> list[tuple[str, int, bytes]]:
    """All that is in *folder*: names, modes, contents."""
    return sorted(
        (
            str(path.relative_to(folder)),
            path.stat().st_mode,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    )


CANNOT_MOUNT = (
    subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True, check=False,
    ).returncode
    if sys.platform == "linux" and Path("/usr/bin/unshare").exists() else 1
)  # fmt: skip


def on_a_full_disk(place: Path, kilobytes: int) -> list[str]:
    """The start of a command that alone sees a disk of so many *kilobytes* at *place*."""
    mount = f"mount -t tmpfs -o size={kilobytes}k,mode=700 none '{place}' && exec \"$@\""
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
