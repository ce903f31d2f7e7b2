"""The pace at which keys are played, as a person's keys steer it meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pasis_tui.widgets.inputs import Input, KeyPress

_SLOWEST, _FASTEST = 0.25, 16.0
_COVERED = 0.2  # seconds until it is looked whether the screen can be seen again


class Pace:
    """Blank stops and goes on, a point does one step, + and - change the speed, Esc leaves.

    It stands still while *covered*: while the screens cannot be seen.  *speed* 2 halves the waiting.
    """

    def __init__(self, covered: Callable[[], bool], speed: float = 1.0) -> None:
        self._covered = covered
        self._speed = speed
        self._running = True
        self._steps = 0
        self._moved = asyncio.Event()
        self.left = False

    async def wait(self, seconds: float) -> bool:
        """Wait so long at speed 1, or for the next step; False when it was left."""
        while (seconds > 0 or not self._running) and not self.left:
            if self._covered():
                await asyncio.sleep(_COVERED)
            elif self._steps:
                self._steps -= 1
                break
            elif not self._running:
                await self._move(None)
            else:
                began = asyncio.get_running_loop().time()
                await self._move(seconds / self._speed)
                seconds -= (asyncio.get_running_loop().time() - began) * self._speed
        return not self.left

    async def _move(self, seconds: float | None) -> None:
        self._moved.clear()
        try:
            await asyncio.wait_for(self._moved.wait(), seconds)
        except TimeoutError:
            return

    def steer(self, event: Input) -> None:
        """Take what a person typed."""
        if not isinstance(event, KeyPress):
            return
        if event.key in {"escape", "f3"}:
            self.left = True
        elif event.key == "space":
            self._running = not self._running
        elif event.key in {"full_stop", "right"}:
            self._running = False
            self._steps += 1
        elif event.key == "plus":
            self._speed = max(self._speed, min(self._speed * 2, _FASTEST))
        elif event.key == "minus":
            self._speed = min(self._speed, max(self._speed / 2, _SLOWEST))
        self._moved.set()


def how_to_steer() -> str:
    """Return the sentence that says what a person's keys do meanwhile."""
    return "Blank stannar, . ett steg, + och - fart, Esc lämnar."
