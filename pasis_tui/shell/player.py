"""Plays keys through the same gate as a person's, each when the one before it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from pasis_tui.shell.jobs import Jobs
from pasis_tui.shell.key_gate import KeyGate
from pasis_tui.training.par_keys import Stroke
from pasis_tui.widgets.inputs import KeyPress


class Stage(Protocol):
    """What plays: the application's gate and its jobs."""

    gate: KeyGate
    jobs: Jobs


class Player:
    """Plays *strokes*; *before* each one is awaited (it sets the pace) and *after* is told of it.

    Run it as a worker, never from within a key: it waits for the gate to be idle.
    """

    def __init__(
        self,
        stage: Stage,
        strokes: Sequence[Stroke],
        before: Callable[[Stroke], Awaitable[bool]],
        after: Callable[[Stroke], None] = lambda stroke: None,
    ) -> None:
        self._stage = stage
        self._strokes = strokes
        self._before = before
        self._after = after

    async def play(self) -> bool:
        """Play to the end; False when *before* said no."""
        for stroke in self._strokes:
            if not await self._before(stroke):
                return False
            self._stage.gate.put(KeyPress(stroke.key, stroke.character))
            await self.settled()
            self._after(stroke)
        return True

    async def settled(self) -> None:
        """Return when the key, and the jobs it has begun, are done."""
        await settled(self._stage)


async def settled(stage: Stage) -> None:
    """Return when everything in the gate, and the jobs it has begun, are done."""
    await stage.gate.idle()
    await stage.jobs.idle()
    await stage.gate.idle()
