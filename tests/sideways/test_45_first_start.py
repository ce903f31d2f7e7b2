"""Programs that start at once on an empty data folder ended with a fault, all but one.

One makes the practice data; the others wait with a word, and then all of them are open.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.opening import open_for_clerks
from pasis_tui.store.database import Database, alone_with
from tests.doses import one_in
from tests.flows.practice import DAY, LOGIN, MENU, NAME, ask, run_pasis
from tests.terminal import ENTER, Terminal, ctrl, terminal

TODAY = date.fromisoformat(DAY)


def _is_whole(home: Path) -> None:
    assert ask(home, "select count(*) from database_fact where name = 'instance'") == [(1,)]
    assert ask(home, "select count(*) from patient") == [(340,)]
    assert ask(home, "select count(*) from unit") == [(2,)]
    assert ask(home, "pragma integrity_check") == [("ok",)]


@pytest.mark.parametrize("programs", [2, 4, 8])
def test_all_open_and_one_makes_the_data(tmp_path: Path, programs: int) -> None:
    home = tmp_path / "home"
    with ExitStack() as stack:
        opened: list[Terminal] = [
            stack.enter_context(terminal(["--date", DAY], home)) for _ in range(programs)
        ]
        for each in opened:
            each.expect(LOGIN, timeout=90)
        for each in opened:
            each.type(ENTER)
        for each in opened:
            each.expect(MENU, timeout=90)
        _is_whole(home)
        for each in opened:
            each.type(ctrl("q"))
        assert [each.expect_end() for each in opened] == [0] * programs
    # Two that leave at the same moment can both leave SQLite's own files: nobody was the last.
    left = {path.name for path in home.glob(f"{NAME}?*")} - {f"{NAME}-wal", f"{NAME}-shm"}
    assert not left
    _is_whole(home)


def test_scripts_at_once(tmp_path: Path) -> None:
    """``pasis show`` is a first start too."""
    home = tmp_path / "home"
    ended: list[subprocess.CompletedProcess[str]] = []
    threads = [
        threading.Thread(
            target=lambda: ended.append(run_pasis("--date", DAY, "show", "048", home=home))
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(done.returncode, done.stderr) for done in ended] == [(0, "")] * 3
    assert len({done.stdout for done in ended}) == 1


def test_who_waits_is_told_so_and_can_leave(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with (
        alone_with(home / NAME),
        terminal(["--date", DAY], home) as one,
        terminal(["--date", DAY], home) as other,
    ):
        one.expect("Ett annat program gör i ordning databasen")
        other.expect("Väntar på det")
        one.type(ctrl("q"))
        assert one.expect_end() == 0
        other.kill()
    assert not (home / NAME).exists()


_MAKER = """
import sys
from datetime import date
from pasis_tui.opening import open_for_clerks
open_for_clerks(sys.argv[1], date(2026, 3, 2), lambda text: print(text, flush=True))
"""


@pytest.mark.parametrize("part", one_in(3, range(6)))
def test_killed_in_the_middle_of_making(tmp_path: Path, part: int) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", _MAKER, str(home / NAME)], stdout=subprocess.PIPE
    ) as maker:
        if part:
            assert maker.stdout is not None
            maker.stdout.readline()  # the schema is there, the data are being made
            end = time.perf_counter() + part * 0.15
            while time.perf_counter() < end and maker.poll() is None:
                pass
        else:
            while not (home / NAME).exists() and maker.poll() is None:
                pass
        maker.send_signal(signal.SIGKILL)
    open_for_clerks(str(home / NAME), TODAY).database.dispose()
    _is_whole(home)
    assert not list(home.glob(f"{NAME}?*"))


@pytest.mark.parametrize("tail", ["", "-wal", "-shm", "-journal"])
def test_what_a_killed_making_left_is_cleared(home: Path, tail: str) -> None:
    (home / f"{NAME}.ny{tail}").write_bytes(b"half")
    open_for_clerks(str(home / NAME), TODAY).database.dispose()
    _is_whole(home)
    assert not list(home.glob(f"{NAME}?*"))


def test_killed_in_the_middle_of_a_reset(home: Path) -> None:
    """The old one or, when the kill came late, the new one: whole, with nothing left beside it."""
    with subprocess.Popen(
        [sys.executable, "-m", "pasis_tui", "practice", "reset"],
        env={"PASIS_DATA_DIR": str(home), "LC_ALL": "C.UTF-8"},
    ) as reset:
        while not (home / f"{NAME}.ny").exists() and reset.poll() is None:
            pass
        reset.send_signal(signal.SIGKILL)
    open_for_clerks(str(home / NAME), TODAY).database.dispose()
    _is_whole(home)
    assert not list(home.glob(f"{NAME}?*"))


def test_three_at_once_on_an_empty_server_database(empty_postgres: str) -> None:
    said: list[str] = []
    opened: list[Database] = []
    faults: list[BaseException] = []

    def start() -> None:
        try:
            opened.append(open_for_clerks(empty_postgres, TODAY, said.append).database)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with opened[0].engine.connect() as connection:
        count = text("SELECT (SELECT count(*) FROM unit), (SELECT count(*) FROM patient)")
        assert connection.execute(count).one() == (2, 340)
    for database in opened:
        database.dispose()
    assert sum(line.startswith("Övningsdatabasen skapas") for line in said) == 1
    assert any(line.startswith("Ett annat program") for line in said)
