"""Draws a line being edited in a window of a given width."""

from __future__ import annotations

from itertools import accumulate

from pasis_tui.widgets.cells import graphemes, visible
from pasis_tui.widgets.line_editor import LineEditor
from pasis_tui.widgets.palette import Palette
from pasis_tui.widgets.strips import RowPainter

_HIDDEN = "•"


def _layout(
    spans: list[tuple[int, int, int]], cursor: int, width: int, tight: bool
) -> tuple[list[int], int, int]:
    """Return each character's first cell (the end's too), the first cell shown, the cursor's."""
    places = list(accumulate((cells for _, _, cells in spans), initial=0))
    under = sum(end <= cursor for _, end, _ in spans)  # the character the cursor stands on
    at = places[under]
    if places[-1] <= width - tight:
        return places, 0, at  # a full field does not scroll: the cursor stands in the cell after it
    wanted = at + (spans[under][2] if under < len(spans) else 1) - width
    return places, min(next(p for p in places if p >= wanted), at), at


def _spans(editor: LineEditor, hidden: bool) -> list[tuple[int, int, int]]:
    spans = graphemes(editor.text)
    return [(start, end, 1) for start, end, _ in spans] if hidden else spans


def caret_cell(editor: LineEditor, width: int, *, hidden: bool = False, tight: bool = False) -> int:
    """Return the cursor's cell in a window of *width* cells.

    After a text that fills the window it is *width* itself, or (``tight``) the last cell.
    """
    _, left, at = _layout(_spans(editor, hidden), editor.cursor, width, tight)
    return at - left


def paint_editor(
    painter: RowPainter,
    editor: LineEditor,
    width: int,
    palette: Palette,
    *,
    hidden: bool = False,
    tight: bool = False,
) -> None:
    """Paint the text around the cursor, in *width* cells or with the cursor in one more.

    … marks a side with more text.  ``hidden`` shows only the length of a password; ``tight`` never
    takes the extra cell.
    """
    spans = _spans(editor, hidden)
    places, left, cursor = _layout(spans, editor.cursor, width, tight)
    first, last = editor.selection
    begun = painter.at
    seen = [
        (span, place)
        for span, place in zip(spans, places, strict=False)
        if left <= place <= left + width - span[2] and span[2]
    ]
    for (start, end, cells), place in seen:
        style = palette.selected if start < last and end > first else palette.entry_active
        if place == cursor:
            style = palette.cursor
        before = left > 0 and place == seen[0][1]
        after = place == seen[-1][1] and place + cells < places[-1]
        if (before or after) and place != cursor and not hidden:
            painter.put("…" + " " * (cells - 1), style)
        else:
            painter.put(_HIDDEN if hidden else visible(editor.text[start:end]), style)
    if cursor == places[-1]:
        painter.put(" ", palette.cursor)
    painter.put(" " * (width - (painter.at - begun)), palette.entry_active)
