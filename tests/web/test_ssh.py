"""The recipe of docs/operations.md, "By ssh", with a real sshd: a login opens the program and nothing else.

Both blocks are taken from the page.  Only names and places are the test's own: the user who runs it
stands for the group, and the programs and folders are those of this checkout.
"""

from __future__ import annotations

import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.practice import LOGIN, MENU, NAME, copy_practice
from tests.terminal import ENTER, Terminal, alt, ctrl, terminal

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NO_TERMINAL = "Programmet behöver en terminal"


def block(language: str) -> str:
    """The fenced block of *language* in the section about ssh."""
    section = PAGE.read_text("utf-8").split("## By ssh", 1)[1]
    match = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert match
    return match[1]


@dataclass
class Host:
    """The host, and how its login is reached."""

    home: Path
    port: int
    options: tuple[str, ...]

    def ssh(self, *more: str) -> list[str]:
        return ["ssh", *self.options, "-p", str(self.port), *more]

    def at(self, *more: str) -> list[str]:
        return self.ssh(f"{getpass.getuser()}@127.0.0.1", *more)

    def run(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments,
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def login(self, folder: Path, *more: str) -> Terminal:
        command = self.ssh("-tt", f"{getpass.getuser()}@127.0.0.1", *more)
        return Terminal([], folder, command=command)


@pytest.fixture(scope="module")
def host(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    if SSHD is None or not shutil.which("ssh"):
        if os.environ.get("CI"):
            pytest.fail("sshd is not installed: .ci/run installs it")
        pytest.skip("needs Debian's openssh-server and openssh-client")
    folder = tmp_path_factory.mktemp("ssh")
    home = copy_practice(practice, folder / "home")
    session = folder / "pasis-session"
    session.write_text(_session(home))
    session.chmod(0o755)
    for name in ("host", "clerk"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True
        )
    keys = folder / "keys"
    keys.mkdir()
    shutil.copy(folder / "clerk.pub", keys / getpass.getuser())
    port = _free_port()
    (folder / "sshd_config").write_text(_config(folder, session, port))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where sshd keeps apart what it does before a login
    with (folder / "sshd.log").open("wb") as log:
        server = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )
    try:
        _answers(port, folder / "sshd.log")
        options = (
            *("-F", "none", "-i", str(folder / "clerk"), "-o", "IdentitiesOnly=yes"),
            *("-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"),
            *("-o", f"UserKnownHostsFile={folder / 'known'}", "-o", "LogLevel=ERROR"),
        )
        yield Host(home, port, options)
    finally:
        server.terminate()
        server.wait(30)


def _session(home: Path) -> str:
    """The page's script, with this test's places."""
    script = block("sh")
    for theirs, ours in (
        ("/srv/pasis/register.db", str(home / NAME)),
        ("$HOME/pasis", str(home)),
        ("/srv/pasis/files", str(home)),
        ("/opt/pasis_tui/.venv/bin/pasis", f"{sys.executable} -m pasis_tui"),
    ):
        assert theirs in script
        script = script.replace(theirs, ours)
    return script


def _config(folder: Path, session: Path, port: int) -> str:
    recipe = block("sshd")
    for theirs, ours in (
        ("Match Group pasis", f"Match User {getpass.getuser()}"),
        ("/usr/local/bin/pasis-session", str(session)),
        ("/etc/ssh/pasis-keys", str(folder / "keys")),
    ):
        assert theirs in recipe
        recipe = recipe.replace(theirs, ours)
    own = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder / 'host'}",
        f"PidFile {folder / 'pid'}",
        "StrictModes no",  # the keys lie below /tmp here
        "UsePAM no",
        "PermitRootLogin prohibit-password",
        "Subsystem sftp internal-sftp",
    ]
    return "\n".join([*own, recipe])


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def _answers(port: int, log: Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)


