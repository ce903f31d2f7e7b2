"""Who else has the patient open: told and asked in the background while the program is used.

No key waits for it, and an idle program writes nothing.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Protocol

from pasis_tui import clock
from pasis_tui.shell.calls import DaemonThread
from pasis_tui.validation.for_people import ForPeople

if TYPE_CHECKING:
    from pathlib import Path

    from pasis_tui.services.users.presence import Present
    from pasis_tui.store.actor import Context
    from pasis_tui.store.database import Database

_ASKED_EVERY = 5.0  # seconds, of a program that is used
_TOLD_EVERY = 60.0
_AT_THE_END = 0.5  # seconds that leaving the program may wait for the row to be taken away


@cache
def _thread() -> DaemonThread:
    """Return the one thread: a slow database delays it, and no key."""
    return DaemonThread("presence")


class Begin(Protocol):
    """Has the application do something beside all else."""

    def __call__(self, work: Callable[[], Awaitable[None]], /) -> object:
        """Begin it."""
        ...


class PresenceWatch:
    """The patient whom this program has open, and who else has.

    *begin* has something done beside all else, *changed* shows a new ``text_of``, faults are kept
    in *home*.
    """

    def __init__(self, begin: Begin, changed: Callable[[], None], home: Path) -> None:
        self._begin, self._changed, self._home = begin, changed, home
        self._session = int.from_bytes(os.urandom(7), "big")
        self._at: tuple[Database, int | None] | None = None
        self._context: Context | None = None
        self._stands: Context | None = None  # where a row of ours may stand
        self._due = self._told = 0.0  # when to look again, and when it was last told
        self._under_way = False
        self._text = ""

    def text_of(self, patient: int) -> str:
        """Return who else has *patient* open, "" for nobody or when that is not known yet."""
        return self._text if self._at is not None and self._at[1] == patient else ""

    def look(self, context: Context, patient: int | None) -> None:
        """Note that the program is used, with *patient* open; tell and ask when that is due."""
        if context.database.read_only:
            return
        at = (context.database, patient)
        if at != self._at:
            self._at, self._text = at, ""
            self._due = self._told = 0.0
        self._context = context
        if self._stands is not None and self._stands.database is context.database:
            self._stands = context  # one's own new password ends what the old one may
        if self._is_due and (patient is not None or self._stands) and not self._under_way:
            self._under_way = True
            self._begin(self._work)

    @property
    def _is_due(self) -> bool:
        return clock.machine() >= self._due

    async def _work(self) -> None:
        try:
            while self._is_due and self._at is not None and self._context is not None:
                self._due = clock.machine() + _ASKED_EVERY
                await self._once(self._context, self._at)
        finally:
            self._under_way = False

    async def _once(self, context: Context, at: tuple[Database, int | None]) -> None:
        patient = at[1]
        if patient is None:
            await self._leave()
            return
        if not self._told:
            await self._ask(context, at)  # telling may have to wait until another has saved
        if clock.machine() - self._told > _TOLD_EVERY:
            from pasis_tui.services.users import presence

            self._stands = context
            if await self._done(partial(presence.stand, context, self._session, patient)):
                self._told = clock.machine() if at == self._at else 0.0
        await self._ask(context, at)

    async def _ask(self, context: Context, at: tuple[Database, int | None]) -> None:
        from pasis_tui.services.users import presence

        found: list[Present] = []

        def ask() -> None:
            if at[1] is not None:
                found.extend(presence.others(context, self._session, at[1]))

        if await self._done(ask) and at == self._at:
            text = described(found, context.actor.user_id)
            if text != self._text:
                self._text = text
                self._changed()

    async def _leave(self) -> None:
        from pasis_tui.services.users import presence

        left, self._stands = self._stands, None
        if left is not None:
            await self._done(partial(presence.stand, left, self._session, None))

    async def end(self) -> None:
        """Have nobody open any more, unless the database does not answer soon."""
        if self._stands is not None:
            await asyncio.wait({asyncio.ensure_future(self._leave())}, timeout=_AT_THE_END)

    def end_session(self) -> None:
        """Have nobody open any more, beside all else: whoever was logged on is stopped."""
        left, self._stands, self._at = self._stands, None, None
        if left is not None:
            self._begin(partial(self._end, left))

    async def _end(self, left: Context) -> None:
        from pasis_tui.services.users import presence

        await self._done(partial(presence.end, left.database, left.actor.unit_id, self._session))

    async def _done(self, act: Callable[[], None]) -> bool:
        """Whether *act* was done: nobody asked for it, so that what fails ends nothing.

        What stops a clerk too, such as a busy database, is left for the next time.
        """
        try:
            await _thread().begin(act)
        except Exception as error:
            if not isinstance(error, ForPeople):
                from pasis_tui import fault_log

                with suppress(OSError):
                    fault_log.keep(error, self._home)
            return False
        return True


def described(others: Sequence[Present], own: int) -> str:
    """Return who has the patient open besides this program of the user *own*, "" for nobody."""
    if not others:
        return ""
    first = others[0]
    where = "i ett annat fönster hos dig" if first.user_id == own else f"hos {first.name}"
    since, now = first.since.astimezone(), clock.now().astimezone()
    moment = f"{since:%H:%M}" if since.date() == now.date() else f"{since:%Y-%m-%d %H:%M}"
    more = f" och {len(others) - 1} till" if len(others) > 1 else ""
    return f"Även öppen {where} sedan {moment}{more}"
