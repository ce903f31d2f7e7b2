"""Visa: the solution's keys, played in the real screens at a person's pace, with a word on each."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress

from pasis_tui.display.keymap import Keymap
from pasis_tui.files.whole import confined_to
from pasis_tui.shell.exercise_run import ExerciseRun, Stage
from pasis_tui.shell.pace import Pace
from pasis_tui.shell.player import Player
from pasis_tui.training.exercises import Exercise, told
from pasis_tui.training.par_keys import Stroke, notation
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.inputs import Input, KeyPress

_TYPED, _KEY, _LINE = 0.12, 0.6, 1.8  # seconds before a character, a key, a new line's first key


class Demonstration(ExerciseRun):
    """An exercise that does itself.  A person's keys steer its pace and reach no screen."""

    def __init__(self, stage: Stage, exercise: Exercise) -> None:
        super().__init__(stage, exercise)
        self._own_keymap = stage.keymap
        self._speed = Pace(lambda: stage.covered)
        self.leaving: asyncio.Task[None] | None = None
        self._ended = False
        self._quitting: KeyPress | None = None  # the key that leaves the program too
        self._line = 0
        self._confined = ExitStack()

    async def show(self) -> None:
        """Begin, and play in the background until the end or until it is left."""
        stage = self._stage
        stage.keymap = Keymap()  # the solution's keys are the table's
        stage.keymap.put_in_force()
        try:
            await self.begin("show")
        except BaseException:
            self._give_keys_back()
            raise
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
        return await self._speed.wait(pause)

    def _caption(self, keys: str, comment: str) -> None:
        words = f"{keys}  {told(comment)}" if comment else keys
        self._stage.show_coach(f"› {words}")

    def _steer(self, event: Input) -> None:
        self._speed.steer(event)
        if isinstance(event, KeyPress) and self._own_keymap.command(event.key) == "quit":
            self._quitting = event
            self._speed.steer(KeyPress("escape", None))
        at_the_end = self._ended and isinstance(event, KeyPress) and event.key == "enter"
        if self._speed.left or at_the_end:
            self._speed.left = True
            self._stage.person_typed = None
            self.leaving = asyncio.create_task(self._leave())

    async def _leave(self) -> None:
        try:
            await self._worker
            await self._stage.jobs.idle()
            await self._stage.gate.idle()
            await self._stage.close_dialogs()
            with suppress(ForPeople):  # a full disk: nobody goes on with a demonstration anyway
                await asyncio.to_thread(self._attempts.finish, self.attempt)
            await self._close()
            if self._quitting is not None:
                self._stage.gate.put(self._quitting)
        except Exception as error:
            self._stage.fail(error)

    async def _close(self) -> None:
        self._give_keys_back()
        self._confined.close()
        await super()._close()

    def _give_keys_back(self) -> None:
        self._stage.keymap = self._own_keymap
        self._own_keymap.put_in_force()


__all__ = ["Demonstration"]
