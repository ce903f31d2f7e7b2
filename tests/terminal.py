"""A real pseudo-terminal: what a clerk types, what a clerk sees.

The program runs as its own process; the screen is what a terminal would show (pyte).  Waiting is
for what is seen, never for time.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyte
from pyte.charsets import LAT1_MAP
from pyte.modes import IRM

from tests import warm

ENTER, TAB, ESC, BACKTAB = "\r", "\t", "\x1b", "\x1b[Z"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
HOME, END, PGUP, PGDN = "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~"
F1, F2, F3, F4 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"
F5, F6, F7, F8 = "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~"
F9, F10, F11, F12 = "\x1b[20~", "\x1b[21~", "\x1b[23~", "\x1b[24~"


def alt(letter: str) -> str:
    return ESC + letter


def ctrl(letter: str) -> str:
    return chr(ord(letter.upper()) - 64)


_NARROW = frozenset(map(chr, range(32, 127))) | set("åäöÅÄÖéü§·×…–«»•─│┌┐└┘├┤┬┴┼═▌▐█▄▀")


class _Screen(pyte.Screen):
    """pyte does not know the private forms of some sequences, and puts every row together anew."""

    _rows: tuple[str, ...] = ()

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self._cells: dict[Any, dict[str, Any]] = {}  # by attributes and character

    def draw(self, data: str) -> None:
        x, y = self.cursor.x, self.cursor.y
        if x + len(data) <= self.columns and self._is_plain(data):
            line, attrs = self.buffer[y], self.cursor.attrs
            cells = self._cells.setdefault(attrs, {})
            for place, char in enumerate(data, x):
                if (cell := cells.get(char)) is None:
                    cell = cells[char] = attrs._replace(data=char)
                line[place] = cell
            self.cursor.x = x + len(data)
            self.dirty.add(y)
            return
        above = y - 1  # a combining character may fall to its last cell
        super().draw(data)
        if above >= 0:
            self.dirty.add(above)

    def _is_plain(self, data: str) -> bool:
        """Whether each character only takes the place of one: pyte asks that of one at a time."""
        return (
            _NARROW.issuperset(data)
            and self.charset == 0
            and self.g0_charset is LAT1_MAP
            and IRM not in self.mode
        )

    @property
    def display(self) -> list[str]:
        """The rows as text; only those painted on since it was last asked for are put together."""
        if len(self._rows) != self.lines:
            self._rows, self.dirty = ("",) * self.lines, set(range(self.lines))
        if self.dirty:
            rows, columns = list(self._rows), range(self.columns)
            for y in self.dirty & set(range(self.lines)):
                row = self.buffer[y]
                rows[y] = "".join([row[x].data for x in columns])
            self._rows = tuple(rows)
            self.dirty.clear()
        return list(self._rows)

    def select_graphic_rendition(self, *attrs: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attrs)

    def report_device_status(self, mode: int, private: bool = False) -> None:
        pass

    def report_device_attributes(self, mode: int = 0, **kwargs: bool) -> None:
        pass


class Terminal:
    """One program in one terminal; *cold*, or by a *command* of its own, from nothing.

    A *script* is run in its place, which changes something of it first.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        home: Path,
        *,
        rows: int = 24,
        columns: int = 80,
        environment: dict[str, str] | None = None,
        command: Sequence[str] | None = None,
        script: Path | None = None,
        cold: bool = False,
    ) -> None:
        self.screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = 0
        self.heard = bytearray()  # all that the program has sent
        self.code: int | None = None
        told = {
            **{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LINES", "COLUMNS")},
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
            "PASIS_DATA_DIR": str(home),
            **(environment or {}),
        }
        if command is None and not cold and not warm.is_cold(environment or {}):
            self.fd, its = pty.openpty()
            fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            self.pid = warm.start(arguments, told, [its], script)
            os.close(its)
            return
        program = [str(script)] if script else ["-m", "pasis_tui"]
        argv = [*(command or (sys.executable, *program)), *arguments]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # Python can fail to start only by raising; the parent must then see an end.
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(argv[0], argv, told)
            finally:
                os._exit(127)

    def resize(self, rows: int, columns: int) -> None:
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def pump(self, seconds: float) -> bool:
        """Take what the program sends for at most *seconds*; False at its end."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return False
        if not data:
            return False
        self.received += len(data)
        self.heard += data
        self._stream.feed(data)
        return True

    def type(self, *parts: str) -> None:
        """Send *parts* in one write: the program gets them as a burst."""
        os.write(self.fd, "".join(parts).encode())

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def line(self, number: int) -> str:
        return self.screen.display[number].rstrip()

    @property
    def message(self) -> str:
        """The message, which may take the rule's row too."""
        first, second = self.line(-3 + self.screen.lines), self.line(-2 + self.screen.lines)
        return second.strip() if first.startswith("─") else f"{first.strip()} {second.strip()}"

    def sees(self, *wanted: str) -> bool:
        text = self.text()
        return all(w in text for w in wanted)

    def expect(self, *wanted: str, timeout: float = 60.0) -> Terminal:
        """Return when all of *wanted* is on the screen."""
        end = time.monotonic() + timeout
        while not self.sees(*wanted):
            if time.monotonic() > end or not self.pump(0.1):
                missing = [w for w in wanted if w not in self.text()]
                raise AssertionError(f"never saw {missing!r}:\n{self.text()}")
        return self

    def expect_gone(self, unwanted: str, timeout: float = 60.0) -> Terminal:
        """Return when *unwanted* is no longer on the screen."""
        end = time.monotonic() + timeout
        while self.sees(unwanted):
            if time.monotonic() > end or not self.pump(0.1):
                raise AssertionError(f"still see {unwanted!r}:\n{self.text()}")
        return self

    def expect_end(self, timeout: float = 60.0) -> int:
        """Return the exit code when the program has ended."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            self.pump(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.pump(0.05):
                    if not select.select([self.fd], [], [], 0)[0]:
                        break
                self.code = os.waitstatus_to_exitcode(status)
                return self.code
        raise AssertionError(f"the program did not end:\n{self.text()}")

    def kill(self) -> None:
        """End the program as a power cut would."""
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        self.kill()
        os.close(self.fd)


@contextmanager
def terminal(arguments: Sequence[str], home: Path, **options: object) -> Iterator[Terminal]:
    """A terminal that is closed whatever happens."""
    opened = Terminal(arguments, home, **options)  # type: ignore[arg-type]
    try:
        yield opened
    finally:
        opened.close()
