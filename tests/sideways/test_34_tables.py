"""The table of a made list was cut at the window's edge in the middle of a value, without a mark:
a date read "2026-02".  Whole columns are shown, … says that there are more, the arrows move.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.flows.practice import Watched, until, watched
from tests.terminal import ENTER, F2, LEFT, RIGHT, Terminal, alt

WIDTHS = (80, 91, 100, 120, 160, 200)


def table(opened: Terminal) -> list[str]:
    """The lines of the dialogue, without its frame."""
    inside = [re.search("│(.*)│", line) for line in opened.screen.display]
    return [match[1].strip() for match in inside if match]


def at(program: Watched, columns: int) -> None:
    """The table at its first column, in a terminal of *columns*."""
    opened = program.terminal
    opened.resize(24, columns)
    until(opened, lambda: "Enter eller Esc stänger" in opened.text(), "the table", 5)
    until(opened, lambda: framed(opened, columns), "the table in the middle")
    program.burst([LEFT] * 20)
    program.settle()


def framed(opened: Terminal, columns: int) -> bool:
    top = next((line for line in opened.screen.display if "┌" in line), "")
    left, right = top.find("┌"), columns - 1 - top.rfind("┐")
    return bool(top) and abs(left - right) <= 1


@pytest.mark.parametrize(("order", "files"), [("kl", "hp"), ("fb", "hl")])
def test_no_value_of_a_made_list_is_cut(home: Path, order: str, files: str) -> None:
    with watched(home) as program:
        opened = program.terminal.expect("Tryck Enter")
        program.burst([ENTER, F2, *order, ENTER, alt("b")])
        opened.expect("Listan är klar")
        program.burst([F2, *files, ENTER, ENTER])
        opened.expect("Enter eller Esc stänger")
        for columns in WIDTHS:
            at(program, columns)
            seen: set[str] = set()
            while True:
                lines = table(opened)
                assert lines[-1].endswith("stänger")
                seen |= set(re.split(r" {2,}", lines[0].removesuffix("…").strip()))
                for line in lines[1:-1]:
                    assert not re.search(r"\b\d{4}-(\d{0,2}|\d\d-\d?)(?!\S)", line), line
                if not lines[0].endswith("…"):
                    break
                assert "i sidled" in lines[-1]
                program.burst([RIGHT])
                program.settle()
            assert {"Personnummer", "Ankomstdatum"} <= seen or {"Besöksdatum"} <= seen, seen
