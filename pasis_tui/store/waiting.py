"""What a clerk waits for, and may stop waiting for, and what is then true.

A service runs in a thread with one ``Wait``.  Whoever stops waiting is told the truth: before the
first COMMIT is sent nothing is saved, and none is sent afterwards; once one is sent nobody knows.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from pasis_tui import clock
from pasis_tui.commands import key_of
from pasis_tui.store.trouble import DatabaseTrouble

_LONGEST = 120.0  # seconds that a lost COMMIT is asked for
_PAUSE = 0.2
_CANCEL = 1.0  # seconds that a server has to take back a statement


def _named(name: str) -> str:
    return f"Databasen {name}".rstrip()


class Uncertain(DatabaseTrouble):
    """A save was sent, and it is not known whether it was kept."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{_named(name)} svarade inte när det sparades, och det är inte känt om det sparades. "
            f"Läs om ({key_of('read')}) och se efter innan du sparar igen.",
            "uncertain",
        )


class GivenUp(DatabaseTrouble):
    """The clerk has stopped waiting, and nothing was saved."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{_named(name)} svarade inte, och du slutade vänta. Inget sparades. Försök igen.",
            "given up",
        )


class Wait:
    """One call that is waited for; ``end`` may come from another thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._commits = False
        self._drivers: list[Any] = []

    @property
    def ended(self) -> bool:
        """Whether nobody waits any more."""
        return self._ended.is_set()

    def uses(self, driver: Any) -> None:
        """Note that the call uses the driver's connection *driver*."""
        with self._guard:
            self._drivers.append(driver)
            ended = self.ended
        if ended:
            _interrupt(driver, cancel=True)

    def leaves(self, driver: Any) -> None:
        """Note that it no longer does."""
        with self._guard:
            self._drivers = [each for each in self._drivers if each is not driver]

    def commits(self, name: str, *, saves: bool) -> None:
        """Note that a COMMIT to the database *name* is about to be sent.  Raises GivenUp."""
        with self._guard:
            if self.ended:
                raise GivenUp(name)
            self._commits = self._commits or saves

    def end(self, name: str) -> DatabaseTrouble:
        """Stop waiting for the database *name*; return what is then true of it."""
        with self._guard:
            self._ended.set()
            sent, drivers = self._commits, [*self._drivers]
        for driver in drivers:
            # In a thread: a server that has vanished takes its time.  Once a COMMIT was sent
            # nothing is taken back: a copy might lack what the server has.
            threading.Thread(
                target=_interrupt, args=(driver,), kwargs={"cancel": not sent}, daemon=True
            ).start()
        return Uncertain(name) if sent else GivenUp(name)

    def pause(self, seconds: float) -> None:
        """Let *seconds* pass, fewer when the wait is ended."""
        self._ended.wait(seconds)


def _interrupt(driver: Any, *, cancel: bool) -> None:
    """Have whatever waits on *driver* fail at once."""
    if isinstance(driver, sqlite3.Connection):
        with suppress(sqlite3.Error):
            driver.interrupt()
        return
    with suppress(Exception):  # it may have ended by itself, and the server have gone
        if cancel:
            driver.cancel_safe(timeout=_CANCEL)
    with suppress(Exception), socket.socket(fileno=os.dup(driver.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


_current: ContextVar[Wait | None] = ContextVar("wait", default=None)


def waited_for(wait: Wait, act: Callable[[], Any]) -> Any:
    """Do *act* as what *wait* is for, and return its answer."""
    before = _current.set(wait)
    try:
        return act()
    finally:
        _current.reset(before)


def uses(driver: Any) -> None:
    """Note that the call under way uses the driver's connection *driver*."""
    if (wait := _current.get()) is not None:
        wait.uses(driver)


def leaves(driver: Any) -> None:
    """Note that it no longer does."""
    if (wait := _current.get()) is not None:
        wait.leaves(driver)


def commits(name: str, *, saves: bool) -> None:
    """Note that the call sends a COMMIT, which *saves* something or only logs.  Raises GivenUp."""
    if (wait := _current.get()) is not None:
        wait.commits(name, saves=saves)


def ask_until_known(
    ask: Callable[[], bool | None], name: str, *, longest: float = _LONGEST
) -> bool:
    """Return what *ask* answers, once it is not None.

    *ask* may raise DatabaseTrouble while the database *name* cannot be asked.  Raises Uncertain
    after *longest* seconds, or when nobody waits any more.
    """
    wait, until = _current.get() or Wait(), clock.monotonic() + longest
    while not wait.ended:
        try:
            known = ask()
        except DatabaseTrouble as trouble:
            if trouble.ends_program:
                raise
            known = None
        if known is not None:
            return known
        if clock.monotonic() > until:
            break
        wait.pause(_PAUSE)
    raise Uncertain(name)
