"""The n-th statement of a service fails, n = 1, 2, 3 … until it succeeds: all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pasis_tui import services
from tests.faults.every_act import ACTS, writing_services
from tests.faults.faulty import Fault, Prepared, State, says_so, states_of, strike

pytestmark = pytest.mark.usefixtures("quick_passwords")

FAULTS = ("disk I/O error", "disk"), ("database or disk is full", "full")


def test_every_writing_service_is_here() -> None:
    writing = writing_services(Path(str(services.__file__)).parent)
    assert not writing - {act.service for act in ACTS.values()}
    assert len(writing) > 60  # the search itself still finds them


def test_the_nth_statement_fails(prepared: Prepared) -> None:
    states, statements = states_of(prepared)
    # The first, the last, and one in three between; the soak tries each.
    some = [n for n in range(1, statements + 1) if n <= 4 or n % 3 == 0 or n > statements - 4]
    _each_fails(prepared, states, [(n, *FAULTS[n % 2]) for n in some], 5)


@pytest.mark.soak
def test_the_nth_statement_fails_in_every_way(prepared: Prepared) -> None:
    states, statements = states_of(prepared)
    faults = [(n, *fault) for n in range(1, statements + 1) for fault in FAULTS]
    _each_fails(prepared, states, faults, 1)


def _each_fails(
    prepared: Prepared, states: list[State], faults: list[tuple[int, str, str]], tries: int
) -> None:
    """Each of *faults* (number of the statement, words, kind) in turn.

    After *tries* of them the act is done again, undisturbed, and goes on from a new copy; after
    each where an act has several transactions, for some of them are kept.
    """
    act = prepared.act
    if act.commits > 1 or act.logs_first:
        tries = 1
    while faults:
        now, faults = faults[:tries], faults[tries:]
        with prepared.copy("struck") as copy:
            fault = Fault()
            strike(copy.database, fault)
            for number, words, kind in now:
                copy.database.engine.dispose()  # a new connection's first statements count too
                fault.begin(number, words)
                trouble = copy.trouble()
                assert fault.struck
                try:
                    says_so(trouble, kind, copy.database.name)
                    copy.left_well(states)
                except AssertionError as error:
                    raise AssertionError(f"statement {number}, {fault.last}: {error}") from error
            copy.do()
            copy.ended_well(states)
