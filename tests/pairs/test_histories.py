"""Eight clerks doing anything at all to two patients break no rule, on PostgreSQL and SQLite."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pasis_tui.store.chain_check import check_log
from pasis_tui.store.database import Database
from tests.pairs.histories import live
from tests.pairs.invariants import broken_rules
from tests.services.clinic import make_clinic

Seen = Counter[tuple[str, str]]

SEEDS = 2
ACTS = 25  # a clerk
_LONG = 1800.0  # seconds
BUSY = "är upptagen av någon annan. Inget sparades."  # SQLite lets eight wait in no order: true, no fault


@pytest.fixture(params=["postgresql", "sqlite"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new database of the test will be."""
    if request.param == "sqlite":
        return str(tmp_path / "pasis.sqlite")
    return str(request.getfixturevalue("empty_postgres"))


def _live(address: str, seed: int, *, acts: int = 0, seconds: float = 0.0) -> Seen:
    with Database.open(address, create=True) as database:
        people, seen = live(make_clinic(database), address, seed, acts=acts, seconds=seconds)
        assert [
            (of, told) for of, told in seen if told.startswith("fault") and BUSY not in told
        ] == []
        assert broken_rules(database, people) == {}
        assert check_log(database).faults == []
    return seen


def _done(seen: Seen) -> int:
    return sum(number for (_, told), number in seen.items() if told == "done")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_history_breaks_a_rule(address: str, seed: int) -> None:
    seen = _live(address, seed, acts=ACTS)
    assert _done(seen) > 20, seen


@pytest.mark.soak
def test_no_long_history_breaks_a_rule(address: str) -> None:
    seen = _live(address, seed=4711, seconds=_LONG)
    print(f"\n{seen.total()} acts, {_done(seen)} of them done")
