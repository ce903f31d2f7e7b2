"""A row of cells being painted from left to right, for the widgets of the line API."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from pasis_tui.widgets.cells import clip, pad


class RowPainter:
    """Collects segments for one screen row; positions count cells from 0."""

    def __init__(self, width: int, ground: Style) -> None:
        self.width = width
        self.ground = ground
        self.at = 0
        self._segments: list[Segment] = []

    def to(self, column: int) -> None:
        """Fill with the ground up to *column*, or the row's end."""
        column = min(column, self.width)
        if column > self.at:
            self._add(" " * (column - self.at), self.ground)
            self.at = column

    def put(self, text: str, style: Style) -> None:
        """Paint *text* here, cut at the row's end."""
        text = clip(text, self.width - self.at)
        if text:
            self._add(text, style)
            self.at += cell_len(text)

    def _add(self, text: str, style: Style) -> None:
        if self._segments and self._segments[-1].style is style:  # one segment, one escape sequence
            text = self._segments.pop().text + text
        self._segments.append(Segment(text, style))

    def field(self, text: str, width: int, style: Style, *, right: bool = False) -> None:
        """Paint *text* in exactly *width* cells, with … where it was cut."""
        self.put(pad(text, width, right=right), style)

    def strip(self) -> Strip:
        """Return the finished row."""
        self.to(self.width)
        return Strip(self._segments, self.width)
