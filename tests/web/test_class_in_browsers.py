"""A class without terminals: each learner in a tab, the trainer's KT in another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pasis_tui.training.classes import ClassStore
from tests.flows.class_programs import TRAINER, make_class
from tests.flows.clerk import Clerk
from tests.flows.practice import DAY, LOGIN, MENU, VERA, run_pasis
from tests.terminal import ENTER, F2, F10, TAB, ctrl
from tests.web.browser import Browser, Tab
from tests.web.serving import Serving, serving

ASKED = "Ditt namn (läraren trycker bara Enter):"


@contextmanager
def classroom(folder: Path, *options: str) -> Iterator[tuple[Serving, str]]:
    """A class that is served, and its word."""
    home = folder / "home"
    home.mkdir()
    word = make_class(home / "classes.db")
    with serving(home, "--class", word, *options) as server:
        yield server, word


def seat(browser: Browser, server: Serving, name: str) -> Tab:
    """A tab whose learner has said the name."""
    tab = browser.tab(server.address)
    tab.expect(ASKED, timeout=120).type(*name, ENTER)
    return tab


def learner(browser: Browser, server: Serving, name: str) -> Tab:
    """A learner who has logged in."""
    tab = seat(browser, server, name)
    tab.expect(LOGIN, timeout=120).type(ENTER)
    tab.expect(MENU, f"du är med som {name}", timeout=60)
    return tab


def trainer(browser: Browser, server: Serving) -> Tab:
    tab = seat(browser, server, "")
    tab.expect(LOGIN, timeout=120).type(ctrl("u"), TRAINER, TAB, ctrl("u"), "ovning", ENTER)
    tab.expect(MENU, timeout=60).type(F2, "kt", ENTER)
    tab.expect("KT Klasstavla")
    return tab


def _are_seen(browser: Browser, folder: Path, names: list[str]) -> None:
    """Each of *names* in a tab makes a fault of their own and saves; KT shows every one."""
    with classroom(folder, "--sessions", str(len(names) + 1)) as (server, word):
        tabs = [learner(browser, server, name) for name in names]
        board = trainer(browser, server)
        board.expect(*names, timeout=60)
        for tab in tabs:
            tab.type(F2, f"610 {VERA}", ENTER)
        for tab in tabs:
            tab.expect("Inga frikort", timeout=60).type(F10)
        for tab in tabs:
            tab.expect("HK06 Fel: Nummer saknas", timeout=60)
        with closing(ClassStore.open(str(folder / "home" / "classes.db"))) as store:
            group = store.find(word)
            Clerk(board, folder).until(
                lambda: dict(store.board(group.id).rules).get("HK06") == len(names), "every refusal"
            )
        board.expect("HK06")
        for number, tab in enumerate(tabs):
            tab.type("a", str(number), TAB, "260201", TAB, "Region X", TAB, "270131", F10)
        for number, tab in enumerate(tabs):
            tab.expect(f"Sparat: frikort A{number}", timeout=60)
        # None has got another's: each has one free card, the trainer's own practice none.
        for tab in [*tabs, board]:
            tab.close()
        server.expect_programs(0, timeout=60)
        folders = [
            f for f in (folder / "home" / "learners").iterdir() if (f / "ovning.db").exists()
        ]
        assert len(folders) == len(names)
        for each in folders:
            shown = run_pasis("--date", DAY, "db", "check", home=each)
            assert shown.returncode == 0, shown.stderr
        log = server.log.read_text()
        for said in (*names, VERA, word):
            assert said not in log


def test_two_learners_and_the_trainer(browser: Browser, tmp_path: Path) -> None:
    _are_seen(browser, tmp_path, ["Anna", "Björn Å"])


@pytest.mark.soak
def test_ten_learners_and_the_trainer(browser: Browser, tmp_path: Path) -> None:
    began = time.monotonic()
    _are_seen(browser, tmp_path, [f"Deltagare {n}" for n in range(1, 11)])
    print(f"10 tabs and KT: {time.monotonic() - began:.0f} s")


def test_a_name_is_one_persons_and_never_a_path(browser: Browser, tmp_path: Path) -> None:
    with classroom(tmp_path) as (server, _):
        anna = learner(browser, server, "Anna")
        other = seat(browser, server, "anna")
        other.expect("anna finns redan i klassen Måndag fm. Är det du? (J/N)").type("n", ENTER)
        other.expect_gone("(J/N) n")  # asked again
        other.type(*"ANNA", ENTER)
        other.expect("ANNA finns redan").type("j", ENTER)
        other.expect("är inne i en annan flik", timeout=60)
        other.type(*"../../x", ENTER)
        other.expect(LOGIN, timeout=120)
        anna.close()
        server.expect_programs(1)
        again = seat(browser, server, "Anna")
        again.expect("Är det du?").type("j", ENTER)
        again.expect(LOGIN, timeout=60)
        again.close()
        other.close()
        server.expect_programs(0)
        made = {f.name for f in (tmp_path / "home" / "learners").iterdir() if f.is_dir()}
        assert all(len(name) == 32 and name.isalnum() for name in made - {"mallar"})
        assert not (tmp_path / "x").exists()


def test_a_class_that_is_not_there_is_said_at_the_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    word = make_class(home / "classes.db")
    for options, said in (
        (["--class", "ek-bro-sten"], "klass"),
        (["--class", word, "--database", "x.db"], "En klass övar"),
    ):
        done = run_pasis("serve", "--port", "0", *options, home=home)
        assert done.returncode in {1, 2}
        assert said in done.stderr
    with closing(ClassStore.open(str(home / "classes.db"))) as store:
        store.end(store.find(word).id)
    done = run_pasis("serve", "--port", "0", "--class", word, home=home)
    assert "är avslutad" in done.stderr
