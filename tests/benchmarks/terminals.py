"""What is measured through a pseudo-terminal: start, key echo, screens, the list, memory."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path

from pasis_tui.display.display_files import display
from tests.benchmarks.databases import COMMITMENTS, DAY, FEW, VISITS, Databases
from tests.benchmarks.probe import Probe, median, percentile
from tests.benchmarks.table import Line
from tests.terminal import BACKTAB, ENTER, ESC, F2, TAB, ctrl

YARDSTICKS = Path(__file__).parent / "yardsticks"
BARE = "a bare Textual app"
LOGIN, LOGGED_IN = "Tryck Enter", "Enter öppnar raden"
FORM = "014_personuppgifter"
TYPED = {
    "family_name": "Testsson-Övningsberg",
    "given_name": "Vera Maria",
    "address": "Blåklintsgränd 16",
    "phone": "070-1740605",
    "postcode": "99377",
    "city": "Örtköping",
}
# What each screen says once it stands, with a patient carried.
SCREENS = {
    "14": "Läst. Rätta",
    "40": "040 Vårdåtaganden",
    "48": "Sökt.",
    "83": "Enter (eller J/N)",
    "85": "Tid är när besöket startar",
    "84": "184 Medicinsk registrering",
}


def _program(home: Path, database: Path) -> Probe:
    return Probe(["--date", DAY.isoformat(), "--database", str(database)], home)


def _as_a_clerk(home: Path, database: Path) -> Probe:
    """Return the program started by its name alone."""
    return Probe([], home, environment={"PASIS_DATABASE": str(database)})


def yardstick_program(name: str, home: Path, *arguments: str) -> Probe:
    """Return one of the yardsticks, started."""
    return Probe(arguments, home, command=(sys.executable, str(YARDSTICKS / name)))


def logged_in(home: Path, database: Path) -> Probe:
    """Return the program with the menu open."""
    at = _program(home, database)
    at.complete(LOGIN)
    at.go(ENTER, sees=LOGGED_IN)
    return at


def warm_up(home: Path, files: Databases) -> None:
    """Start everything once, so that nothing is compiled while it is measured."""
    with closing(logged_in(home, files.practice)) as at:
        at.go(F2, f"40 {files.patient}", ENTER, sees="040 ")
        for code, sees in SCREENS.items():
            open_screen(at, code, sees)
    for name in ("bare.py", "stock_inputs.py"):
        with closing(yardstick_program(name, home)) as at:
            at.complete("READY>")


# --- start --------------------------------------------------------------------------------------


def _first_key(at: Probe, seen: str, echo: str) -> float:
    at.until_bytes(seen)
    at.type("X")
    reached = at.until(lambda: echo in at.text())
    at.close()
    return reached - at.started


def start(home: Path, files: Databases, rounds: int = 11) -> list[Line]:
    """From the start of the process to the first key on the screen."""
    ours, bare = [], []
    for _ in range(rounds + 1):
        ours.append(_first_key(_as_a_clerk(home, files.practice), "Enhet", "Användare   *X"))
        bare.append(_first_key(yardstick_program("bare.py", home), "READY>", "X"))
    mine, theirs = median(ours[1:]), median(bare[1:])
    return [
        Line(
            "start to the login's first key echoed",
            BARE,
            1.15,
            median(a / b for a, b in zip(ours[1:], bare[1:], strict=True)),
            detail=f"{mine * 1000:.0f} ms, {theirs * 1000:.0f} ms",
        )
    ]


# --- key echo -----------------------------------------------------------------------------------


class Typist:
    """Types the form's fields key by key and notes how long each echo took."""

    def __init__(self, at: Probe, first: int) -> None:
        self.at = at
        self.first = first  # the screen row of the form's row 0
        self.keys = self.bytes = 0

    def _stands(self, field: str, typed: str) -> bool:
        spec = display(FORM).formats[0].field(field)
        cursor = self.at.screen.cursor
        row, column = self.first + spec.row, spec.entry + len(typed)
        line = self.at.text().splitlines()[row].ljust(column)
        return (cursor.y, cursor.x) == (row, column) and line[spec.entry : column] == typed

    def _press(self, key: str, field: str, typed: str) -> tuple[float, float]:
        before = self.at.received
        begun = self.at.write(key)
        arrived, shown = self.at.until_shown(lambda: self._stands(field, typed))
        self.keys += 1
        self.bytes += self.at.received - before
        return shown - begun, arrived - begun

    def round(self) -> list[tuple[float, float]]:
        """Type every field; the seconds of each key until it is shown and until it was sent.

        The form is left as it was found.
        """
        times = []
        for place, (field, text) in enumerate(TYPED.items()):
            if place:
                times.append(self._press(TAB, field, ""))
            times += [self._press(c, field, text[: n + 1]) for n, c in enumerate(text)]
        for place, field in enumerate(reversed(TYPED)):
            if place:
                self._untimed(BACKTAB, field, TYPED[field])
            self._untimed(ctrl("u"), field, "")
        return times

    def _untimed(self, key: str, field: str, typed: str) -> None:
        self.at.type(key)
        self.at.until(lambda: self._stands(field, typed))


