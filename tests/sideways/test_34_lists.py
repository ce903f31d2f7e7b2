"""At 80×24 lists cut values without a mark, and dates, codes and amounts in the middle.

Every list of every display file, with the longest values that can stand in it: what is a text is
whole or ends with …, all else is whole, columns stand under their headings, and the whole of what
the marked row cuts is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from rich.cells import cell_len

from pasis_tui.display.display_files import FieldSpec, Format, displays
from pasis_tui.widgets.cells import visible
from pasis_tui.widgets.palette import palette
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from tests.doses import one_in
from tests.sideways.longest_rows import LETTERS, LONGEST_ROWS
from tests.widgets.harness import on_screen, row_text

LISTS = {
    (shown.code, form.name): form
    for shown in displays().values()
    for form in shown.formats
    if form.list and not form.chart
}
SIZES = ((24, 80), (40, 120), (50, 160), (60, 200))
# A date, an identity number, a telephone number: half of it is another.
WHOLE = re.compile(r"\d{4}-\d\d-\d\d|\d{8}-[\dA-Z]{4}|\d{2,4}-[\d ]{5,}\d|\d\d?/\d\d?")


def test_every_list_has_its_longest_rows() -> None:
    assert set(LONGEST_ROWS) == set(LISTS)


def piece(line: str, first: int, width: int) -> str:
    """The text in *width* cells of *line* from the cell *first* on; no character is halved."""
    piece_so_far = ""
    at = last = 0  # of the character's end, of the one with the mark that follows
    for character in line:
        cells = cell_len(character)
        last = at if cells else last
        assert not last < first < last + cells, f"{character!r} stands over an edge: {line!r}"
        if first <= last < first + width:
            assert last + cells <= first + width, f"{character!r} over an edge: {line!r}"
            piece_so_far += character
        at += cells
    return piece_so_far


def look(spec: FieldSpec, shown: str, value: str) -> None:
    """*shown* is *value*, or of a text its beginning and …"""
    value = visible(value).strip()
    if shown.strip() == value:
        return
    assert spec.cut, f"{spec.name}: {value!r} stands as {shown!r}"
    begun = shown.strip().removesuffix("…")
    assert shown.strip().endswith("…"), f"{spec.name}: {value!r} stands as {shown!r}"
    assert value.startswith(begun), f"{spec.name}: {value!r} stands as {shown!r}"
    for whole in WHOLE.finditer(value):
        assert not whole.start() < len(begun) < whole.end(), f"{whole[0]!r} cut in {shown!r}"


async def show(spec: Format, rows: Sequence[Row], size: tuple[int, int]) -> None:
    async def fetch(**wanted: Any) -> Batch:
        return Batch(rows, total=len(rows))

    section = RecordList(spec, palette("pasis"))
    section.active = True
    async with on_screen(section, *size):
        await section.load(fetch)
        for row in rows:
            head = row_text(section.render_line(0), size[1])
            line = row_text(section.render_line(section.caret().y), size[1])
            assert line.startswith("›")
            placed = section._columns()
            end, cut = 1, []
            for field, column in zip(spec.fields, placed, strict=True):
                value = row.cells[field.name]
                assert column.meant == (size[1] >= field.since) or field.until
                if not column.meant:
                    continue
                assert column.width, field.name
                assert not piece(line, end, column.column - end).strip(), line
                assert piece(head, column.column, column.width).strip() == field.label
                shown = piece(line, column.column, column.width)
                look(field, shown, value)
                cut += (
                    [(field.label, value.strip())]
                    if shown.strip() != visible(value).strip()
                    else []
                )
                end = column.end
            assert section.row_values(cut=True) == cut
            await section.press("down")


@pytest.mark.parametrize("case", one_in(3, product(LETTERS, LISTS, SIZES)))
async def test_no_value_is_cut_without_a_mark(
    case: tuple[str, tuple[str, str], tuple[int, int]],
) -> None:
    letters, place, size = case
    rows = list({tuple(row.cells.values()): row for row in LONGEST_ROWS[place](letters)}.values())
    names = {field.name for field in LISTS[place].fields}
    assert all(row.cells.keys() == names for row in rows)
    assert all(any(row.cells[name].strip() for row in rows) for name in names)
    await show(LISTS[place], rows, size)


@pytest.mark.parametrize("place", one_in(3, LISTS), ids="-".join)
async def test_each_row_alone_stands_so_too(place: tuple[str, str]) -> None:
    """Columns go by the rows held: one long row among none must not be helped by others."""
    rows = {
        tuple(map(cell_len, row.cells.values())): row for row in LONGEST_ROWS[place](LETTERS[0])
    }
    for row in rows.values():
        await show(LISTS[place], [row], SIZES[0])
