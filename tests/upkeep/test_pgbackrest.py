"""The recipe of docs/operations.md with Debian's PostgreSQL and pgBackRest: back to a moment, and whole."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from pasis_tui.models import Unit
from pasis_tui.services.upkeep.checking import faults_of
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from tests.upkeep.registers import content, small_register

_VERSIONS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_READY = bool(_VERSIONS) and shutil.which("pgbackrest") and os.geteuid() == 0


class Cluster:
    """A cluster of Debian's PostgreSQL, its repository, and the programs run as ``postgres``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.bin = _VERSIONS[-1]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.config = folder / "pgbackrest.conf"

    def run(self, *command: str) -> str:
        done = subprocess.run(
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def tool(self, name: str, *arguments: str) -> str:
        return self.run(str(self.bin / name), *arguments)

    def backrest(self, *arguments: str) -> str:
        return self.run("pgbackrest", f"--config={self.config}", "--stanza=pasis", *arguments)

    def start(self) -> None:
        self.tool("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "start")

    def stop(self, how: str = "fast") -> None:
        self.tool("pg_ctl", "-D", str(self.data), "-w", "-m", how, "stop")

    def until_promoted(self) -> None:
        """Return when the server has played its archive and takes changes again."""
        end = time.monotonic() + 120
        asked = ("-h", str(self.folder), "-p", str(self.port), "-Atc", "SELECT pg_is_in_recovery()")
        while self.tool("psql", *asked).strip() != "f":
            assert time.monotonic() < end
            time.sleep(0.1)

    def make(self) -> None:
        self.tool("initdb", "-D", str(self.data), "-A", "trust", "-U", "postgres", "-E", "UTF8")
        self._write(
            self.config,
            "[global]",
            f"repo1-path={self.folder}/repository",
            "repo1-retention-full=2",
            "repo1-cipher-type=aes-256-cbc",
            "repo1-cipher-pass=bara-ett-prov",
            "start-fast=y",
            f"log-path={self.folder}",
            f"lock-path={self.folder}",
            f"spool-path={self.folder}",
            "[pasis]",
            f"pg1-path={self.data}",
            f"pg1-port={self.port}",
            f"pg1-socket-path={self.folder}",
            "pg1-user=postgres",
        )
        push = f"pgbackrest --config={self.config} --stanza=pasis archive-push %p"
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(
                f"port = {self.port}\nunix_socket_directories = '{self.folder}'\n"
                f"listen_addresses = ''\narchive_mode = on\narchive_command = '{push}'\n"
            )

    def _write(self, path: Path, *lines: str) -> None:
        path.write_text("\n".join(lines) + "\n")
        shutil.chown(path, "postgres", "postgres")

    @property
    def address(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}&port={self.port}"


@contextmanager
def _cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="pgb", dir="/tmp"))
    shutil.chown(folder, "postgres", "postgres")
    cluster = Cluster(folder)
    try:
        cluster.make()
        cluster.start()
        yield cluster
        cluster.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _add(database: Database, codes: Sequence[str]) -> None:
    for code in codes:
        with SystemWork(database) as work:
            work.insert(Unit, code=code, name="x")
            work.commit()


@pytest.mark.soak
@pytest.mark.skipif(not _READY, reason="needs Debian's postgresql and pgbackrest, and root")
def test_back_to_a_moment_and_whole() -> None:
    with _cluster() as cluster:
        cluster.backrest("stanza-create")
        cluster.backrest("check")
        with Database.open(cluster.address, create=True) as database:
            small_register(database)
            cluster.backrest("--type=full", "backup")
            _add(database, [f"EFTER{n}" for n in range(5)])  # only in the archived WAL
            wanted = content(database)
            with database.engine.connect() as connection:
                moment = connection.execute(text("SELECT clock_timestamp()::text")).scalar_one()
            _add(database, ["FEL001"])  # the mistake that one goes back before
            with database.engine.connect() as connection:
                connection.execute(text("SELECT pg_switch_wal()"))
        cluster.stop()
        shutil.rmtree(cluster.data)
        cluster.data.mkdir(mode=0o700)
        shutil.chown(cluster.data, "postgres", "postgres")
        cluster.backrest("--type=time", f"--target={moment}", "--target-action=promote", "restore")
        cluster.start()
        cluster.until_promoted()
        with Database.open(cluster.address) as restored:
            assert content(restored) == wanted
            assert faults_of(restored) == []
        print(cluster.backrest("info"))
