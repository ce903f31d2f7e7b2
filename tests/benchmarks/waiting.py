"""What a clerk may have to wait for: AG and F8 at a large unit, 051, a list made meanwhile."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

from tests.benchmarks.databases import Databases
from tests.benchmarks.probe import Probe, median, percentile
from tests.benchmarks.table import Line
from tests.benchmarks.terminals import (
    SCREENS,
    Typist,
    logged_in,
    open_screen,
    yardstick_program,
)
from tests.terminal import ENTER, ESC, F2, F8, TAB, alt, ctrl

_STOCK = "20 stock Inputs, pushed as a screen"
# Of the long list's visits, which lie evenly over some years, about 100,000 are of these days.
_FROM, _TO = "220101", "220727"
_BUSY_ROUNDS = 2  # of typing, while one list is made


def worklist(home: Path, files: Databases, rounds: int = 8) -> list[Line]:
    """AG opened by Snabbval and F8 pressed in 014, at a large unit in the region's database."""
    with ExitStack() as stack:
        ours = logged_in(home, files.region.path)
        stack.callback(ours.close)
        stock = yardstick_program("stock_inputs.py", home)
        stack.callback(stock.close)
        stock.complete("READY>")
        opened: list[float] = []
        walked: list[float] = []
        theirs: list[float] = []
        for number in range(1, rounds + 2):
            open_screen(ours, "14", "014 Personuppgifter")
            opened.append(open_screen(ours, "ag", "Enter öppnar bilden"))
            open_screen(ours, "14", "014 Personuppgifter")
            walked.append(ours.go(F8, sees=f"Att göra {number} av"))
            theirs.append(stock.go("a", sees="STANDING>"))
            stock.go(ESC, sees="READY>")
    at = f"{files.region.visits:,} visits at the unit"
    return [
        _line(f"AG by Snabbval, {at}", _STOCK, 0.5, opened[1:], theirs[1:]),
        _line(f"F8, {at}", _STOCK, 0.5, walked[1:], theirs[1:]),
    ]


def statistics_screen(home: Path, files: Databases, rounds: int = 8) -> list[Line]:
    """A quarter loaded in 051 of the practice clinic, and the numbered screens opened."""
    loaded: list[float] = []
    changed: list[float] = []
    with closing(logged_in(home, files.practice)) as at:
        at.go(F2, f"40 {files.patient}", ENTER, sees="040 ")
        for _ in range(rounds + 1):
            changed.append(median([open_screen(at, *screen) for screen in SCREENS.items()]))
            open_screen(at, "51", "Ladda period (Enter)")
            loaded.append(at.go(ENTER, sees="mot alla"))
    what, yardstick = "051 loaded, the practice clinic", "a numbered screen by Snabbval, median"
    return [_line(what, yardstick, 1.0, loaded[1:], changed[1:])]


def busy(home: Path, files: Databases, rounds: int = 2) -> list[Line]:
    """Keys in 014 while a list of 100,000 rows is made, and while nothing is."""
    quiet: list[float] = []
    making: list[float] = []
    with closing(logged_in(home, files.many)) as at:
        typist = Typist(at, 3)
        _to_form(at)
        typist.round()
        for _ in range(rounds):
            for _ in range(_BUSY_ROUNDS):
                quiet += [shown for shown, _ in typist.round()]
            at.go(F2, "fb", ENTER, sees="FB Besök")
            at.type(TAB, TAB, ctrl("u"), _FROM, TAB, ctrl("u"), _TO, alt("b"))
            at.expect("Beställd")
            _to_form(at)
            while len(making) < len(quiet):
                making += [shown for shown, _ in typist.round()]
                if at.sees("Listan är klar"):
                    raise AssertionError("the list was ready before enough had been typed")
            at.expect("Listan är klar", timeout=300)
    lines = []
    for percent in (50, 95):
        a, b = percentile(making, percent), percentile(quiet, percent)
        lines.append(
            Line(
                f"key echo while a list of 100,000 rows is made, p{percent}",
                "key echo without",
                None,
                a / b,
                detail=f"{a * 1000:.1f} ms, {b * 1000:.1f} ms",
            )
        )
    return lines


def _to_form(at: Probe) -> None:
    # Its title is waited for: a list being made has the message line, and keeps on writing it.
    at.type(F2, "14", ENTER)
    at.expect("014 Personuppgifter", "Efternamn")
    at.type(TAB, TAB)


def _line(what: str, yardstick: str, hold: float, ours: list[float], theirs: list[float]) -> Line:
    mine, other = median(ours), median(theirs)
    detail = f"{mine * 1000:.0f} ms, {other * 1000:.0f} ms"
    return Line(what, yardstick, hold, mine / other, detail=detail)
