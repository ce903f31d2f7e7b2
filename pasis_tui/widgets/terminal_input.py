"""Keys from the terminal without a wait between Alt and what follows.

Textual 8.2.8 tells Alt+N from Esc and n by a tenth of a second's silence; when more is typed
sooner, ``ESC n`` arrives as ``^`` and ``n``.  Here ``ESC letter`` is rewritten as the same key in
the unambiguous form of the Kitty protocol, which Textual's parser takes at once.  A byte that is
not UTF-8 becomes U+FFFD instead of ending the program.
"""

from __future__ import annotations

import os
import re
import selectors
from codecs import getincrementaldecoder

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

ESC = "\x1b"
SILENCE = 0.1  # seconds after a lone ESC before it is the Esc key
# O and P begin sequences of the terminal's own (SS3, DCS).
_ALT_LETTER = re.compile(f"{ESC}([a-zåäöA-NQ-ZÅÄÖ])")


def unambiguous(text: str) -> str:
    """Return *text* with every Alt+letter in the form ``ESC [ code ; 3 u``."""
    return _ALT_LETTER.sub(lambda m: f"{ESC}[{ord(m[1].lower())};3u", text)


class OrderedDriver(LinuxDriver):
    """Textual's driver for Unix terminals, with the input thread above."""

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
