"""Fees from visit to frikort on the screens 085, 283 and 610, through a real terminal."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import VERA
from tests.terminal import ENTER, ESC, TAB, alt


def started(hands: Clerk, *, external: str = "") -> None:
    """A commitment for Vera, and a fee she paid elsewhere."""
    hands.go(f"40 {VERA}", "040 Vårdåtaganden", "Testsson")
    hands.type(alt("n"), "kbt", TAB, "i", alt("l")).sees("Nyuppläggning")
    hands.type("r", TAB, "1", TAB, "10101", TAB, "i", TAB, "ANNLIN", TAB, "i", alt("s"))
    hands.until(lambda: "Sparat" in hands.terminal.text() or "Varning" in hands.terminal.text(), "saved")
    if hands.terminal.sees("Varning"):
        hands.type(ENTER).sees("Sparat")
    if external:
        hands.go("283 2", "283 Manuellt registrerade besök", "Bevis")
        hands.type("260105", TAB, external, TAB, "Kliniken Fjärran", TAB, "kv", alt("s"))
        hands.sees(f"Sparat: {external} kr 2026-01-05", "Kliniken Fjärran")


def test_manual_visits_are_saved_refused_and_taken_away(tmp_path: Path) -> None:
    with clerk(tmp_path) as hands:
        started(hands, external="1300")
        hands.type("i", TAB, "0", TAB, "X", TAB, "KV", alt("s")).says("HK04", "Belopp")
        hands.type(alt("b")).sees("räknas inte längre").type("dubbelt", ENTER)
        hands.sees("Borttaget: 1300 kr 2026-01-05", "Inga manuellt registrerade besök")
