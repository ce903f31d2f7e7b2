"""The columns wanted from a table that somebody else made, and the rows read from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pasis_tui.files.cell_values import Unfit, Value, in_words
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.validation.unseen import shortened

MOST_ROWS = 200_000
HEAD_ROWS = 20  # official files may begin with a title


class BadTable(ForPeople):
    """The file cannot be read as the table it should be: a Swedish sentence with file and row."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column: its *name* in the rows, and the *heads* it may have in a file, likeliest first.

    ``kind`` is how its cells are read: dates come as ÅÅÅÅ-MM-DD, times as TT:MM (with the date
    before them where the file has one), yes and no as the file has them, J and N for a box.
    """

    name: str
    heads: tuple[str, ...]
    mandatory: bool = True
    kind: Literal["text", "date", "time", "yes"] = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number in the file; ``fault`` says why it cannot be read, "" when it can."""

    number: int
    cells: dict[str, str]
    fault: str = ""


@dataclass(slots=True)
class Table:
    """The rows of a file that are not empty, and ``notes`` to the clerk on how it was read."""

    names: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    _kept: list[tuple[int, tuple[str, ...], str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Row]:
        for number, cells, fault in self._kept:
            yield Row(number, dict(zip(self.names, cells, strict=False)), fault)

    def keep(self, number: int, texts: Sequence[str], fault: str = "") -> None:
        """Add a row; *fault* says why it could not be read, "" when it could."""
        self._kept.append((number, tuple(texts), fault))

    def numbers(self) -> list[int]:
        """Return the rows' numbers."""
        return [number for number, _, _ in self._kept]

    def spoil(self, index: int, fault: str) -> None:
        """Mark the row at *index* as faulty, unless it already is."""
        number, cells, before = self._kept[index]
        self._kept[index] = number, cells, before or fault


def read_cells(
    values: Sequence[Value], places: dict[str, int], wanted: Sequence[Wanted]
) -> tuple[list[str], str]:
    """Return the wanted texts of a row, and what is wrong with them ("" for nothing)."""
    texts, faults = [], []
    for column in wanted:
        at = places[column.name]
        value = values[at] if 0 <= at < len(values) else None
        try:
            texts.append(in_words(value, column.kind))
        except Unfit as unfit:
            texts.append("")
            faults.append(f"{label(column)}: {unfit}")
    return texts, " ".join(faults)


def label(column: Wanted) -> str:
    """Return the name by which a message mentions *column*."""
    first = column.heads[0]
    return first[:1].upper() + first[1:].replace("kbt/ipt", "KBT/IPT")


def head(text: str) -> str:
    """Return *text* in the form in which headings are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(".: *")


def places(cells: Sequence[str], wanted: Sequence[Wanted]) -> dict[str, int] | None:
    """Return the index of each wanted column, -1 for none; None when a mandatory one is missing."""
    heads: dict[str, int] = {}
    for index, cell in enumerate(cells):
        heads.setdefault(head(cell), index)
    column_places = {}
    for column in wanted:
        place = next((heads[name] for name in column.heads if name in heads), -1)
        if place < 0 and column.mandatory:
            return None
        column_places[column.name] = place
    return column_places


def printable(text: str, most: int = 60) -> str:
    """Return *text* as a message may show it: no controls, at most *most* characters."""
    return shortened(text, most)


def missing(name: str, cells: Sequence[str], wanted: Sequence[Wanted]) -> BadTable:
    """Return the refusal of a file that lacks a column; *cells* are its first row."""
    heads = {head(cell) for cell in cells}
    lacks = [
        column.heads[0].capitalize()
        for column in wanted
        if column.mandatory and not heads & set(column.heads)
    ]
    has = ", ".join(printable(cell, 30) for cell in cells[:12] if cell.strip())
    return BadTable(f"{name}: kolumn saknas: {', '.join(lacks)}. Filen har: {has}.")
