"""Every fault of the program ends it the same way: the terminal given back, one sentence, exit 70,
and in fel/ where it was with nobody's data.  A signal leaves no patient's screen behind either."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.practice import DAY, logged_in, run_pasis
from tests.terminal import ENTER, F2, F12, Terminal, ctrl, terminal

_FAULTY = Path(__file__).parents[1] / "flows" / "faulty_everywhere.py"
MANY = "9204012380"
KINDS = (
    *("key", "worker", "thread worker", "timer", "callback", "thread", "task", "job"),
    *("mount", "painting", "resize"),
)
SECRETS = ("Hemlig", "lösen-ord", "Skisslund", "Halvfärdig", MANY)


class Raw(Terminal):
    """Keeps what the program sent, to see what it does to a terminal."""

    sent = b""

    def pump(self, seconds: float) -> bool:
        feed = self._stream.feed

        def keep(data: bytes) -> None:
            self.sent += data
            feed(data)

        self._stream.feed = keep  # type: ignore[method-assign]
        try:
            return super().pump(seconds)
        finally:
            self._stream.feed = feed  # type: ignore[method-assign]


def given_back(opened: Raw) -> str:
    """The terminal is as it was found; what was said since is returned."""
    left = opened.sent.rindex(b"\x1b[?1049l")
    for on, off in ((b"\x1b[?2004h", b"\x1b[?2004l"), (b"\x1b[?1004h", b"\x1b[?1004l")):
        assert opened.sent.rindex(on) < opened.sent.rindex(off)
    assert opened.sent.rindex(b"\x1b[?1049h") < left
    assert b"\x1b[?25h" in opened.sent[left:]
    assert b"\x1b[<u" in opened.sent
    return opened.sent[left:].decode()


def half_filled(opened: Terminal) -> None:
    opened.expect("Tryck Enter").type(ENTER)
    opened.expect("Skriv bildens nummer").type(F2, f"14 {MANY}", ENTER)
    opened.expect("Skisslund", "Läst.").type(ctrl("u"), "Halvfärdig")
    opened.expect("*Halvfärdig")


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_anywhere_in_the_program(home: Path, kind: str) -> None:
    opened = Raw(["--date", DAY], home, script=_FAULTY, environment={"TEST_FAULT": kind})
    try:
        half_filled(opened)
        opened.type(F12)
        if kind == "resize":
            opened.resize(30, 100)
        assert opened.expect_end() == 70, opened.text()
        said = given_back(opened)
    finally:
        opened.close()
    assert "pasis: Ett fel i programmet avslutade det." in said
    assert "Det du skrivit finns kvar som utkast." in " ".join(said.split())
    (kept,) = (home / "fel").iterdir()
    text = kept.read_text(encoding="utf-8")
    assert "RuntimeError" in text
    assert "faulty_everywhere.py:" in text
    assert "/" not in text.split("faulty_everywhere.py")[0].splitlines()[-1]
    for secret in SECRETS:
        assert secret not in said
        assert secret not in text
    for word in ("Traceback", "locals", "never retrieved", "│"):
        assert word not in said
    with logged_in(home) as again:
        again.expect("utkast")


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("show", ("show", "048")),
        ("open", ("show", "048")),
        ("open", ("export", "besok", "ut.xlsx")),
        ("open", ("import", "icd10", "in.tsv")),
        ("open", ("db", "check")),
        ("open", ("practice", "reset")),
    ],
)
def test_a_fault_at_the_command_line(home: Path, kind: str, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, _FAULTY, "--date", DAY, *arguments],
        env={**os.environ, "TEST_FAULT": kind, "PASIS_DATA_DIR": str(home), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        cwd=home,
        timeout=60,
        check=False,
    )
    assert done.returncode == 70, done.stderr
    assert done.stderr.startswith("pasis: Ett fel i programmet avslutade det. Felet är beskrivet i")
    assert done.stderr.count("\n") == 1
    text = "".join(f.read_text(encoding="utf-8") for f in (home / "fel").iterdir())
    for secret in SECRETS:
        assert secret not in done.stdout + done.stderr + text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_no_patient_behind(home: Path, number: signal.Signals) -> None:
    opened = Raw(["--date", DAY], home)
    try:
        half_filled(opened)
        os.kill(opened.pid, number)
        assert opened.expect_end() == 128 + number
        said = given_back(opened)
    finally:
        opened.close()
    assert "Programmet avslutades utifrån. Det du skrivit finns kvar" in " ".join(said.split())
    assert "Skisslund" not in said
    assert not (home / "fel").exists()
    with terminal(["--date", DAY], home) as again:
        again.expect("Tryck Enter").type(ENTER)
        again.expect("014 Personuppgifter").type(ENTER)
        again.expect("*Halvfärdig")


def test_a_signal_at_the_login_and_under_a_dialogue(home: Path) -> None:
    for keys in ((), (ENTER, F2, "datum", ENTER)):
        opened = Raw(["--date", DAY], home)
        try:
            opened.expect("Tryck Enter").type(*keys)
            if keys:
                opened.expect("Arbetsdatum är")
            os.kill(opened.pid, signal.SIGTERM)
            assert opened.expect_end() == 143
            assert "utifrån.\r\n" in given_back(opened)
        finally:
            opened.close()


def test_a_terminal_that_is_gone_ends_the_program_and_keeps_the_draft(home: Path) -> None:
    opened = Terminal(["--date", DAY], home, cold=True)  # its end is what is looked at
    half_filled(opened)
    os.close(opened.fd)
    _, status = os.waitpid(opened.pid, 0)  # a program that went on would be waited for in vain
    assert os.waitstatus_to_exitcode(status) in {129, -signal.SIGHUP}
    with terminal(["--date", DAY], home) as again:
        again.expect("Tryck Enter").type(ENTER)
        again.expect("014 Personuppgifter").type(ENTER)
        again.expect("*Halvfärdig")


@pytest.mark.parametrize("closed", [">&-", ">/dev/full", ">&- 2>&-", "</dev/null >&- 2>&- <&-"])
def test_an_output_that_takes_nothing(home: Path, closed: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m pasis_tui --date {DAY} show 048 {closed}', sys.executable],
        env={**os.environ, "PASIS_DATA_DIR": str(home), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    if "2>" not in closed:
        assert done.stderr.startswith("pasis: Ut")
    assert run_pasis("db", "check", home=home).returncode == 0


def test_the_program_with_its_ends_closed(home: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m pasis_tui <&- >&-', sys.executable],
        env={**os.environ, "PASIS_DATA_DIR": str(home), "LC_ALL": "C.UTF-8"},
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr[:37]) == (2, "pasis: Programmet behöver en terminal")
