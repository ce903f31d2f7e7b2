"""F4 cut a long text with … and nowhere was the rest to be read.

Every code table, and texts as clinics import them: each row is whole, or its text is whole below
the rows when it is marked; what has no room there either is in F1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from textual.app import App

from pasis_tui.validation import codes
from pasis_tui.validation.narrowing import narrowed
from pasis_tui.widgets.cells import visible
from pasis_tui.widgets.inputs import KeyPress
from pasis_tui.widgets.palette import palette
from pasis_tui.widgets.strips import RowPainter
from pasis_tui.widgets.value_list import ValueList, Values
from tests.sideways.longest_rows import LETTERS
from tests.widgets.harness import row_text

SIZES = ((24, 80), (60, 200))
LONG = [
    (f"VC{n:06}", f"{n} " + (letters * 40)[: 20 * n]) for n in range(1, 10) for letters in LETTERS
]
TABLES = {name: list(codes.table(name).items()) for name in sorted(codes.TABLES)}
TABLES = {name: rows for name, rows in TABLES.items() if rows} | {
    "long texts": LONG,
    "texts of words": [("DU008", "Systematisk psykologisk behandling, ospecificerad " * 6)],
    "periods": [("2025-01-01–2025-12-31", "Eget intervall, klart nästa dag")],
    "more than the screen": [("X", "ord " * 800)],
}


class Desk(App[None]):
    """What a dialogue wants of the application."""

    palette = palette("pasis")
    help: Any = None

    def place_caret(self) -> None:
        pass

    def drop_typed_ahead(self) -> None:
        pass

    async def open_dialog(self, dialog: Any) -> None:
        self.help = dialog


def painted(dialog: ValueList) -> list[str]:
    lines = []
    for row in range(dialog.rows()):
        painter = RowPainter(dialog.width - 2, palette("pasis").text)
        dialog.paint(painter, row)
        lines.append(row_text(painter.strip(), dialog.width - 2))
    return lines


def squeezed(text: str) -> str:
    """Without blanks: where lines are broken is no matter."""
    return "".join(text.split())


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x60"])
@pytest.mark.parametrize("table", TABLES)
async def test_every_text_can_be_read(table: str, size: tuple[int, int]) -> None:
    rows = TABLES[table]

    async def look(text: str, offset: int, size: int) -> Values:
        hits: Sequence[tuple[str, str]] = narrowed(rows, text)
        return Values(hits[offset : offset + size], len(hits), "Hela listan läses in med")

    async def answered(value: Any) -> None:
        raise AssertionError("nothing was chosen")

    app = Desk()
    async with app.run_test(size=(size[1], size[0])):
        dialog = ValueList("Lista", look, answered)
        await dialog.prepare()
        await app.push_screen(dialog)
        assert dialog.rows() + 2 <= size[0]
        while True:
            here = dialog.page.rows[dialog.cursor]
            code, text = here[0], visible(here[1])
            lines = painted(dialog)
            line = next(line for line in lines if "›" in line)
            assert line[4:].strip().startswith(code)
            shown = line[4:].strip().removeprefix(code).strip()
            below = squeezed("".join(lines[10 : dialog.rows() - 2]))
            if shown.endswith("…") and shown != text:
                assert text.startswith(shown[:-1])
                if below.endswith("…F1"):
                    assert squeezed(text).startswith(below.removesuffix("…F1"))
                    await dialog.do_help()
                    assert squeezed("".join(app.help.lines)) == squeezed(code + text)
                else:
                    assert below == squeezed(text)
            else:
                assert shown == text.strip()
                assert not below
            before = (dialog.first, dialog.cursor)
            await dialog.press(KeyPress("down", None))
            if (dialog.first, dialog.cursor) == before:
                await dialog.press(KeyPress("pagedown", None))
            if (dialog.first, dialog.cursor) == before:
                break
