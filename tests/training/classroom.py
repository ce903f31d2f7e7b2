"""A trainee at the real program, with an exercise of the tests' own as the last of the list."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.flows.clerk import Clerk
from tests.flows.practice import DAY, copy_practice, logged_in, make_practice, run_pasis
from tests.terminal import END, ENTER

EXERCISE = """\
title = "Distansbesök på prov"
level = 2
minutes = 6
date = 2026-03-02
user = "ANNLIN"
chapters = ["Besöksregistrering i PASiS"]
story = \"\"\"
Vera Testsson, 930714-2381, har fått en remiss och är inskriven (F41.1, KBT).
Idag kl. 10.00 hade hon sitt första besök, på video. Registrera besöket med diagnos och KVÅ.
\"\"\"

[[start]]
act = "referral"
identity_number = "9307142381"
problem = "KBT"
arrival_date = 2026-02-23
referring_unit = "VCBJ01"
decision_date = 2026-02-20

[[start]]
act = "enrolment"
date = 2026-03-02
diagnosis = "F411"

[par]
keys = \"\"\"
F2 "85 9307142381" ENTER      # till besöksregistreringen för Vera
"1000" TAB*6                  # tiden
"J"                           # distans
ALT+A                         # Spara allt
\"\"\"

[[hint]]
when = "visit"
text = "Besöket registreras i bild 085: {quick} 85 och personnumret."

[[hint]]
when = "visit.distance"
text = "Ett besök på video är på distans."
"""
NAME = "90-prov"
RIGHT = ("1000", "\t" * 6, "J")
NUMBER = "9307142381"


def make_school(folder: Path) -> Path:
    """Make a data folder with practice data, the exercise, its template and its solution."""
    make_practice(folder)
    own = folder / "exercises"
    own.mkdir()
    (own / f"{NAME}.toml").write_text(EXERCISE, "utf-8")
    done = run_pasis("exercise", "expect", str(own / f"{NAME}.toml"), home=folder)
    assert done.returncode == 0, done.stderr
    return folder


def new_home(school: Path, home: Path) -> Path:
    """Return *home*, a copy of what was made."""
    copy_practice(school / "ovning.db", home)
    for name in ("exercises", "forsok"):
        shutil.copytree(school / name, home / name, copy_function=shutil.copy2)
    return home


@contextmanager
def trainee(home: Path, *arguments: str, **options: object) -> Iterator[Clerk]:
    """A trainee who has just logged in."""
    with logged_in(home, *arguments, day=DAY, **options) as opened:
        yield Clerk(opened, home)


def at_list(hands: Clerk) -> Clerk:
    """Open ÖV, the cursor on the tests' own exercise."""
    hands.go("ÖV", "Enter visar berättelsen").type(END)
    return hands.until(
        lambda: any(
            line.startswith("›") and "Distansbesök på prov" in line
            for line in hands.terminal.screen.display
        ),
        "the last exercise chosen",
    )


def begun(hands: Clerk) -> Clerk:
    """Begin the exercise, and read its story."""
    at_list(hands).type(ENTER).sees("Ö eller Enter Öva").type(ENTER).sees("K Klar, rätta")
    hands.type(ENTER).sees("Menyval", "Övning 90: Ctrl+O")
    hands.terminal.expect_gone("K Klar, rätta")
    return hands


def attempt_of(home: Path) -> Path:
    """Return the folder of the only attempt."""
    (folder,) = (home / "forsok" / NAME).iterdir()
    return folder


def visits(database: Path) -> list[tuple[object, ...]]:
    """Return Vera's visits in an attempt's database."""
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(
            "SELECT v.date, v.time, v.contact_type, v.distance FROM visit v JOIN patient p"
            " ON p.id = v.patient_id WHERE p.identity_number = '199307142381' ORDER BY v.id"
        ).fetchall()
