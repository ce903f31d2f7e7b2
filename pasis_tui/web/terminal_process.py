"""A program in a pseudo-terminal of its own, of which a browser's tab is the screen and the keyboard.

It is the same program that a terminal starts, with the same driver: keys, type-ahead and output take
the way they always take.  The program is started by a list of arguments, never through a shell.  When
the server dies, the kernel hangs the terminal up, and the program keeps what was typed as a draft.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress

_MOST = 1 << 16  # bytes read at once
_IUTF8 = 0x4000  # Linux's input flag: a letter of several bytes is erased whole


class TerminalProcess:
    """The program that runs behind one tab, from ``start`` to ``end``."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        terminal: int,
        reader: asyncio.StreamReader,
        transport: asyncio.ReadTransport,
    ) -> None:
        self._process = process
        self._terminal = terminal
        self._reader = reader
        self._transport = transport
        self._room = asyncio.Event()

    @classmethod
    async def start(
        cls,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        columns: int,
        rows: int,
    ) -> TerminalProcess:
        """Start *arguments* in a terminal of *columns* × *rows*.  Raises OSError.

        It runs in our own working folder: relative paths in *environment* mean what they mean here.
        """
        ours, its = pty.openpty()
        try:
            _prepare(its)
            _set_size(ours, columns, rows)
            os.set_blocking(ours, False)
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=its,
                stdout=its,
                stderr=its,
                env=dict(environment),
                start_new_session=True,
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(its)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_MOST)
        ear = os.fdopen(os.dup(ours), "rb", buffering=0)
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), ear
        )
        return cls(process, ours, reader, transport)

    async def read(self) -> bytes:
        """Return what the program has written, b"" at its end."""
        try:
            return await self._reader.read(_MOST)
        except OSError:  # so Linux tells that nobody has the terminal open
            return b""

    async def write(self, data: bytes) -> None:
        """Type *data*; returns when the terminal has taken it all, or is gone."""
        left = memoryview(data)
        while left and self._terminal >= 0:
            try:
                left = left[os.write(self._terminal, left) :]
            except BlockingIOError:
                await self._wait_for_room()
            except OSError:
                return

    async def _wait_for_room(self) -> None:
        loop = asyncio.get_running_loop()
        room = self._room
        room.clear()
        loop.add_writer(self._terminal, room.set)
        try:
            await room.wait()
        finally:
            if self._terminal >= 0:
                loop.remove_writer(self._terminal)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the program is told by the system."""
        if self._terminal >= 0:
            _set_size(self._terminal, columns, rows)

    def hang_up(self) -> None:
        """Tell the program that its terminal is gone: it keeps what was typed, and ends."""
        self._signal(signal.SIGHUP)

    def _signal(self, number: signal.Signals) -> None:
        # Popen's own send_signal reaps the process, and its exit code is lost to who waits for it.
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    async def ended(self) -> int:
        """Return the program's exit code, once it has ended."""
        return await self._process.wait()

    async def end(self, patience: float) -> int:
        """Close the terminal and end the program, by force after *patience* seconds.

        Returns its exit code.
        """
        self._close()  # a program that waits to write is let go, too
        self.hang_up()
        try:
            return await asyncio.wait_for(self._process.wait(), patience)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            return await self._process.wait()

    def _close(self) -> None:
        terminal, self._terminal = self._terminal, -1
        if terminal >= 0:
            asyncio.get_running_loop().remove_writer(terminal)
            self._room.set()
            self._transport.close()
            os.close(terminal)


def _prepare(terminal: int) -> None:
    """Have nothing typed before the program reads shown, and letters like å erased whole."""
    modes = termios.tcgetattr(terminal)
    modes[0] |= _IUTF8
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, modes)


def _set_size(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
