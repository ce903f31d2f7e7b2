"""Draws a line being edited in a window of so many cells."""

from __future__ import annotations

from pasis_tui.widgets.cells import graphemes, visible
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter

_HIDDEN = "•"


def _layout(editor: LineEditor, width: int, hidden: bool) -> tuple[list[int], int, int]:
    """Return each character's first cell (the end's too), the first shown, the cursor's cell."""
    sizes = [1 if hidden else cells for _, _, cells in graphemes(editor.text)]
    ends = [end for _, end, _ in graphemes(editor.text)]
    places = [sum(sizes[:at]) for at in range(len(sizes) + 1)]
    under = sum(end <= editor.cursor for end in ends)  # the character the cursor stands on
    cursor = places[under]
    if places[-1] <= width:
        return places, 0, cursor  # a full field keeps still: the cursor stands in the cell after
    wanted = cursor + (sizes[under] if under < len(sizes) else 1) - width
    left = min((p for p in places if p >= wanted), default=cursor)
    return places, min(left, cursor), cursor


def caret_cell(editor: LineEditor, width: int, *, hidden: bool = False) -> int:
    """Return the cursor's cell in a window of *width* cells; *width* itself after a full one."""
    _, left, cursor = _layout(editor, width, hidden)
    return cursor - left


def paint_editor(
    painter: RowPainter, editor: LineEditor, width: int, palette: Palette, *, hidden: bool = False
) -> None:
    """Paint the text around the cursor, in *width* cells or with the cursor in one more.

    ``hidden`` shows a password's length and nothing else.
    """
    places, left, cursor = _layout(editor, width, hidden)
    first, last = editor.selection
    start = painter.at
    for index, (begin, end, _) in enumerate(graphemes(editor.text)):
        size = places[index + 1] - places[index]
        if places[index] < left or size == 0:
            continue
        if places[index] - left + size > width:
            break
        style = palette.selected if begin < last and end > first else palette.entry_active
        if places[index] == cursor:
            style = palette.cursor
        painter.put(_HIDDEN if hidden else visible(editor.text[begin:end]), style)
    if cursor == places[-1]:
        painter.put(" ", palette.cursor)
    if (rest := width - (painter.at - start)) > 0:
        painter.put(" " * rest, palette.entry_active)
