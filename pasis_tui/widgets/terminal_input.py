"""Keys from the terminal without a wait between Alt and what follows.

Textual 8.2.8 tells Alt+N from Esc and n by a tenth of a second's silence; when more is typed
sooner, ``ESC n`` arrives as ``^`` and ``n``.  Here ``ESC letter`` is rewritten as the same key in
the unambiguous form of the Kitty protocol, which Textual's parser takes at once.  A byte that is
not UTF-8 becomes U+FFFD instead of ending the program.  A line feed is Enter: until the terminal
is in raw mode, and through some multiplexers, that is how Enter arrives.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
from codecs import getincrementaldecoder
from threading import Lock
from typing import TYPE_CHECKING, Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.messages import InBandWindowResize

from pasis_tui.widgets.terminal_output import Shown

if TYPE_CHECKING:
    from types import FrameType

    from textual.app import App
    from textual.message import Message

ESC = "\x1b"
SILENCE = 0.1  # seconds after a lone ESC before it is the Esc key
# O and P begin sequences of the terminal's own (SS3, DCS).
_ALT_LETTER = re.compile(f"{ESC}([a-zåäöA-NQ-ZÅÄÖ])")


def unambiguous(text: str) -> str:
    """Return *text* with every Alt+letter in the form ``ESC [ code ; 3 u``."""
    return _ALT_LETTER.sub(lambda m: f"{ESC}[{ord(m[1].lower())};3u", text)


class OrderedDriver(LinuxDriver):
    """Textual's driver for Unix terminals, with the input thread above; it sends what differs."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.shown = Shown()
        self._writing = Lock()

    def write(self, data: str) -> None:
        """Send what the terminal does not show already."""
        with self._writing:
            if wanted := self.shown.difference(data):
                super().write(wanted)

    def start_application_mode(self) -> None:
        """Take the terminal; from now on a resized one is drawn anew."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        resized = signal.getsignal(signal.SIGWINCH)

        def redraw(number: int, frame: FrameType | None) -> None:
            self.shown.forget()
            if callable(resized):
                resized(number, frame)

        signal.signal(signal.SIGWINCH, redraw)

    def process_message(self, message: Message) -> None:
        """Hand *message* on; a terminal that was resized is drawn anew."""
        if isinstance(message, events.Key) and message.key == "ctrl+j":
            message = events.Key("enter", "\r")
        if isinstance(message, InBandWindowResize | events.Resize):
            self.shown.forget()
        super().process_message(message)

    def run_input_thread(self) -> None:
        """Read the terminal until the program ends."""
        parser = XTermParser()
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        held = ""
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(SILENCE):
                    data = os.read(self.fileno, 1024 * 4)
                    if not data:
                        break
                    text = held + decode(data)
                    held = ESC if text.endswith(ESC) else ""
                    if text := text.removesuffix(
                        held
                    ):  # fed nothing, the parser takes it as the end
                        for event in parser.feed(unambiguous(text)):
                            self.process_message(event)
                elif held:
                    held = ""
                    self.process_message(events.Key("escape", ESC))
                for event in parser.tick():
                    self.process_message(event)
