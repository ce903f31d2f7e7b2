"""Keys in the order they were typed, each completed before the next.

Textual passes a key through several queues, so a burst can overtake the screen that it opens
(architecture.md, fact 1).  Here one task takes keys from one queue and awaits everything that a
key leads to, including the service call and the mounted screen.

The unforeseen ends type-ahead, as on the 5250: after a refusal, or a question that the clerk did
not ask for, everything typed before it could be seen is dropped and counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import inf

from pasis_tui.widgets.inputs import Input


class KeyGate:
    """The one queue between the terminal and the screens.

    *deliver* does one input to its end, *painted* returns the moment (in seconds, by the clock of
    ``put``) when what it showed stood on the screen, *dropped* is called with how many inputs
    have been dropped so far because they were typed before that moment.
    """

    def __init__(
        self,
        deliver: Callable[[Input], Awaitable[None]],
        painted: Callable[[], Awaitable[float]],
        report_dropped: Callable[[int], None],
        listeners: Sequence[Callable[[Input, float, bool], None]] = (),
    ) -> None:
        self._deliver = deliver
        self._painted = painted
        self._report_dropped = report_dropped
        self._listeners = listeners
        self._queue: asyncio.Queue[tuple[Input, float]] = asyncio.Queue()
        self._unforeseen = False
        self._seen_at = -inf
        self._count = 0

    def put(self, event: Input, at: float = inf) -> None:
        """Take one input, read from the terminal at *at*; an input that nobody typed has no such moment."""
        self._queue.put_nowait((event, at))

    def drop_typed_ahead(self) -> None:
        """Drop what is typed before the result of the current input can be seen."""
        self._unforeseen = True

    def keep_typed_ahead(self) -> None:
        """Undo ``drop_typed_ahead``: the refusal was not of something the clerk did."""
        self._unforeseen = False

    async def run(self) -> None:
        """Deliver for as long as the program lives."""
        while True:
            event, at = await self._queue.get()
            dropped = at <= self._seen_at
            if dropped:
                self._count += 1
                self._report_dropped(self._count)
            else:
                await self._deliver(event)
                if self._unforeseen:
                    self._unforeseen = False
                    self._count = 0
                    self._seen_at = await self._painted()
            for listener in self._listeners:
                listener(event, at, dropped)
            self._queue.task_done()

    async def idle(self) -> None:
        """Return when everything that was put in is done."""
        await self._queue.join()