def key_echo(home: Path, files: Databases, rounds: int = 6) -> list[Line]:
    """A key in a form, ours and the same in curses."""
    with ExitStack() as stack:
        ours = logged_in(home, files.practice)
        stack.callback(ours.close)
        curses = yardstick_program("curses_form.py", home, FORM)
        stack.callback(curses.close)
        ours.go(F2, "14", ENTER, sees="10 siffror i följd")
        curses.complete("READY>")
        for at in (ours, curses):
            at.type(TAB, TAB)
            at.complete("Efternamn")
        mine, theirs = Typist(ours, 3), Typist(curses, 3)
        pairs = [(mine.round(), theirs.round()) for _ in range(rounds + 1)][1:]
    yardstick = "the same form in curses"
    lines = []
    for name, hold, which, percent in (
        ("key echo in a form, on the screen, p50", 2.5, 0, 50),
        ("key echo in a form, on the screen, p95", 2.5, 0, 95),
        ("key echo, at the wire, p50", None, 1, 50),
    ):
        a, b = (
            median(percentile((t[which] for t in turn), percent) for turn in turns)
            for turns in zip(*pairs, strict=True)
        )
        detail = f"{a * 1000:.2f} ms, {b * 1000:.2f} ms"
        lines.append(Line(name, yardstick, hold, a / b, detail=detail))
    detail = f"curses {theirs.bytes / theirs.keys:.0f}"
    sent = mine.bytes / mine.keys
    return [*lines, Line("bytes sent a key", "–", 60, sent, "bytes", detail)]


# --- screens, memory ----------------------------------------------------------------------------


def open_screen(at: Probe, code: str, sees: str) -> float:
    """Open *code* by Snabbval; return the seconds from Enter until it stands."""
    at.type(F2, code)
    at.complete(f"[{code}", quiet=0.04)
    return at.go(ENTER, sees=sees)


def screens(home: Path, files: Databases, rounds: int = 8) -> list[Line]:
    """Every numbered screen in the large database, and 20 stock inputs; then the memory."""
    with ExitStack() as stack:
        ours = logged_in(home, files.many)
        stack.callback(ours.close)
        stock = yardstick_program("stock_inputs.py", home)
        stack.callback(stock.close)
        stock.complete("READY>")
        ours.go(F2, f"40 {files.patient}", ENTER, sees="040 Vårdåtaganden")
        mine: dict[str, list[float]] = {code: [] for code in SCREENS}
        theirs: list[float] = []
        for _ in range(rounds + 1):
            for code, sees in SCREENS.items():
                mine[code].append(open_screen(ours, code, sees))
            for _ in range(2):
                theirs.append(stock.go("a", sees="STANDING>"))
                stock.go(ESC, sees="READY>")
        yardstick = theirs[2:]
        slowest = max(SCREENS, key=lambda code: median(mine[code][1:]))
        middle = median(mine[slowest][1:]), median(yardstick)
        high = percentile([t for m in mine.values() for t in m[1:]], 95), percentile(yardstick, 95)
        bare = yardstick_program("bare.py", home)
        stack.callback(bare.close)
        bare.complete("READY>")
        memory = ours.memory(), bare.memory()
    named = "20 stock Inputs, pushed as a screen"
    each = ", ".join(f"{code} {median(times[1:]) * 1000:.0f}" for code, times in mine.items())
    return [
        Line(
            f"slowest screen by Snabbval, {VISITS:,} visits",
            named,
            0.5,
            middle[0] / middle[1],
            detail=f"{each} ms; yardstick {middle[1] * 1000:.0f} ms",
        ),
        Line(
            f"any screen by Snabbval, p95, {VISITS:,} visits",
            named,
            0.5,
            high[0] / high[1],
            detail=f"{high[0] * 1000:.0f} ms, {high[1] * 1000:.0f} ms",
        ),
        Line(
            "memory of one clerk's program",
            BARE,
            2.5,
            memory[0] / memory[1],
            detail=f"{memory[0]:.0f} MiB, {memory[1]:.0f} MiB",
        ),
    ]


def long_list(home: Path, files: Databases, rounds: int = 15) -> list[Line]:
    """048 with everything that is ongoing: many and few."""
    with ExitStack() as stack:
        opened = []
        for database in (files.many, files.few):
            at = logged_in(home, database)
            stack.callback(at.close)
            opened.append(at)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds + 1):
            for at, taken in zip(opened, times, strict=True):
                open_screen(at, "14", "10 siffror i följd")
                taken.append(open_screen(at, "48", "Enter visar formulären"))
    many, few = (median(taken[1:]) for taken in times)
    return [
        Line(
            f"048 opened with {COMMITMENTS:,} rows",
            f"the same with {FEW} rows",
            1.2,
            median(a / b for a, b in zip(times[0][1:], times[1][1:], strict=True)),
            detail=f"{many * 1000:.1f} ms, {few * 1000:.1f} ms",
        )
    ]
