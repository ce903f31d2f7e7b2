"""A database address that could not be read was printed whole, with its password; a port that is no
number ended `pasis` with a fault, as did a password that nobody could be asked for.

Right: a sentence and an exit code, and no password of an address anywhere.
"""

from __future__ import annotations

import contextlib
import io
import os
import pty
import signal
import sys
from pathlib import Path

import pytest

from pasis_tui.cli.main import main
from pasis_tui.store.addresses import ServerAddress, address_of
from tests.flows.practice import run_pasis
from tests.terminal import terminal

SECRET = "hemligt-ord"
_CLINIC = ("--unit", "PSXX01", "--unit-name", "Ny klinik", "--signature", "NYNYNY", "--name", "Ny")
_NO_ADDRESS = "Det är ingen databasadress."
_NOT_REACHED = "Når inte databasen"
ADDRESSES = {
    f"postgresql://u:{SECRET}@127.0.0.1:1/x": _NOT_REACHED,
    f"postgresql://u:{SECRET}@127.0.0.1:abc/x": _NO_ADDRESS,
    f"postgresql://u:{SECRET}@127.0.0.1:99999/x": _NO_ADDRESS,
    f"postgresql://u:{SECRET}@[::1/x": _NO_ADDRESS,
    f"postgresql://127.0.0.1:1/x?password={SECRET}": _NOT_REACHED,
    f"postgresql://127.0.0.1:1/x?PASSWORD={SECRET}&sslpassword={SECRET}": _NO_ADDRESS,
    f"postgresql://127.0.0.1:1/x?sslpassword={SECRET}": _NOT_REACHED,
    f"postgres://u:{SECRET}@127.0.0.1:1,[::1]:1/x": _NOT_REACHED,
    f"postgresql+psycopg://u:{SECRET}@/x?host=127.0.0.1:1&host=127.0.0.1:2": _NOT_REACHED,
    f"postgresql://u:{SECRET}@%2Fnowhere/x": _NOT_REACHED,
    f"postgresql://u:{SECRET}@/x?host=/nowhere": _NOT_REACHED,
    f"postgresql://u:{SECRET}@/x?service=none&host=127.0.0.1&port=1": _NOT_REACHED,
    f"postgresql://u:{SECRET}@127.0.0.1:1/x?pasis_pooler=transaction": _NOT_REACHED,
    f"postgresql://u:{SECRET}@127.0.0.1:1/x?pasis_pooler=often": "transaction eller session",
    f"postgresql://u:{SECRET}@127.0.0.1:1/x?pasis_{SECRET}=1": "transaction eller session",
    f"postgresql://u:{SECRET}@127.0.0.1:1/x?sslmode={SECRET}": _NOT_REACHED,
    f"postgresql://u:{SECRET}@127.0.0.1:1/x?{SECRET}={SECRET}": _NO_ADDRESS,
    f"postgresql://u:{SECRET}@{SECRET}@127.0.0.1:1/x": _NO_ADDRESS,
    f"postgresql://u:1/{SECRET}@127.0.0.1:1/x": _NO_ADDRESS,
    f"postgresql://u:%zz{SECRET}@127.0.0.1:1/x": _NO_ADDRESS,
    f"host=127.0.0.1 port=1 user=u password={SECRET} dbname=x": _NOT_REACHED,
    f"host=127.0.0.1 port=1 password='{SECRET} x' pasis_pooler=transaction": _NOT_REACHED,
    f"host=127.0.0.1 port=1 password=ett {SECRET}": _NO_ADDRESS,
    f"host=127.0.0.1 port=1 dbname=postgresql://u:{SECRET}@h/x": _NO_ADDRESS,
    f"service=none password={SECRET}": _NOT_REACHED,
    f"postgresql:///x?host=127.0.0.1&port=1&user=u&password={SECRET}": _NOT_REACHED,
    f"postgresql:u:{SECRET}@h/x": _NO_ADDRESS,
    f"://{SECRET}": _NO_ADDRESS,
    f"x y://u:{SECRET}@h": _NO_ADDRESS,
    f"mysql://u:{SECRET}@h/x": "stöds inte",
    "x" * 300: "namnet är för långt",
}


