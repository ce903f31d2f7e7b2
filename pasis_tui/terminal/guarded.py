"""An application that ends with one plain sentence on a fault, a signal or a lost terminal.

Textual prints a fault with every variable, a patient's name or a password among them, and dies on
a signal without restoring the screen.  Here all faults, from keys, workers, timers, painting and
forgotten tasks, come to ``fail``, and signals to ``_signalled``; unsaved work is kept, Textual
restores the terminal, and the command line prints the sentence.
"""

from __future__ import annotations

import asyncio
import errno
import io
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from rich.console import Console, RenderableType
from textual.app import App

FAULT = 70
_SHOW_CURSOR = "\x1b[?25h"
_SIGNALS = [s for n in ("SIGTERM", "SIGHUP", "SIGINT") if (s := getattr(signal, n, None))]
_GONE = {errno.EIO, errno.EPIPE, errno.EBADF, errno.ENXIO}  # the errors of a closed terminal
HANGUP = 1  # SIGHUP's number, also where a system has no such signal


class Sight:
    """The moment when something could first be seen: that of the next frame sent to the terminal.

    Until one is sent, and when there is nothing to send, it is the moment of ``ask``.
    """

    def __init__(self) -> None:
        self.at = 0.0
        self._wanted = False

    def ask(self, now: float) -> None:
        """Wait for the next frame from *now* on."""
        self.at = now
        self._wanted = True

    def sent(self, now: float) -> bool:
        """Note that a frame is being sent; return whether it is the one that ``ask`` waits for."""
        wanted, self._wanted = self._wanted, False
        if wanted:
            self.at = now
        return wanted


@runtime_checkable
class Tapped(Protocol):
    """A driver whose output can be had too."""

    def tapped_by(self, tap: Callable[[str], None] | None) -> None:
        """Have *tap* called with all that is sent from now on; None for nobody."""


class GuardedApp(App[None]):
    """The base of the program; ``fault`` is what ended it, ``signalled`` the signal that did."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.fault: BaseException | None = None
        self.signalled = 0
        self.sight = Sight()
        self.kept = False  # unsaved work is on the disk
        self.error_console = Console(file=io.StringIO())  # nobody reads Textual's own report

    def put_away(self) -> bool:
        """Write unsaved work to the disk; False when there is none, or it cannot be written."""
        return True

    def on_load(self) -> None:
        """Catch signals, and the faults of forgotten tasks and of threads, from now on."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._forgotten)
        if self.is_headless:
            return

        def in_thread(args: threading.ExceptHookArgs) -> None:
            error = args.exc_value
            if isinstance(error, OSError) and error.errno in _GONE:
                act: tuple[Any, ...] = (self.hang_up,)
            else:
                act = (self.fail, error or RuntimeError("thread"))
            with suppress(RuntimeError):  # the program has ended already
                loop.call_soon_threadsafe(*act)

        threading.excepthook = in_thread
        for number in _SIGNALS:
            with suppress(NotImplementedError, RuntimeError):  # Windows, a thread in a test
                loop.add_signal_handler(number, self._signalled, int(number))

    def show_cursor(self) -> None:
        """Show the terminal's cursor, which Textual hides: screen readers and magnifiers follow it."""
        if not self.is_headless and sys.__stderr__ is not None:
            sys.__stderr__.write(_SHOW_CURSOR)
            sys.__stderr__.flush()

    def fail(self, error: BaseException) -> None:
        """End the program for the fault *error*; the first one is kept."""
        if self.fault is None:
            self.fault = error
            self._end(FAULT)

    def hang_up(self) -> None:
        """End the program: its terminal is gone."""
        self._signalled(HANGUP)  # the system may have sent the signal already

    def _signalled(self, number: int) -> None:
        if not self.signalled and self.fault is None:
            self.signalled = number
            self._end(128 + number)

    def _end(self, code: int) -> None:
        try:
            self.kept = self.put_away()
        except Exception:  # the first fault is the one reported
            self.kept = False
        self.exit(return_code=code)

    def _forgotten(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self.fail(error)
        elif error is None and self.fault is None and self.is_running:
            self.fail(RuntimeError(context.get("message", "")))

    def bell(self) -> None:
        """Catch the fault that Textual is about to print: it rings the bell first."""
        if not self.is_headless and (error := sys.exc_info()[1]) is not None:
            self.fail(error)
        else:
            super().bell()

    def panic(self, *renderables: RenderableType) -> None:
        """Catch a fault that Textual has rendered already, as one of the input thread."""
        error = sys.exc_info()[1] or RuntimeError("textual")
        if self.is_headless:
            super().panic(*renderables)
        else:
            self.fail(error)
