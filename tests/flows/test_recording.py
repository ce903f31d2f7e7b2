"""``pasis --record`` in the real program: what is written, what never is, and who else can read it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest
from asciinema import asciicast  # type: ignore[import-untyped]

from pasis_tui.store.database import Database
from pasis_tui.training.recording import Recording, read_recording
from tests.flows.clerk import Clerk
from tests.flows.clocks import HOUR, at_the_clock
from tests.flows.practice import (
    DAY,
    MENU,
    VERA,
    at_login,
    copy_practice,
    make_practice,
    run_pasis,
    until,
)
from tests.terminal import ENTER, F2, F10, TAB, ctrl, terminal

CARD = ("a1", TAB, "260201", TAB, "Region X", TAB, "270131", F10)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_practice(tmp_path_factory.mktemp("made"))


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return copy_practice(made, tmp_path / "home")


@contextmanager
def recorded(home: Path) -> Iterator[Clerk]:
    """The practice clerk logged in, and recorded."""
    with at_login(home, "--record") as opened:
        opened.type(ENTER)
        opened.expect("Menyval", "spelas in i recordings/")
        yield Clerk(opened, home)


def only(home: Path) -> Recording:
    (path,) = (home / "recordings").glob("*.jsonl")
    return read_recording(path)


def lines_written(home: Path) -> int:
    """How many inputs are on the disk."""
    (path,) = (home / "recordings").glob("*.jsonl")
    return path.read_bytes().count(b"\n") - 1


def typed(recording: Recording, *, dropped: bool = False) -> str:
    """What was typed in fields, and the other keys by their names."""
    keys = [line.key for line in recording.lines if line.key and line.dropped is dropped]
    return "".join(each.character or f"<{each.key}>" for each in keys)


def read_by_asciinema(recording: Recording) -> tuple[str, list[str], dict[str, object]]:
    """What ``asciinema cat`` prints, the markers, and the header."""
    path = str(recording.path.with_suffix(".cast"))
    printed = subprocess.run(
        [sys.executable, "-m", "asciinema", "cat", path],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
    )
    with asciicast.open_from_url(path) as cast:
        events = list(cast.events())
        header = dict(cast.v2_header)
    assert [at for at, _, _ in events] == sorted(at for at, _, _ in events)
    assert {kind for _, kind, _ in events} <= {"o", "m", "r"}
    return printed.stdout.decode(), [text for _, kind, text in events if kind == "m"], header


def picture(output: str) -> list[str]:
    """What a terminal shows that got *output*."""
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(output)
    return [line.rstrip() for line in screen.display]


def test_what_is_typed_and_what_it_leads_to_is_recorded(home: Path) -> None:
    with recorded(home) as hands:
        opened = hands.terminal
        hands.go(f"610 {VERA}", "Inga frikort").type(F10, "x", TAB).says("HK06 Fel: Nummer saknas")
        hands.type(*CARD).says("Sparat: frikort A1")
        until(opened, lambda: lines_written(home) == 45, "all is written")
        seen = [line.rstrip() for line in opened.screen.display]
        shown, markers, header = read_by_asciinema(only(home))
        assert picture(shown) == seen
        hands.type(ctrl("q"))
        assert opened.expect_end() == 0
        assert f"Inspelningen ligger i {only(home).path}" in opened.text().replace("\n", "")
    recording = only(home)
    assert not recording.cut
    head = recording.head
    assert (head.date.isoformat(), head.user, head.unit) == (DAY, "ANNLIN", "PSMA01")
    assert (head.columns, head.rows, head.database) == (80, 24, "practice")
    assert typed(recording) == (
        f"<f2>610 {VERA}<enter><f10>a1<tab>260201<tab>Region X<tab>270131<f10><ctrl+q>"
    )
    assert typed(recording, dropped=True) == "x<tab>"
    # Each input tells its screen, and what it led to.
    first, *_, last = recording.lines
    assert (first.screen, last.screen) == ("meny", "610")
    (refused,) = [line for line in recording.lines if line.refused]
    assert refused.refused == ("HK06",) * 4
    assert refused.why.startswith("HK06 Nummer saknas")
    assert [line.saved for line in recording.lines if line.saved] == ["Sparat: frikort A1."]
    assert markers == [refused.why]
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    # The database is as it was when the recording began: Vera is not in it.
    with Database.open(recording.database) as began:
        assert began.mode == "practice"
    assert [path.stat().st_mode & 0o077 for path in (home / "recordings").iterdir()] == [0, 0, 0]


def test_no_password_is_recorded_at_the_login_or_the_lock(home: Path) -> None:
    with at_the_clock(home, "2026-03-02T09:00:00", "--record", login=False) as (opened, clocks):
        hands = Clerk(opened, home).type(ENTER).sees("spelas in i").go(f"14 {VERA}", "Testsson")
        clocks.goes(HOUR)
        hands.sees("Låst").type("fel-losen", ENTER).sees("Användare, lösenord eller enhet är fel.")
        hands.type("ovning", ENTER).sees("19930714-2381")
        hands.type("efter", TAB, ctrl("q")).sees("Osparade uppgifter").type("k")
        assert opened.expect_end() == 0
    recording = only(home)
    assert typed(recording) == f"<f2>14 {VERA}<enter>efter<tab><ctrl+q>k"
    shown, _, _ = read_by_asciinema(recording)
    assert "Lösenord" not in "".join(line.paste or "" for line in recording.lines)
    assert "efter" in "\n".join(picture(shown.split("Osparade")[0]))
    for secret in ("fel-losen", "ovning"):
        assert secret not in recording.path.read_text("utf-8")
        assert secret not in shown


def test_after_kill_9_it_is_read_up_to_there(home: Path) -> None:
    with recorded(home) as hands:
        hands.go(f"610 {VERA}", "Inga frikort")
        until(hands.terminal, lambda: lines_written(home) == 16, "it is on the disk")
        hands.terminal.kill()
    assert typed(only(home)) == f"<f2>610 {VERA}<enter>"


def test_nothing_is_recorded_in_a_register(tmp_path: Path) -> None:
    target = str(tmp_path / "register.db")
    words = ["--unit", "PSMA01", "--unit-name", "Kliniken", "--signature", "EVAEK"]
    created = run_pasis(
        *["init", "--database", target, *words, "--name", "Eva Ek"],
        home=tmp_path,
        typed="lång-nog-och-hemlig-7\n",
    )
    assert created.returncode == 0, created.stderr
    with terminal(["--database", target, "--record"], tmp_path) as opened:
        hands = Clerk(opened.expect("Skriv användare"), tmp_path)
        hands.type("evaek", TAB, "lång-nog-och-hemlig-7", TAB, "PSMA01", ENTER)
        hands.sees(MENU[:5]).says("Inget spelas in: det här är ett register.")
        hands.type(F2, "40", ENTER).sees("040 Vårdåtaganden").type(ctrl("q"))
        assert opened.expect_end() == 0
    assert not (tmp_path / "recordings").exists()


def test_a_disk_that_refuses_stops_nothing_else(home: Path) -> None:
    (home / "recordings").write_text("a file in the way")
    with at_login(home, "--record") as opened:
        hands = Clerk(opened, home).type(ENTER)
        hands.says("Inget spelas in: ").go(f"610 {VERA}", "Inga frikort")
