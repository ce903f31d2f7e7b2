"""What a class costs: the trainer's board, one event, and a key of a learner whom the trainer looks at."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path

from pasis_tui import clock
from pasis_tui.training.class_tables import EVENT
from pasis_tui.training.classes import ClassStore
from tests.benchmarks.databases import DAY, Databases
from tests.benchmarks.probe import Probe, median, percentile
from tests.benchmarks.services import seconds
from tests.benchmarks.table import Line
from tests.benchmarks.terminals import LOGGED_IN, LOGIN, Typist, logged_in
from tests.terminal import ENTER, F2, TAB

LEARNERS, EVENTS, EACH = 30, 20_000, 15


def classes(home: Path, files: Databases, rounds: int = 6) -> list[Line]:
    """A class of 30 learners and 20,000 events: its board, its events, its learners' keys."""
    target = str(home / "classes.db")
    with closing(ClassStore.open(target, create=True)) as store:
        group = store.create("Mätning")
        tokens = [store.join(group.word, f"Deltagare {n}").token for n in range(LEARNERS)]
        learners = [number for number, _ in store.learners(group.id)]
        rows = [
            {"class_id": group.id, "learner_id": learners[n % LEARNERS], "run_id": None,
             "at": clock.wall(), "kind": "refusal", "rule": f"VA{n % 40:02}"}
            for n in range(EVENTS)
        ]  # fmt: skip
        with store._opened.begin() as connection:
            connection.execute(EVENT.insert(), rows)
        board = median([seconds(lambda: store.board(group.id)) for _ in range(50)])
        written = _written(store, tokens)
        echo = _echoes(home, files, target, group.word, store, rounds)
    return [
        Line(
            f"KT's query, {LEARNERS} learners, {EVENTS:,} events",
            "refreshed every 2 s",
            100,
            board * 1000,
            "ms",
            f"{board * 1000:.2f} ms",
        ),
        Line(
            f"one event of {LEARNERS} at once, p95",
            "–",
            None,
            percentile(written, 95) * 1000,
            "ms",
            f"p50 {median(written) * 1000:.2f} ms, p95 {percentile(written, 95) * 1000:.2f} ms",
        ),
        *echo,
    ]


def _written(store: ClassStore, tokens: list[str]) -> list[float]:
    """Return how long each event took, as many learners write as there are, one each second."""
    times: list[float] = []

    def learner(number: int, token: str) -> None:
        for at in range(EACH):
            time.sleep(((number * 37 + at * 11) % 100) / 500)
            item = {"kind": "refusal", "rule": "VA01", "at": clock.wall()}
            begun = time.perf_counter()
            store.deliver(token, token, at + 1, [item])
            times.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=learner, args=pair) for pair in enumerate(tokens)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _echoes(
    home: Path, files: Databases, target: str, word: str, store: ClassStore, rounds: int
) -> list[Line]:
    """The same keys in a program that is in the class, looked at, and in one that is not."""
    database = home / "in_class.db"
    shutil.copy(files.practice, database)
    looking = threading.Event()

    def look(learner: int) -> None:
        while not looking.wait(1.0):
            store.look(learner)

    with ExitStack() as stack:
        alone = logged_in(home, files.practice)
        stack.callback(alone.close)
        arguments = ["--date", DAY.isoformat(), "--database", str(database)]
        arguments += ["--class", word, "--learner", "Mätt", "--store", target]
        joined = Probe(arguments, home)
        stack.callback(joined.close)
        joined.complete(LOGIN)
        joined.go(ENTER, sees=LOGGED_IN)
        (number,) = [n for n, name in store.learners(store.find(word).id) if name == "Mätt"]
        thread = threading.Thread(target=look, args=(number,))
        thread.start()
        try:
            for at in (alone, joined):
                at.go(F2, "14", ENTER, sees="10 siffror i följd")
                at.type(TAB, TAB)
                at.complete("Efternamn")
            one, other = Typist(joined, 3), Typist(alone, 3)
            pairs = [(one.round(), other.round()) for _ in range(rounds + 1)][1:]
        finally:
            looking.set()
            thread.join()
    lines = []
    for percent in (50, 95):
        mine, theirs = (
            median([percentile([t[0] for t in turn], percent) for turn in turns])
            for turns in zip(*pairs, strict=True)
        )
        detail = f"{mine * 1000:.2f} ms, {theirs * 1000:.2f} ms"
        what = f"key echo in a class that is looked at, p{percent}"
        lines.append(Line(what, "the same in no class", 1.1, mine / theirs, detail=detail))
    return lines
