"""Patroni, etcd and pgbouncer from Debian, as three machines on this one: 127.0.0.11, .12 and .13.

They are started with the files of docs/operations.md; only addresses, folders, passwords and what
a machine of its own could spare are put in.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from tests.failover.page import blocks
from tests.failover.servers import until

_PACKAGES = ("patroni", "etcd-server", "etcd-client", "pgbouncer", "postgresql-15", "openssl")
_FOLDERS = (
    "/etc/patroni",
    "/etc/pgbouncer",
    "/etc/pasis",
    "/var/lib/etcd",
    "/var/lib/postgresql/15",
    "/var/log/postgresql",
    "/var/run/postgresql",
)
_MACHINE = re.compile(r"\b(10\.0\.0\.1|pasis)([123])\b")
_OUR_OWN = "shared_buffers: 64MB"  # three servers share one machine's memory here
_LONGEST = 180.0


def install() -> None:
    """Install what is missing; skip the test where that cannot be done."""
    if os.geteuid() != 0:
        pytest.skip("installing Debian's packages needs root")
    known = subprocess.run(
        ["dpkg-query", "-W", "-f=${Status}\n", *_PACKAGES],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if known.stdout.count("install ok installed") == len(_PACKAGES):
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *_PACKAGES]):
        done = subprocess.run(
            ["apt-get", "-q", *words], env=quiet, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"apt-get {words[0]} failed: {done.stderr.strip()[-200:]}")


def of_machine(text: str, number: int, folder: Path, passwords: str) -> str:
    """Return a file of the page as machine *number* has it."""
    lines = []
    for line in text.splitlines():
        if len(set(_MACHINE.findall(line))) == 1 or re.match(r"ETCD_(?!INITIAL_CLUSTER=)", line):
            line = _MACHINE.sub(rf"\g<1>{number}", line)
        lines.append(line)
    text = "\n".join(lines) + "\n"
    for known in _FOLDERS:
        text = text.replace(f"{known}/", f"{folder}/")
    text = re.sub(r"CHANGE-(\w+)", rf"{passwords}\1", text)
    own = f"parameters: {{unix_socket_directories: {folder}, {_OUR_OWN}}}"
    text = text.replace("\npostgresql:\n", f"\npostgresql:\n  {own}\n")
    return text.replace("10.0.0.", "127.0.0.")


class Machine:
    """etcd, Patroni with its PostgreSQL, and pgbouncer of one machine."""

    def __init__(self, number: int, folder: Path, passwords: str) -> None:
        self.number = number
        self.address = f"127.0.0.1{number}"
        self.folder = folder
        self._passwords = passwords
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir()
        shutil.chown(folder, "postgres", "postgres")
        folder.chmod(0o700)
        for name in ("server.crt", "server.key"):
            shutil.copy(folder.parent / name, folder / name)
        shutil.copy(folder / "server.crt", folder / "ca.crt")
        for title, text in blocks().items():
            if title.startswith("/"):
                made = folder / Path(title).name
                made.write_text(of_machine(text, number, folder, passwords), "utf-8")
        for path in folder.iterdir():
            shutil.chown(path, "postgres", "postgres")
            path.chmod(0o600)

    def start(self) -> None:
        """Start etcd and Patroni."""
        lines = (self.folder / "etcd").read_text("utf-8").splitlines()
        settings = dict(line.split("=", 1) for line in lines if line)
        if (self.folder / "pasis").exists():
            settings["ETCD_INITIAL_CLUSTER_STATE"] = "existing"
        # etcd's folder and PostgreSQL's have one name on the page, below different ones.
        settings["ETCD_DATA_DIR"] = str(self.folder / "etcd_data")
        self._run("etcd", ["/usr/bin/etcd"], settings)
        self._run("patroni", ["/usr/bin/patroni", str(self.folder / "config.yml")], {})

    def start_pooler(self) -> None:
        """Start pgbouncer, which asks this machine's PostgreSQL."""
        self._run("pgbouncer", ["/usr/sbin/pgbouncer", str(self.folder / "pgbouncer.ini")], {})

    def _run(self, name: str, words: list[str], settings: dict[str, str]) -> None:
        with (self.folder / f"{name}.out").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                words,
                env={"PATH": "/usr/bin:/bin:/usr/sbin", "LANG": "C.UTF-8", "HOME": str(self.folder), **settings},
                user="postgres", group="postgres", extra_groups=[], cwd="/", stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        """End everything of the machine at once, as a power cut does."""
        family = []
        for process in self._processes.values():
            with suppress(psutil.NoSuchProcess):
                main = psutil.Process(process.pid)
                family += [main, *main.children(recursive=True)]
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            # PostgreSQL is no child of Patroni's once it has been restarted.
            first = (self.folder / "pasis" / "postmaster.pid").read_text("utf-8").split()[0]
            server = psutil.Process(int(first))
            if "postgres" in server.name():
                family += [server, *server.children(recursive=True)]
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(family, timeout=_LONGEST)
        for process in self._processes.values():
            process.wait()
        self._processes.clear()

    def is_(self, role: str) -> bool:
        """Whether Patroni says that this machine is ``primary``, ``sync`` or ``replica``."""
        asked = f"http://{self.address}:8008/{role}"
        with suppress(OSError), urllib.request.urlopen(asked, timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def administer(self, statement: str) -> Any:
        """Run *statement* as the superuser and return its first value."""
        with psycopg.connect(
            host=self.address, user="postgres", dbname="postgres", autocommit=True,
            password=f"{self._passwords}superuser", sslmode="verify-full",
            sslrootcert=str(self.folder / "ca.crt"),
        ) as connection:  # fmt: skip
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None


class Region:
    """The three machines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords = os.urandom(8).hex()
        self.machines: list[Machine] = []

    def begin(self) -> None:
        """Start all three, and wait until there are a primary and two standbys."""
        names = ",".join(f"IP:127.0.0.1{number}" for number in (1, 2, 3))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=pasis",
             "-addext", f"subjectAltName={names}", "-keyout", "server.key", "-out", "server.crt"],
            cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        for number in (1, 2, 3):
            self.machines.append(Machine(number, self.folder / f"pasis{number}", self.passwords))
        for machine in self.machines:
            machine.start()
        self.until_whole()

    def until_whole(self) -> None:
        """Wait until one is the primary, and both others stream from it, one in step."""
        until(self._whole, f"three machines in step; logs in {self.folder}", _LONGEST)

    def _whole(self) -> bool:
        leader = self.leader()
        if leader is None or not any(machine.is_("sync") for machine in self.machines):
            return False
        count = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
        with suppress(psycopg.OperationalError):
            return bool(leader.administer(count) == 2)
        return False

    def leader(self) -> Machine | None:
        """Return the primary, or None."""
        return next((machine for machine in self.machines if machine.is_("primary")), None)

    def address(self, title: str = "address") -> str:
        """Return the page's address for clerks, or its ``pooled address``, of these machines."""
        text = blocks()[title].strip().replace("10.0.0.", "127.0.0.")
        return text.replace("/etc/pasis/ca.crt", str(self.folder / "server.crt"))

    def end(self) -> None:
        for machine in self.machines:
            machine.kill()


@contextmanager
def region(folder: Path) -> Iterator[Region]:
    """Give the three machines, and end them."""
    made = Region(folder)
    try:
        made.begin()
        yield made
    finally:
        made.end()
