"""A draft came back with another date than stood there, for what was proposed was not kept.
All that stood in the form comes back, and the message says from which working date it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.practice import VERA, at_login, logged_in, until
from tests.flows.test_drafts import BACK, MANY, OFFER, written
from tests.terminal import ENTER, F2, F3, TAB, alt

NEXT = "2026-03-03"


@pytest.mark.parametrize(
    ("opens", "typed", "seen", "last"),
    [
        (f"85 {MANY}", ("10", TAB), ("2026-03-02", "mån", "10:00"), "10:00"),
        (f"40 {VERA}", (alt("n"), "kbt", TAB), ("KBT", "2026-03-02"), "KBT"),
        (
            f"40 {VERA}",
            (alt("n"), "kbt", alt("l"), "1"),
            ("Nyuppläggning", "2026-03-02", "*1 <<"),
            '"referral_source": "1"',
        ),
    ],
    ids=["085", "040 Ny", "040 Nyuppläggning"],
)
@pytest.mark.parametrize("offered", [True, False])
def test_the_dates_that_stood_there_come_back(
    home: Path, opens: str, typed: tuple[str, ...], seen: tuple[str, ...], last: str, offered: bool
) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, opens, ENTER, *typed)
        clerk.expect(*seen)
        until(clerk, lambda: written(home, last), "all of it")
        clerk.kill()
    with at_login(home, day=NEXT) as clerk:
        clerk.type(ENTER)
        clerk.expect(OFFER)
        clerk.type(*((ENTER,) if offered else (F3, F2, opens, ENTER)))
        clerk.expect(f"{BACK}, från 2026-03-02:", *seen)
        body = "\n".join(clerk.text().splitlines()[2:-3])
        assert NEXT not in body
