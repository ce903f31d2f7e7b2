"""Text files with tabs, semicolons or commas, read strictly: no cell is lost or shifted.

In a file with tabs a quotation mark is an ordinary character.  Elsewhere it must enclose a whole
cell on one line, doubled inside it; any other is reported as a fault of its row.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pasis_tui.files.wanted import (
    HEAD_ROWS,
    MOST_ROWS,
    BadTable,
    Table,
    Wanted,
    missing,
    places,
    printable,
    read_cells,
)
from pasis_tui.validation.typed import composed

_LONGEST_LINE = 64 * 2**10
_MARKS = "\t;,"
# A cell within quotation marks, doubled inside it, or one without any.
_CELLS = {m: re.compile(rf'(?:"((?:[^"]|"")*)"|([^"{m}]*))(?={m}|\Z)') for m in ";,"}


class _BadQuote(ValueError):
    """A misplaced quotation mark; the text is a Swedish sentence."""


def read_text(path: Path, name: str, wanted: Sequence[Wanted]) -> Table:
    """Return the rows of a UTF-8 text file.  Raises BadTable."""
    lines = _lines(path, name)
    start = list(itertools.islice(((n, t) for n, t in lines if t.strip(" \t;,")), HEAD_ROWS))
    if not start:
        raise BadTable(f"{name} är tom.")
    mark, at, column_places = _head(start, name, wanted)
    width = len(_split(start[at][1], mark))
    table = Table(tuple(column.name for column in wanted))
    quoted = 0
    for number, line in itertools.chain(start[at + 1 :], lines):
        try:
            cells = _split(line, mark)
        except _BadQuote as bad:
            cells, fault = [], str(bad)
        else:
            if not any(cell.strip() for cell in cells):
                continue
            fault = _width(cells, width)
        if len(table) >= MOST_ROWS:
            raise BadTable(f"{name}: mer än {MOST_ROWS} rader. Dela upp filen.")
        if fault:
            table.keep(number, [], fault)
            continue
        texts, fault = read_cells(cells, column_places, wanted)
        quoted += mark == "\t" and any(len(t) > 1 and t[0] == t[-1] == '"' for t in texts)
        table.keep(number, texts, fault)
    if quoted:
        table.notes.append(
            f"Rader med text inom citattecken: {quoted}. I en fil med tabbar hör de till texten."
        )
    return table


def _width(cells: Sequence[str], width: int) -> str:
    if len(cells) == width or (len(cells) > width and not any(c.strip() for c in cells[width:])):
        return ""
    return f"raden har {len(cells)} kolumner, rubrikraden {width}."


def _head(
    start: Sequence[tuple[int, str]], name: str, wanted: Sequence[Wanted]
) -> tuple[str, int, dict[str, int]]:
    """Return the separator, the index of the heading line, and each column's place in it."""
    for mark in _MARKS:
        for at, (_, line) in enumerate(start):
            try:
                cells = _split(line, mark)
            except _BadQuote:  # of a title
                continue
            if (column_places := places(cells, wanted)) is not None:
                return mark, at, column_places
    number, first = start[0]
    try:
        cells = _split(first, max(_MARKS, key=first.count))
    except _BadQuote as bad:
        raise BadTable(f"{name}, rad {number}: {bad}") from bad
    raise missing(name, cells, wanted)


def _split(line: str, mark: str) -> list[str]:
    """Return the cells of a line.  Raises _BadQuote."""
    if mark == "\t" or '"' not in line:
        return line.split(mark)
    cells: list[str] = []
    at = 0
    while at <= len(line):
        cell = _CELLS[mark].match(line, at)
        if cell is None:
            raise _BadQuote(_misplaced(line[at:], mark))
        cells.append(cell[2] if cell[1] is None else cell[1].replace('""', '"'))
        at = cell.end() + 1  # over the separator, or past the end
    return cells


def _misplaced(rest: str, mark: str) -> str:
    """Return what is wrong with the quotation marks of the cell that *rest* begins with."""
    if not rest.startswith('"'):
        return (
            f"”{printable(rest.split(mark)[0], 30)}” har ett citattecken mitt i cellen."
            ' Sätt hela cellen inom citattecken och dubbla det ("").'
        )
    if '"' in rest[1:].replace('""', ""):
        return "det står text efter ett citattecken som stänger en cell. Rätta raden."
    return "ett citattecken öppnas men stängs inte på raden. Rätta raden."


def _lines(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """Yield (number, text) of each line, without its end and with composed letters (NFC)."""
    for number, line in enumerate(_raw_lines(path, name), 1):
        if number == 1:
            if line.startswith(b"PK\x03\x04"):
                raise BadTable(f"{name} är en Excelbok. Ge den ändelsen .xlsx.")
            line = line.removeprefix(b"\xef\xbb\xbf")
        if b"\0" in line or line.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise BadTable(f"{name}, rad {number}: ingen UTF-8-text. Spara om som CSV UTF-8.")
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise BadTable(
                f"{name}, rad {number}: teckenkodningen är inte UTF-8."
                " Spara om filen som CSV UTF-8."
            ) from error
        yield number, composed(text)


def _raw_lines(path: Path, name: str) -> Iterator[bytes]:
    """Yield the lines, whether they end with \\n, \\r\\n or \\r."""
    number = 0
    with path.open("rb") as file:
        while line := file.readline(_LONGEST_LINE):
            parts = line.removesuffix(b"\n").removesuffix(b"\r").split(b"\r")
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                if len(parts) == 1:
                    raise BadTable(
                        f"{name}, rad {number + 1}: raden är längre än {_LONGEST_LINE} tecken."
                        " Filen är ingen tabell som går att läsa."
                    )
                # an old Mac's file: the last part goes on behind what was read
                file.seek(-len(parts[-1]), 1)
                parts = parts[:-1]
            number += len(parts)
            yield from parts
