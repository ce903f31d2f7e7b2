"""A book of 100,000 × 14 cells in a process of its own: ours, openpyxl alone, or nothing at all.

``python excel.py ours|bare|import FILE`` prints the seconds of work it took and the most memory, in
MiB, that the process ever had.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.cell._writer  # what a book needs when it is written

from pasis_tui.files.books import Column, write_book

ROWS, COLUMNS = 100_000, 14
_KINDS = ("text",) * 9 + ("date",) * 3 + ("number",) * 2


def rows() -> Iterator[tuple[Any, ...]]:
    """Yield rows such as the lists have: numbers, names, codes, dates."""
    first = date(2024, 1, 1)
    for n in range(ROWS):
        day = first + timedelta(days=n % 700)
        yield (
            f"19{n % 90 + 10:02}0714-{n % 10_000:04}",
            f"Testsson{n % 977}, Åsa",
            "HUVUD", "B", "E", "ANNLIN", "ÅB", "F411 F32-", "DU011 AU120",
            day, day + timedelta(days=1), day + timedelta(days=2),
            n, n % 20,
        )  # fmt: skip


def ours(path: Path) -> None:
    columns = [Column(f"Kolumn {n}", 14, kind) for n, kind in enumerate(_KINDS, 1)]
    write_book(path, "Lista", columns, rows(), [("Lista", "mätning")])


def bare(path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Lista")
    sheet.append([f"Kolumn {n}" for n in range(1, COLUMNS + 1)])
    for row in rows():
        sheet.append(row)
    book.save(path)


def _most_memory() -> float:
    # Not getrusage: what it says of a new process includes the one that started it.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the system does not say how much memory a process had at most")


if __name__ == "__main__":
    if not openpyxl.LXML:
        raise SystemExit("openpyxl does not use lxml")
    begun = time.process_time()
    if sys.argv[1] != "import":
        {"ours": ours, "bare": bare}[sys.argv[1]](Path(sys.argv[2]))
    print(time.process_time() - begun, _most_memory())
