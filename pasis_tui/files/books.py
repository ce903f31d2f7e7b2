"""Excel books: a table with header, frozen row, widths and types, and a sheet about the order.

openpyxl is imported only when a book is written.
"""

from __future__ import annotations

import errno
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from pasis_tui import clock
from pasis_tui.files.whole import whole
from pasis_tui.validation.unseen import seen

if TYPE_CHECKING:
    from openpyxl import Workbook

_STEP = 250  # rows between two reports of progress


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in characters, and ``text``, ``date`` or ``number``."""

    name: str
    width: int
    kind: str = "text"


def write_book(
    path: Path,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    facts: Sequence[tuple[str, str]],
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Write *rows* to *path* and return how many there were.

    The book is whole or not there, readable by its owner only.  Text stays text even when it
    begins with ``=``.  *progress* is called with the rows written so far, again and again while they
    are packed too; what it raises ends the writing.  Raises FileTrouble.
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
        text = seen(text)  # a workbook cannot hold them all
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
    with whole(path) as file, _written(book, _Steps(file, lambda: progress(count))):
        sheet.append([head(column.name) for column in columns])
        for row in rows:
            sheet.append([cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
            count += 1
            if count % _STEP == 0:
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
    """Save *book* in *file*; unlike its own ``save``, nothing complains later when this fails.

    Raises OSError.
    """
    from openpyxl.writer.excel import ExcelWriter

    book.properties.modified = clock.now().replace(tzinfo=None)
    with _saying_what_lxml_meant(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()


class _Steps:
    """A file that calls *step* before each write; what that raises stops the writing."""

    def __init__(self, file: BinaryIO, step: Callable[[], None]) -> None:
        self._file = file
        self._step = step

    def write(self, data: bytes) -> int:
        self._step()
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def _saying_what_lxml_meant() -> Iterator[None]:
    """Turn lxml's error about a temporary file (``IO_ENOSPC``) into the OSError behind it."""
    from lxml.etree import SerialisationError

    try:
        yield
    except SerialisationError as error:
        code = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        raise OSError(code, os.strerror(code)) from error


@contextmanager
def _written(book: Workbook, file: _Steps) -> Iterator[None]:
    """Save *book* when the block ends well; otherwise remove its temporary files."""
    try:
        with _saying_what_lxml_meant():
            yield
        save_book(book, cast("BinaryIO", file))
    except BaseException:
        sheets: list[Any] = book.worksheets  # the stubs leave out what a write-only sheet has
        for sheet in sheets:
            if not sheet.closed:  # its half-written stream would complain when collected
                with suppress(OSError), _saying_what_lxml_meant():
                    sheet.close()
            if Path(sheet._writer.out).exists():
                sheet._writer.cleanup()
        raise
