"""A killed export left rows of patients in the system's temporary folder and beside the target.

Right: all that is not whole yet lies in the run's own folder in the data folder, 0600, and the
next start of any kind sweeps what killed runs have left, there and beside a target on another
disk: nothing else, no link followed, and no run that lives.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Thread

import pytest
from openpyxl import load_workbook

from pasis_tui.files import run_folder
from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import DAY, at_login, copy_practice, logged_in, run_pasis
from tests.scratch import SCRATCH
from tests.sideways.many_visits import add_visits
from tests.terminal import ENTER, F2, TAB, alt, ctrl

OLD = "den gamla listan"
_ALL = ("--from", "2020-01-01", "--to", DAY)
_NAMED = "1-abcdefghijklmnop"  # as a run's folder is named
_DOT = ".pasis-abcdefghijklmnop"
_OTHER = next((p for p in map(Path, ("/dev/shm", "/tmp")) if p != SCRATCH and p.is_dir()), SCRATCH)
_NO_OTHER = _OTHER.stat().st_dev == SCRATCH.stat().st_dev


@pytest.fixture(scope="module")
def many(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose list of visits takes some seconds."""
    home = copy_practice(practice, tmp_path_factory.mktemp("many") / "home")
    add_visits(home, 15_000)
    return home / "ovning.db"


@pytest.fixture
def large(many: Path, tmp_path: Path) -> Path:
    """A data folder with that database."""
    return copy_practice(many, tmp_path / "large")


@pytest.fixture
def other_disk() -> Iterator[Path]:
    """A folder on another disk than the data folder's."""
    folder = Path(mkdtemp(prefix="pasis-test-", dir=_OTHER))
    yield folder
    shutil.rmtree(folder)


def _half_done(home: Path) -> dict[str, int]:
    """The files in runs' folders and their sizes."""
    left = {}
    for path in (home / "tmp").glob("*/*"):
        try:
            left[path.name] = path.stat().st_size
        except FileNotFoundError:
            continue
    return left


def _rows_are_written(files: dict[str, int]) -> bool:
    return any(name.startswith("openpyxl.") and size > 100_000 for name, size in files.items())


def _is_packed(files: dict[str, int]) -> bool:
    return any(n != "lock" and not n.startswith("openpyxl.") and s for n, s in files.items())


MOMENTS: dict[str, Callable[[dict[str, int]], bool]] = {
    "begun": lambda files: "lock" in files and len(files) > 1,
    "rows are written": _rows_are_written,
    "packed": _is_packed,
}


def _killed_export(home: Path, target: Path, system: Path, moment: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pasis_tui", "--date", DAY, "export", "besok", target, *_ALL],
        env={**os.environ, "PASIS_DATA_DIR": str(home), "TMPDIR": str(system)},
        stderr=subprocess.PIPE,
    ) as process:
        end = time.monotonic() + 60
        while not MOMENTS[moment](_half_done(home)):
            assert time.monotonic() < end
            with suppress(subprocess.TimeoutExpired):
                assert process.wait(0.01) is None
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


def _is_private(home: Path) -> bool:
    return all(
        stat.S_IMODE(path.lstat().st_mode) == (0o700 if path.is_dir() else 0o600)
        for path in [home / "tmp", *(home / "tmp").rglob("*")]
    )


@pytest.mark.parametrize(
    ("moment", "disk"), [*((moment, "this") for moment in MOMENTS), ("packed", "another")]
)
def test_nothing_of_a_killed_export_is_left(
    large: Path, tmp_path: Path, other_disk: Path, moment: str, disk: str
) -> None:
    if disk == "another" and _NO_OTHER:
        pytest.skip("there is no other disk here")
    folder = tmp_path / "lists" if disk == "this" else other_disk
    system = tmp_path / "system"
    for made in (folder, system):
        made.mkdir(exist_ok=True)
    target = folder / "x.xlsx"
    target.write_text(OLD)
    _killed_export(large, target, system, moment)
    assert list(system.iterdir()) == []
    assert _half_done(large)
    assert _is_private(large)
    # Not db check: the log has not seen the many visits.
    assert run_pasis("audit", "verify", home=large).returncode == 0
    assert not (large / "tmp").exists()
    assert [p.name for p in folder.iterdir()] == ["x.xlsx"]
    assert target.read_text() == OLD
    if moment != "begun":
        return
    done = run_pasis("--date", DAY, "export", "besok", str(target), *_ALL, home=large)
    assert done.returncode == 0, done.stderr
    assert load_workbook(target).worksheets[0]["A1"].value == "Personnummer"
    assert [p.name for p in folder.iterdir()] == ["x.xlsx"]
    assert not (large / "tmp").exists()


