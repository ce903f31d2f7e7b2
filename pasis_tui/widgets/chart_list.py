"""A chart under its heading, redrawn for the room it has, and scrolled when it needs more."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from textual.geometry import Offset
from textual.strip import Strip

from pasis_tui.widgets.charts import Line
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.strips import RowPainter

_FILLED = frozenset("█▏▎▍▌▋▊▉▓▒┃")
Drawn = Callable[[int, int], list[Line]]  # cells and rows there are -> the chart


class ChartList(RecordList):
    """A list whose rows are a picture: keys scroll it, and no row is chosen."""

    heading = ""
    _draw: Drawn | None = None

    def draw(self, heading: str, drawn: Drawn) -> None:
        """Show the chart that *drawn* returns under *heading*, from its top."""
        self.heading = heading
        self._draw = drawn
        self._fetch = self._whole
        self.cursor = self.top = 0
        self._redraw()

    async def _whole(self, **wanted: object) -> Batch:
        return Batch(self.rows, total=len(self.rows))

    def _redraw(self) -> None:
        if self._draw is None:
            return
        width = self.app.size.width - 2
        lines = self._draw(width, self.height)
        self.rows = [Row(n, n, {"line": line.text}, line.dim) for n, line in enumerate(lines)]
        self.total = len(lines)
        self.loaded = True
        self.refresh()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._redraw()
        super().on_resize()

    async def press(self, key: str) -> bool:
        """Scroll by the edge the key points to, as no row has a cursor."""
        if self.rows and key in {"down", "up"}:
            last = min(len(self.rows), self.top + self.height) - 1
            self.cursor = last if key == "down" else self.top
        return await super().press(key)

    def row_values(self, *, cut: bool = False) -> list[tuple[str, str]]:
        """Return nothing: a picture's row is no record."""
        return []

    def caret(self) -> Offset:
        """Return the heading's cell."""
        return Offset(0, 0)

    def render_line(self, y: int) -> Strip:
        """Draw the heading, then the chart, its bars in a colour of their own."""
        palette = self.palette
        painter = RowPainter(self.size.width, palette.text)
        if y == 0:
            painter.put("›" if self.active else " ", palette.text)
            painter.put(self.heading, palette.heading)
            return painter.strip()
        index = self.top + y - 1
        if index >= len(self.rows):
            if not self.loaded and y == 1:
                painter.to(3)
                painter.put(self.empty, palette.note)
            return painter.strip()
        row = self.rows[index]
        plain = palette.note if row.dim else palette.text
        filled = palette.note if row.dim else palette.bar
        for is_filled, run in groupby(row.cells["line"], _FILLED.__contains__):
            painter.put("".join(run), filled if is_filled else plain)
        return painter.strip()
