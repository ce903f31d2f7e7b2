"""Bars and box plots as rows of text, readable at 80 columns and better with more.

The own unit is solid (``█``) and what it is compared with hatched (``▒``), so that a chart can be
read without colour too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pasis_tui.services.reports.small_groups import Hidden
from pasis_tui.services.reports.statistics import Box

LABEL = 11  # cells of a plot's label
_BEFORE = 2 + LABEL
SOLID, HATCHED, SECOND = "█", "▒", "▓"
_FRACTIONS = " ▏▎▍▌▋▊▉"
_BOX_TAIL = 22
_LEGEND = " ├ minsta   ██ kvartil 1 till 3   ┃ median   ┤ största"


class Line(NamedTuple):
    """A row of a chart; ``dim`` when it belongs to what the own unit is compared with."""

    text: str
    dim: bool = False


class Bar(NamedTuple):
    """A bar of one or more parts ``(glyph, value)``, and the text after it."""

    label: str
    parts: Sequence[tuple[str, float]]
    after: str

    @property
    def value(self) -> float:
        """The value of the whole bar."""
        return sum(value for _, value in self.parts)


class BarGroup(NamedTuple):
    """Bars under a heading; a full one stands for ``most``, or the greatest when that is 0."""

    heading: str
    bars: Sequence[Bar]
    dim: bool = False
    most: float = 0


class BoxGroup(NamedTuple):
    """Box plots ``(label, box)`` under a heading."""

    heading: str
    boxes: Sequence[tuple[str, Box | Hidden | None]]
    dim: bool = False


def _filled(
    drawn: Callable[[int, bool], list[Line]], room: int, sizes: Sequence[tuple[int, bool]]
) -> list[Line]:
    """Return the chart in the first of *sizes* (thick, airy) that fits *room* rows.

    When none fits it has the last size, and is scrolled.
    """
    *larger, least = sizes
    for thick, airy in larger:
        lines = drawn(thick, airy)
        if len(lines) <= room:
            return lines
    return drawn(*least)


def bar(parts: Iterable[tuple[str, float]], most: float, width: int) -> str:
    """Return a bar, where *width* cells are *most*; a solid end is exact to an eighth of a cell."""
    if most <= 0:
        return ""
    drawn, total, glyph = "", 0.0, SOLID
    for glyph, value in parts:
        total += value
        drawn += glyph * (int(total / most * width + 1e-9) - len(drawn))
    eighths = round(total / most * width * 8) - len(drawn) * 8
    if glyph != SOLID:
        return drawn + (glyph if eighths >= 4 else "")
    return drawn + (SOLID if eighths >= 8 else _FRACTIONS[eighths].strip())


def bars(groups: Sequence[BarGroup], width: int, room: int) -> list[Line]:
    """Return all bars, each between its label and its number."""
    tail = max((len(each.after) for group in groups for each in group.bars), default=0)
    cells = max(10, width - _BEFORE - tail - 1)

    def drawn(thick: int, airy: bool) -> list[Line]:
        lines: list[Line] = []
        for group in groups:
            most = group.most or max((each.value for each in group.bars), default=0)
            if airy and lines:
                lines.append(Line(""))
            if group.heading:
                lines.append(Line(f" {group.heading}", group.dim))
            for each in group.bars:
                shown = bar(each.parts, most, cells)
                for row in range(thick):
                    here = row == (thick - 1) // 2
                    label, after = (each.label, f" {each.after}") if here else ("", "")
                    text = f"  {label:<{LABEL}}{shown}{after}"
                    lines.append(Line(text.rstrip(), group.dim))
                if airy and thick > 1 and each is not group.bars[-1]:
                    lines.append(Line(""))
        return lines

    return _filled(drawn, room, ((3, True), (2, True), (1, True), (1, False)))


def scale(most: float) -> float:
    """Return a round number at or above *most* that divides well in five."""
    if most <= 0:
        return 5
    step = 1.0
    while step * 50 < most:
        step *= 10
    for factor in (1, 2, 5, 10):
        if step * factor * 5 >= most:
            return step * factor * 5
    return step * 50


def _at(value: float, top: float, cells: int) -> int:
    return min(cells - 1, round(value / top * (cells - 1)))


def box_rows(box: Box | Hidden | None, top: float, cells: int, fill: str, thick: int) -> list[str]:
    """Return a box plot of 1 or 3 rows in *cells* cells, the last of which is *top*."""
    rows = [[" "] * cells for _ in range(3)]
    if isinstance(box, Box):
        least, lower, median, upper, greatest = (
            _at(value, top, cells)
            for value in (box.least, box.lower, box.median, box.upper, box.greatest)
        )
        if box.n > 1:
            rows[1][least : greatest + 1] = "─" * (greatest + 1 - least)
            rows[1][least], rows[1][greatest] = "├", "┤"
            for row, signs in zip(rows, ("┌─┐┬", f"{fill * 3}┃", "└─┘┴"), strict=True):
                row[lower : upper + 1] = signs[1] * (upper + 1 - lower)
                row[lower], row[upper], row[median] = signs[0], signs[2], signs[3]
        else:
            rows[1][median] = "┃"
    return ["".join(row) for row in (rows if thick == 3 else rows[1:2])]


def boxes(groups: Sequence[BoxGroup], width: int, room: int) -> list[Line]:
    """Return an axis, all box plots with n and median, and the legend."""
    greatest = (box.greatest for group in groups for _, box in group.boxes if isinstance(box, Box))
    top = scale(max(greatest, default=0))
    cells = max(20, width - _BEFORE - _BOX_TAIL)
    numbers, axis = [" "] * (cells + 6), ["─"] * cells
    for part in range(6):
        at = _at(top * part / 5, top, cells)
        text = f"{top * part / 5:g}"
        numbers[at : at + len(text)] = list(text)
        axis[at] = "┼"

    def drawn(thick: int, airy: bool) -> list[Line]:
        lines = [Line(" " * _BEFORE + "".join(numbers).rstrip())]
        for group in groups:
            lines.append(Line(f" {group.heading:<{LABEL + 1}}" + "".join(axis), group.dim))
            for label, box in group.boxes:
                numbers_after = _of_box(box)
                plotted = box_rows(box, top, cells, HATCHED if group.dim else SOLID, thick)
                for at, row in enumerate(plotted):
                    before, after = (label, numbers_after) if at == len(plotted) // 2 else ("", "")
                    text = f"  {before:<{LABEL}}{row}  {after}"
                    lines.append(Line(text.rstrip(), group.dim))
            if airy:
                lines.append(Line(""))
        return [*lines, Line(_LEGEND)] if airy else lines

    return _filled(drawn, room, ((3, True), (3, False), (1, True), (1, False)))


def _of_box(box: Box | Hidden | None) -> str:
    if isinstance(box, Hidden):
        return box.value
    return f"n {box.n}  median {number(box.median)}" if box else "n 0"


def number(value: float) -> str:
    """Return *value* with a decimal comma."""
    return f"{value:g}".replace(".", ",")