def answer(arguments: list[str], home: Path) -> tuple[int, str]:
    """Run ``pasis`` in this process; return its exit code and all that it said."""
    said = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        patch.setenv("PASIS_DATA_DIR", str(home))
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(str(end.code))
    return code, said.getvalue()


def _acts(address: str) -> dict[str, list[str]]:
    """Every command that opens a database or a class store, by its words."""
    commands = (
        ("show", "040", "9204012380"),
        ("export", "besok", "x.xlsx", "--from", "2026-01-01", "--to", "2026-01-31"),
        ("import", "icd10", "x.tsv", "--user", "ANNLIN", "--unit", "PSMA01"),
        ("init", *_CLINIC),
        ("db", "check"),
        ("db", "upgrade"),
        ("practice", "reset"),
    )
    classes = (("class", "create", "Måndag"), ("class", "list"))
    acts = {" ".join(each[:2]): [*each, "--database", address] for each in commands}
    return acts | {" ".join(each): [*each, "--store", address] for each in classes}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_bad_address_is_a_sentence_without_its_password(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words, arguments in _acts(address).items():
        monkeypatch.setattr("sys.stdin", io.StringIO("ett gott lösenord\n"))
        code, said = answer(arguments, tmp_path)
        assert code == 2, (words, said)
        assert said.startswith("pasis: "), words
        if words != "practice reset":
            assert ADDRESSES[address] in said, (words, said)
        assert SECRET not in said, words
    written = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert not any(SECRET.encode() in text for text in written)


def test_a_whole_program_says_so_too(tmp_path: Path) -> None:
    done = run_pasis("db", "check", "--database", next(iter(ADDRESSES)), home=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("pasis: ")
    assert SECRET not in done.stdout + done.stderr


def test_the_program_in_its_terminal_says_so_too(tmp_path: Path) -> None:
    for address, words in (
        (f"postgresql://u:{SECRET}@127.0.0.1:abc/x", _NO_ADDRESS),
        (f"postgresql://127.0.0.1:1/x?password={SECRET}", _NOT_REACHED),
    ):
        with terminal(["--database", address], tmp_path) as at:
            assert at.expect_end() == 2
            assert words in at.text()
            assert SECRET not in at.text()


def test_what_tells_one_database_from_another_is_shown() -> None:
    for address, shown in {
        f"postgresql://u:{SECRET}@h:5/x?sslmode=require&passfile={SECRET}": "postgresql://u@h:5/x",
        f"postgresql://u:{SECRET}@/x?host=/tmp": "postgresql://u@/x?host=/tmp",
        f"postgresql://u:{SECRET}@%2Ftmp/x": "postgresql://u@/x?host=/tmp",
        f"postgres://u:{SECRET}@h1:1,h2/x": "postgresql://u@h1:1,h2/x",
        f"postgresql://u:{SECRET}@/x?host=h1:1&host=[::1]:2": "postgresql://u@h1:1,[::1]:2/x",
        f"host=a,b port=7 password={SECRET}": "postgresql://a:7,b:7/",
        "service=journal": "postgresql:///?service=journal",
    }.items():
        server = address_of(address)
        assert isinstance(server, ServerAddress)
        assert server.name == shown
        assert SECRET not in repr(server)


def _create(tmp_path: Path, password: str | None) -> tuple[int, str]:
    target = str(tmp_path / "klinik.db")
    done = run_pasis(
        "--database", target, "init", *_CLINIC,
        home=tmp_path, typed="" if password is None else f"{password}\n",
    )  # fmt: skip
    assert not (tmp_path / "klinik.db").exists()
    return done.returncode, done.stderr


def test_a_password_that_nobody_can_be_asked_for(home: Path, tmp_path: Path) -> None:
    code, said = _create(tmp_path, None)  # no terminal, and nothing to read
    assert code == 2
    assert said == (
        "pasis: Lösenordet kan inte frågas efter: det finns ingen terminal. Ge det på standard in.\n"
    )
    bring = ("import", "icd10", "x.tsv", "--user", "ANNLIN", "--unit", "PSMA01")
    done = run_pasis(*bring, home=home, start_new_session=True)
    assert done.returncode == 2
    assert "det finns ingen terminal" in done.stderr


@pytest.mark.parametrize("password", ["ett\x1b[31m lösenord", "ett\u202elösenord", "ett\tlösenord"])
def test_a_password_that_cannot_be_typed_is_refused(tmp_path: Path, password: str) -> None:
    code, said = _create(tmp_path, password)
    assert code == 2
    assert "tecken som inte kan skrivas när man loggar in" in said
    assert password not in said


def test_bytes_that_are_no_characters_are_no_password(home: Path, tmp_path: Path) -> None:
    code, said = _create(tmp_path, "ett bra l\udcf6senord")
    assert code == 2
    assert "tecken som inte kan läsas" in said
    bring = ("import", "icd10", "x.tsv", "--user", "ANNLIN", "--unit", "PSMA01")
    done = run_pasis(*bring, home=home, typed="l\udcf6senord\n")
    assert done.returncode == 2
    assert "tecken som inte kan läsas" in done.stderr


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--signature", "\x1b"), "tecken som syns"),
        (("--unit-name", "Ny\u202e"), "tecken som syns"),
        (("--name", "  "), "tecken som syns"),
        (("--category", "ZZ"), "Välj bland"),
    ],
)
def test_a_clinic_that_nobody_could_use_is_not_made(
    tmp_path: Path, option: tuple[str, str], words: str
) -> None:
    target = str(tmp_path / "klinik.db")
    done = run_pasis(
        "--database", target, "init", *_CLINIC, *option,
        home=tmp_path, typed="ett gott lösenord\n",
    )  # fmt: skip
    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.parametrize(
    ("option", "act"),
    [
        ("--unit", ("show", "040", "9204012380")),
        ("--protected-reason", ("show", "048", "9204012380")),
        ("--signature", ("export", "besok", "x.xlsx")),
        ("--user", ("import", "icd10", "x.tsv")),
        ("--unit-name", ("init", "--database", "x.db", *_CLINIC)),
    ],
)
def test_bytes_that_are_no_characters_are_told_of(
    home: Path, option: str, act: tuple[str, ...]
) -> None:
    done = run_pasis(*act, option, "l\udcf6n", home=home)
    assert done.returncode == 2
    assert done.stderr == f"pasis: {option} har tecken som inte kan läsas.\n"


