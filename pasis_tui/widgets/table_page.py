"""A table to be read, in whole columns, so that no value is cut unnoticed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from pasis_tui.widgets.cells import pad, visible
from pasis_tui.widgets.dialogs import WIDTH, TextPage
from pasis_tui.widgets.inputs import KeyPress
from pasis_tui.widgets.strips import RowPainter

_GAP = 2


class TablePage(TextPage):
    """A table whose head is always in sight; the arrows move it by a column."""

    def __init__(self, heading: str, rows: Sequence[Sequence[str]]) -> None:
        super().__init__(heading, ())
        self.table = [[visible(cell) for cell in row] for row in rows]
        self.lines = [""] * (len(self.table) - 1)
        self.widths = [max(map(cell_len, column)) for column in zip(*self.table, strict=True)]
        self.left = 0

    @property
    def width(self) -> int:
        """As wide as the table, where the terminal is."""
        whole = sum(self.widths) + _GAP * (len(self.widths) - 1)
        return min(max(WIDTH, whole + 6), self.app.size.width - 4)

    def _height(self) -> int:
        return min(len(self.lines), self.app.size.height - 6)

    def rows(self) -> int:
        """The head, as many rows as fit, and the keys."""
        return self._height() + 2

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint the head or a row, as many columns as there is room for."""
        painter.to(2)
        if row > self._height():
            self.paint_keys(painter)
            return
        style = self.palette.text if row else self.palette.label
        cells = self.table[self.top + row if row else 0]
        room, last = self._fit(self.left)
        shown = [
            pad(cell, min(width, room))
            for cell, width in zip(cells[self.left : last], self.widths[self.left :], strict=False)
        ]
        painter.put((" " * _GAP).join(shown), style)
        if last < len(cells):
            painter.to(painter.width - 3)
            painter.put("…", style)

    def _fit(self, first: int) -> tuple[int, int]:
        """Return the cells there are, and the column after the last that is seen from *first*."""
        room = self.width - 6
        at = last = first
        used = 0
        while last < len(self.widths):
            used += self.widths[last] + (_GAP if last > at else 0)
            left_over = 2 if last + 1 < len(self.widths) else 0  # for the … that shows it
            if used + left_over > room and last > at:
                break
            last += 1
        return room - (2 if last < len(self.widths) else 0), last

    def paint_keys(self, painter: RowPainter) -> None:
        """Paint the place in the table, and the keys."""
        last = self.top + self._height()
        if self.lines:
            painter.put(f"{self.top + 1}–{last} av {len(self.lines)}   ", self.palette.label)
        if self._last_left():
            painter.put("← → i sidled   ", self.palette.key)
        super().paint_keys(painter)

    def _last_left(self) -> int:
        """The first column from which the last one is seen; 0 when all are seen at once."""
        return next(
            at for at in range(len(self.widths) + 1) if self._fit(at)[1] >= len(self.widths)
        )

    async def press(self, pressed: KeyPress) -> None:
        """Move sideways, scroll, or close."""
        if pressed.key in {"left", "right"}:
            step = 1 if pressed.key == "right" else -1
            self.left = max(0, min(self._last_left(), self.left + step))
            self.redraw()
        else:
            await super().press(pressed)
