"""A database that was replaced, moved, removed or written over took saves that nobody found again.

The program says so in a sentence, keeps the draft and ends with 2, before it says that anything
is saved; and ``practice reset`` refuses while another program has the database open.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from pasis_tui.models import DatabaseFact
from pasis_tui.services.patients import patients
from pasis_tui.store.database import Database
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.store.unit_of_work import SystemWork
from tests.flows.clocks import HOUR, at_the_clock
from tests.flows.practice import DAY, NAME, ask, at_login, logged_in, make_practice, run_pasis
from tests.sealed import keys_in, texts_of
from tests.services.practice import clerk
from tests.terminal import ENTER, F2, F10, TAB, ctrl

MANY = "9204012380"
SAID = "inte längre den fil som programmet öppnade"
IN_USE = "är öppen i ett annat program"


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another practice database, as large."""
    return make_practice(tmp_path_factory.mktemp("another"))


def _replace(file: Path, other: Path) -> None:
    beside = file.with_name("beside")
    shutil.copy(other, beside)
    beside.replace(file)


def _over(file: Path, other: Path) -> None:
    file.write_bytes(other.read_bytes())


def _over_without_journal(file: Path, other: Path) -> None:
    for tail in ("-wal", "-shm"):
        file.with_name(file.name + tail).unlink()
    _over(file, other)


def _remove(file: Path, _other: Path) -> None:
    file.unlink()


def _move(file: Path, _other: Path) -> None:
    file.rename(file.with_name("undan.db"))


def _empty(file: Path, _other: Path) -> None:
    os.truncate(file, 0)


def _no_wal(file: Path, _other: Path) -> None:
    file.with_name(file.name + "-wal").unlink()


def _no_shm(file: Path, _other: Path) -> None:
    file.with_name(file.name + "-shm").unlink()


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "replaced": _replace,
    "written over": _over,
    "written over, without its journal": _over_without_journal,
    "removed": _remove,
    "moved": _move,
    "cut off": _empty,
    "without its WAL": _no_wal,
    "without its shared memory": _no_shm,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_program_says_so_before_it_says_saved(home: Path, another: Path, way: str) -> None:
    with logged_in(home) as at:
        at.type(F2, f"14 {MANY}", ENTER)
        at.expect("Läst.")
        at.type(TAB, ctrl("u"), "Nyttnamn")
        at.expect("Nyttnamn")
        keys = keys_in(home)
        WAYS[way](home / NAME, another)
        before = (home / NAME).read_bytes() if (home / NAME).exists() else None
        at.type(F10)
        assert at.expect_end() == 2
        screen = "".join(at.text().split())  # a line is cut where the terminal ends
        assert SAID.replace(" ", "") in screen
        assert "utkast" in screen
        assert "Sparat" not in screen
    assert any("Nyttnamn" in text for text in texts_of(home, keys))
    if way in ("replaced", "written over", "written over, without its journal", "cut off"):
        assert (home / NAME).read_bytes() == before  # what lies there now was not touched
    if way == "without its WAL":  # what was saved before is in the file after all
        assert ask(home, "select count(*) from audit_event where action = 'log_in'") == [(1,)]


@pytest.mark.parametrize("way", ["replaced", "written over", "removed"])
def test_a_screen_that_only_reads_says_so_too(home: Path, another: Path, way: str) -> None:
    with logged_in(home) as at:
        WAYS[way](home / NAME, another)
        at.type(F2, "48", ENTER)
        assert at.expect_end() == 2
        assert "Startaprogrammetigen" in "".join(at.text().split())


def test_a_program_at_its_login_says_so(home: Path, another: Path) -> None:
    with at_login(home) as at:
        _replace(home / NAME, another)
        at.type(ENTER)
        assert at.expect_end() == 2


def test_a_program_at_its_lock_says_so(home: Path, another: Path) -> None:
    with at_the_clock(home, "2026-03-02T09:00:00") as (at, clocks):
        at.type(F2, f"14 {MANY}", ENTER)
        at.expect("Läst.")
        at.type(TAB, ctrl("u"), "Nyttnamn")
        at.expect("Nyttnamn")
        clocks.goes(HOUR)
        at.expect("Låst", "Lösenord")
        keys = keys_in(home)
        _replace(home / NAME, another)
        at.type("ovning", ENTER)
        assert at.expect_end() == 2
        assert "utkast" in at.text().replace("\n", "")  # a long path folds the sentence anywhere
        assert MANY not in at.text()
    assert any("Nyttnamn" in text for text in texts_of(home, keys))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("reading", [True, False])
