"""A screen as it was, to be looked at."""

from __future__ import annotations

from pasis_tui.validation.unseen import marked
from pasis_tui.widgets.cells import clip
from pasis_tui.widgets.dialogs import TextPage
from pasis_tui.widgets.strips import RowPainter


class ScreenPage(TextPage):
    """The rows of *text*, unbroken; nothing in them can be typed in."""

    @property
    def width(self) -> int:
        """The cells of a screen."""
        return 80

    def __init__(self, heading: str, text: str) -> None:
        super().__init__(heading, ())
        self.lines = [marked(line) for line in text.split("\n")]

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint a row, or the keys."""
        if row < self._height():
            line = self.lines[self.top + row]
            painter.put(clip(line, self.width - 2), self.palette.text)
        else:
            painter.to(2)
            self.paint_keys(painter)
