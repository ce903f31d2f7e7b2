"""051: an own interval that was ready stood last in F4 and was not found by `eget` or its dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.clerk import clerk
from tests.terminal import ENTER, ESC, F4, TAB, alt


def test_an_own_interval_is_found(home: Path) -> None:
    with clerk(home) as hands:
        hands.go("51", "051 Uppföljning").type(TAB, "20260105", TAB, "20260214", alt("b"))
        hands.says(
            "Beställt: 2026-01-05–2026-02-14. Laddas fr.o.m. 2026-03-03: skriv eget i Period"
        )
        hands.type("\x1b[Z\x1b[Z").instead("eget").type(ENTER).says("ST01", "klart nästa dag")
        hands.move("+1d", "2026-03-03").go("51", "051 Uppföljning").type(F4)
        hands.until(
            lambda: any("1  2026-01-05–2026-02-14" in row for row in hands.terminal.screen.display),
            "the own interval first",
        )
        hands.type("eget").sees("1 av ").type(ENTER, ESC)
        for typed in ("eget", "Eget intervall", "20260105", "2026-02-14", "14/2"):
            hands.go("51", "051 Uppföljning").instead(typed).type(ENTER)
            hands.says("2026-01-05–2026-02-14: PSMA01 mot alla")


@pytest.mark.parametrize("typed", ["2031", "xyz"])
def test_what_fits_nothing_says_where_the_list_is(home: Path, typed: str) -> None:
    with clerk(home) as hands:
        hands.go("51", "051 Uppföljning").instead(typed).type(ENTER)
        hands.says("ST01 Fel: Period: ”" + typed, "F4 visar dem som går")
