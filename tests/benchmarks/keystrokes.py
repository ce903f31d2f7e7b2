"""The keys that everyday work takes, typed into the program; Alt with a letter is one key."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import permutations
from pathlib import Path

from tests.benchmarks.databases import Databases
from tests.benchmarks.probe import Probe
from tests.benchmarks.table import Line
from tests.benchmarks.terminals import SCREENS, logged_in
from tests.terminal import BACKTAB, ENTER, F2, F10, TAB, alt

# Of the tax agency's test numbers, and in nobody's database until it is typed.
NEW = "9307142381"
TITLES = {"14": "014 ", "40": "040 ", "48": "048 ", "83": "083 ", "85": "085 ", "84": "184 "}


# From Tid back to the date, then each field of 085, with what it proposes already.
_VALUES = ("i", "9", "HUVUD", "ANNLIN", "B", "E", "NY", "N", "N", "N", "N")
_EVERY_FIELD = [BACKTAB, *TAB.join(_VALUES)]
_UNTOUCHED = """
SELECT p.identity_number FROM patient p
JOIN care_commitment c ON c.patient_id = p.id AND c.unit_id = 1 AND c.removed_at IS NULL
WHERE p.kind = 'personnummer' AND NOT p.protected
  AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.patient_id = p.id)
GROUP BY p.id HAVING count(*) = 1 AND sum(c.closed_on IS NULL) = 1
ORDER BY p.id LIMIT 1
"""


def keystrokes(home: Path, files: Databases) -> list[Line]:
    """A new patient, a first visit, a follow-up visit, any screen from any other."""
    path = home / "typed.db"
    shutil.copy(files.practice, path)
    with closing(sqlite3.connect(path)) as connection:
        untouched = connection.execute(_UNTOUCHED).fetchone()[0]
    with closing(logged_in(home, path)) as at:
        new = _typed(at, [F2, "1", "4", ENTER, *NEW, ENTER, F10], "Sparat: 19930714-2381")
        at.go(F2, f"40 {untouched}", ENTER, sees="040 ")
        first = _typed(at, [F2, "8", "5", ENTER], "Tid är när besöket startar")
        first += _typed(at, [*_EVERY_FIELD, F10], "Medicinsk registrering återstår")
        at.go(F2, f"40 {files.patient}", ENTER, sees="040 ")
        follow_up = _typed(at, [F2, "8", "5", ENTER, "9", alt("a")], "med medicinsk registrering")
        any_screen = 0
        for here, there in permutations(SCREENS, 2):
            _typed(at, [F2, *here, ENTER], TITLES[here])
            any_screen = max(any_screen, _typed(at, [F2, *there, ENTER], TITLES[there]))
    return [
        _line("follow-up visit with diagnosis and KVÅ, patient in context", 8, follow_up),
        _line("new patient by number, saved", 20, new),
        _line("first visit, every field typed, patient in context", 42, first),
        _line("any screen from any other", 4, any_screen),
    ]


def _typed(at: Probe, keys: Sequence[str], sees: str) -> int:
    """Type *keys*; return how many they are, once *sees* is on the screen."""
    at.go(*keys, sees=sees)
    return len(keys)


def _line(what: str, hold: int, counted: int) -> Line:
    return Line(what, "–", hold, counted, "keys")
