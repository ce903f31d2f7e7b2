"""A recorder whose disk refuses: it says so once, and the program goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO

import pytest
from textual.geometry import Size

from pasis_tui import clock
from pasis_tui.shell import recorder
from pasis_tui.shell.page import Listeners
from pasis_tui.shell.recorder import Recorder
from pasis_tui.training.recording import new_recording, read_recording
from pasis_tui.widgets.inputs import KeyPress, Pasted
from tests.training.test_recording import HEAD


def stage(said: list[str]) -> Any:
    view = SimpleNamespace(display_file=SimpleNamespace(code="085"), say=said.append)
    return SimpleNamespace(
        listeners=Listeners(),
        size=Size(80, 24),
        top=view,
        view=view,
        exercise=None,
        first_exercise="",
        watch_output=lambda tap: None,
    )


async def test_a_full_disk_ends_the_recording_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.Event()
    said: list[str] = []
    at = stage(said)

    def say(text: str) -> None:
        said.append(text)
        told.set()

    at.view.say = say

    def full(path: Path) -> TextIO:
        return Path("/dev/full").open("a", encoding="utf-8")

    monkeypatch.setattr(recorder, "_open", full)
    made = Recorder(at, new_recording(tmp_path, "ANNLIN", clock.now()), HEAD)
    async with asyncio.timeout(20):
        await told.wait()
    assert said[0].startswith("Inspelningen avbröts: ")
    assert (at.listeners.inputs, at.listeners.refusals, at.listeners.saves) == ([], [], [])
    made.close()
    assert len(said) == 1


async def test_what_a_person_did_not_type_is_no_input(tmp_path: Path) -> None:
    at = stage([])
    made = Recorder(at, new_recording(tmp_path, "ANNLIN", clock.now()), HEAD)
    (heard,) = at.listeners.inputs
    heard(KeyPress("enter"), clock.monotonic(), False)  # the login's own
    heard(Pasted("930714-2381"), clock.monotonic(), False)
    heard(KeyPress("a", "a"), float("inf"), False)  # a demonstration's
    heard(KeyPress("f10"), clock.monotonic(), True)
    made.close()
    lines = read_recording(made.path).lines
    assert [(line.paste, line.key and line.key.key, line.dropped) for line in lines] == [
        ("930714-2381", None, False),
        (None, "f10", True),
    ]
