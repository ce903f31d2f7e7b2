"""Keys in the order they were typed, each done to its end before the next.

Textual hands a key on through several queues, so a burst can overtake the screen it opens
(architecture.md, fact 1).  Here one task takes keys from one queue and awaits everything a key
leads to, the service call and the mounted screen included.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple


class KeyPress(NamedTuple):
    """A key in Textual's spelling, and the character it types if it types one."""

    key: str
    character: str | None = None


class Pasted(NamedTuple):
    """Text from a bracketed paste."""

    text: str


class Clicked(NamedTuple):
    """A mouse click at a screen cell."""

    x: int
    y: int


class Idle:
    """Nobody has pressed a key for a while."""


class Done(NamedTuple):
    """A job in the background has ended: what it says of it, or the exception that ended it."""

    said: str = ""
    error: Exception | None = None


Input = KeyPress | Pasted | Clicked | Idle | Done


class KeyGate:
    """The one queue between the terminal and the screens."""

    def __init__(self, deliver: Callable[[Input], Awaitable[None]]) -> None:
        self._deliver = deliver
        self._queue: asyncio.Queue[Input] = asyncio.Queue()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, given: Input) -> None:
        """Take one input."""
        self._idle.clear()
        self._queue.put_nowait(given)

    async def run(self) -> None:
        """Deliver for as long as the program lives."""
        while True:
            given = await self._queue.get()
            await self._deliver(given)
            if self._queue.empty():
                self._idle.set()

    async def idle(self) -> None:
        """Return when everything typed so far has been done to its end."""
        await self._idle.wait()
