"""Reads keys from the terminal with no pause needed between Alt and what follows.

Textual 8.2.8 tells Alt+N from Esc and n by a tenth of a second's silence; when more is typed
sooner, ``ESC n`` arrives as ``^`` and ``n``.  So ``key_forms`` rewrites keys before its parser.  A
byte that is not UTF-8 becomes U+FFFD instead of ending the program.  A line feed counts as Enter,
which arrives so before the terminal is in raw mode, and through some multiplexers.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
from codecs import getincrementaldecoder
from collections.abc import Callable
from select import select
from threading import Lock
from types import FrameType
from typing import Any, cast

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.messages import InBandWindowResize

from pasis_tui.terminal.guarded import GuardedApp
from pasis_tui.terminal.key_forms import KeyForms
from pasis_tui.terminal.terminal_output import Shown

SILENCE = 0.1  # seconds after a lone ESC before it is the Esc key
# Bytes in one reading that no hand typed.  The kernel hands such a burst on in pieces, and on a busy
# machine what a piece leads to can be painted before the next is here.
BURST = 1024
PASTE_ENDS = b"\x1b[201~"


class OrderedDriver(LinuxDriver):
    """Textual's driver for Unix terminals, which reads keys as above and sends only differences."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.shown = Shown()
        self._writing = Lock()
        self._loop = asyncio.get_running_loop()
        # What has come in part is the next reader's.
        self._parser = XTermParser()
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._forms = KeyForms()
        self._sight = cast(GuardedApp, app).sight
        self._typed_blind = False  # what is read next was typed before the last frame
        self._tap: Callable[[str], None] | None = None
        self._has_keys = False  # Ctrl+Z is a key, and no longer a signal
        self.gone = False  # the terminal was closed, so nothing is sent

    def write(self, data: str) -> None:
        """Send what the terminal does not show already."""
        with self._writing:
            if (wanted := self.shown.difference(data)) and not self.gone:
                if self._sight.sent(events.Idle().time):
                    # What waits in the terminal was typed before this could be seen.
                    self._typed_blind = bool(select([self.fileno], [], [], 0)[0])
                super().write(wanted)
                if self._tap is not None:
                    self._tap(wanted)
                if not self._fits():
                    self.shown.forget()

    def tapped_by(self, tap: Callable[[str], None] | None) -> None:
        """Have *tap* called with all that is sent from now on, whole rows first; None for nobody."""
        with self._writing:
            self._tap = tap
            self.shown.forget()

    def _fits(self) -> bool:
        """Tell whether the frame was laid out for the terminal's size, and was not cut or wrapped."""
        if not self._app.screen_stack:
            return True
        try:
            return tuple(os.get_terminal_size(self.fileno)) == tuple(self._app.screen.outer_size)
        except OSError:  # the terminal is gone
            return True

    def start_application_mode(self) -> None:
        """Take over the terminal; from now on a resized one is drawn afresh."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._has_keys = True
        resized = signal.getsignal(signal.SIGWINCH)

        def redraw(number: int, frame: FrameType | None) -> None:
            self.shown.forget()
            if callable(resized):
                resized(number, frame)

        signal.signal(signal.SIGWINCH, redraw)

    # Both come between any two steps of ours, also while one writes: they wait their turn.

    def _sigtstp_application(self, *_: object) -> None:
        if not self._has_keys and os.getpid() == os.getsid(0):
            return  # Ctrl+Z before there was a screen, by ssh: no shell is there to continue it
        self._loop.call_soon_threadsafe(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        """Continue after a stop; after SIGSTOP, which comes unannounced, our key reader still runs.

        What was typed meanwhile waits in the terminal for the next reader.
        """
        if self._key_thread is not None and self._key_thread.is_alive():
            self.exit_event.set()
            self._key_thread.join()
            self.exit_event.clear()
            self.close()
        super()._sigcont_application()
        self.shown.forget()

    def process_message(self, message: Message) -> None:
        """Pass *message* on; a resized terminal is drawn afresh."""
        if isinstance(message, events.Key) and message.key == "ctrl+j":
            typed_at, message = message.time, events.Key("enter", "\r")
            message.time = typed_at
        if isinstance(message, InBandWindowResize | events.Resize):
            self.shown.forget()
        super().process_message(message)

    def run_input_thread(self) -> None:
        """Read the terminal until the program ends or the terminal is gone."""
        try:
            self._read_keys()
        except OSError:
            self.gone = True
        if self.gone:
            self._app.call_later(cast(GuardedApp, self._app).hang_up)

    def _read_keys(self) -> None:
        parser, forms, read_at, goes_on = self._parser, self._forms, 0.0, False
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(SILENCE):
                    data = os.read(self.fileno, 1024 * 4)
                    if not goes_on:
                        read_at = self._sight.at if self._typed_blind else events.Idle().time
                    self._typed_blind = False
                    goes_on = len(data) >= BURST and not data.endswith(PASTE_ENDS)
                    if not data:
                        self.gone = True
                        return
                    keys = forms.feed(self._decode(data))
                else:
                    goes_on = False
                    keys = forms.silence() if forms.held else ""
                if keys:  # the parser takes an empty feed for the end of input
                    for event in parser.feed(keys):
                        event.time = read_at  # what came together was typed together
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
