"""One widget in an 80-column terminal of its own, and what a clerk sees of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget


class Harness(App[None]):
    """Shows nothing but *shown*."""

    AUTO_FOCUS = None

    def __init__(self, shown: Widget) -> None:
        super().__init__()
        self.shown = shown

    def compose(self) -> ComposeResult:
        yield self.shown


@asynccontextmanager
async def on_screen(shown: Widget, rows: int = 24, columns: int = 80) -> AsyncIterator[Pilot[None]]:
    """The widget mounted and laid out."""
    app = Harness(shown)
    async with app.run_test(size=(columns, rows)) as pilot:
        await pilot.pause()
        yield pilot


def lines(widget: Widget) -> list[str]:
    """The rows of *widget* as they are painted; each is exactly as wide as the widget."""
    return [row_text(widget.render_line(y), widget.size.width) for y in range(widget.size.height)]


def row_text(strip: Strip, width: int) -> str:
    """The text of one row, after a look at its arithmetic."""
    text = "".join(segment.text for segment in strip)
    assert sum(cell_len(segment.text) for segment in strip) == width, repr(text)
    assert cell_len(text) == width, repr(text)
    assert strip.cell_length == width
    assert all(c == " " or c.isprintable() for c in text), repr(text)
    return text
