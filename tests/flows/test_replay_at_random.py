"""What is typed at random and recorded leaves the same tables when it is replayed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pasis_tui.training.recording import Recording, read_recording
from tests.flows.clerk import keys_in
from tests.flows.practice import NAME, VERA, at_login, copy_practice, make_practice, rows, until
from tests.flows.typed_scripts import Typist
from tests.terminal import ENTER, terminal

PATIENTS = ["9204012380", "9109122383", VERA]
SCRIPTS = 6
LIMIT = 120.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_practice(tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize("seed", range(2))
def test_a_replay_leaves_what_the_typing_left(made: Path, tmp_path: Path, seed: int) -> None:
    _compare(made, tmp_path, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 60))
def test_many_replays_leave_what_the_typing_left(made: Path, tmp_path: Path, seed: int) -> None:
    _compare(made, tmp_path, seed)


def _compare(made: Path, folder: Path, seed: int) -> None:
    home = copy_practice(made, folder / "home")
    with at_login(home, "--record") as opened:
        opened.type(ENTER)
        opened.expect("spelas in i recordings/")
        sent = 0
        for turn in range(SCRIPTS):
            script = "".join(Typist(1000 + seed * SCRIPTS + turn, PATIENTS).script())
            opened.type(script)
            sent += keys_in(script)
            until(opened, partial(_is_written, home, sent), "all is recorded", LIMIT)
        typed = _tables(home)
    played = folder / "replay"
    played.mkdir()
    with terminal(
        ["replay", str(_recording(home).path), "--speed", "1000"],
        played,
        environment={"TMPDIR": str(played)},
    ) as again:
        again.expect("Tangentbordet är ditt.", timeout=LIMIT)
        assert "Uppspelningen är klar." in again.text()
        (copy,) = played.glob(f"pasis-*/{NAME}")
        assert _tables(copy.parent) == typed


def _is_written(home: Path, inputs: int) -> bool:
    (path,) = (home / "recordings").glob("*.jsonl")
    return path.read_bytes().count(b"\n") > inputs


def _recording(home: Path) -> Recording:
    (path,) = (home / "recordings").glob("*.jsonl")
    return read_recording(path)


def _tables(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    known = rows(home)
    known["database_fact"] = [row for row in known["database_fact"] if "instance" not in row]
    return known
