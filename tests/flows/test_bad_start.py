"""What can be wrong where the program starts: a Swedish sentence, an exit code, nothing lost."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.flows.practice import (
    DAY,
    NAME,
    VERA,
    ask,
    at_login,
    logged_in,
    run_pasis,
    until,
    watched,
)
from tests.terminal import ENTER, F2, F10, TAB, Terminal, ctrl, terminal

ELSEWHERE = "0208152397"
ENGLISH = ("Traceback", "Error", "error:", 'File "')


def says_and_ends(opened: Terminal, *wanted: str, code: int = 2) -> None:
    """The program ends with *code*, having said *wanted* and nothing of its insides."""
    assert opened.expect_end() == code, opened.text()
    flowing = "".join(line.ljust(opened.screen.columns) for line in opened.screen.display)
    said = " ".join(flowing.split())
    for words in ("pasis: ", *wanted):
        assert words in said or words in flowing.replace(" ", ""), opened.text()
    for word in ENGLISH:
        assert word not in said, opened.text()


def in_a_terminal(
    home: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the program with a terminal to read and write, and its complaints apart."""
    leader, follower = pty.openpty()
    try:
        return subprocess.run(
            [sys.executable, "-m", "pasis_tui", *arguments],
            env={**os.environ, "PASIS_DATA_DIR": str(home), **environment},
            stdin=follower,
            stdout=follower,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(follower)
        os.close(leader)


# --- databases ----------------------------------------------------------------------------------


def test_a_database_in_a_folder_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "borta" / "klinik.db"
    with terminal(["--database", str(path)], tmp_path / "home") as opened:
        says_and_ends(opened, "Mappen", "finns inte. Skapa den eller välj en annan plats.")
    assert not path.parent.exists()


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("ingen mapp")
    with terminal([], tmp_path / "fil" / "pasis") as opened:
        says_and_ends(opened, "Mappen", "kan inte skapas")


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_place_that_may_not_be_written(home: Path, what: str) -> None:
    place = home if what == "folder" else home / NAME
    place.chmod(0o555 if what == "folder" else 0o444)
    try:
        with terminal(["--date", DAY], home) as opened:
            says_and_ends(opened, "är skrivskyddad för dig. Ändra behörigheten")
    finally:
        place.chmod(0o755 if what == "folder" else 0o644)


def _a_text(path: Path) -> None:
    path.write_text("Kära dagbok, i dag registrerade jag tolv besök.\n" * 50, encoding="utf-8")


def _a_torn_file(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(150_000)


def _zeroed_pages(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(40 * 4096))


def _a_header_and_nothing_else(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 8000)


@pytest.mark.parametrize(
    "spoil", [_a_text, _a_torn_file, _zeroed_pages, _a_header_and_nothing_else]
)
def test_a_file_that_is_spoilt_or_no_database(home: Path, spoil: object) -> None:
    assert callable(spoil)
    spoil(home / NAME)
    before = (home / NAME).read_bytes()
    with terminal(["--date", DAY], home) as opened:
        says_and_ends(opened, "skadad", "Återställ den från säkerhetskopian.")
    assert (home / NAME).read_bytes() == before


def test_another_programs_database(tmp_path: Path) -> None:
    path = tmp_path / "annat.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE musik (titel TEXT)")
    with terminal(["--database", str(path)], tmp_path / "home") as opened:
        says_and_ends(opened, "är inte gjord av pasis_tui", "Välj en annan fil.")
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("musik",)]


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with terminal(["--database", "postgresql://u:hemligt@127.0.0.1:1/x"], tmp_path) as opened:
        says_and_ends(opened, "Når inte databasen")
        assert "hemligt" not in opened.text()


# --- the terminal -------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["sv_SE.ISO-8859-1", "C", "sv_SE.ISO-8859-15@euro"])
def test_a_locale_that_is_not_utf8(home: Path, named: str) -> None:
    done = in_a_terminal(home, LC_ALL=named)
    said = done.stderr.decode("latin-1") if b"\xc3" not in done.stderr else done.stderr.decode()
    assert done.returncode == 2
    assert said.startswith("pasis: ")
    assert f"({named})" in said
    assert "LC_ALL=C.UTF-8 och starta igen." in said
    assert not any(word in said for word in ENGLISH)


