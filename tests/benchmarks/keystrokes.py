"""The keys that everyday work takes, typed into the program; Alt with a letter is one key."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import permutations
from pathlib import Path

from tests.benchmarks.databases import Databases
from tests.benchmarks.probe import Probe
from tests.benchmarks.table import Line
from tests.benchmarks.terminals import SCREENS, logged_in
from tests.terminal import BACKTAB, ENTER, F2, F4, F10, TAB, alt

# Of the tax agency's test numbers, and in nobody's database until it is typed.
NEW = "9307142381"
TITLES = {"14": "014 ", "40": "040 ", "48": "048 ", "83": "083 ", "85": "085 ", "84": "184 "}


class _Counter:
    def __init__(self, at: Probe) -> None:
        self.at = at

    def type(self, keys: Sequence[str], sees: str) -> int:
        """Type *keys*; return how many they are, once *sees* is on the screen."""
        self.at.go(*keys, sees=sees)
        return len(keys)


def keystrokes(home: Path, files: Databases) -> list[Line]:
    """A new patient, a first visit, a follow-up visit, any screen from any other."""
    with closing(logged_in(home / "typist", files.typed)) as at:
        counter = _Counter(at)
        new = counter.type(
            [F2, "1", "4", ENTER, *NEW, ENTER, F10], sees="Sparat: 19930714-2381"
        )
        _refer(counter)
        first = counter.type([F2, "8", "5", ENTER], sees="Tid är när besöket startar")
        first += counter.type(_EVERY_FIELD, sees="Medicinsk registrering återstår")
        _enrol(counter)
        follow_up = counter.type(
            [F2, "8", "5", ENTER, "1", "3", alt("a")], sees="med medicinsk registrering"
        )
        any_screen = max(
            counter.type([F2, *there, ENTER], sees=TITLES[there])
            for here, there in permutations(SCREENS, 2)
            if counter.type([F2, *here, ENTER], sees=TITLES[here])
        )
    return [
        _line("follow-up visit with diagnosis and KVÅ, patient in context", 8, follow_up),
        _line("new patient by number, saved", 20, new),
        _line("first visit, every field typed", 42, first),
        _line("any screen from any other", 4, any_screen),
    ]


def _line(what: str, hold: int, counted: int) -> Line:
    return Line(what, "–", hold, counted, "keys")


# From Tid back to the date, then each field of 085 that can be typed.
_EVERY_FIELD = [BACKTAB, "i", TAB, "9", TAB]


def _refer(counter: _Counter) -> None:
    counter.type([F2, *f"40 {NEW}", ENTER], sees="Ny (Alt+N)")
    counter.type([alt("n")], sees="Problem: KBT, IPT eller PDT")
    counter.type([*"kbt", TAB, alt("l")], sees="Nyuppläggning")
    counter.type(["1", TAB, F4], sees="142 av 142")
    counter.type([*"björkh", ENTER], sees="VCBJ01")
    counter.type([TAB, TAB, "-", "4", F10], sees="Sparat: vårdåtagande")


def _enrol(counter: _Counter) -> None:
    counter.type([F2, "4", "8", ENTER], sees="Sökt.")
    counter.type([ENTER, ENTER], sees="Fyll i och tryck Spara")
    counter.type([*"f411", TAB, TAB, "0", F10], sees="Inskrivningen är sparad")
