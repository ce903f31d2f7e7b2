"""Where a served program looks for its database, and where what it saves lies until it is sent.

A relative path was looked for in the session's own folder: a practice database was made there.  That
folder lay in the system's temporary one, and stayed there when the server ended.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.flows.class_programs import make_class
from tests.flows.practice import LOGIN, PASSWORD, run_pasis
from tests.terminal import ENTER
from tests.web.browser import Browser
from tests.web.serving import Serving, alive, serving

_CLINIC = (
    "--unit", "PSXX01", "--unit-name", "Ny klinik", "--signature", "NYNYNY", "--name", "Ny Nyman",
)  # fmt: skip


@pytest.mark.parametrize(
    "named", ["--database", pytest.param("PASIS_DATABASE", marks=pytest.mark.soak)]
)
def test_a_relative_path_is_from_where_the_server_was_started(
    browser: Browser, tmp_path: Path, named: str
) -> None:
    target = str(tmp_path / "klinik.db")
    made = run_pasis("init", "--database", target, *_CLINIC, home=tmp_path, typed=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    home = tmp_path / "home"
    options = ["--database", "klinik.db"] if named == "--database" else []
    environment = {} if options else {named: "klinik.db"}
    with serving(home, *options, day="", folder=tmp_path, environment=environment) as server:
        tab = browser.tab(server.address)
        tab.expect("Skriv användare, lösenord och enhet.", timeout=60)
        tab.close()


@pytest.mark.soak
def test_a_relative_class_store_too(browser: Browser, tmp_path: Path) -> None:
    word = make_class(tmp_path / "klasser.db")
    environment = {"PASIS_CLASS_STORE": "klasser.db"}
    with serving(
        tmp_path / "home", "--class", word, folder=tmp_path, environment=environment
    ) as server:
        tab = browser.tab(server.address)
        tab.expect("Ditt namn (läraren trycker bara Enter):", timeout=60)
        tab.close()


@pytest.mark.soak
def test_a_server_that_only_reads(browser: Browser, home: Path) -> None:
    with serving(home, ahead=["--read-only"]) as server:
        tab = browser.tab(server.address)
        tab.expect(LOGIN, timeout=60).type(ENTER)
        tab.expect("LÄSLÄGE", timeout=60)
        tab.close()


def _saved(browser: Browser, server: Serving, home: Path) -> Path:
    """A file as a session has saved one, not fetched yet."""
    browser.tab(server.address).expect(LOGIN, timeout=60)
    (session,) = home.glob("tmp/*/*/1-*")
    file = session / "rader.xlsx"
    file.write_text("rader")
    return file


def test_nothing_that_a_killed_servers_sessions_saved_is_left(
    browser: Browser, home: Path, tmp_path: Path
) -> None:
    """Of one that is ended nothing is left either: see the list that is downloaded."""
    system, foreign = tmp_path / "system", tmp_path / "foreign"
    for folder in (system, foreign):
        folder.mkdir()
    (foreign / "mitt").write_text("rör inte")
    with serving(home, environment={"TMPDIR": str(system)}) as server:
        file = _saved(browser, server, home)
        (file.parent / "genom").symlink_to(foreign)
        programs = server.programs()
        server.process.kill()
        server.process.wait(30)
        assert file.exists()
        limit = time.monotonic() + 30
        while alive(programs):
            assert time.monotonic() < limit
            time.sleep(0.05)
    assert run_pasis("db", "check", home=home).returncode == 0
    assert not (home / "tmp").exists()
    assert list(system.iterdir()) == []
    assert (foreign / "mitt").read_text() == "rör inte"
