"""Excel books: reads the visible sheet that has the wanted columns; no spoilt cell passes as blank."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

from pasis_tui.files.book_parts import (
    MOST_PIECES,
    MOST_ROW,
    Attributes,
    Book,
    Broken,
    Sheet,
    formats,
    opened,
    shared_strings,
    unescaped,
)
from pasis_tui.files.cell_values import From1904, Spoilt, Unfit, Value, in_words, length, moment
from pasis_tui.files.wanted import (
    HEAD_ROWS,
    MOST_ROWS,
    BadTable,
    Table,
    Wanted,
    label,
    missing,
    places,
    printable,
    read_cells,
)

_MOST_COLUMNS = 256
_MOST_MERGED = 100_000
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,9})", re.ASCII)
_MERGED = "en av cellerna är sammanslagen med andra. Dela dem och fyll i varje rad."
_ERRORS = "cellen har felvärdet {}."
_NO_RESULT = "cellen har en formel utan sparat värde. Räkna om boken i Excel och spara den."


class _Enough(Exception):
    """Stops reading a sheet: enough rows have been seen."""


def read_book(path: Path, name: str, wanted: Sequence[Wanted]) -> Table:
    """Return the rows of the one visible sheet that has the *wanted* columns.  Raises BadTable."""
    with opened(path, name) as book:
        reader = _Cells(book, shared_strings(book, name), formats(book), name)
        sheet = _chosen(reader, book.sheets, name, wanted)
        return _Rows(reader, sheet, name, wanted).read()


def first_rows(path: Path, most: int) -> list[list[str]]:
    """Return the first *most* rows of the first sheet of a book of ours as text, all as wide as the
    head.  Raises BadTable for one that has been damaged since it was written.
    """
    rows: list[list[str]] = []

    def row(_number: int, cells: dict[int, Value], _hidden: bool) -> None:
        texts = [_shown(cells.get(at)) for at in range(len(rows[0]) if rows else len(cells))]
        rows.append(texts)
        if len(rows) >= most:
            raise _Enough

    name = printable(path.name)
    try:
        with opened(path, name) as book, suppress(_Enough):
            reader = _Cells(book, shared_strings(book, name), formats(book), name)
            reader.read(book.sheets[0], row)
    except BadTable as error:
        raise BadTable(f"Filen {name} är skadad.") from error
    return rows


def _shown(value: Value) -> str:
    return value.date().isoformat() if isinstance(value, dt.datetime) else in_words(value, "text")


def _chosen(reader: _Cells, sheets: Sequence[Sheet], name: str, wanted: Sequence[Wanted]) -> Sheet:
    firsts: list[Sequence[str]] = []
    fit = []
    for sheet in (each for each in sheets if each.visible):
        top = _top(reader, sheet)
        firsts += top[:1]
        if any(places(cells, wanted) is not None for cells in top):
            fit.append(sheet)
    if len(fit) == 1:
        return fit[0]
    if fit:
        named = ", ".join(f"”{printable(sheet.name, 31)}”" for sheet in fit[:8])
        raise BadTable(
            f"{name}: flera blad har kolumnerna: {named}. Dölj eller ta bort alla utom det som"
            " ska läsas in."
        )
    for sheet in (each for each in sheets if not each.visible):
        if any(places(cells, wanted) is not None for cells in _top(reader, sheet)):
            raise BadTable(
                f"{name}: kolumnerna finns bara på det dolda bladet ”{printable(sheet.name, 31)}”."
                " Visa bladet i Excel och spara boken."
            )
    if not firsts:
        raise BadTable(f"{name} är tom.")
    raise missing(name, firsts[0], wanted)


def _top(reader: _Cells, sheet: Sheet) -> list[list[str]]:
    """Return the first rows of a sheet that are not blank, where the headings are looked for."""
    rows: list[list[str]] = []

    def row(_number: int, cells: dict[int, Value], _hidden: bool) -> None:
        rows.append(_heads(cells))
        if len(rows) >= HEAD_ROWS:
            raise _Enough

    with suppress(_Enough):
        reader.read(sheet, row)
    return rows


def _heads(cells: dict[int, Value]) -> list[str]:
    """Return a row as possible headings; a cell that is not text gives ""."""
    heads = [""] * (min(max(cells), _MOST_COLUMNS) + 1)
    for at, value in cells.items():
        if at < len(heads):
            try:
                heads[at] = in_words(value, "text")
            except Unfit:
                heads[at] = ""
    return heads


class _Rows:
    """Collects the rows of one sheet, and notes on how they were read."""

    def __init__(self, reader: _Cells, sheet: Sheet, name: str, wanted: Sequence[Wanted]) -> None:
        self._reader = reader
        self._sheet = sheet
        self._name = name
        self._wanted = wanted
        self._table = Table(tuple(column.name for column in wanted))
        self._places: dict[str, int] | None = None
        self._head_row = 0
        self._hidden: list[int] = []

    def read(self) -> Table:
        other = self._reader.read(self._sheet, self._row)
        columns_at = self._places or {}
        self._spoil_merged(other.merged, columns_at)
        notes = self._table.notes
        notes.append(f"Läst från bladet ”{printable(self._sheet.name, 31)}”.")
        if self._hidden:
            why = "dolda av ett filter" if other.filtered else "dolda i bladet"
            shown = ", ".join(map(str, self._hidden[:10])) + (", …" * (len(self._hidden) > 10))
            notes.append(f"Rader som är {why} och ändå är med: {len(self._hidden)} (rad {shown}).")
        hidden = [
            label(column)
            for column in self._wanted
            if any(low <= columns_at[column.name] <= high for low, high in other.hidden)
        ]
        if hidden:
            notes.append(f"Dolda kolumner som ändå är med: {', '.join(hidden)}.")
        return self._table

    def _row(self, number: int, cells: dict[int, Value], hidden: bool) -> None:
        if self._places is None:
            self._places = places(_heads(cells), self._wanted)
            self._head_row = number
            return
        if max(cells) >= _MOST_COLUMNS:
            raise BadTable(
                f"{self._name}, rad {number}: bladet har innehåll efter kolumn {_MOST_COLUMNS}."
                " Spara om bara tabellen."
            )
        if len(self._table) >= MOST_ROWS:
            raise BadTable(f"{self._name}: mer än {MOST_ROWS} rader. Dela upp filen.")
        values = [cells.get(at) for at in range(max(cells) + 1)]
        self._table.keep(number, *read_cells(values, self._places, self._wanted))
        if hidden:
            self._hidden.append(number)

    def _spoil_merged(
        self, merged: Iterable[tuple[int, int, int, int]], columns_at: dict[str, int]
    ) -> None:
        """Mark the rows as faulty whose wanted cells are merged with others."""
        columns = {at for at in columns_at.values() if at >= 0}
        numbers = self._table.numbers()
        steps = [0] * (len(numbers) + 1)
        for top, left, bottom, right in merged:
            touched = sorted(at for at in columns if left <= at <= right)
            if not touched:
                continue
            if top <= self._head_row <= bottom and left != right:
                column = next(c for c in self._wanted if columns_at[c.name] == touched[0])
                raise BadTable(
                    f"{self._name}: rubriken ”{label(column)}” är sammanslagen över flera kolumner."
                    " Dela cellen så att varje kolumn har sin rubrik."
                )
            steps[bisect_left(numbers, top)] += 1
            steps[bisect_right(numbers, bottom)] -= 1
        for at, over in enumerate(list(accumulate(steps))[:-1]):
            if over:
                self._table.spoil(at, _MERGED)


# -- cells -------------------------------------------------------------------------------------


class _Other:
    """What a sheet declares besides its rows."""

    def __init__(self) -> None:
        self.merged: list[tuple[int, int, int, int]] = []
        self.hidden: list[tuple[int, int]] = []  # columns, from 0
        self.filtered = False


class _Cells:
    """Reads a sheet's cells by type: text, number, date, time, or spoilt."""

    def __init__(self, book: Book, strings: list[str], shown: list[str], name: str) -> None:
        self._book = book
        self._strings = strings
        self._shown = shown
        self._name = name
        self._letters: dict[str, int] = {}

    def read(self, sheet: Sheet, row: Callable[[int, dict[int, Value], bool], None]) -> _Other:
        """Call *row* with (number, {column: value}, hidden) for every row that is not blank."""
        other = _Other()
        number = column = 0
        hidden = formula = inside = phonetic = valued = False
        kind = style = ""
        cells: dict[int, Value] = {}
        parts: list[str] = []

        def start(element: str, has: Attributes) -> None:
            nonlocal number, column, hidden, formula, inside, phonetic, valued, kind, style
            if element == "c":
                column = self._column(has.get("r"), number, column)
                kind, style = has.get("t", "n"), has.get("s", "")
                formula = valued = False
                parts.clear()
            elif element in {"v", "t"}:
                inside, valued = not phonetic, True
            elif element == "f":
                formula = True
            elif element == "row":
                number = self._number(has.get("r"), number)
                hidden = _true(has.get("hidden"))
                column = 0
            elif element == "rPh":
                phonetic = True
            elif element == "mergeCell":
                self._merged(has.get("ref", ""), other)
            elif element == "col" and _true(has.get("hidden")):
                other.hidden.append((int(has["min"]) - 1, int(has["max"]) - 1))
            elif element in {"autoFilter", "tablePart"}:
                other.filtered = True

        def end(element: str) -> None:
            nonlocal inside, phonetic, cells
            if element == "c":
                text = "".join(parts)
                if valued or formula:
                    value = self._value(text, kind, style, formula, valued)
                    if value is not None:
                        cells[column] = value
            elif element in {"v", "t"}:
                inside = False
            elif element == "rPh":
                phonetic = False
            elif element == "row" and cells:
                full, cells = {at - 1: value for at, value in cells.items()}, {}
                row(number, full, hidden)

        def text(data: str) -> None:
            if inside:
                parts.append(data)
                if len(parts) > MOST_PIECES:
                    raise Broken("a text without end")

        self._book.parse(sheet.part, start, end, text)
        return other

    def _number(self, written: str | None, before: int) -> int:
        number = before + 1 if written is None else int(written[:12])
        if number <= before or number > MOST_ROW:
            raise BadTable(
                f"{self._name}, efter rad {before}: radnumren i boken stämmer inte"
                f" ({printable(str(written), 12)}). Öppna den i Excel och spara om den."
            )
        return number

    def _column(self, written: str | None, number: int, before: int) -> int:
        if written is None:
            return before + 1
        letters = written.rstrip("0123456789")
        if (column := self._letters.get(letters)) is None:
            if not _REFERENCE.fullmatch(f"{letters}1"):
                raise Broken(f"a cell named {letters}")
            column = self._letters[letters] = _column_of(letters)
        if written[len(letters) :] != str(number) or column <= before:
            raise BadTable(
                f"{self._name}, rad {number}: cellerna i boken står inte i ordning"
                f" ({printable(written, 12)}). Öppna den i Excel och spara om den."
            )
        return column

    def _merged(self, reference: str, other: _Other) -> None:
        first, _, last = reference.partition(":")
        ends = [_REFERENCE.fullmatch(each) for each in (first, last or first)]
        if None in ends or len(other.merged) >= _MOST_MERGED:
            raise Broken("merged cells")
        (left, top), (right, bottom) = [(_column_of(e[1]) - 1, int(e[2])) for e in ends if e]
        if (left, top) != (right, bottom):
            other.merged.append((top, left, bottom, right))

    def _value(self, text: str, kind: str, style: str, formula: bool, valued: bool) -> Value:
        if formula and not (text or (kind == "str" and valued)):
            return Spoilt(_NO_RESULT)
        match kind:
            case "s":
                at = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
                if not 0 <= at < len(self._strings):
                    return Spoilt("cellen hänvisar till en text som inte finns i boken.")
                return self._strings[at] if self._strings[at].strip() else None
            case "str" | "inlineStr":
                return unescaped(text) if text.strip() else None
            case "n":
                return self._numeric(text, style) if text.strip() else None
            case "b":
                return text.strip() in {"1", "true"}
            case "e":
                return Spoilt(_ERRORS.format(printable(text, 12)))
            case "d":
                return _iso(text.strip())
        return Spoilt("cellen är av ett slag som inte går att läsa.")

    def _numeric(self, text: str, style: str) -> Value:
        try:
            if "_" in text:  # Python's own way with digits
                raise ValueError
            value: float = int(text) if text.isdecimal() and len(text) < 16 else float(text)
        except ValueError:
            return Spoilt("cellen är ett tal som inte går att läsa.")
        at = int(style) if style.isdecimal() else 0
        shown = self._shown[at] if at < len(self._shown) else ""
        if not shown or value != value:
            return From1904(value) if self._book.from_1904 else value
        if value < 1 or (shown == "time" and value < 61):
            return length(value)
        return moment(value, from_1904=self._book.from_1904)


def _iso(text: str) -> Value:
    try:
        if re.match(r"T?\d{2}:", text, re.ASCII):
            clock = dt.time.fromisoformat(text.removeprefix("T"))
            return dt.datetime.combine(dt.date.min, clock) - dt.datetime.min
        value = dt.datetime.fromisoformat(text)
    except ValueError:
        return Spoilt("cellen är ett datum som inte går att läsa.")
    if value.tzinfo is not None:
        return Spoilt("cellens datum har en tidszon.")
    if value.year < 1905 and value.time() != dt.time(0):
        return value - dt.datetime.combine(value.date(), dt.time(0))
    return value


def _column_of(letters: str) -> int:
    """Return a column's number, A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _true(text: str | None) -> bool:
    return text is not None and text.lower() in {"1", "true", "on"}
