"""A terminal with a stop watch: each chunk is stamped when it arrives and looked at afterwards.

Drawing the chunk on the emulated screen costs more than the program took to send it, so nothing
is drawn while the clock runs.
"""

from __future__ import annotations

import os
import select
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.terminal import Terminal

LIMIT = 30.0  # seconds before a measurement is given up


class Probe(Terminal):
    """A program whose answers are timed; ``started`` is when its process was asked for."""

    def __init__(
        self,
        arguments: Sequence[str],
        home: Path,
        command: Sequence[str] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        # As installed: compiled once, wherever this run itself may leave what it compiles.
        settings = {
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(home / "compiled"),
            **(environment or {}),
        }
        self.started = time.perf_counter()
        super().__init__(arguments, home, command=command, environment=settings)

    def chunks(self, quiet: float) -> list[tuple[float, bytes]]:
        """Return what arrives, with its time, until nothing has come for *quiet* seconds."""
        chunks: list[tuple[float, bytes]] = []
        while select.select([self.fd], [], [], quiet)[0]:
            try:
                data = os.read(self.fd, 1 << 16)
            except OSError:
                data = b""
            at = time.perf_counter()
            if not data:
                break
            self.received += len(data)
            chunks.append((at, data))
        return chunks

    def write(self, keys: str) -> float:
        """Send *keys* and return when that was."""
        begun = time.perf_counter()
        self.type(keys)
        return begun

    def draw(self, data: bytes) -> None:
        """Show *data* on the emulated screen."""
        self._stream.feed(data)

    def until(self, seen: Callable[[], bool], quiet: float = 0.01) -> float:
        """Return when the bytes arrived that made *seen* true; all that follows is drawn too."""
        end = time.perf_counter() + LIMIT
        reached: float | None = None
        while reached is None:
            for at, data in self.chunks(quiet):
                self.draw(data)
                if reached is None and seen():
                    reached = at
            if reached is None and time.perf_counter() > end:
                raise AssertionError(f"not seen in time:\n{self.text()}")
        return reached

    def until_shown(self, seen: Callable[[], bool]) -> tuple[float, float]:
        """Return when the bytes arrived that made *seen* true, and when that had been seen.

        In between, the emulated screen drew them and was looked at, as a clerk's terminal does
        and a clerk; it is no part of the program, but of what a key costs its user.
        """
        end = time.perf_counter() + LIMIT
        while time.perf_counter() < end:
            if not select.select([self.fd], [], [], 1.0)[0]:
                continue
            data = os.read(self.fd, 1 << 16)
            at = time.perf_counter()
            self.received += len(data)
            self.draw(data)
            if seen():
                shown = time.perf_counter()
                for _, more in self.chunks(0.01):
                    self.draw(more)
                return at, shown
        raise AssertionError(f"not seen in time:\n{self.text()}")

    def until_bytes(self, wanted: str) -> float:
        """Return when *wanted* had arrived; quicker than ``until``, for what is sent in one."""
        mark, end, got = wanted.encode(), time.perf_counter() + LIMIT, b""
        at = time.perf_counter()
        while mark not in got:
            if select.select([self.fd], [], [], 1.0)[0]:
                data = os.read(self.fd, 1 << 16)
                at = time.perf_counter()
                got += data
                self.received += len(data)
            if time.perf_counter() > end:
                raise AssertionError(f"{wanted} was not sent in time")
        self.draw(got)
        return at

    def complete(self, *wanted: str, quiet: float = 0.12) -> float:
        """Return when the screen got the text it then kept, which holds all of *wanted*."""
        end = time.perf_counter() + LIMIT
        reached, shown = time.perf_counter(), self.screen.display
        while True:
            for at, data in self.chunks(quiet):
                self.draw(data)
                now = self.screen.display
                if now != shown:
                    reached, shown = at, now
            if self.sees(*wanted):
                return reached
            if time.perf_counter() > end:
                raise AssertionError(f"never saw {wanted!r}:\n{self.text()}")

    def go(self, *keys: str, sees: str) -> float:
        """Type *keys* in one burst; return the seconds until the screen with *sees* stands."""
        begun = time.perf_counter()
        self.type(*keys)
        return self.complete(sees) - begun

    def memory(self) -> float:
        """Return the program's resident memory in MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("the system does not say how much memory a process has")


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the value that *percent* of *values* do not exceed, interpolated."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


median = statistics.median
