"""The base of widgets that draw row by row (Textual's line API), without Textual's own cache.

Textual adds border, padding and background to each row, and keeps the result in a cache that
outlives the screen: 25 KiB a widget, for the first thousand.  These widgets fill their rows, so a
row is drawn once, kept as long as it is right, and goes with its widget.
"""

from __future__ import annotations

from typing import Self

from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class Painted(Widget):
    """A widget whose ``render_line`` fills the whole row; ``refresh`` says which rows changed."""

    def __init__(self, *children: Widget, id: str) -> None:
        super().__init__(*children, id=id)
        self._painted: dict[int, Strip] = {}
        self._painted_at = Size(0, 0)

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Have *regions*, or everything, drawn again."""
        for region in regions:
            for y in region.line_range:
                self._painted.pop(y, None)
        if repaint and not regions:
            self._painted.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows of *crop*, drawn now or before."""
        if self.size != self._painted_at:
            self._painted.clear()
            self._painted_at = self.size
        rows = [self._painted.get(y) or self._paint(y) for y in crop.line_range]
        if crop.column_span == (0, self.size.width):
            return rows
        return [row.crop(*crop.column_span) for row in rows]

    def _paint(self, y: int) -> Strip:
        row = self.render_line(y)
        background = self.background_colors[1]
        for fit in self.get_line_filters():  # NO_COLOR and the like
            row = row.apply_filter(fit, background)
        self._painted[y] = row
        return row


class Body(Painted):
    """The background of a view's sections, which stand one below the other."""

    DEFAULT_CSS = "Body { width: 1fr; height: 1fr; layout: vertical; overflow: hidden hidden; }"

    def __init__(self, *sections: Widget, style: Style) -> None:
        super().__init__(*sections, id="body")
        self._ground = style

    def render_line(self, y: int) -> Strip:
        """Draw a row without a section."""
        return Strip.blank(self.size.width, self._ground)