_HALF = """\
import os, shutil, signal, sys
from pathlib import Path
from pasis_tui.files import run_folder
from pasis_tui.files.whole import whole
def half(source, file):
    file.write(source.read()[:7])
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
shutil.copyfileobj = half
run_folder.begin(Path(sys.argv[1]))
with whole(Path(sys.argv[2])) as file:
    file.write(b"en ny lista")
"""


@pytest.mark.skipif(_NO_OTHER, reason="there is no other disk here")
def test_what_was_killed_beside_a_target_on_another_disk_is_swept(
    home: Path, other_disk: Path
) -> None:
    target = other_disk / "x.xlsx"
    target.write_text(OLD)
    done = subprocess.run([sys.executable, "-c", _HALF, home, target], check=False)
    assert done.returncode == -signal.SIGKILL
    (near,) = [p for p in other_disk.iterdir() if p != target]
    assert near.read_text() == "en ny l"
    assert stat.S_IMODE(near.stat().st_mode) == 0o600
    moved = other_disk.rename(other_disk.with_name(f"{other_disk.name}-away"))
    run_pasis("db", "check", home=home)  # the disk is not there now
    moved.rename(other_disk)
    run_pasis("db", "check", home=home)
    assert [p.name for p in other_disk.iterdir()] == ["x.xlsx"]
    assert target.read_text() == OLD
    assert not (home / "tmp").exists()


