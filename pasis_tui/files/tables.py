"""Tables from others: Excel books and text files, read row by row under known headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pasis_tui.files.book_tables import read_book
from pasis_tui.files.text_tables import read_text
from pasis_tui.files.wanted import MOST_ROWS, BadTable, Row, Table, Wanted, printable
from pasis_tui.validation.file_faults import in_swedish

_MOST_BYTES = 50 * 2**20
_BOOKS = {".xlsx", ".xlsm"}
_TEXTS = {".csv", ".tsv", ".txt"}


def read_table(path: Path, wanted: Sequence[Wanted]) -> Table:
    """Return the rows that are not empty, each read or with its fault, and notes on the reading.

    Reads .xlsx (the visible sheet that has the columns) and UTF-8 text with tabs, semicolons or
    commas.  The whole file is read, or none of it.  Raises BadTable.
    """
    name = printable(path.name) or "Filen"
    kind = path.suffix.lower()
    if kind not in _BOOKS | _TEXTS:
        raise BadTable(f"{name}: filen ska vara .xlsx, .csv eller .tsv. Spara om den så.")
    _check(path, name)
    try:
        table = (read_book if kind in _BOOKS else read_text)(path, name, wanted)
    except OSError as error:
        raise BadTable(f"{name} kan inte läsas: {in_swedish(error)}.") from error
    if not len(table):
        raise BadTable(f"{name} har rubriker men inga rader.")
    return table


def _check(path: Path, name: str) -> None:
    try:
        if not path.is_file():
            raise BadTable(f"{printable(str(path), 200)} finns inte eller är ingen fil.")
        if path.stat().st_size > _MOST_BYTES:
            raise BadTable(f"{name} är större än {_MOST_BYTES // 2**20} MB. Dela upp filen.")
        if not path.stat().st_size:
            raise BadTable(f"{name} är tom.")
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        unusable = "sökvägen går inte att använda"
        why = in_swedish(error) if isinstance(error, OSError) else unusable
        raise BadTable(f"{name} kan inte läsas: {why}.") from error


__all__ = ["MOST_ROWS", "BadTable", "Row", "Table", "Wanted", "printable", "read_table"]
