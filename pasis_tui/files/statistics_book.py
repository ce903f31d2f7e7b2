"""051's figures as an Excel book with native charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pasis_tui.files.books import save_book
from pasis_tui.files.whole import whole
from pasis_tui.validation.unseen import seen

if TYPE_CHECKING:
    from openpyxl.chart import BarChart
    from openpyxl.worksheet.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Sheet:
    """A chart's figures: its head, rows of label and numbers (a word where one is hidden), and ``kind``.

    ``bar`` draws every number column and ``share`` every other, its n beside; ``box`` takes n, least, lower, median, upper, greatest
    and stacks the box of the quartiles.
    """

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str | float | None, ...]]
    kind: str


def write_statistics(path: Path, facts: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> None:
    """Write the book, whole or not at all, its owner's only.  Raises FileTrouble."""
    from openpyxl import Workbook
    from openpyxl.chart import Reference
    from openpyxl.styles import Font
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook()
    first = book.create_sheet("Intervall", 0)
    book.remove(book.worksheets[1])
    for number, (name, value) in enumerate(facts, 1):
        first.append([name, seen(value)])
        first.cell(number, 2).data_type = "s"  # text, even when it begins with "="
    for figures in sheets:
        sheet = book.create_sheet(figures.title)
        sheet.append(list(figures.head))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for number, row in enumerate(figures.rows, 2):
            sheet.append([seen(v) if isinstance(v, str) else v for v in row])
            sheet.cell(number, 1).data_type = "s"
        sheet.freeze_panes = "A2"
        sheet.column_dimensions["A"].width = 26
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        if figures.kind == "share":
            for row_of_cells in sheet.iter_rows(min_row=2, min_col=2):
                for cell in row_of_cells[::2]:
                    cell.number_format = "0.0"
        last = len(figures.rows) + 1
        chart = _box_chart(sheet, figures) if figures.kind == "box" else _bar_chart(sheet, figures)
        chart.title = figures.title
        chart.height, chart.width = 10, 20
        # Without this the axes are left out by newer readers.
        chart.x_axis.delete = chart.y_axis.delete = False
        chart.legend.position = "b"
        chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
        sheet.add_chart(chart, f"A{last + 3}")
    with whole(path) as file:
        save_book(book, file)


def _bar_chart(sheet: Worksheet, figures: Sheet) -> BarChart:
    from openpyxl.chart import BarChart, Reference

    chart = BarChart()
    last = len(figures.rows) + 1
    for column in range(2, len(figures.head) + 1, 2 if figures.kind == "share" else 1):
        data = Reference(sheet, min_col=column, min_row=1, max_row=last)
        chart.add_data(data, titles_from_data=True)
    if figures.kind == "share":
        chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 100
    return chart


def _drawn(value: str | float | None) -> float:
    """Return what is drawn of a cell: nothing of one that is empty or says that it is hidden."""
    return float(value) if value and not isinstance(value, str) else 0


def _box_chart(sheet: Worksheet, figures: Sheet) -> BarChart:
    """Return a box plot as every reader draws it: a stack with error bars.

    Nothing up to the lower quartile, the box's two halves, and the lines to min and max.
    """
    from openpyxl.chart import BarChart, Reference
    from openpyxl.chart.data_source import NumDataSource, NumRef
    from openpyxl.chart.error_bar import ErrorBars

    at = len(figures.head) + 2
    last = len(figures.rows) + 1
    heads = ("under kvartil 1", "kvartil 1–median", "median–kvartil 3", "till min", "till max")
    for shift, head in enumerate(heads):
        sheet.cell(1, at + shift, head)
    for index, row in enumerate(figures.rows, 2):
        least, lower, median, upper, greatest = (_drawn(v) for v in row[2:7])
        parts = (lower, median - lower, upper - median, lower - least, greatest - upper)
        for shift, part in enumerate(parts):
            sheet.cell(index, at + shift, part)
    chart = BarChart()
    chart.grouping, chart.overlap = "stacked", 100
    for column in range(at, at + 3):
        data = Reference(sheet, min_col=column, min_row=1, max_row=last)
        chart.add_data(data, titles_from_data=True)

    def length(column: int) -> NumDataSource:
        cells = Reference(sheet, min_col=column, min_row=2, max_row=last)
        return NumDataSource(numRef=NumRef(f=str(cells)))

    chart.series[0].errBars = ErrorBars(
        errDir="y", errBarType="minus", errValType="cust", minus=length(at + 3)
    )
    chart.series[2].errBars = ErrorBars(
        errDir="y", errBarType="plus", errValType="cust", plus=length(at + 4)
    )
    chart.series[0].graphicalProperties.noFill = True
    # Readers fit the axis to the boxes and would cut the lines.
    greatest = max((_drawn(row[6]) for row in figures.rows), default=0)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 10 * (greatest // 10 + 1)
    return chart
