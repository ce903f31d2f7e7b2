"""Work in the background: reported while it lasts, and told when it has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from pasis_tui.widgets.keys import Done, KeyGate

if TYPE_CHECKING:
    from textual.app import App

    from pasis_tui.widgets.host import Host
    from pasis_tui.widgets.view import View

# It is given what reports its progress, and returns what is to be said when it has ended.
Job = Callable[[Callable[[str], None]], str]


class Left(Exception):
    """The program was left while a job was under way."""


def begin(app: App[None], gate: KeyGate, job: Job) -> None:
    """Run *job* in a thread; its end goes through *gate*, between two keys.

    Leaving the program ends it at its next report: it must leave nothing half done.
    """

    def say(text: str) -> None:
        if (view := cast("Host", app).view) is not None:
            view.say(text)

    def report(text: str) -> None:
        if not app.is_running:
            raise Left
        app.call_from_thread(say, text)

    async def work() -> None:
        try:
            gate.put(Done(await asyncio.to_thread(job, report)))
        except Exception as error:
            gate.put(Done(error=error))

    unawaited: Callable[[], Awaitable[None]] = work  # or leaving at once would complain of it
    app.run_worker(unawaited, group="background")


async def tell(view: View, done: Done) -> None:
    """Let *view* show what changed, and say it; a fault of the program goes on up."""
    try:
        await view.job_done()
        if done.error is not None:
            raise done.error
        view.say(done.said, good=True)
    except Exception as error:
        if not view.explain(error):
            raise
    view.place_cursor()
