"""A person with protected identity on every path: nothing of them anywhere before a reason is given.

Everything that the terminal was ever sent is read, each file that is left in the home folder, and all
that the commands say and write.  The number is shown where the clerk typed it, and nowhere else.
"""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.flows.practice import DAY, NAME, at_login, run_pasis, until
from tests.flows.test_fault import FAULTY
from tests.terminal import (
    ENTER,
    ESC,
    F1,
    F2,
    F3,
    F6,
    F8,
    Terminal,
    alt,
    ctrl,
    terminal,
)

NUMBER = "199204012380"
TYPED = "9204012380"
SECRETS = ("Hemlighjelm", "Qvintilla", "Dolda Gränden 7", "Gömmeby", "0709-123 456")
BANNER = "SKYDDADE PERSONUPPGIFTER"
WHY = "Tar emot besöket"


@pytest.fixture
def home(home: Path) -> Path:
    """Practice data where a patient with an open commitment, debts and visits is protected.

    Where they live is in the row too, as it would be for one who became protected past the program.
    """
    with closing(sqlite3.connect(home / NAME)) as database:
        changed = database.execute(
            "UPDATE patient SET protected = 1, family_name = ?, given_name = ?, address = ?,"
            " city = ?, phone = ? WHERE identity_number = ?",
            (*SECRETS, NUMBER),
        )
        assert changed.rowcount == 1
        database.commit()
    return home


def told(text: str, *, number: bool = True) -> list[str]:
    """Which of the secrets stand in *text*; the number in any of its forms, unless it was typed."""
    forms = (NUMBER, TYPED, f"{NUMBER[:8]}-{NUMBER[8:]}", f"{TYPED[:6]}-{TYPED[6:]}")
    return [each for each in (*SECRETS, *(forms if number else ())) if each in text]


def shown(opened: Terminal, since: int = 0) -> str:
    """All that the terminal was sent, its title and what is drawn over since among it."""
    return opened.heard[since:].decode(errors="replace") + opened.text()


def content(path: Path) -> str:
    """Return the words of a file: a PDF's, a book's, or its bytes as text."""
    if path.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(path).pages)
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return path.read_bytes().decode(errors="replace")


def in_files(folder: Path, *, number: bool = True) -> dict[str, list[str]]:
    """What stands in the files of *folder* and in their names; the databases hold everybody."""
    found: dict[str, list[str]] = {}
    for path in folder.rglob("*"):
        names = told(path.relative_to(folder).as_posix())
        said = []
        if path.is_file() and ".db" not in path.name:
            said = told(content(path), number=number)
        if names or said:
            found[str(path.relative_to(folder))] = names + said
    return found


def ask_by_number(clerk: Terminal) -> None:
    """Every screen that takes a patient: the banner, and Esc."""
    for screen in ("14", "40", "48", "83", "85", "283 1", "283 2", "61"):
        clerk.type(F2, f"{screen} {TYPED}", ENTER)
        clerk.expect(BANNER, "Orsak", "Enter godtar").type(ESC)
        clerk.expect_gone("Enter godtar").expect("PE04").type(F1)
        clerk.expect("MEDDELANDET").type(ESC)
        clerk.expect_gone("MEDDELANDET")


def look_at_lists(clerk: Terminal) -> None:
    """Every list, paper, chart and file that they could stand in."""
    clerk.type(F2, "48", ENTER)
    clerk.expect("Enter visar formulären")
    clerk.type(F2, "ag", ENTER)
    clerk.expect("Att vänta")
    for _ in range(6):
        clerk.type(F8)
    clerk.type(F2, "ag", ENTER)
    clerk.expect("AG Att göra").type(alt("a"))
    clerk.expect("Månadsavslut")
    for code, title in (("kl", "KL Kontrollista"), ("fb", "FB Besök")):
        clerk.type(F2, code, ENTER)
        clerk.expect(title).type(alt("b"))
        clerk.expect("Listan är klar")
    for code, title in (("hp", "HP Hämta filer"), ("hl", "HL Hämta filer")):
        clerk.type(F2, code, ENTER)
        clerk.expect(title).type(ENTER)
    clerk.type(F2, "51", ENTER)
    clerk.expect("Ladda period (Enter)").type(ENTER)
    clerk.expect("1 Antal patienter")
    for chart in "2t3t4t5t":
        clerk.type(chart)
    clerk.expect("5 Sjukskrivning")
    clerk.type(F6)
    clerk.expect("Favoriter").type(F2, "in", ENTER)
    clerk.expect("IN Inställningar")


