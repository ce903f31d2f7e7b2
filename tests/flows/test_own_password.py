"""One's own password, changed in IN: refused with a reason at its field, and the other windows end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from tests.flows.clerk import Clerk, clerk
from tests.flows.practice import PASSWORD, run_pasis
from tests.terminal import ENTER, F3, F10, TAB, alt, terminal

OLD, NEW = PASSWORD, "sjutton lindar vid ån"


@contextmanager
def _at_settings(home: Path, password: str = OLD) -> Iterator[Clerk]:
    with terminal(["--database", str(home / "klinik.db")], home) as opened:
        hand = Clerk(opened.expect("Skriv användare"), home)
        hand.type("NYNYNY", TAB, password, TAB, "PSXX01", ENTER).sees("Menyval")
        yield hand.go("in", "Byt lösenord", "Nuvarande lösenord")


def _typed(hand: Clerk, *texts: str) -> Clerk:
    """Type the three fields, from the first field of the screen."""
    return hand.type(TAB * 4, *(text + TAB for text in texts))


WRONG = (
    (("xyzzy", NEW, NEW), "Nuvarande lösenord är fel."),
    ((OLD, NEW, NEW + "s"), "De två nya lösenorden är inte lika."),
    ((OLD, "plugh", "plugh"), "Lösenordet är för kort"),
    ((OLD, OLD, OLD), "Det nya lösenordet är det gamla."),
    ((OLD, NEW, ""), "Samma en gång till saknas."),
)


def test_what_is_wrong_is_said_at_its_field(register: Path) -> None:
    with _at_settings(register) as hand:
        for texts, words in WRONG:
            _typed(hand, *texts).type(alt("b")).says(f"Fel: {words}").sees("!", "*••••")
            assert not any(text and text in hand.terminal.text() for text in texts)
            hand.type(F3).sees("Det du skrivit är inte sparat.").type("k").sees("Menyval")
            hand.go("in", "Byt lösenord").terminal.expect_gone("••")
    with _at_settings(register) as hand:  # the old one holds, and no draft kept what was typed
        hand.terminal.expect_gone("••")


def test_it_is_changed_and_the_other_windows_end(register: Path) -> None:
    with ExitStack() as both:
        other, hand = (both.enter_context(_at_settings(register)) for _ in range(2))
        _typed(hand, OLD, NEW, NEW).type(F10).says("Lösenordet är bytt.")
        hand.type(F10).says("Lösenordet är bytt.")  # once
        changed = "SELECT count(*) FROM audit_event WHERE reason = 'eget lösenord'"
        with closing(sqlite3.connect(register / "klinik.db")) as database:
            assert database.execute(changed).fetchall() == [(1,)]
        hand.type(F3).sees("Menyval").go("in", "Byt lösenord")  # this window goes on
        hand.type("j", F10).says("Inställningarna är sparade.")
        other.type("j", F10).says("Lösenord eller roller för NYNYNY är ändrade.")
    with _at_settings(register, NEW):
        pass


def test_no_draft_is_told_of_when_a_password_alone_was_typed(register: Path) -> None:
    with _at_settings(register) as hand:
        _typed(hand, OLD, NEW, NEW).sees("••••")
        with closing(sqlite3.connect(register / "klinik.db")) as database, database:
            database.execute("UPDATE user_account SET access_version = access_version + 1")
        hand.type(F10).says("Lösenord eller roller för NYNYNY är ändrade. Logga in igen.")
        assert "utkast" not in hand.terminal.message


def test_a_unit_is_added_to_the_register_and_works(register: Path) -> None:
    def pasis(*arguments: str, typed: str) -> str:
        done = run_pasis(
            *arguments, "--database", str(register / "klinik.db"), "--user", "NYNYNY",
            home=register, typed=typed,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    added = ("units", "add", "psyy01", "--name", "Ännu en klinik", "--unit", "PSXX01")
    assert "PSYY01 är upplagd. NYNYNY är dess första administratör" in pasis(*added, typed=OLD)
    listed = pasis("units", "list", "--unit", "PSYY01", typed=OLD)
    assert listed == "PSXX01  Ny klinik\nPSYY01  Ännu en klinik\n"
    user = ("users", "add", "BOBERG", "--unit", "PSYY01", "--name", "Bo Berg", "--role", "clerk")
    pasis(*user, typed=f"{OLD}\n{NEW}\n")
    with terminal(["--database", str(register / "klinik.db")], register) as opened:
        opened.expect("Skriv användare").type("boberg", TAB, NEW, TAB, "psyy01", ENTER)
        opened.expect("PSYY01  BOBERG", "Menyval")


def test_practice_has_no_password_to_change(home: Path) -> None:
    with clerk(home) as hand:
        hand.go("in", "Lås efter minuter").terminal.expect_gone("lösenord")
