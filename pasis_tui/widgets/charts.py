"""Bars and box plots as rows of text, read at a glance at 80 columns and better when wider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pasis_tui.services.statistics import Box

LABEL = 11  # cells before the plot
_FRACTIONS = " ▏▎▍▌▋▊▉█"


def bar(value: float, most: float, width: int) -> str:
    """Return a bar of *value* in *width* cells that stand for *most*."""
    if most <= 0:
        return ""
    eighths = round(value / most * width * 8)
    return "█" * (eighths // 8) + _FRACTIONS[eighths % 8].strip()


def bars(rows: Sequence[tuple[str, float, str]], width: int, most: float = 0) -> list[str]:
    """Return a bar a row of (label, value, what stands after it).

    A full bar stands for *most*, or for the greatest value when that is 0.
    """
    most = most or max((value for _, value, _ in rows), default=0)
    tail = max((len(text) for _, _, text in rows), default=0)
    room = max(10, width - LABEL - tail - 3)
    return [f"{label:<{LABEL}}{bar(value, most, room)} {text}" for label, value, text in rows]


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


def _at(value: float, top: float, room: int) -> int:
    return min(room - 1, round(value / top * (room - 1)))


def box_row(found: Box | None, top: float, room: int) -> str:
    """Return one box plot in *room* cells of which the last stands for *top*."""
    cells = [" "] * room
    if found is None:
        return "".join(cells)
    least, greatest = _at(found.least, top, room), _at(found.greatest, top, room)
    lower, upper = _at(found.lower, top, room), _at(found.upper, top, room)
    median = _at(found.median, top, room)
    for at in range(least, greatest + 1):
        cells[at] = "─"
    if found.n == 1:
        cells[median] = "┃"
        return "".join(cells)
    cells[least], cells[greatest] = "├", "┤"
    for at in range(lower, upper + 1):
        cells[at] = "█"
    cells[median] = "┃"
    return "".join(cells)


def boxes(groups: Sequence[tuple[str, Sequence[tuple[str, Box | None]]]], width: int) -> list[str]:
    """Return an axis and, for each group, a box plot a row with its n and median."""
    greatest = max((found.greatest for _, rows in groups for _, found in rows if found), default=0)
    top = scale(greatest)
    tail = 22
    room = max(20, width - LABEL - tail)
    axis = [" "] * (room + 6)
    line = ["─"] * room
    for part in range(6):
        at = _at(top * part / 5, top, room)
        text = f"{top * part / 5:g}"
        axis[at : at + len(text)] = list(text)
        line[at] = "┼"
    lines = [" " * LABEL + "".join(axis).rstrip()]
    for name, rows in groups:
        lines.append(f"{name:<{LABEL}}" + "".join(line))
        for label, found in rows:
            told = f"n {found.n}  median {found.median:g}" if found else "n 0"
            lines.append(f" {label:<{LABEL - 1}}{box_row(found, top, room)}  {told}")
    return lines
