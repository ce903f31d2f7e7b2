"""Memory grew with every dialogue that was opened and closed: its painted rows were kept.

Right: what a closed dialogue, or the notice of too small a terminal, had painted is let go.
"""

from __future__ import annotations

import gc

from textual.app import App
from textual.screen import Screen
from textual.strip import Strip

from pasis_tui.shell.lock import Lock
from pasis_tui.shell.notices import TooSmall
from pasis_tui.widgets.dialogs import Confirm, Prompt, TextPage
from pasis_tui.widgets.palette import Palette, palette
from pasis_tui.widgets.value_list import ValueList, Values

TIMES = 6


class Desk(App[None]):
    """What a dialogue needs of the application above it."""

    palette: Palette = palette("pasis")

    def place_caret(self) -> None:
        """The terminal's cursor is of no matter here."""


async def _nothing(_answer: object) -> None:
    """What is done with an answer."""


async def _look(_text: str, _offset: int, _size: int) -> Values:
    return Values([(str(number), f"rad {number}") for number in range(9)], 9)


async def _check(_password: str) -> str:
    return ""


def _each_kind() -> list[Screen[None]]:
    return [
        Confirm("Fråga", ["Vill du?"], "Ja", "Nej", _nothing),
        Prompt("Orsak", ["Varför?"], "Orsak", _nothing),
        TextPage("Hjälp", ["rad"] * 60),
        ValueList("Lista", _look, _nothing),
        Lock("Annika Lindgren", _check),
        TooSmall(),
    ]


async def test_closed_dialogues_leave_no_painted_rows_behind() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:

        async def open_and_close_each() -> int:
            for dialog in _each_kind():
                await app.push_screen(dialog)
                await pilot.pause()
                await app.pop_screen()
                await pilot.pause()
            gc.collect()
            return sum(isinstance(each, Strip) for each in gc.get_objects())

        await open_and_close_each()  # what is kept once is kept
        before = await open_and_close_each()
        after = [await open_and_close_each() for _ in range(TIMES)]
    # A screen's rows are 24 strips; not even one screen's may stay.
    assert after[-1] - before < 24
