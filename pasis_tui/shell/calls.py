"""What a clerk waits for: services in a thread, which is left behind when the clerk stops waiting.

Such a thread may hang for as long as a vanished server likes.  So it is a daemon, which the
program's end does not wait for, and the next call gets another.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pasis_tui import clock
from pasis_tui.validation.for_people import ForPeople

if TYPE_CHECKING:
    from pasis_tui.store.database import Database
    from pasis_tui.store.waiting import Wait

T = TypeVar("T")
_UNSAID = 0.5  # seconds that nothing is said of waiting


class NotOpenYet(ForPeople):
    """The clerk has stopped waiting for the database to be opened."""


class DaemonThread:
    """A thread that does one thing after the other, and that nobody need wait for."""

    def __init__(self, name: str) -> None:
        self._acts: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        while (act := self._acts.get()) is not None:
            act()

    def begin(self, act: Callable[[], T]) -> asyncio.Future[T]:
        """Have *act* done after those before it; the running loop's future gets its answer."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        context = copy_context()

        def tell(done: Callable[[Any], None], what: object) -> None:
            if not answer.done():  # nobody may wait any more
                done(what)

        def run() -> None:
            try:
                told: tuple[Any, ...] = (tell, answer.set_result, context.run(act))
            except BaseException as error:
                told = (tell, answer.set_exception, error)
            with suppress(RuntimeError):  # the program has ended already
                loop.call_soon_threadsafe(*told)

        self._acts.put(run)
        return answer

    def retire(self) -> None:
        """End once what it does is done."""
        self._acts.put(None)


class Calls:
    """The calls of one program.

    *show* is called with what to say when one has lasted half a second, and with "" at its end.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._thread: DaemonThread | None = None
        self._under_way: list[_Call] = []
        self.shown_at: float | None = None  # when the clerk was told that a call is waited for

    async def run(self, database: Database | None, act: Callable[[], T]) -> T:
        """Return what *act*, which works in *database*, returns or raises.

        None: the database is being opened.  Raises DatabaseTrouble when the clerk stops waiting.
        """
        # Imported only here: the login is painted before the store is.
        from pasis_tui.store.waiting import Wait, waited_for

        wait = Wait()
        free = self._thread is not None and not self._under_way
        thread = self._thread if free and self._thread is not None else DaemonThread("calls")
        self._thread = thread
        call = _Call(database, wait, thread.begin(lambda: waited_for(wait, act)))
        return cast("T", await self._waited(call))

    async def until(self, ready: asyncio.Event) -> None:
        """Return when *ready* is set.  Raises NotOpenYet when the clerk stops waiting.

        A thread may be importing the store: a second one at it would find half of a module.
        """
        if not ready.is_set():
            await self._waited(_Call(None, None, asyncio.ensure_future(ready.wait())))

    async def _waited(self, call: _Call) -> Any:
        self._under_way.append(call)
        due = asyncio.get_running_loop().call_later(_UNSAID, self._say, call)
        try:
            return await call.answer
        except asyncio.CancelledError:
            if call.trouble is not None:
                raise call.trouble from None
            call.end()
            raise
        finally:
            due.cancel()
            self._under_way.remove(call)
            if self.shown_at is not None and not self._under_way:
                self.shown_at = None
                self._show("")

    def _say(self, call: _Call) -> None:
        self.shown_at = clock.monotonic()
        what = "servern" if call.is_server else "databasen"
        self._show(f"Väntar på {what} … Esc slutar vänta.")

    def give_up(self) -> None:
        """Stop waiting for what is under way: whoever called is told what is then true."""
        if self._thread is not None:
            self._thread.retire()
            self._thread = None
        for call in [*self._under_way]:
            call.trouble = call.end()
            call.answer.cancel()


class _Call:
    """A call under way."""

    def __init__(
        self, database: Database | None, wait: Wait | None, answer: asyncio.Future[Any]
    ) -> None:
        self.database = database
        self.wait = wait
        self.answer = answer
        self.trouble: Exception | None = None

    @property
    def is_server(self) -> bool:
        return self.database is not None and self.database.dialect != "sqlite"

    def end(self) -> Exception:
        if self.wait is None:
            return NotOpenYet("Databasen är inte öppen än, och du slutade vänta. Försök igen.")
        return self.wait.end("" if self.database is None else self.database.name)


async def in_daemon(act: Callable[..., T], *values: Any) -> T:
    """Return what *act* returns for *values*, as ``asyncio.to_thread`` does, in a daemon thread."""
    thread = DaemonThread("aside")
    try:
        return await thread.begin(lambda: act(*values))
    finally:
        thread.retire()