def test_ctrl_c_at_the_password_ends_without_a_word(tmp_path: Path) -> None:
    pid, terminal_end = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # pytest in the background has it ignored
        os.environ["PASIS_DATA_DIR"] = str(tmp_path)
        target = str(tmp_path / "klinik.db")
        arguments = ["-m", "pasis_tui", "--database", target, "init", *_CLINIC]
        os.execv(sys.executable, [sys.executable, *arguments])
    said = b""
    while "administratören: ".encode() not in said:
        said += os.read(terminal_end, 1000)
    os.write(terminal_end, b"\x03")
    _, status = os.waitpid(pid, 0)
    os.close(terminal_end)
    assert os.waitstatus_to_exitcode(status) == 130
    assert not (tmp_path / "klinik.db").exists()


@pytest.mark.parametrize(
    "day", ["9999", "9999-12-31", "0001-01-01", "1899-12-31", "skräp", "", " "]
)
@pytest.mark.parametrize(
    "act",
    [
        (),
        ("show", "040", "9204012380"),
        ("export", "kontrollista", "x.xlsx"),
        ("import", "icd10", "x.tsv"),
        ("practice", "reset"),
        ("db", "check"),
    ],
    ids=" ".join,
)
def test_a_date_that_is_none_is_a_sentence(tmp_path: Path, act: tuple[str, ...], day: str) -> None:
    done = run_pasis(f"--date={day}", *act, home=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("pasis: --date: ")
    assert len(done.stderr.splitlines()) == 1
