"""F1 in the fields of 184 that 085 proposes ended the program: its help read a field of another form.

Right: F1 at every field of every screen tells of that field, and Esc leads back to it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clerk import Clerk, clerk
from tests.flows.test_chain_wrong import enrol, open_forms, refer, start_new, visit
from tests.terminal import ESC, F1, TAB, alt

MANY = "9204012380"


def _walk(hands: Clerk, *, least: int) -> None:
    """Press F1 at each field in turn and at some buttons after them."""
    helps: set[str] = set()
    for _ in range(least + 6):
        hands.type(F1).sees("┌ Hjälp", "stänger", "└")
        helps.update(line for line in hands.terminal.text().split("\n") if "FÄLTET" in line)
        hands.type(ESC)
        hands.terminal.expect_gone("┌ Hjälp")
        hands.type(TAB)
    assert len(helps) >= least, helps


@pytest.mark.parametrize(
    ("text", "title", "least"),
    [
        (f"14 {MANY}", "014 Personuppgifter", 8),
        (f"610 {MANY}", "610 Frikortsregistrering", 4),
        (f"283 2 {MANY}", "283 Manuellt", 4),
        ("kl", "KL Kontrollista", 2),
        ("fb", "FB Besök", 4),
        ("51", "051 Uppföljning", 1),
        ("in", "Inställningar", 3),
    ],
)
def test_screens(home: Path, text: str, title: str, least: int) -> None:
    with clerk(home) as hands:
        hands.go(text, title)
        _walk(hands, least=least)


def test_the_chain(home: Path) -> None:
    with clerk(home) as hands:
        start_new(hands)
        _walk(hands, least=2)
        hands.go("su", "SU Support")
        refer(hands)
        _walk(hands, least=8)
        visit(hands)
        enrol(hands)
        for letter, title in (("i", "048 Inskrivning"), ("u", "048 Utskrivning")):
            open_forms(hands).type(alt(letter)).sees(title)
            _walk(hands, least=2)
        hands.go("184", "184 Medicinsk registrering", "Huvuddiagnos")
        _walk(hands, least=10)
        hands.type(alt("k")).sees("KVÅ")
        _walk(hands, least=3)


def test_085_with_the_fields_of_184_below(home: Path) -> None:
    with clerk(home) as hands:
        hands.go(f"85 {MANY}", "Tid är när besöket startar", "Förslag till 184")
        _walk(hands, least=15)
