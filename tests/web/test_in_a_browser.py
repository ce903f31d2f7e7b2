"""The program in a real Chromium: what is typed there arrives, is saved, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from tests.flows.practice import LOGIN, MENU, ask
from tests.terminal import ENTER, F2, F10, TAB
from tests.web.browser import Browser, Tab
from tests.web.serving import Serving, serving

MANY = "9204012380"  # has a vårdåtagande with visits


def menu(browser: Browser, server: Serving, **size: int) -> Tab:
    """A new tab, logged in."""
    tab = browser.tab(server.address, **size)
    tab.expect(LOGIN, timeout=60).type(ENTER)
    tab.expect(MENU)
    return tab


def test_a_visit_is_typed_and_saved(browser: Browser, home: Path) -> None:
    with serving(home) as server:
        tab = menu(browser, server)
        tab.type(F2, f"85 {MANY}", ENTER)
        tab.expect("085 Besöksregistrering", "Tid är när besöket startar")
        tab.type("1015", TAB, F10)
        tab.expect("Sparat: besök 2026-03-02 10:15")
        assert tab.complaints() == []
        tab.close()
        server.expect_programs(0)
    saved = "SELECT count(*) FROM visit WHERE date = '2026-03-02' AND substr(time, 1, 5) = '10:15'"
    assert ask(home, saved) == [(1,)]