def test_a_login_opens_the_program(host: Host, tmp_path: Path) -> None:
    opened = host.login(tmp_path)
    try:
        opened.expect(LOGIN, timeout=60).type(ENTER)
        opened.expect(MENU).type(alt("q"))
        assert opened.expect_end() == 0
    finally:
        opened.close()


@pytest.mark.parametrize("wanted", ["sh", "sh -i", "/bin/bash -l", "pasis --help", "'; sh #"])
def test_another_command_at_a_terminal_opens_the_program_all_the_same(
    host: Host, tmp_path: Path, wanted: str
) -> None:
    opened = host.login(tmp_path, wanted)
    try:
        opened.expect(LOGIN, timeout=60).type(alt("q"))
        assert opened.expect_end() == 0
    finally:
        opened.close()


def test_a_command_without_a_terminal_gets_nothing(host: Host) -> None:
    for wanted in ("ls /", "cat /etc/passwd", "true", "internal-sftp"):
        done = host.run(*host.at(wanted))
        assert done.returncode == 2
        assert NO_TERMINAL in done.stderr
        assert done.stdout == ""


def test_no_file_is_copied_either_way(host: Host, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("hej")
    there, here = tmp_path / "there", tmp_path / "here"
    login = f"{getpass.getuser()}@127.0.0.1"
    for legacy in ((), ("-O",)):
        scp = ["scp", *legacy, *host.options, "-P", str(host.port)]
        assert host.run(*scp, str(mine), f"{login}:{there}").returncode != 0
        assert host.run(*scp, f"{login}:{mine}", str(here)).returncode != 0
    sftp = ["sftp", *host.options, "-P", str(host.port), "-b", os.devnull, login]
    assert host.run(*sftp).returncode != 0
    assert not there.exists()
    assert not here.exists()


def test_nothing_is_forwarded(host: Host) -> None:
    target = f"127.0.0.1:{host.port}"
    login = f"{getpass.getuser()}@127.0.0.1"
    through = host.run(*host.ssh("-W", target, login))
    assert through.returncode != 0
    assert "SSH-2.0" not in through.stdout
    back = host.run(*host.ssh("-o", "ExitOnForwardFailure=yes", "-N", "-R", f"0:{target}", login))
    assert back.returncode == 255


def test_nothing_is_taken_from_the_clients_environment(host: Host, tmp_path: Path) -> None:
    hostile = [
        "PASIS_DATABASE=/etc/passwd",
        "PYTHONSTARTUP=/x",
        "LC_ALL=C",
        "LANG=sv_SE.ISO-8859-1",
    ]
    command = host.ssh("-tt", "-o", f"SetEnv={' '.join(hostile)}", f"{getpass.getuser()}@127.0.0.1")
    with terminal([], tmp_path, command=command) as opened:
        opened.expect(LOGIN, timeout=60).type(ENTER)
        opened.expect(MENU)


@pytest.mark.parametrize("key", [ctrl("c"), ctrl("z"), "\x1c"], ids=["Ctrl+C", "Ctrl+Z", "Ctrl+\\"])
def test_a_key_that_breaks_off_at_the_start_gives_no_shell(
    host: Host, tmp_path: Path, key: str
) -> None:
    opened = host.login(tmp_path)
    try:
        end = time.monotonic() + 120
        while termios.tcgetattr(opened.fd)[3] & termios.ISIG:  # the keys are still the client's own
            assert time.monotonic() < end, opened.text()
            opened.pump(0.01)
        while not opened.sees("Lösenord"):
            assert time.monotonic() < end, opened.text()
            opened.type(key)
            if not opened.pump(0.05):
                break  # the login has ended
        if opened.sees("Lösenord"):  # the program is there, and takes the key as any other
            opened.expect(LOGIN, timeout=60).type(alt("q"))
        assert opened.expect_end(60) >= 0
        assert not re.search(r"[$#] *$", opened.text(), re.MULTILINE)
    except OSError:  # the line was closed as the key was typed
        assert "Lösenord" not in opened.text()
    finally:
        opened.close()
