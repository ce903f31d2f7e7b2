"""A terminal screen as an SVG picture: text, colours, bold, underline, reverse; no font of its own.

Cells have a fixed size and every run of text is given its width (``textLength``), so the picture
stands in straight columns whatever monospaced font the reader has.  Frames are drawn, not typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

import pyte
from pyte.screens import Char

CELL_WIDTH, CELL_HEIGHT = 8.4, 19.0
FONT_SIZE, BASELINE = 14, 14.0
MARGIN = 14
GROUND, TEXT = "0f171e", "d7dee4"  # of a cell that says "default"

# The sixteen colours as most terminals show them, by pyte's names.
_NAMED = {
    "black": "15191d",
    "red": "d4524a",
    "green": "5fb46c",
    "brown": "d3a243",
    "blue": "4f8fd0",
    "magenta": "b06fc4",
    "cyan": "52b3bd",
    "white": "d5dbe0",
    "brightblack": "6b7780",
    "brightred": "ff7a70",
    "brightgreen": "7ddc8a",
    "brightbrown": "ffd479",
    "brightblue": "86b4ef",
    "brightmagenta": "d79be6",
    "brightcyan": "86dfe6",
    "brightwhite": "ffffff",
}

# Lines of a frame, from the middle of the cell to its edges: left, right, up, down.
_LINES = {"─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu"}


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is shown; colours are six hexadecimal digits."""

    ink: str
    ground: str
    bold: bool
    underlined: bool


def look_of(cell: Char) -> Look:
    """Return how *cell* is shown, reverse video already turned."""
    ink = TEXT if cell.fg == "default" else _NAMED.get(cell.fg, cell.fg)
    ground = GROUND if cell.bg == "default" else _NAMED.get(cell.bg, cell.bg)
    if cell.reverse:
        ink, ground = ground, ink
    return Look(ink, ground, cell.bold, cell.underscore)


def svg(screen: pyte.Screen, title: str) -> str:
    """Return *screen* as a picture with *title* for those who hear it."""
    width = round(screen.columns * CELL_WIDTH + 2 * MARGIN, 1)
    height = round(screen.lines * CELL_HEIGHT + 2 * MARGIN, 1)
    ground = look_of(screen.buffer[0][screen.columns - 1]).ground
    rows = [_row(screen, y, ground) for y in range(screen.lines)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" rx="9" fill="#{ground}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})" xml:space="preserve"'
            f' font-family="ui-monospace, Consolas, Menlo, DejaVu Sans Mono, monospace"'
            f' font-size="{FONT_SIZE}">',
            *(line for row in rows for line in row),
            "</g>",
            "</svg>",
            "",
        ]
    )


def _row(screen: pyte.Screen, y: int, page: str) -> Iterator[str]:
    cells = [screen.buffer[y][x] for x in range(screen.columns)]
    looks = [look_of(cell) for cell in cells]
    top = y * CELL_HEIGHT
    for x, length in _runs([look.ground for look in looks]):
        if (ground := looks[x].ground) != page:
            yield (
                f'<rect x="{_n(x * CELL_WIDTH)}" y="{_n(top)}" width="{_n(length * CELL_WIDTH)}"'
                f' height="{_n(CELL_HEIGHT)}" fill="#{ground}"/>'
            )
    for x, length in _runs([(look.underlined, look.ink) for look in looks]):
        if looks[x].underlined:
            yield _path(f"M{_n(x * CELL_WIDTH)} {_n(top + 17)}h{_n(length * CELL_WIDTH)}", looks[x])
    for x, length in _runs([(cell.data, look) for cell, look in zip(cells, looks, strict=True)]):
        if cells[x].data in _LINES:
            yield _path(_frame(cells[x].data, x, length, top), looks[x])
    for x, text in _texts(cells, looks):
        look = looks[x]
        weight = ' font-weight="bold"' if look.bold else ""
        yield (
            f'<text x="{_n(x * CELL_WIDTH)}" y="{_n(top + BASELINE)}" fill="#{look.ink}"{weight}'
            f' textLength="{_n(len(text) * CELL_WIDTH)}">{escape(text)}</text>'
        )


def _runs(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Yield (first cell, cells) of each run of equal values."""
    x = 0
    for _, group in groupby(values):
        length = len(list(group))
        yield x, length
        x += length


def _texts(cells: list[Char], looks: list[Look]) -> Iterator[tuple[int, str]]:
    """Yield (first cell, text) of words in one look; a gap of two cells ends a run."""
    x = 0
    while x < len(cells):
        if not _typed(cells[x]):
            x += 1
            continue
        end = x
        while end < len(cells) and _same(looks[end], looks[x]):
            gap = cells[end : end + 2]
            if not any(_typed(cell) for cell in gap) or cells[end].data in _LINES:
                break
            end += 1
        text = "".join(cell.data for cell in cells[x:end])
        yield x, text.rstrip()
        x = max(end, x + 1)


def _typed(cell: Char) -> bool:
    return bool(cell.data.strip()) and cell.data not in _LINES


def _same(one: Look, other: Look) -> bool:
    return (one.ink, one.bold) == (other.ink, other.bold)


def _frame(character: str, x: int, length: int, top: float) -> str:
    left, right = x * CELL_WIDTH, (x + length) * CELL_WIDTH
    middle, centre = top + CELL_HEIGHT / 2, left + CELL_WIDTH / 2
    if character == "─":
        return f"M{_n(left)} {_n(middle)}H{_n(right)}"
    ends = {
        "l": f"H{_n(left)}",
        "r": f"H{_n(right)}",
        "u": f"V{_n(top)}",
        "d": f"V{_n(top + CELL_HEIGHT)}",
    }
    return "".join(f"M{_n(centre)} {_n(middle)}{ends[way]}" for way in _LINES[character])


def _path(line: str, look: Look) -> str:
    return f'<path d="{line}" stroke="#{look.ink}"/>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
