"""What a recording costs a key: the same program recorded and not, typed into in turns."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

from textual.geometry import Size

from pasis_tui import clock
from pasis_tui.shell.page import Listeners
from pasis_tui.shell.recorder import Recorder
from pasis_tui.training.recording import Head, new_recording
from pasis_tui.widgets.inputs import KeyPress
from tests.benchmarks.databases import DAY, Databases
from tests.benchmarks.probe import Probe, percentile
from tests.benchmarks.table import Line
from tests.benchmarks.terminals import LOGIN, Typist, logged_in
from tests.terminal import ENTER, F2, TAB


def _recorded(home: Path, database: Path) -> Probe:
    at = Probe(["--record", "--date", DAY.isoformat(), "--database", str(database)], home)
    at.complete(LOGIN)
    at.go(ENTER, sees="spelas in i recordings/")
    return at


def recording(home: Path, files: Databases, rounds: int = 24) -> list[Line]:
    """A key in a form of a program that is recorded, beside one that is not."""
    with ExitStack() as stack:
        both = [_recorded(home, files.practice), logged_in(home, files.practice)]
        for at in both:
            stack.callback(at.close)
            at.go(F2, "14", ENTER, sees="10 siffror i följd")
            at.type(TAB, TAB)
            at.complete("Efternamn")
        typists = [Typist(at, 3) for at in both]
        turns = []
        for number in range(rounds + 1):
            # who begins takes turns, too
            order = typists if number % 2 else typists[::-1]
            times = [each.round() for each in order]
            turns.append(times if number % 2 else times[::-1])
    lines = []
    key = 0.0
    for percent in (50, 95):
        a, b = (
            median(percentile((t[1] for t in turn[which]), percent) for turn in turns[1:])
            for which in (0, 1)
        )
        key = key or b
        lines.append(
            Line(
                f"key echo while it is recorded, at the wire, p{percent}",
                "not recorded",
                1.05 if percent == 50 else None,  # a busy machine moves the slowest keys more
                a / b,
                detail=f"{a * 1000:.2f} ms, {b * 1000:.2f} ms",
            )
        )
    work = asyncio.run(_own_work(home))
    detail = f"{work * 1e6:.0f} µs, {key * 1000:.2f} ms"
    name = "a recording's own work for a key, both threads"
    return [*lines, Line(name, "a key, not recorded, p50", 0.05, work / key, detail=detail)]


async def _own_work(home: Path, keys: int = 5000) -> float:
    """Return the processor's seconds that a key and its frame cost in the recorder alone."""
    view = SimpleNamespace(display_file=SimpleNamespace(code="014"))
    stage: Any = SimpleNamespace(
        listeners=Listeners(), size=Size(80, 24), top=view, view=view, exercise=None,
        watch_output=lambda tap: None,
    )  # fmt: skip
    head = Head(DAY, "ANNLIN", "PSMA01", 80, 24, "")
    recorder = Recorder(stage, new_recording(home, "ANNLIN", clock.now()), head)
    (heard,) = stage.listeners.inputs
    begun = time.process_time()
    for _ in range(keys):
        heard(KeyPress("a", "a"), clock.monotonic(), False)
        recorder._shown("\x1b[5;20H\x1b[38;2;1;2;3ma\x1b[0m")
    recorder.close()
    return (time.process_time() - begun) / keys