@pytest.mark.parametrize("end", ["both", "stdin", "stdout"])
def test_without_a_terminal(home: Path, end: str) -> None:
    leader, follower = pty.openpty()
    try:
        ends: dict[str, Any] = (
            {} if end == "both" else {"stdin" if end == "stdout" else "stdout": follower}
        )
        if end == "stdin":
            done = subprocess.run(
                [sys.executable, "-m", "pasis_tui"],
                env={**os.environ, "PASIS_DATA_DIR": str(home), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                timeout=60,
                **ends,
            )
        else:
            done = run_pasis(home=home, **ends)
    finally:
        os.close(leader)
        os.close(follower)
    assert done.returncode == 2
    assert done.stderr == (
        "pasis: Programmet behöver en terminal. För skript finns pasis show, se pasis --help.\n"
    )


def test_too_small_at_the_start_then_large_enough(home: Path) -> None:
    with terminal(["--date", DAY], home, rows=20, columns=70) as opened:
        opened.expect("Fönstret är för litet. PASiS behöver minst 80×24 tecken.")
        opened.resize(24, 80)
        opened.expect("Tryck Enter").type(ENTER)
        opened.expect("Skriv bildens nummer")


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"PASIS_THEME": "ansi"}])
def test_too_small_hides_what_it_would_cut_in_every_palette(
    home: Path, environment: dict[str, str]
) -> None:
    with logged_in(home, environment=environment) as opened:
        opened.type(F2, "su", ENTER)
        opened.expect("040-623 90 00").resize(20, 70)
        opened.expect("Fönstret är för litet").expect_gone("Vårdgivarservice")


def test_too_small_can_be_left(home: Path) -> None:
    with terminal(["--date", DAY], home, rows=20, columns=70) as opened:
        opened.expect("Ctrl+Q avslutar").type(ctrl("q"))
        assert opened.expect_end() == 0


def test_shrunk_in_a_half_filled_form_which_is_intact_afterwards(home: Path) -> None:
    with watched(home) as program:
        opened = program.terminal
        opened.expect("Tryck Enter")
        program.burst((ENTER,))
        program.settle()
        program.burst((F2, *f"14 {VERA}", ENTER))
        program.settle()
        opened.expect("Läst.")
        program.burst((ctrl("u"), *"Ny-Testsson", TAB, TAB, ctrl("u"), *"Övre gatan"))
        program.settle()
        opened.expect("Ny-Testsson", "Övre gatan")
        before = opened.text(), opened.screen.cursor.x, opened.screen.cursor.y
        for rows, columns in ((20, 80), (24, 60), (5, 12)):
            opened.resize(rows, columns)
            opened.expect("Fönstret")
            program.burst((*"hundra", TAB, F10))  # what cannot be seen is not taken
            program.settle()
        opened.resize(24, 80)
        until(
            opened,
            lambda: (opened.text(), opened.screen.cursor.x, opened.screen.cursor.y) == before,
            f"the form as it was:\n{before}",
        )
        opened.type(" 3", F10)
        opened.expect("Sparat: 19930714-2381 Ny-Testsson, Vera.", "Övre gatan 3")
    assert ask(home, "SELECT address FROM patient WHERE family_name = 'Ny-Testsson'") == [
        ("Övre gatan 3",)
    ]


def test_a_byte_that_is_no_utf8_in_a_field(home: Path) -> None:
    with logged_in(home) as opened:
        opened.type(F2, f"14 {VERA}", ENTER)
        opened.expect("Läst.").type(ctrl("u"), "Bj")
        os.write(opened.fd, b"\xf6")
        opened.type("rk", TAB)
        opened.expect("Bj�rk")
        opened.type(F2, "48", ENTER)
        opened.expect("048 Översikt")


