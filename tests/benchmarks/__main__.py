"""``make bench``: everything quality.md holds the program to, each beside its yardstick.

``python -m tests.benchmarks [NAME ...]`` measures all of it, or what is named (``--help`` says
the names); only a whole run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.classes import classes
from tests.benchmarks.databases import COMMITMENTS, VISITS, Databases, make_databases
from tests.benchmarks.exercises import exercises
from tests.benchmarks.keystrokes import keystrokes
from tests.benchmarks.queries import excel, queries, statistics_year
from tests.benchmarks.recording import recording
from tests.benchmarks.server import far_server, many_clerks
from tests.benchmarks.services import identity, save
from tests.benchmarks.table import Line, printed, write_page
from tests.benchmarks.terminals import key_echo, long_list, screens, start, warm_up
from tests.benchmarks.waiting import busy, statistics_screen, worklist

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
MEASURES: dict[str, Callable[[Path, Databases], list[Line]]] = {
    each.__name__: each
    for each in (
        start,
        key_echo,
        busy,
        screens,
        worklist,
        statistics_screen,
        long_list,
        queries,
        statistics_year,
        save,
        far_server,
        many_clerks,
        excel,
        identity,
        keystrokes,
        classes,
        exercises,
        recording,
    )
}
_LARGE = {"screens", "long_list", "busy"}
_OWN_HOME = {"classes", "exercises", "recording"}  # no draft of another measure's keys
_REGION = {"worklist", "queries", "statistics_year"}


def main() -> int:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "measure", nargs="*", choices=[[], *MEASURES], help="all when none is named"
    )
    chosen = parser.parse_args().measure or list(MEASURES)
    begun = time.perf_counter()
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="pasis-bench-") as folder:
        home = Path(folder)
        files = make_databases(
            home,
            large=not _LARGE.isdisjoint(chosen),
            region=not _REGION.isdisjoint(chosen),
        )
        warm_up(home, files)
        for name in chosen:
            place = home / name if name in _OWN_HOME else home
            place.mkdir(exist_ok=True)
            for line in MEASURES[name](place, files):
                lines.append(line)
                print(printed(line), flush=True)
    print(f"{time.perf_counter() - begun:.0f} s")
    if len(chosen) == len(MEASURES):
        write_page(
            PAGE,
            lines,
            visits=VISITS,
            commitments=COMMITMENTS,
            unit_visits=files.region.visits,
            unit_commitments=files.region.commitments,
            region_visits=files.region.all_visits,
            small_visits=files.small.all_visits,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
