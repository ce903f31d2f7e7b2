"""Work in the background, reported while it lasts and when it has ended.

Jobs run one after the other in a thread of their own, so that however many there are, the threads
of services that a clerk waits for (``asyncio.to_thread``) stay free.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.app import App

from pasis_tui.shell.key_gate import KeyGate
from pasis_tui.shell.page import Host, Page
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.inputs import Done

if TYPE_CHECKING:
    from pasis_tui.store.waiting import Wait

_PATIENCE = 1.0  # seconds that leaving the program waits for a job
# Called with a function that reports progress; returns what to say at the end.
Job = Callable[[Callable[[str], None]], str]


class Left(Exception):
    """The program was left while a job was under way."""


class Jobs:
    """The program's jobs.  Their ends go through *gate*, between two keys."""

    def __init__(self, app: App[None], gate: KeyGate) -> None:
        self._app = app
        self._gate = gate
        self._left = threading.Event()
        self._pool: ThreadPoolExecutor | None = None
        self._wait: Wait | None = None
        self._last: Future[None] | None = None
        self._under_way = 0
        self._none = asyncio.Event()
        self._none.set()

    @property
    def under_way(self) -> bool:
        """Whether a job has begun whose end is not yet in the gate."""
        return self._under_way > 0

    async def idle(self) -> None:
        """Return when the end of every job that has begun is in the gate."""
        await self._none.wait()

    @property
    def _host(self) -> Host:
        return cast("Host", self._app)

    def begin(self, job: Job) -> None:
        """Run *job* after those before it.

        Leaving the program ends it at its next report, even one without text; it must then leave
        nothing half done.
        """
        from pasis_tui.store.waiting import Wait, waited_for

        wait = self._wait = self._wait or Wait()
        sitting = self._host.sitting
        loop = asyncio.get_running_loop()
        self._under_way += 1
        self._none.clear()

        def end(done: Done) -> None:
            self._under_way -= 1
            if not self._under_way:
                self._none.set()
            self._gate.put(done)

        def run() -> None:
            try:
                done = Done(sitting, waited_for(wait, partial(job, partial(self._report, sitting))))
            except Left:
                return
            except Exception as error:
                done = Done(sitting, error=error)
            with suppress(RuntimeError):  # the program has ended already
                loop.call_soon_threadsafe(end, done)

        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "jobs")
        self._last = self._pool.submit(run)

    def _report(self, sitting: object, text: str) -> None:
        if self._left.is_set() or not self._app.is_running:
            raise Left
        if text:
            # Not waited for: the program may be left before it is said.
            self._app.call_later(self._say, sitting, text)

    def _say(self, sitting: object, text: str) -> None:
        view = self._host.view
        if view is not None and sitting is self._host.sitting and not _refused(view):
            view.foot.say(text)

    def leave(self) -> None:
        """End the job under way at its next report, begin no other, and wait for that.

        A job that a database keeps waiting is ended there.
        """
        self._left.set()
        if self._pool is None:
            return
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._last is not None and self._wait is not None:
            wait_for([self._last], timeout=_PATIENCE)
            if not self._last.done():
                self._wait.end("")
        self._pool.shutdown()


def _refused(view: Page) -> bool:
    """Tell whether a field is marked as refused: that message stays until it is answered."""
    return bool(view.foot.findings) and any(form.findings for form in view.forms())


async def show_result(view: Page, done: Done, *, told: bool) -> None:
    """Let *view* show what a job has changed, and say it; a fault of the program is raised.

    Whoever did not begin the job is *told* nothing of it.
    """
    if not told:
        error = done.error
        if error is not None and (not isinstance(error, ForPeople) or error.ends_program):
            raise error
        return
    try:
        await view.job_done()
        if done.error is not None:
            raise done.error
        if _refused(view):
            view.foot.later = done.said
        else:
            view.foot.say(done.said, good=True)
    except Exception as error:
        if not view.explain(error):
            raise
    view.place_cursor()
