"""A window that is dragged larger and smaller: what was painted for another size is not taken for known."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random

from tests.flows.practice import logged_in, until
from tests.terminal import ENTER, F2, Terminal

_SIZES = ((24, 80), (30, 100), (50, 160), (25, 81), (60, 200), (26, 90))
_ROUNDS = 40


def _whole(opened: Terminal, rows: int, columns: int) -> bool:
    shown = opened.screen.display
    rule = "─" * columns
    return (
        shown[2] == rule
        # where the menu does not fit, the rule says which rows are seen
        and shown[rows - 3].startswith(rule[24:])
        and shown[rows - 3].endswith("──")
        and shown[0].rstrip().endswith("Övningsdatum 2026-03-02")
        and any(line.find("┌ Övningsdatum") == (columns - 76) // 2 for line in shown)
    )


def test_the_last_size_is_painted_whole(home: Path) -> None:
    random = Random(1)
    with logged_in(home) as opened:
        opened.type(F2, "datum", ENTER)
        opened.expect("Arbetsdatum är")
        for _ in range(_ROUNDS):
            rows, columns = _SIZES[0]
            for _ in range(random.randint(1, 3)):
                rows, columns = random.choice(_SIZES)
                opened.resize(rows, columns)
                for _ in range(random.randrange(30)):
                    opened.pump(0.001)
            until(
                opened,
                partial(_whole, opened, rows, columns),
                f"{columns}x{rows} painted whole",
            )
