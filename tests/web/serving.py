"""``pasis serve`` as its own process, on a free port of the loopback."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.flows.practice import DAY

_ADDRESS = re.compile(r"https?://\S+")
_CHILDREN = Path("/proc")


class Serving:
    """One running server: its address, its log, the programs of its tabs."""

    def __init__(
        self,
        home: Path,
        *options: str,
        day: str = DAY,
        heartbeat: float = 15.0,
        port: int = 0,
        environment: dict[str, str] | None = None,
        folder: Path | None = None,
        ahead: Sequence[str] = (),
    ) -> None:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PASIS_")}
        self.log = home.parent / f"{home.name}-serve.log"
        start = (
            "import signal, sys; from pasis_tui.web import server\n"
            "from pasis_tui.cli.main import main\n"
            f"server.HEARTBEAT = {heartbeat}\n"
            "def short(*_): server.MINUTE = 0.01\n"
            "signal.signal(signal.SIGUSR1, short)\n"
            "sys.exit(main(sys.argv[1:]))"
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    start,
                    *ahead,
                    "serve",
                    "--port",
                    str(port),
                    *(["--date", day] if day else []),
                    *options,
                ],
                env={**inherited, "PASIS_DATA_DIR": str(home), **(environment or {})},
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.said = self._first_line()
        self.address = match[0] if (match := _ADDRESS.search(self.said)) else ""
        assert self.address, f"{self.said}\n{self.log.read_text()}"

    def _first_line(self, timeout: float = 60.0) -> str:
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], timeout)[0]:
            raise AssertionError("the server never said where it is")
        return self.process.stdout.readline().decode()

    def short_minutes(self) -> None:
        """Let the server count a hundredth of a second as a minute from now on."""
        self.process.send_signal(signal.SIGUSR1)

    def programs(self) -> list[int]:
        """Return the process ids of the sessions that are alive."""
        path = _CHILDREN / f"{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in path.read_text().split()] if path.exists() else []

    def expect_log(self, *wanted: str, timeout: float = 30.0) -> str:
        """Return the log when all of *wanted* stands in it."""
        end = time.monotonic() + timeout
        while any(each not in (text := self.log.read_text()) for each in wanted):
            assert time.monotonic() < end, f"never logged {wanted}:\n{text}"
            time.sleep(0.05)
        return text

    def expect_programs(self, count: int, timeout: float = 30.0) -> list[int]:
        """Return the sessions' process ids when there are *count*."""
        end = time.monotonic() + timeout
        while len(found := self.programs()) != count:
            assert time.monotonic() < end, f"{len(found)} programs, not {count}"
            time.sleep(0.05)
        return found

    def stop(self) -> int:
        """End the server as a person does, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@contextmanager
def serving(home: Path, *options: str, **more: object) -> Iterator[Serving]:
    """A server that is ended whatever happens."""
    server = Serving(home, *options, **more)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        server.stop()


def alive(pids: Sequence[int]) -> list[int]:
    """Return those of *pids* whose process has not ended."""
    left = []
    for pid in pids:
        try:
            state = (_CHILDREN / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            left.append(pid)
    return left