# --- what is asked for at the start ---------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-13-40", "2026-02-30", "i morgon", "20260230", ""])
def test_a_date_that_is_none(home: Path, day: str) -> None:
    done = in_a_terminal(home, "--date", day, LC_ALL="C.UTF-8")
    said = done.stderr.decode()
    assert done.returncode == 2
    assert said.startswith("pasis: --date: ")
    assert not any(word in said for word in ENGLISH)


def test_a_date_that_is_none_for_show_too(home: Path) -> None:
    done = run_pasis("--date", "2026-13-40", "show", "048", home=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pasis: --date: ")


@pytest.mark.parametrize(
    ("keymap", "named"),
    [
        ('save = "f1"\n', ("F1", "”Hjälp” (help)", "”Spara” (save)")),
        ('[keys]\nsave = ["f10", "f5"]\n', ("F5", "(read)", "(save)")),
        ('save = "a"\n', ("”a” för ”save”", "text i fälten")),
        ('spara = "f10"\n', ("”spara” är inget kommando",)),
        ('save = "alt+f"\n', ("Alt+F", "knappen ”Formulär” i 040 Vårdåtaganden")),
        ("save = \n", ("keymap.toml kan inte läsas",)),
        (b'save = "f\xe5"\n', ("keymap.toml kan inte läsas",)),
    ],
)
def test_a_keymap_that_cannot_be_used(
    home: Path, keymap: str | bytes, named: tuple[str, ...]
) -> None:
    (home / "keymap.toml").write_bytes(keymap if isinstance(keymap, bytes) else keymap.encode())
    done = in_a_terminal(home, LC_ALL="C.UTF-8")
    said = done.stderr.decode()
    assert done.returncode == 2
    assert said.startswith("pasis: keymap.toml")
    for words in named:
        assert words in said
    assert not any(word in said for word in ENGLISH)


# --- pasis show -----------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", ["014", "083", "184", "048"])
def test_show_refuses_another_units_patient(home: Path, screen: str) -> None:
    done = run_pasis("--date", DAY, "show", screen, ELSEWHERE, home=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pasis: SE01 Patienten har inget vårdåtagande på PSMA01.")
    assert done.stderr.count("\n") == 1
    assert ask(
        home,
        "SELECT e.screen FROM audit_event e JOIN patient p ON p.id = e.patient_id"
        " WHERE e.action = 'denied' AND p.identity_number = ?",
        f"20{ELSEWHERE}",
    ) == [(screen,)]


@pytest.mark.parametrize("screen", ["014", "040", "048", "083", "184"])
@pytest.mark.parametrize("unit", ["PSLU02", "XXXX99"])
def test_show_refuses_a_unit_that_is_not_theirs(home: Path, screen: str, unit: str) -> None:
    done = run_pasis("--date", DAY, "show", screen, ELSEWHERE, "--unit", unit, "--json", home=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pasis: ")
    assert unit in done.stderr
    assert not any(word in done.stderr for word in ENGLISH)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("9307142380", "VA01 Kontrollsiffran 0 stämmer inte"),
        ("93071", "VA01 "),
        ("0002300000", "VA01 "),
        ("185007142408", "PR01 "),
    ],
)
def test_show_refuses_a_number_that_is_none_or_someones(
    home: Path, number: str, words: str
) -> None:
    done = run_pasis("--date", DAY, "show", "014", number, home=home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"pasis: {words}")


def test_show_of_a_database_that_is_not_there(tmp_path: Path) -> None:
    done = run_pasis("--database", str(tmp_path / "x" / "y.db"), "show", "048", home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "finns inte. Skapa den eller välj en annan plats." in done.stderr


def test_a_wrong_password_says_no_more_than_that(home: Path) -> None:
    with at_login(home) as opened:
        opened.type(TAB, ctrl("u"), "fel", ENTER)
        opened.expect("Användare, lösenord eller enhet är fel")
        opened.type("ovning", ENTER)
        opened.expect("Skriv bildens nummer")