def test_every_unit_of_work_asks(home: Path, another: Path, way: str, reading: bool) -> None:
    database = Database.open(home / NAME)
    context = clerk(database)
    card = patients.find(context, MANY)

    def do() -> object:
        if reading:
            return patients.get(context, card.id)
        return patients.save(context, card.raw() | {"family_name": "Annan"}, card.version)

    WAYS[way](home / NAME, another)
    for _ in range(2):
        with pytest.raises(DatabaseTrouble) as refused:
            do()
        assert refused.value.kind == "replaced"
    database.dispose()


@pytest.mark.parametrize("way", ["replaced", "removed", "without its WAL"])
def test_between_the_rows_and_the_commit(home: Path, another: Path, way: str) -> None:
    database = Database.open(home / NAME)

    def do() -> None:
        with SystemWork(database) as work:
            work.insert(DatabaseFact, name="nytt", value="1")
            WAYS[way](home / NAME, another)
            work.commit()

    with pytest.raises(DatabaseTrouble) as refused:
        do()
    assert refused.value.kind == "replaced"
    database.dispose()


def _write_much(home: Path) -> None:
    with closing(sqlite3.connect(home / NAME)) as raw, raw:
        raw.execute("create table if not exists mycket (x)")
        raw.executemany("insert into mycket values (?)", [("x" * 4000,)] * 3000)


def _checkpoint(home: Path) -> None:
    with closing(sqlite3.connect(home / NAME)) as raw:
        raw.execute("pragma wal_checkpoint(TRUNCATE)").close()


def _touch(home: Path) -> None:
    (home / NAME).touch()
    (home / NAME).chmod(0o640)


def _same(home: Path) -> None:
    """Written over with what it is already: nothing is lost by that."""
    _checkpoint(home)
    (home / NAME).write_bytes((home / NAME).read_bytes())


def _vacuum(home: Path) -> None:
    with closing(sqlite3.connect(home / NAME)) as raw:
        raw.execute("vacuum").close()


@pytest.mark.parametrize("work", [_write_much, _checkpoint, _touch, _same, _vacuum])
def test_what_sqlite_itself_does_is_no_other_file(home: Path, work: Callable[[Path], None]) -> None:
    with Database.open(home / NAME) as database, Database.open(home / NAME) as second:
        for each in (database, second):
            context = clerk(each)
            for name in ("Ett", "Två", "Tre"):
                card = patients.find(context, MANY)
                patients.save(context, card.raw() | {"family_name": name}, card.version)
                work(home)
        assert database.check() == []


def test_reset_refuses_while_another_program_works(home: Path) -> None:
    before = ask(home, "select value from database_fact where name = 'instance'")
    with logged_in(home) as at:
        done = run_pasis("--date", DAY, "practice", "reset", home=home)
        assert (done.returncode, done.stdout) == (2, "")
        assert IN_USE in done.stderr
        assert "Ctrl+Q" in done.stderr
        at.type(F2, f"14 {MANY}", ENTER)
        at.expect("Läst.")
        at.type(TAB, ctrl("u"), "Nyttnamn", F10)
        at.expect("Sparat")
        at.type(ctrl("q"))
        assert at.expect_end() == 0
    assert ask(home, "select value from database_fact where name = 'instance'") == before
    assert ask(home, "select count(*) from patient where given_name = 'Nyttnamn'") == [(1,)]
    assert run_pasis("--date", DAY, "practice", "reset", home=home).returncode == 0
    assert ask(home, "select value from database_fact where name = 'instance'") != before
    assert not [path.name for path in home.glob(f"{NAME}?*")]


_HOLDER = """
import sys
from pasis_tui.store.database import Database
with Database.open(sys.argv[1]):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_eight_programs_and_a_kill(home: Path) -> None:
    """Each of eight holds it; the last one's kill -9 frees it, whatever it leaves behind."""
    with ExitStack() as stack:
        programs = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", _HOLDER, str(home / NAME)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            for _ in range(8)
        ]
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == b"open\n"
        for program in programs:
            done = run_pasis("--date", DAY, "practice", "reset", home=home)
            assert IN_USE in done.stderr
            program.send_signal(signal.SIGKILL)
            program.wait()
    done = run_pasis("--date", DAY, "practice", "reset", home=home)
    assert done.returncode == 0, done.stderr
    assert not [path.name for path in home.glob(f"{NAME}?*")]
