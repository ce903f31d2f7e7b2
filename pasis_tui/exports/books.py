"""Excel books: a real table with header, frozen row, widths and types, and the order's facts.

openpyxl is imported here only, and only when a book is written or read.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BATCH = 2_000  # rows between two words of progress


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in characters, and ``text``, ``date`` or ``number``."""

    name: str
    width: int
    kind: str = "text"


def clean(text: str) -> str:
    """Return *text* without control characters, which a workbook cannot hold."""
    return "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"})


def write_book(
    path: Path,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    facts: Sequence[tuple[str, str]],
    progress: Any = None,
) -> int:
    """Write *rows* to *path* and return how many there were.

    The book is written beside and then put in place, readable by its owner only.  Text stays
    text even when it begins with ``=``.  *progress* is called with the rows written so far.
    Raises OSError.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.filters import AutoFilter
    from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

    beside = path.with_name(path.name + ".ny")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    bold = Font(bold=True)

    def cell(value: Any, kind: str) -> Any:
        if value is None or value == "":
            return None
        if kind != "text":
            return value
        text = value if type(value) is str else str(value)
        if not text.isprintable():
            text = clean(text)
        if text[:1] != "=":
            return text
        made = WriteOnlyCell(sheet, text)
        made.data_type = "s"  # or it would become a formula
        return made

    def head(text: str) -> Any:
        made = WriteOnlyCell(sheet, text)
        made.font = bold
        return made

    sheet.append([head(column.name) for column in columns])
    count = 0
    kinds = [column.kind for column in columns]
    try:
        for row in rows:
            sheet.append([cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
            count += 1
            if progress is not None and count % _BATCH == 0:
                progress(count)
    except BaseException:
        sheet.close()  # its half-written stream would complain when collected
        os.close(handle)
        beside.unlink()
        raise
    if count:
        table = Table(displayName="Lista", ref=f"A1:{get_column_letter(len(columns))}{count + 1}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
        table.autoFilter = AutoFilter(ref=table.ref)
        table.tableColumns = [TableColumn(id=n, name=c.name) for n, c in enumerate(columns, 1)]
        sheet.tables.add(table)
    second = book.create_sheet("Beställning")
    second.column_dimensions["A"].width = 28
    second.column_dimensions["B"].width = 60
    for name, value in facts:
        second.append([head(name), cell(value, "text")])
    try:
        with os.fdopen(handle, "wb") as file:
            book.save(file)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return count


def read_first_sheet(path: Path, most: int) -> list[list[str]]:
    """Return the first *most* rows of the first sheet as text, the header first."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    try:
        sheet = book.worksheets[0]
        found = []
        for row in sheet.iter_rows(max_row=most, values_only=True):
            found.append([_shown(value) for value in row])
        return found
    finally:
        book.close()


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value.date().isoformat() if hasattr(value, "date") else str(value)
