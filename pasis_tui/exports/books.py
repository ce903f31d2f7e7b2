"""Excel books: a real table with header, frozen row, widths and types, and the order's facts.

openpyxl is imported here only, and only when a book is written or read.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pasis_tui.exports.tables import BROKEN, BadTable, printable
from pasis_tui.exports.whole import whole

if TYPE_CHECKING:
    from openpyxl import Workbook

_BATCH = 5_000  # rows between two words of progress


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

    The book is whole or not there, readable by its owner only.  Text stays text even when it
    begins with ``=``.  *progress* is called with the rows written so far.  Raises FileTrouble.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.filters import AutoFilter
    from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

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

    count = 0
    kinds = [column.kind for column in columns]
    with whole(path) as file, _written(book, file):
        sheet.append([head(column.name) for column in columns])
        for row in rows:
            sheet.append([cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
            count += 1
            if progress is not None and count % _BATCH == 0:
                progress(count)
        if count:
            last = f"{get_column_letter(len(columns))}{count + 1}"
            table = Table(displayName="Lista", ref=f"A1:{last}")
            table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
            table.autoFilter = AutoFilter(ref=table.ref)
            table.tableColumns = [TableColumn(id=n, name=c.name) for n, c in enumerate(columns, 1)]
            sheet.tables.add(table)
        second = book.create_sheet("Beställning")
        second.column_dimensions["A"].width = 28
        second.column_dimensions["B"].width = 60
        for name, value in facts:
            second.append([head(name), cell(value, "text")])
    return count


def save_book(book: Workbook, file: BinaryIO) -> None:
    """Save *book* in *file*; unlike its own ``save``, it can fail without noise afterwards.

    Raises OSError.
    """
    from openpyxl.writer.excel import ExcelWriter

    book.properties.modified = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    with _saying_what_lxml_meant(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()


@contextmanager
def _saying_what_lxml_meant() -> Iterator[None]:
    """Raise lxml's fault with a temporary file (``IO_ENOSPC``) as the OSError that it is."""
    from lxml.etree import SerialisationError

    try:
        yield
    except SerialisationError as error:
        code = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        raise OSError(code, os.strerror(code)) from error


@contextmanager
def _written(book: Workbook, file: BinaryIO) -> Iterator[None]:
    """Save *book* when the block ends well; else take away what it had put in temporary files."""
    try:
        with _saying_what_lxml_meant():
            yield
        save_book(book, file)
    except BaseException:
        sheets: list[Any] = book.worksheets  # the stubs leave out what a write-only sheet has
        for sheet in sheets:
            if not sheet.closed:  # its half-written stream would complain when collected
                with suppress(OSError), _saying_what_lxml_meant():
                    sheet.close()
            if Path(sheet._writer.out).exists():
                sheet._writer.cleanup()
        raise


def read_first_sheet(path: Path, most: int) -> list[list[str]]:
    """Return the first *most* rows of the first sheet as text, the header first.

    Raises BadTable for a file that was spoilt since it was written.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True)
        try:
            # A row ends at its last cell that holds something; the others are as wide as the head.
            rows = book.worksheets[0].iter_rows(max_row=most, values_only=True)
            found = [[_shown(value) for value in row] for row in rows]
            return [row + [""] * (len(found[0]) - len(row)) for row in found]
        finally:
            book.close()
    except BROKEN as error:
        raise BadTable(f"Filen {printable(path.name)} är skadad.") from error


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value.date().isoformat() if hasattr(value, "date") else str(value)
