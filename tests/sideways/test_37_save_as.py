"""Spara som and Excel lost the path that was typed when the file could not be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clerk import Clerk, clerk
from tests.terminal import ENTER, ESC, F10, alt


def in_box(hands: Clerk, *wanted: str) -> Clerk:
    """Wait for all of *wanted* in the dialogue, wherever its lines are broken."""

    def seen() -> bool:
        lines = [line.split("│") for line in hands.terminal.screen.display]
        text = "".join("".join(line[1].split()) for line in lines if len(line) == 3)
        return all("".join(each.split()) in text for each in wanted)

    return hands.until(seen, f"{wanted} in the box")


@pytest.mark.parametrize(
    ("screen", "ready", "letter"), [("hp", "Spara som", "p"), ("51", "Excel", "e")]
)
def test_a_file_that_cannot_be_written_keeps_the_path(
    home: Path, tmp_path: Path, screen: str, ready: str, letter: str
) -> None:
    wrong, good = tmp_path / "ingen" / "x.xlsx", tmp_path / "x.xlsx"
    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").type(alt("b")).says("Listan är klar")
        if screen == "hp":
            hands.go("hp", "klar")
        else:
            hands.go("51", "051 Uppföljning").type(ENTER).sees("Antal patienter")
        hands.type(alt(letter)).sees(ready).instead(str(wrong)).type(ENTER)
        in_box(hands, "kan inte skrivas", "ingen/x.xlsx")
        hands.instead(str(good)).type(F10).says("Sparad:")  # in the same dialogue
        hands.type(alt(letter)).sees(ready).instead(str(wrong)).type(ENTER)
        in_box(hands, "kan inte skrivas").type(ESC)
        hands.terminal.expect_gone("└")
    assert good.exists()


def test_a_no_to_writing_over_gives_the_path_back(home: Path, tmp_path: Path) -> None:
    taken = tmp_path / "x.xlsx"
    taken.write_text("något annat", encoding="utf-8")
    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").type(alt("b")).says("Listan är klar")
        hands.go("hp", "klar").type(alt("p")).sees("Spara som")
        hands.instead(str(taken)).type(ENTER).warned("LI02").type(ESC)
        hands.terminal.expect_gone("[Spara ändå]")
        in_box(hands, "finns redan", "x.xlsx")
        hands.type("\x7f" * 5, "2.xlsx", ENTER).says("Sparad:")
    assert taken.read_text(encoding="utf-8") == "något annat"
    assert (tmp_path / "x2.xlsx").exists()
