"""The program in a real Chromium: what is typed there arrives, is saved, and nothing is lost."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from pasis_tui.commands import COMMANDS
from tests.flows.clerk import Clerk
from tests.flows.practice import LOGIN, MENU, VERA, ask, copy_practice, rows
from tests.flows.test_drafts import BACK, HALVES, MANY, OFFER, halfway, written
from tests.terminal import ENTER, ESC, F2, F10, TAB, alt, ctrl
from tests.web.browser import Browser, Tab
from tests.web.serving import Serving, alive, serving

KEPT = "Det som inte var sparat ligger kvar som utkast."


def menu(browser: Browser, server: Serving, **size: int) -> Tab:
    """A new tab, logged in."""
    tab = browser.tab(server.address, **size)
    tab.expect(LOGIN, timeout=60).type(ENTER)
    tab.expect(MENU)
    return tab


def offered(browser: Browser, server: Serving) -> None:
    """Log in again, and take the draft back."""
    tab = browser.tab(server.address)
    tab.expect(LOGIN, timeout=60).type(ENTER)
    tab.expect(OFFER).type(ENTER)
    tab.expect(BACK, "*10:15", "*HUVUD", "*XQ")
    tab.close()


def half_typed(browser: Browser, server: Serving, home: Path) -> Tab:
    """A tab with a visit that is typed and not saved; its draft is on the disk."""
    tab = menu(browser, server)
    halfway(tab, HALVES["085"])
    Clerk(tab, home).until(lambda: written(home, "XQ"), "a draft")
    return tab


def test_a_visit_is_typed_and_saved(browser: Browser, home: Path) -> None:
    with serving(home) as server:
        tab = menu(browser, server)
        tab.type(F2, f"85 {MANY}", ENTER)
        tab.expect("085 Besöksregistrering", "Tid är när besöket startar")
        tab.type("1015", TAB, F10)
        tab.expect("Sparat: besök 2026-03-02 10:15")
        # Swedish letters, typed and pasted, and the window made larger meanwhile.
        tab.type(F2, f"14 {VERA}", ENTER)
        tab.expect("014 Personuppgifter", "Testsson")
        tab.in_pixels(1400, 900)
        tab.type(ctrl("u"), "Åkesson-Test", TAB, TAB, ctrl("u"))
        tab.expect("*Åkesson-Test")
        tab.paste("Övre Långgatan 2\nära ån")
        tab.expect("Övre Långgatan 2 ära ån")
        assert tab.screen.columns > 140
        tab.in_pixels(500, 300)
        tab.expect("för lite")
        tab.in_pixels(1000, 620)
        tab.expect("014 Personuppgifter", "Övre Långgatan 2 ära ån").type(F10)
        tab.expect("Sparat")
        assert tab.complaints() == []
        tab.type(alt("q"))
        tab.expect_over("Sessionen är slut.")
        assert server.expect_log("slut efter", "programmet slutade", "kod 0")
        server.expect_programs(0)
        log = server.log.read_text()
    saved = "SELECT count(*) FROM visit WHERE date = '2026-03-02' AND substr(time, 1, 5) = '10:15'"
    assert ask(home, saved) == [(1,)]
    assert ask(home, "SELECT count(*) FROM patient WHERE address = 'Övre Långgatan 2 ära ån'") == [
        (1,)
    ]
    for said in (VERA, MANY[-4:], "Åkesson", "Långgatan", "ANNLIN", "10:15"):
        assert said not in log


@pytest.mark.parametrize(
    "lost",
    [
        "the tab is closed",
        "the server is killed",
        pytest.param("the server is stopped", marks=pytest.mark.soak),
    ],
)
def test_what_was_typed_comes_back_at_the_next_login(
    browser: Browser, home: Path, lost: str
) -> None:
    with serving(home) as server:
        tab = half_typed(browser, server, home)
        (program,) = server.programs()
        if lost == "the tab is closed":
            tab.close()
            server.expect_programs(0)
            server.expect_log("session 1 slut")
            offered(browser, server)
            return
        server.process.send_signal(
            signal.SIGKILL if lost == "the server is killed" else signal.SIGTERM
        )
        server.process.wait(30)
        tab.expect_over("Förbindelsen till servern bröts" if "killed" in lost else "Servern stängs")
        Clerk(tab, home).until(lambda: not alive([program]), "the session's process gone")
        tab.close()
    with serving(home) as server:
        offered(browser, server)


def test_an_idle_session_ends_and_keeps_what_was_typed(browser: Browser, home: Path) -> None:
    with serving(home, "--idle", "7") as server:
        tab = half_typed(browser, server, home)
        server.short_minutes()
        tab.in_pixels(1200, 760)  # that is no key
        tab.expect_over(f"Ingen har skrivit på 7 min. {KEPT}")
        server.expect_programs(0)
        server.expect_log("Ingen har skrivit")
        tab.close()
    with serving(home) as server:
        offered(browser, server)


def test_the_network_is_cut(browser: Browser, home: Path) -> None:
    """Nothing says so: no packet comes any more.  The server asks, and gets no answer."""
    with serving(home, heartbeat=1.0) as server:
        tab = half_typed(browser, server, home)
        (program,) = server.programs()
        go_on = browser.freeze()
        try:
            server.expect_programs(0)
            server.expect_log("förbindelsen bröts")
            assert not alive([program])
        finally:
            go_on()
        tab.expect_over("Förbindelsen till servern bröts")
        tab.close()
        offered(browser, server)


def test_two_tabs_are_two_sessions_and_a_third_is_told_that_there_is_no_room(
    browser: Browser, home: Path
) -> None:
    with serving(home, "--sessions", "2") as server:
        one, two = menu(browser, server), menu(browser, server)
        assert len(server.programs()) == 2
        third = browser.tab(server.address)
        third.expect_over("Alla 2 platser är upptagna. Försök igen om en stund.")
        one.type(F2, "40", ENTER)
        two.type(F2, "83", ENTER)
        one.expect("040 Vårdåtaganden")
        two.expect("083 Vårdkontakter")
        assert "083 Vårdkontakter" not in one.text()
        one.close()
        server.expect_programs(1)
        third.again()
        third.expect(LOGIN, timeout=60)
        third.close()
        two.close()


def test_every_command_has_a_key_that_a_browser_leaves_alone() -> None:
    """Browsers keep some keys for themselves, by name: these never reach a page."""
    kept = {f"ctrl+{letter}" for letter in "wtnq"} | {f"f{n}" for n in (1, 3, 5, 6, 7, 10, 11, 12)}
    left = {c.name: [k for k in c.keys if k not in kept] for c in COMMANDS}
    assert [name for name, keys in left.items() if not keys] == []


def test_the_second_keys_reach_the_program(browser: Browser, home: Path) -> None:
    with serving(home) as server:
        tab = menu(browser, server)
        tab.type(alt("h"))
        tab.expect("MEDDELANDET").type(ESC)
        tab.expect_gone("MEDDELANDET").type(alt("x"), "40", ENTER)
        tab.expect("040 Vårdåtaganden").type(VERA, alt("l"))
        tab.expect("Testsson, Vera").type(alt("r"))
        tab.expect_gone("Testsson, Vera").type(alt("x"), alt("z"))
        tab.expect("Bilder", "Esc ångrar").type(ESC)
        tab.expect_gone("Esc ångrar")
        # Each command's other key leaves the browser as a terminal would send it.
        letters = [k[4:] for c in COMMANDS for k in c.keys if k.startswith("alt+")]
        wanted = [alt(letter) for letter in letters]
        tab.sent()
        for each in wanted:
            tab.type(each)
        sent: list[str] = []

        def all_sent() -> bool:
            sent.extend(keys for keys in tab.sent() if keys in wanted)
            return sent == wanted

        Clerk(tab, home).until(all_sent, "each second key on its way")
        assert tab.complaints() == []
        tab.close()


SCRIPT: tuple[Any, ...] = (
    (F2, f"85 {MANY}", ENTER, "0830", TAB, "huvud", F10),
    (F2, f"40 {VERA}", ENTER, alt("n"), "kbt", TAB, "i", alt("l"), "1", TAB, "vcbj01", TAB, "i"),
    (TAB, "annlin", TAB, "-4", F10, F2, "83", ENTER),
    (F2, f"610 {VERA}", ENTER, "a1", TAB, "260201", TAB, "Region X", TAB, "270131", F10),
)


def test_a_burst_gives_what_slow_typing_gives(
    browser: Browser, practice: Path, tmp_path: Path
) -> None:
    homes = [copy_practice(practice, tmp_path / name) for name in ("burst", "slow")]
    seen = []
    for home in homes:
        with serving(home) as server:
            tab = menu(browser, server)
            for part in SCRIPT:
                if home == homes[0]:
                    tab.type(*part)
                else:
                    tab.slowly(*part)
            tab.expect("Sparat: frikort A1")
            tab.settle()
            seen.append(tab.text())
            tab.close()
            server.expect_programs(0)
    assert seen[0] == seen[1]
    assert rows(homes[0]) == rows(homes[1])


def test_a_list_is_downloaded_and_no_other_place_can_be_named(
    browser: Browser, home: Path, tmp_path: Path
) -> None:
    down = tmp_path / "down"
    down.mkdir()
    with serving(home) as server:
        tab = menu(browser, server)
        browser.do("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(down))
        tab.type(F2, "51", ENTER)
        tab.expect("051").type(ENTER)
        tab.settle(1.0)
        tab.type(alt("e"))
        tab.expect("Siffrorna och samma diagram")
        for wrong in ("/etc/x.xlsx", "~/x.xlsx", "../x.xlsx", ".x.xlsx", "a/b.xlsx"):
            tab.type(ctrl("u"), wrong)
            tab.expect(f"Fil {wrong}").type(ENTER)
            tab.settle(0.5)
            tab.expect("Filer sparas på en plats som är bestämd här")
        tab.type(ctrl("u"), "siffror å.xlsx")
        tab.expect("Fil siffror å.xlsx").type(ENTER)
        tab.expect("Sparad: siffror å.xlsx")
        Clerk(tab, home).until(
            lambda: [f.name for f in down.iterdir() if f.stat().st_size] == ["siffror å.xlsx"],
            "the file downloaded",
        )
        assert (down / "siffror å.xlsx").read_bytes().startswith(b"PK")
        assert tab.complaints() == []
        tab.close()
        server.expect_programs(0)
        assert "siffror" not in server.log.read_text()
    assert not (home / "tmp").exists()
