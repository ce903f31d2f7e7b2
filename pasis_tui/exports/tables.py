"""Tables that others send: Excel books and text files, read row by row under known heads."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pasis_tui.validation.file_faults import in_swedish

MOST_ROWS = 500_000
_MOST_BYTES = 200 * 2**20
_MOST_UNPACKED = 2**30  # a small book can unpack to anything
_HEAD_ROWS = 20  # official files may begin with a title
_BOOKS = {".xlsx", ".xlsm"}
_TEXTS = {".csv", ".tsv", ".txt"}
# What openpyxl and what lies below it raise for a file that only looks like a book.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    EOFError,
    OSError,
    RuntimeError,
)


class BadTable(Exception):
    """The file cannot be read as the table it should be: a Swedish sentence with file and row."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column: its *name* in the rows, and the *heads* it may have in a file, likeliest first."""

    name: str
    heads: tuple[str, ...]
    mandatory: bool = True


def printable(text: str, most: int = 60) -> str:
    """Return *text* as a message may show it: no controls, at most *most* characters."""
    shown = "".join(c for c in text if c.isprintable())
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def read_table(path: Path, wanted: Sequence[Wanted]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (row number in the file, {column name: text}) for each row that is not empty.

    Reads .xlsx (its first sheet) and UTF-8 text with tabs, semicolons or commas.  Dates come as
    ÅÅÅÅ-MM-DD, times as TT:MM; a column that may be missing comes as "".  Raises BadTable.
    """
    name = printable(path.name)
    places: dict[str, int] | None = None
    first: list[str] = []
    tried = count = 0
    for number, cells in _rows(path, name, wanted):
        if not any(cell.strip() for cell in cells):
            continue
        if places is None:
            places = _places(cells, wanted)
            first = first or cells
            tried += 1
            if places is None and tried >= _HEAD_ROWS:
                break
            continue
        count += 1
        if count > MOST_ROWS:
            raise BadTable(f"{name}: mer än {MOST_ROWS} rader. Dela upp filen.")
        yield number, {key: cells[n] if 0 <= n < len(cells) else "" for key, n in places.items()}
    if not first:
        raise BadTable(f"{name} är tom.")
    if places is None:
        raise BadTable(_missing(name, first, wanted))
    if not count:
        raise BadTable(f"{name} har rubriker men inga rader.")


def _head(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(".: *")


def _places(cells: Sequence[str], wanted: Sequence[Wanted]) -> dict[str, int] | None:
    """Return where each wanted column stands, -1 for none; None when a mandatory one is missing."""
    heads: dict[str, int] = {}
    for index, cell in enumerate(cells):
        heads.setdefault(_head(cell), index)
    places = {}
    for column in wanted:
        place = next((heads[head] for head in column.heads if head in heads), -1)
        if place < 0 and column.mandatory:
            return None
        places[column.name] = place
    return places


def _missing(name: str, cells: Sequence[str], wanted: Sequence[Wanted]) -> str:
    heads = {_head(cell) for cell in cells}
    lacks = [
        column.heads[0].capitalize()
        for column in wanted
        if column.mandatory and not heads & set(column.heads)
    ]
    has = ", ".join(printable(cell, 30) for cell in cells[:12] if cell.strip())
    return f"{name}: kolumn saknas: {', '.join(lacks)}. Filen har: {has}."


def _rows(path: Path, name: str, wanted: Sequence[Wanted]) -> Iterator[tuple[int, list[str]]]:
    kind = path.suffix.lower()
    if kind not in _BOOKS | _TEXTS:
        raise BadTable(f"{name}: filen ska vara .xlsx, .csv eller .tsv. Spara om den så.")
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
    return _book_rows(path, name) if kind in _BOOKS else _text_rows(path, name, wanted)


# -- text files --------------------------------------------------------------------------------


def _decoded(path: Path, name: str) -> Iterator[str]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number == 1:
                if line.startswith(b"PK\x03\x04"):
                    raise BadTable(f"{name} är en Excelbok. Ge den ändelsen .xlsx.")
                line = line.removeprefix(b"\xef\xbb\xbf")
            if b"\0" in line or line.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise BadTable(f"{name}, rad {number}: ingen UTF-8-text. Spara om som CSV UTF-8.")
            try:
                yield line.decode()
            except UnicodeDecodeError as error:
                raise BadTable(
                    f"{name}, rad {number}: teckenkodningen är inte UTF-8."
                    " Spara om filen som CSV UTF-8."
                ) from error


def _text_rows(path: Path, name: str, wanted: Sequence[Wanted]) -> Iterator[tuple[int, list[str]]]:
    lines = _decoded(path, name)
    start = list(itertools.islice(lines, _HEAD_ROWS))
    reader = csv.reader(itertools.chain(start, lines), delimiter=_delimiter(start, wanted))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadTable(
            f"{name}, rad {reader.line_num}: raden går inte att dela i kolumner."
        ) from error


def _delimiter(lines: Sequence[str], wanted: Sequence[Wanted]) -> str:
    for mark in "\t;,":
        if any(_places(line.split(mark), _quoted(wanted)) is not None for line in lines):
            return mark
    first = next((line for line in lines if line.strip()), "")
    return max("\t;,", key=first.count)


def _quoted(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Let the heads stand in quotation marks as well."""
    return [
        Wanted(c.name, (*c.heads, *(f'"{head}"' for head in c.heads)), c.mandatory) for c in wanted
    ]


# -- Excel books -------------------------------------------------------------------------------


def _book_rows(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    broken: tuple[type[Exception], ...] = (*BROKEN, InvalidFileException)
    number = 0
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as packed:
                unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > _MOST_UNPACKED:
                raise BadTable(f"{name} packas upp till mer än 1 GB. Dela upp filen.")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and the like, which are not read
                book = load_workbook(file, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write them wrong
            rows = sheet.iter_rows(values_only=True)
        except broken as error:
            raise BadTable(
                f"{name} är ingen Excelbok (.xlsx) som går att läsa. Öppna den i Excel och"
                " spara om den."
            ) from error
        try:
            while True:
                try:
                    cells = next(rows, None)
                except broken as error:
                    raise BadTable(
                        f"{name}, efter rad {number}: Excelboken är skadad. Spara om den."
                    ) from error
                if cells is None:
                    return
                number += 1
                yield number, [_shown(value) for value in cells]
        finally:
            book.close()


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "J" if value else "N"
        case dt.datetime():
            return value.date().isoformat()
        case dt.date():
            return value.isoformat()
        case dt.time():
            return value.strftime("%H:%M")
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