def test_a_killed_program_leaves_nothing_of_its_list_after_the_next_login(
    large: Path, tmp_path: Path
) -> None:
    system = tmp_path / "system"
    system.mkdir()
    with logged_in(large, environment={"TMPDIR": str(system)}) as opened:
        hands = Clerk(opened, large)
        hands.type(F2, "fb", ENTER, TAB, TAB, ctrl("u"), "200101", TAB, alt("b"))
        hands.until(lambda: _rows_are_written(_half_done(large)), "rows are written")
        hands.terminal.kill()
    assert list(system.iterdir()) == []
    with at_login(large) as again:
        end = time.monotonic() + 60
        while (large / "tmp").exists() and time.monotonic() < end:
            again.pump(0.05)
    assert not (large / "tmp").exists()
    assert [p for p in (large / "filer").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(
    "start",
    [
        ("show", "040", "9204012380"),
        ("import", "icd10", "finns-inte.tsv"),
        ("practice", "reset"),
        ("db", "upgrade"),
        ("export", "kontrollista", "finns/inte.xlsx"),
    ],
    ids=lambda start: start[0],
)
def test_every_start_sweeps(home: Path, start: tuple[str, ...]) -> None:
    left = home / "tmp" / _NAMED
    left.mkdir(parents=True)
    for name in ("lock", "openpyxl.abc", "abcdefghijklmnop"):
        (left / name).write_text("rader")
    run_pasis("--date", DAY, *start, home=home)
    assert not (home / "tmp").exists()


_SLOW = """\
import sys
from pathlib import Path
from pasis_tui.files import run_folder
from pasis_tui.files.whole import whole
run_folder.begin(Path(sys.argv[1]))
with whole(Path(sys.argv[2])) as file:
    print("begun", flush=True)
    sys.stdin.readline()
    file.write(b"hel")
run_folder.end()
"""


def test_two_programs_do_not_sweep_each_other(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.xlsx"
    slow = [sys.executable, "-c", _SLOW, str(home), str(target)]
    with subprocess.Popen(slow, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"begun\n"
        files = _half_done(home)
        assert len(files) == 2
        with logged_in(home) as opened:
            assert run_pasis("db", "check", home=home).returncode == 0
            third = str(tmp_path / "y.xlsx")
            done = run_pasis("--date", DAY, "export", "kontrollista", third, home=home)
            assert done.returncode == 0, done.stderr
            opened.type(ctrl("q"))
            assert opened.expect_end() == 0
        assert _half_done(home) == files
        other.communicate(b"\n")
        assert other.returncode == 0
    assert target.read_text() == "hel"
    assert not (home / "tmp").exists()


def test_a_run_gets_its_folder_whoever_sweeps_meanwhile(tmp_path: Path) -> None:
    """The folder they share is taken away when it is empty, between any two steps of another."""
    enough = Event()

    def sweeps() -> None:
        while not enough.is_set():
            run_folder.sweep(tmp_path)

    sweepers = [Thread(target=sweeps) for _ in range(2)]
    for thread in sweepers:
        thread.start()
    try:
        for _ in range(150):
            run = run_folder.Run(tmp_path)
            assert run.folder().is_dir()
            run.leave()
    finally:
        enough.set()
        for thread in sweepers:
            thread.join()


def _a_file(tmp: Path, _foreign: Path) -> None:
    tmp.write_text("en fil")


def _a_link(tmp: Path, foreign: Path) -> None:
    (foreign / _NAMED).mkdir()
    (foreign / _NAMED / "mitt").write_text("rör inte")
    tmp.symlink_to(foreign)


def _a_loop(tmp: Path, _foreign: Path) -> None:
    tmp.symlink_to(tmp)


def _a_pipe(tmp: Path, _foreign: Path) -> None:
    os.mkfifo(tmp)


@pytest.mark.parametrize("odd", [_a_file, _a_link, _a_loop, _a_pipe])
def test_an_odd_folder_stops_no_login_and_is_told_when_a_file_is_written(
    home: Path, tmp_path: Path, odd: Callable[[Path, Path], None]
) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    odd(home / "tmp", foreign)
    before = sorted(p.name for p in foreign.rglob("*"))
    target = tmp_path / "x.xlsx"
    done = run_pasis("--date", DAY, "export", "besok", str(target), *_ALL, home=home)
    assert done.returncode == 2
    message = f"pasis: Mappen {home / 'tmp'} kan inte användas: en fil har redan det namnet."
    assert done.stderr.startswith(message)
    assert not target.exists()
    with clerk(home) as hands:
        hands.go("kl", "KL Kontrollista").type(alt("b")).says(
            "Fel: Listan kunde inte göras: Mappen"
        )
        hands.type(ctrl("q"))
        assert hands.terminal.expect_end() == 0
    assert sorted(p.name for p in foreign.rglob("*")) == before


def test_nothing_else_is_removed(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mitt"
    mine.mkdir()
    kept = [mine / "viktigt.txt", mine / _DOT, mine / ".pasis-nej"]
    for path in kept:
        path.write_text("rör inte")
    through = tmp_path / "genom"
    through.symlink_to(mine)
    (tmp_path / _DOT).symlink_to(kept[0])
    tmp = home / "tmp"
    left = tmp / _NAMED
    left.mkdir(parents=True)
    noted: list[object] = [
        str(kept[0]),
        str(kept[2]),
        str(through / _DOT),
        str(tmp_path / _DOT),
        "x",
        7,
    ]
    for number, named in enumerate(noted):
        (left / f"{number}.beside").write_text(json.dumps(named))
    (left / "cut.beside").write_text(json.dumps(str(kept[1]))[:-3])
    (left / "deep.beside").write_text("[" * 60_000)
    os.mkfifo(left / "pipe.beside")
    (left / "link").symlink_to(kept[0])
    (left / "linked.beside").symlink_to(kept[0])
    (left / "folder").mkdir()
    (left / "folder" / "mitt").write_text("rör inte")
    (tmp / "annat").mkdir()
    (tmp / "anteckningar.txt").write_text("rör inte")
    (tmp / "2-abcdefghijklmnop").symlink_to(mine)
    (tmp / "3-abcdefghijklmnop").mkdir()
    os.mkfifo(tmp / "3-abcdefghijklmnop" / "lock")
    assert run_pasis("db", "check", home=home).returncode == 0
    assert [p.read_text() for p in kept] == ["rör inte"] * 3
    assert (tmp_path / _DOT).is_symlink()
    assert [p.name for p in left.iterdir()] == ["folder"]
    assert (left / "folder" / "mitt").exists()
    assert {p.name for p in tmp.iterdir()} == {
        "annat", "anteckningar.txt", _NAMED, "2-abcdefghijklmnop", "3-abcdefghijklmnop",
    }  # fmt: skip
