"""What is sent makes the terminal show what Textual meant, whatever it showed before."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

from pasis_tui.terminal.terminal_output import Shown

WIDTH, HEIGHT = 12, 4
NO_WRAP = "\x1b[?7l"
COLOURS = (
    "",
    "1;38;2;255;122;112;48;2;15;23;30",
    "38;2;215;222;228;48;2;15;23;30",
    "4;38;2;255;255;255;48;2;47;74;94",
    "4;7;38;2;255;255;255;48;2;47;74;94",
    "1;31",
    "7",
    "3;94;44",
    "9;38;5;17",
)
LETTERS = "abcåäö ÅÄÖ·½─│›…•"
# What a name from elsewhere may hold: wide, combining, joined.
STRANGE = "\u4e16\U0001f600e\u0301a"

pieces = st.tuples(
    st.sampled_from(COLOURS),
    st.text(LETTERS, min_size=1, max_size=6) | st.sampled_from([STRANGE, "\u4e16", "n\u0303"]),
)
spans = st.tuples(
    st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.lists(pieces, max_size=4)
)
frames = st.tuples(
    st.lists(spans, min_size=1, max_size=HEIGHT),
    st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1)),
)
foreign = st.sampled_from(
    ["\x1b[?2026h", "\x1b[?25h", "\x1b]22;default\x07", "\x1b[2J", "\x1b[?1049h", "plain", "\x07"]
)


def written(spans_: list[tuple[int, int, list[tuple[str, str]]]], cursor: tuple[int, int]) -> str:
    """Return a frame as Textual writes it: rows of coloured text from the top, then the cursor."""
    ordered = sorted(spans_, key=lambda span: span[:2])
    out = ""
    for row, column, parts in ordered:
        out += f"\x1b[{row + 1};{column + 1}H"
        room = WIDTH - column
        for colours, whole in parts:
            text = set_cell_size(whole, min(room, cell_len(whole)))
            room -= cell_len(text)
            out += f"\x1b[{colours}m{text}\x1b[0m" if colours and text else text
        if row != ordered[-1][0]:
            out += "\r\n"
    return out + f"\x1b[{cursor[0] + 1};{cursor[1] + 1}H"


class Terminal:
    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed(NO_WRAP)

    def feed(self, text: str) -> None:
        self.stream.feed(text)

    @property
    def cells(self) -> list[object]:
        return [[self.screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]

    @property
    def cursor(self) -> tuple[int, int]:
        return self.screen.cursor.y, self.screen.cursor.x


@settings(max_examples=300, deadline=None)
@given(st.lists(frames | foreign, min_size=1, max_size=8))
def test_the_terminal_shows_what_was_meant(
    steps: list[str | tuple[list[tuple[int, int, list[tuple[str, str]]]], tuple[int, int]]],
) -> None:
    meant, got, shown = Terminal(), Terminal(), Shown()
    for step in steps:
        data = step if isinstance(step, str) else written(*step)
        meant.feed(data)
        got.feed(shown.difference(data))
        assert got.cells == meant.cells
        if not isinstance(step, str):
            assert got.cursor == meant.cursor


FIELD = COLOURS[3]


def typed(text: str) -> str:
    return written(
        [(1, 0, [(COLOURS[1], "Namn "), (FIELD, text.ljust(7))])],
        (1, 5 + len(text)),
    )


def test_what_stands_there_is_not_sent_again() -> None:
    shown = Shown()
    assert "Namn" in shown.difference(typed("Ve"))
    assert shown.difference(typed("Ve")) == ""


def test_a_key_costs_its_own_character() -> None:
    shown = Shown()
    shown.difference(typed("V"))
    shown.difference(typed("Ve"))
    assert shown.difference(typed("Ver")) == "r"


@pytest.mark.parametrize("lost", ["forget", "alternate screen"])
def test_after_the_picture_may_be_lost_all_of_it_is_sent(lost: str) -> None:
    shown = Shown()
    first = shown.difference(typed("Vera"))
    shown.difference(typed("Vera"))
    if lost == "forget":
        shown.forget()
    else:
        shown.difference("\x1b[?1049h")
    assert shown.difference(typed("Vera")) == first


def test_colours_do_not_leak_into_what_others_write() -> None:
    shown = Shown()
    shown.difference(typed("Vera"))
    assert shown.difference("\x1b[?1049l") == "\x1b[0m\x1b[?1049l"
