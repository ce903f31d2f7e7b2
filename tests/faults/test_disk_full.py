"""The disk is full, or a file may grow no more, for every service: old or new, and told."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

import pytest
from sqlalchemy import event

from pasis_tui.models import Favourite
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from tests.faults.every_act import ACTS, DAY
from tests.faults.faulty import Prepared, says_so, sizes, states_of
from tests.flows.practice import NAME

pytestmark = pytest.mark.usefixtures("quick_passwords")

WRITING = [name for name, act in ACTS.items() if act.commits]
SMALL = 512  # bytes a page: a save soon asks for a new one
# Bytes of text that move the ends of pages about: with one of them the act asks for a page.
FILLINGS = [*range(0, 400, 60), *range(10, 400, 30)]


@pytest.mark.parametrize("prepared", WRITING, indirect=True)
def test_no_page_is_left(prepared: Prepared) -> None:
    (before, *_, after), _ = states_of(prepared)
    for filling in FILLINGS:
        _pack(prepared, filling)
        if _runs_out(prepared):
            return
    # What adds no row may well find room where it stands.
    assert sum(sizes(after)[0].values()) <= sum(sizes(before)[0].values())


def _pack(prepared: Prepared, filling: int) -> None:
    """Fill the file's pages to the brim."""
    path = prepared.folder / NAME
    with Database.open(path) as database, SystemWork(database) as work:
        work.log("read", DAY, reason="x" * filling)
        if not prepared.act.empty:
            other = prepared.clinic.seed.b.user
            work.insert(Favourite, user_id=other, position=1, code=str(filling), label="x" * 30)
        work.commit()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute(f"PRAGMA page_size={SMALL}")
        connection.execute("VACUUM")


def _runs_out(prepared: Prepared) -> bool:
    """Do the act with no page to spare, one, two … until it succeeds; False: at once."""
    states, _ = states_of(prepared)
    apart = prepared.act.commits > 1 or prepared.act.logs_first
    spare, room = iter(count()), 0
    while True:
        with prepared.copy("full") as copy:
            while True:
                _limit(copy.database, room := next(spare))
                trouble = copy.trouble()
                if trouble is None:
                    copy.ended_well(states)
                    return room > 0
                says_so(trouble, "full", copy.database.name)
                copy.left_well(states)
                if apart:  # what it kept stands in the way of the next try
                    break
            _limit(copy.database, 10_000)
            copy.do()


def _limit(database: Database, spare: int) -> None:
    """Leave *spare* pages to take."""

    def limited(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages + spare}").close()

    event.listen(database.engine, "connect", limited)
    database.engine.dispose()


@pytest.mark.parametrize("prepared", WRITING, indirect=True)
def test_a_file_may_grow_no_more(prepared: Prepared) -> None:
    states, _ = states_of(prepared)
    with prepared.copy("limited") as copy, copy.database.engine.connect():
        # The log of what is written must be larger than the files that may still be written.
        with SystemWork(copy.database) as work:
            work.log("read", DAY, reason="x" * 200_000)
            work.commit()
        (log,) = copy.folder.glob("*-wal")
        with _no_file_beyond(log.stat().st_size + 100):
            trouble = copy.trouble()
        says_so(trouble, "disk", copy.database.name)
        assert copy.is_free()
        copy.do()
        if prepared.act.commits == 1:
            assert copy.grown(states) == {"audit_event": 1}


@contextmanager
def _no_file_beyond(size: int) -> Iterator[None]:
    """Let the system refuse every write beyond *size* bytes of a file, as a quota would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
