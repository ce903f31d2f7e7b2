"""051's figures as an Excel book with native charts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sheet:
    """A chart's figures: its head, rows of label and numbers, and the chart's ``kind``.

    ``bar`` draws every number column; ``box`` takes n, least, lower, median, upper, greatest
    and stacks the box of the quartiles.
    """

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str | float | None, ...]]
    kind: str


def write_statistics(path: Path, facts: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> None:
    """Write the book, beside and then in place, its owner's only.  Raises OSError."""
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, Reference
    from openpyxl.styles import Font

    book = Workbook()
    first = book.create_sheet("Intervall", 0)
    book.remove(book.worksheets[1])
    for name, value in facts:
        first.append([name, value])
    for given in sheets:
        sheet = book.create_sheet(given.title)
        sheet.append(list(given.head))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for row in given.rows:
            sheet.append(list(row))
        sheet.freeze_panes = "A2"
        sheet.column_dimensions["A"].width = 26
        chart = BarChart()
        chart.title = given.title
        chart.height, chart.width = 9, 18
        last = len(given.rows) + 1
        columns = len(given.head)
        if given.kind == "box":
            # A box plot is a stack: nothing up to the lower quartile, then the box's two halves.
            at = columns + 2
            sheet.cell(1, at, "under kvartil 1")
            sheet.cell(1, at + 1, "kvartil 1–median")
            sheet.cell(1, at + 2, "median–kvartil 3")
            for index, row in enumerate(given.rows, 2):
                lower, median, upper = (float(v or 0) for v in row[3:6])
                for shift, part in enumerate((lower, median - lower, upper - median)):
                    sheet.cell(index, at + shift, part)
            chart.grouping, chart.overlap = "stacked", 100
            data = Reference(sheet, min_col=at, max_col=at + 2, min_row=1, max_row=last)
            chart.add_data(data, titles_from_data=True)
            chart.series[0].graphicalProperties.noFill = True
        else:
            data = Reference(sheet, min_col=2, max_col=columns, min_row=1, max_row=last)
            chart.add_data(data, titles_from_data=True)
        chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
        sheet.add_chart(chart, f"A{last + 3}")
    beside = path.with_name(path.name + ".ny")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            book.save(file)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
