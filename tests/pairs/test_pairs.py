"""Two services that could contradict each other are never both right: PostgreSQL and SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from pasis_tui.store.database import Database
from tests.pairs.pairs import PAIRS
from tests.pairs.stage import Stage, staged
from tests.services.clinic import make_clinic

ROUNDS, MANY = 10, 2_000
DIRECTED, MANY_DIRECTED = 4, 20


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A database for all pairs, and two clerks with connections of their own.

    A process that is given the pairs of both databases in turns begins with a new one each time.
    """
    with ExitStack() as held:
        if request.param == "sqlite":
            address = str(tmp_path_factory.mktemp("pairs") / "pasis.sqlite")
        else:
            address = held.enter_context(request.getfixturevalue("new_postgres")())
        database = held.enter_context(Database.open(address, create=True))
        yield held.enter_context(staged(make_clinic(database), address))


@pytest.mark.parametrize("name", PAIRS)
def test_never_both(name: str, stage: Stage) -> None:
    _play(name, stage, ROUNDS, DIRECTED)


@pytest.mark.soak
@pytest.mark.parametrize("name", PAIRS)
def test_never_both_in_two_thousand(name: str, stage: Stage) -> None:
    _play(name, stage, MANY, MANY_DIRECTED)


def _play(name: str, stage: Stage, rounds: int, directed: int) -> None:
    counted = stage.play(PAIRS[name](stage.clinic), rounds, directed)
    found = counted.contradictions
    assert not found, f"{len(found)} of {counted.rounds}: {found[:3]}"
