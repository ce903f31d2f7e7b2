"""The primary dies under eight clerks and a standby takes over: what was told of each save is true."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pasis_tui.store.database import Database
from tests.failover.clerks import AtWork, Clerk, clerks_at, longest_pause, wrongly_told
from tests.failover.servers import Cluster, cluster, until
from tests.scratch import SCRATCH
from tests.services.clinic import make_clinic

CLERKS = 8


@pytest.fixture
def servers(postgres_server: str) -> Iterator[Cluster]:
    """A primary and two standbys; *postgres_server* has made the user that they run as."""
    folder = Path(tempfile.mkdtemp(prefix="ha", dir=SCRATCH))
    folder.chmod(0o755)
    try:
        with cluster(folder) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _killed(servers: Cluster, at_work: AtWork) -> tuple[float, float]:
    """Kill the primary under the clerks and fail over; return how long each clerk waited at most,
    from when it is known, and the promotion's part of it."""
    until(lambda: at_work.all_saved(2), "every clerk saves")
    servers.primary.kill()
    detected = time.monotonic()
    dead = servers.fail_over()
    promoted = time.monotonic()
    until(lambda: at_work.all_saved(2, promoted), "every clerk saves again")
    assert dead.process is None
    return longest_pause(at_work.clerks, detected), promoted - detected


def test_a_save_is_what_it_was_told_to_be(servers: Cluster) -> None:
    _rounds(servers, 1)


@pytest.mark.soak
def test_twenty_primaries_killed(servers: Cluster) -> None:
    _rounds(servers, 20)


def _rounds(servers: Cluster, count: int) -> None:
    servers.primary.ask("CREATE DATABASE pasis")
    address = servers.address("pasis")
    pauses = []
    clerks: list[Clerk] = []
    with Database.open(address, create=True) as database:
        seed = make_clinic(database).seed
    for number in range(count):
        with Database.open(address) as database:
            new = clerks_at(address, database, seed, CLERKS, number * CLERKS)
        with AtWork(new) as at_work:
            dead = servers.primary
            pauses.append(_killed(servers, at_work))
        clerks += new
        with Database.open(address) as database:
            assert wrongly_told(database, clerks) == []
        if number + 1 < count:
            servers.bring_back(dead)
    print(
        f"{count} failovers under {CLERKS} clerks: "
        f"{sum(len(each.saved) for each in clerks)} saves acknowledged, "
        f"{sum(len(each.lost) for each in clerks)} told as lost, "
        f"{sum(len(each.unknown) for each in clerks)} unknown; "
        f"longest pause from detection {max(pause for pause, _ in pauses):.2f} s, "
        f"of it promotion {max(each for _, each in pauses):.2f} s"
    )
