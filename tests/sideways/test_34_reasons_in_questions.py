"""A reason longer than a question's line was cut: what to type instead stood behind the cut."""

from __future__ import annotations

from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.terminal import ENTER, ESC, F2, F6, alt


def _reason(hands: Clerk) -> str:
    """What the question's box says, its rows joined."""
    rows = [r.strip(" │") for r in hands.terminal.text().split("\n") if r.strip().startswith("│")]
    return " ".join(rows)


def test_the_whole_reason_stands_in_the_box(home: Path, tmp_path: Path) -> None:
    with clerk(home) as hands:
        for typed, end in (("abc", "-3, +2v, +1m."), ("+9999999999d", "-3, +2v, +1m, +1å.")):
            hands.type(F2, "datum", ENTER).sees("Övningsdatum", "flytta det")
            hands.type(typed, ENTER).sees(f"Datum: ”{typed}” är inget datum.")
            assert "…" not in _reason(hands)
            assert _reason(hands).endswith(end)
            hands.type("2").until(lambda: "inget datum" not in _reason(hands), "the reason is gone")
            hands.sees("Enter godtar, Esc ångrar").type(ESC, ESC)
            hands.terminal.expect_gone("flytta det")
        missing = tmp_path / ("lång" * 20) / "favoriter.toml"
        hands.type(F6).sees("Favoriter").type(alt("å")).sees("Favoriter från fil")
        hands.instead(str(missing)).type(ENTER)
        hands.until(lambda: "kan inte läsas" in _reason(hands), "the file cannot be read")
        assert "…" not in _reason(hands).split("kan inte läsas", 1)[1]
