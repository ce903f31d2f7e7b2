"""A clinic's first day: a register in which nobody has written anything, at 80x24."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.flows.clerk import Clerk
from tests.flows.practice import PASSWORD, VERA, run_pasis
from tests.terminal import ENTER, ESC, F4, F10, TAB, alt, terminal

NORA = "9204012380"


@contextmanager
def _first_clerk(home: Path) -> Iterator[Clerk]:
    with terminal(["--database", str(home / "klinik.db")], home) as opened:
        hand = Clerk(opened.expect("Skriv användare"), home)
        yield hand.type("NYNYNY", TAB, PASSWORD, TAB, "PSXX01", ENTER).sees("Menyval")


def test_the_first_patient_and_lists_that_nobody_has_filled(register: Path) -> None:
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    with _first_clerk(register) as hand:
        # 014 says what to do next, and takes what is typed ahead
        hand.go("14", "014 Personuppgifter").type(VERA, ENTER)
        hand.says("Personen är inte upplagd än. Fyll i namnet")
        hand.type("Testsson", TAB, "Vera", F10).says("Sparat: 19930714-2381 Testsson, Vera.")
        # a number nobody has lets the one before go: frame and field name one patient
        hand.go(f"40 {NORA}").says("Fel: Patienten 19920401-2380 finns inte. Lägg upp")
        assert "Testsson" not in hand.terminal.text()
        hand.go("85").sees("Personnummer: 10 siffror")
        hand.go(f"14 {NORA}").says("Personen är inte upplagd än. Fyll i namnet")
        hand.type("Skisslund", TAB, "Nora", F10).says("Sparat: 19920401-2380 Skisslund, Nora.")
        # an empty list names what fills it
        hand.go("40").sees("Inga vårdåtaganden").type(alt("n")).sees("sedan Läs")
        hand.type("KBT", TAB, alt("l")).sees("Nyuppläggning").type("1", TAB, F4)
        hand.sees("Listan är tom.", "pasis import referring-units FIL").type("x")
        hand.sees("Inget i listan passar").type(ESC).terminal.expect_gone("Inget i listan")
        # a caregiver who begins today is not offered for a day on which they are refused
        hand.type(TAB).instead(yesterday).type(TAB, F4).sees("Listan är tom.")
        hand.type(ESC).terminal.expect_gone("Listan är tom.")


@pytest.mark.parametrize("order", [("downtime", "ut"), ("import", "referring-units", "a.csv")])
def test_a_command_in_a_register_says_how_to_log_in(register: Path, order: tuple[str, ...]) -> None:
    done = run_pasis("--database", str(register / "klinik.db"), *order, home=register)
    assert done.returncode == 1
    assert "--user SIGN --unit KOD" in done.stderr


def test_a_register_goes_by_todays_date(register: Path) -> None:
    arguments = ["--date", "2027-03-05", "--database", str(register / "klinik.db")]
    with terminal(arguments, register) as opened:
        assert opened.expect_end() == 2
        said = "".join(opened.text().split())
        assert "--dateoch--editiongällerbaraövning.Iettregisterärdatumetdagens." in said


def test_so_do_its_commands(register: Path) -> None:
    def refused(*arguments: str, file: str = "klinik.db") -> None:
        done = run_pasis(
            *arguments, "--database", str(register / file), home=register, typed=f"{PASSWORD}\n"
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            "pasis: --date och --edition gäller bara övning. I ett register är datumet dagens.\n"
        )

    add = ("caregivers", "add", "YLVTEU", "--name", "Ylva Teurnell", "--category", "PS")
    for order in (
        add, ("users", "list"), ("units", "list"), ("import", "kva", "a.csv"), ("show", "048"),
        ("export", "besok", "x.xlsx"), ("downtime", "ut"), ("audit", "extract", VERA),
    ):  # fmt: skip
        refused("--date", "2030-01-01", *order, "--user", "NYNYNY", "--unit", "PSXX01")
    refused("--edition", "2025", *add, "--user", "NYNYNY", "--unit", "PSXX01")
    refused("--date", "2030-01-01", "init", file="ny.db")
    assert not (register / "ny.db").exists()


def test_a_caregiver_may_have_begun_before_the_account(register: Path) -> None:
    def users(*arguments: str, typed: str) -> str:
        done = run_pasis(
            "users", *arguments, "--user", "NYNYNY", "--unit", "PSXX01",
            "--database", str(register / "klinik.db"), home=register, typed=typed,
        )  # fmt: skip
        return done.stdout + done.stderr

    added = ("add", "BOBERG", "--name", "Bo Berg", "--role", "clerk", "--category", "PT")
    typed = f"{PASSWORD}\n{PASSWORD[::-1]}\n"
    assert "--active-from: " in users(*added, "--active-from", "2026-13-01", typed=typed)
    assert "upplagd" in users(*added, "--active-from", "2020-01-01", typed=typed)
    changed = ("change", "BOBERG", "--role", "clerk", "--active-from", "2020-01-01")
    assert "ange också --category" in users(*changed, typed=PASSWORD)
    with closing(sqlite3.connect(register / "klinik.db")) as database:
        begun = "SELECT active_from FROM caregiver WHERE signature = 'BOBERG'"
        assert database.execute(begun).fetchall() == [("2020-01-01",)]


def test_a_therapist_without_a_login_and_the_commands_that_read_in_a_register(
    register: Path,
) -> None:
    def pasis(*arguments: str, typed: str = f"{PASSWORD}\n") -> str:
        done = run_pasis(
            *arguments, "--user", "NYNYNY", "--unit", "PSXX01", "--database",
            str(register / "klinik.db"), home=register, typed=typed,
        )  # fmt: skip
        return done.stdout + done.stderr

    assert "behöver --name och --category" in pasis("caregivers", "add", "YLVTEU")
    new = ("caregivers", "add", "--name", "Ylva Teurnell", "--category", "PS", "YLVTEU")
    assert "YLVTEU är vårdgivare vid PSXX01." in pasis(*new)
    ended = pasis("caregivers", "change", "YLVTEU", "--active-to", "i")
    assert f"YLVTEU: Ylva Teurnell, PS, från {date.today()}, till {date.today()}." in ended
    assert "tills vidare" in pasis("caregivers", "change", "YLVTEU", "--active-to", "ingen")
    lines = pasis("caregivers", "list").splitlines()
    assert [line.split()[0] for line in lines] == ["Signatur", "NYNYNY", "YLVTEU"]
    assert "Inga rader." in pasis("show", "048")
    book = register / "besok.xlsx"
    assert "0 rader" in pasis("export", "besok", str(book), "--from", "-7", "--to", "i")
    assert book.is_file()
    who = run_pasis("show", "048", "--database", str(register / "klinik.db"), home=register)
    assert "--user SIGN --unit KOD" in who.stderr
    wrong = pasis("show", "048", typed="fel\n")
    assert "lösenord" in wrong.lower()