def test_nothing_of_them_is_on_a_screen_or_in_a_file_before_a_reason(home: Path) -> None:
    with at_login(home, "--record", rows=40, columns=160) as clerk:
        clerk.type(ENTER)
        clerk.expect("Menyval", "spelas in")
        ask_by_number(clerk)
        clerk.type(F2, "su", ENTER)  # away from what was typed
        clerk.expect("SU Support")
        asked = len(clerk.heard)
        look_at_lists(clerk)
        clerk.type(F3 + ctrl("q"))
        assert clerk.expect_end() == 0
        assert told(shown(clerk), number=False) == []
        assert told(shown(clerk, asked)) == []
    # What was typed is in the recording, with the number; what was shown is not.
    assert in_files(home, number=False) == {}
    (cast,) = (home / "recordings").glob("*.cast")
    assert BANNER in content(cast)


def test_a_draft_of_theirs_is_offered_and_opened_without_them(home: Path) -> None:
    with at_login(home) as clerk:
        clerk.type(ENTER)
        clerk.expect("Menyval").type(F2, f"14 {TYPED}", ENTER)
        clerk.expect("Enter godtar").type(WHY, ENTER)
        clerk.expect(SECRETS[0]).type(ctrl("u"), "Hemlighjelmson")
        until(clerk, lambda: any((home / "drafts").glob("*.draft")), "a draft on the disk")
        clerk.kill()
    assert not told(" ".join(path.name for path in (home / "drafts").iterdir()))
    for answer in (ESC, WHY + ENTER):
        with at_login(home) as clerk:
            clerk.type(ENTER)
            clerk.expect("Osparat utkast").type(ENTER)
            clerk.expect(BANNER, "Enter godtar")
            assert told(shown(clerk), number=False) == []
            clerk.type(answer)
            if answer == ESC:
                clerk.expect("PE04").expect_gone("Enter godtar")
                assert told(shown(clerk), number=False) == []
            else:
                clerk.expect("Utkastet är tillbaka", "Hemlighjelmson")
            clerk.kill()


def test_a_fault_keeps_nothing_of_them(home: Path) -> None:
    with terminal(["--date", DAY], home, script=FAULTY) as clerk:
        clerk.expect("Tryck Enter").type(ENTER)
        clerk.expect("Menyval").type(F2, f"14 {TYPED}", ENTER)
        clerk.expect("Enter godtar").type(WHY, ENTER)
        clerk.expect(SECRETS[0]).type(F2, "83", ENTER)
        assert clerk.expect_end() == 70
    assert in_files(home / "fel") == {}
    assert list((home / "fel").iterdir())


COMMANDS: tuple[tuple[str, ...], ...] = (
    *(("show", screen, TYPED) for screen in ("014", "040", "048", "083", "184")),
    *(("show", screen, TYPED, "--json") for screen in ("014", "048")),
    ("show", "048"),
    ("export", "kontrollista", "OUT/kontroll.xlsx"),
    (
        "export",
        "kontrollista",
        "--list",
        "period",
        "--from",
        "2025-01-01",
        "--to",
        DAY,
        "OUT/p.xlsx",
    ),
    ("export", "besok", "--from", "2025-01-01", "--to", DAY, "OUT/besok.xlsx"),
    ("downtime", "OUT/papper"),
    ("import", "pmo", "OUT/pmo.csv"),
    ("db", "check"),
    ("db", "retention", "--dry-run"),
    ("audit", "verify"),
    ("users", "list"),
)


def test_the_commands_say_and_write_nothing_of_them(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "ut"
    out.mkdir()
    (out / "pmo.csv").write_text(
        f"Personnummer;Datum;Tid;KBT/IPT\n{NUMBER};2026-02-20;10:00;\n", encoding="utf-8"
    )
    for command in COMMANDS:
        arguments = [part.replace("OUT", str(out)) for part in command]
        done = run_pasis("--date", DAY, *arguments, home=home)
        said = done.stdout + done.stderr
        assert told(said, number=False) == [], command
        if command[:2] == ("show", "014"):
            assert done.returncode != 0
            assert "PE04" in said
        elif command[0] in ("export", "downtime") or command == ("show", "048"):
            assert (done.returncode, told(said)) == (0, []), said
    (out / "pmo.csv").unlink()
    assert in_files(out) == {}
    assert in_files(home) == {}
    # With a reason they are there: the reading above would have found them.
    day_list = run_pasis("--date", DAY, "downtime", str(out), "--protected-reason", WHY, home=home)
    assert day_list.returncode == 0, day_list.stderr
    assert any(SECRETS[0] in names for names in in_files(out).values())
