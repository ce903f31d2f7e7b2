"""Visa: the solution's keys, played in the real screens at a person's pace, with a word on each."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from pasis_tui.display.keymap import Keymap
from pasis_tui.files.whole import confined_to
from pasis_tui.shell.exercise_run import ExerciseRun, Stage
from pasis_tui.shell.player import Player
from pasis_tui.training.exercises import Exercise, told
from pasis_tui.training.par_keys import Stroke, notation
from pasis_tui.widgets.inputs import Input, KeyPress

_TYPED, _KEY, _LINE = 0.12, 0.6, 1.8  # seconds before a character, a key, a new line's first key
_SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 16.0)
_COVERED = 0.2  # seconds until it is looked whether the screen can be seen again


class Demonstration(ExerciseRun):
    """An exercise that does itself.  A person's keys steer it and reach no screen.

    Blank stops and goes on, a point does one step, + and - change the pace, Esc leaves.
    """

    def __init__(self, stage: Stage, exercise: Exercise) -> None:
        super().__init__(stage, exercise)
        self._own_keymap = stage.keymap
        self._speed = _SPEEDS.index(1.0)
        self._running = True
        self._moved = asyncio.Event()
        self._steps = 0
        self._left = False
        self._ended = False
        self._line = 0
        self._confined = ExitStack()

    async def show(self) -> None:
        """Begin, and play in the background until the end or until it is left."""
        stage = self._stage
        stage.keymap = Keymap()  # the solution's keys are the table's
        stage.keymap.put_in_force()
        await self.begin("show")
        stage.person_typed = self._steer
        self._confined.enter_context(confined_to(self.attempt.folder))
        self._worker = asyncio.create_task(self._play())

    async def _play(self) -> None:
        try:
            strokes = self.exercise.par_strokes
            self._ended = await Player(self._stage, strokes, self._pace).play()
            if self._ended:
                self._caption("Visningen är klar", "Esc lämnar")
        except Exception as error:
            self._stage.fail(error)

    async def _pace(self, stroke: Stroke) -> bool:
        """Wait until the stroke is due; False when the demonstration was left."""
        new = stroke.line != self._line
        if new:
            self._line = stroke.line
            keys = [(s.key, s.character) for s in self.exercise.par_strokes if s.line == self._line]
            self._caption(notation(keys), stroke.comment)
        pause = _LINE if new else _TYPED if stroke.character is not None else _KEY
        left = pause
        while left > 0 and not self._left:
            if self._stage.covered:
                await asyncio.sleep(_COVERED)
                continue
            if not self._running and not self._steps:
                await self._wait(None)
                continue
            if self._steps:
                self._steps -= 1
                break
            began = asyncio.get_running_loop().time()
            await self._wait(left / _SPEEDS[self._speed])
            left -= (asyncio.get_running_loop().time() - began) * _SPEEDS[self._speed]
        return not self._left

    async def _wait(self, seconds: float | None) -> None:
        self._moved.clear()
        try:
            await asyncio.wait_for(self._moved.wait(), seconds)
        except TimeoutError:
            return

    def _caption(self, keys: str, comment: str) -> None:
        words = f"{keys}  {told(comment)}" if comment else keys
        self._stage.show_coach(f"› {words}")

    def _steer(self, event: Input) -> None:
        if not isinstance(event, KeyPress):
            return
        if event.key in {"escape", "f3"} or (self._ended and event.key == "enter"):
            self._left = True
            self._stage.person_typed = None
            self._leaving = asyncio.create_task(self._leave())
        elif event.key == "space":
            self._running = not self._running
        elif event.key in {"full_stop", "right"}:
            self._running = False
            self._steps += 1
        elif event.key in {"plus", "minus"}:
            step = 1 if event.key == "plus" else -1
            self._speed = max(0, min(len(_SPEEDS) - 1, self._speed + step))
        self._moved.set()

    async def _leave(self) -> None:
        try:
            await self._worker
            await self._stage.jobs.idle()
            await self._stage.gate.idle()
            await self._stage.close_dialogs()
            self._attempts.finish(self.attempt)
            await self._close()
        except Exception as error:
            self._stage.fail(error)

    async def _close(self) -> None:
        self._stage.keymap = self._own_keymap
        self._own_keymap.put_in_force()
        self._confined.close()
        await super()._close()


def how_to_steer() -> str:
    """Return the sentence that says what a person's keys do meanwhile."""
    return "Blank stannar, . ett steg, + och - fart, Esc lämnar."


__all__ = ["Demonstration", "how_to_steer"]
