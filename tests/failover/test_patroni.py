"""Debian's Patroni, etcd and pgbouncer, with the files of docs/operations.md (``make soak``)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from pasis_tui.store.database import Database
from tests.failover import debian
from tests.failover.clerks import AtWork, Clerk, clerks_at, longest_pause, wrongly_told
from tests.failover.debian import Machine, Region
from tests.failover.servers import until
from tests.seeding import Seed
from tests.services.clinic import make_clinic

pytestmark = pytest.mark.soak
CLERKS = 8
_LONGEST = 180.0


@pytest.fixture(scope="module")
def region() -> Iterator[Region]:
    debian.install()
    folder = Path(tempfile.mkdtemp(prefix="region", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with debian.region(folder) as made:
            yield made
    finally:
        rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def seed(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seed]:
    """A register on the region's database; the password is where the page says it belongs."""
    leader = region.leader()
    assert leader is not None
    leader.administer(f"CREATE ROLE pasis LOGIN PASSWORD '{region.passwords}clerk'")
    leader.administer("CREATE DATABASE pasis OWNER pasis")
    passwords = tmp_path_factory.mktemp("home") / "pgpass"
    passwords.write_text(f"*:*:pasis:pasis:{region.passwords}clerk\n", "utf-8")
    passwords.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSFILE", str(passwords))
        with Database.open(region.address(), create=True) as database:
            yield make_clinic(database).seed


def test_the_leader_dies_under_eight_clerks(region: Region, seed: Seed) -> None:
    clerks: list[Clerk] = []
    pauses = []
    for turn in range(3):
        with Database.open(region.address()) as database:
            new = clerks_at(region.address(), database, seed, CLERKS, turn * CLERKS)
        leader = region.leader()
        assert leader is not None
        with AtWork(new) as at_work:
            pauses.append(_killed(leader, at_work))
        clerks += new
        with Database.open(region.address()) as database:
            assert wrongly_told(database, clerks) == []
        leader.start()
        region.until_whole()
    print(
        f"{len(pauses)} leaders killed by Patroni's cluster under {CLERKS} clerks: "
        f"{sum(len(each.saved) for each in clerks)} saves acknowledged, "
        f"{sum(len(each.lost) for each in clerks)} told as lost, "
        f"{sum(len(each.unknown) for each in clerks)} unknown; "
        f"longest pauses {', '.join(f'{pause:.1f} s' for pause in pauses)}"
    )


def _killed(leader: Machine, at_work: AtWork) -> float:
    """Kill the leader's machine under the clerks and return the longest pause of any of them."""
    until(lambda: at_work.all_saved(2), "every clerk saves", _LONGEST)
    leader.kill()
    dead = time.monotonic()
    until(lambda: at_work.all_saved(2, dead), "every clerk saves again", _LONGEST)
    return longest_pause(at_work.clerks, dead)


def test_a_thousand_saves_through_the_pooler(region: Region, seed: Seed) -> None:
    leader = region.leader()
    assert leader is not None
    secret = leader.administer("SELECT rolpassword FROM pg_authid WHERE rolname = 'pasis'")
    for name, time_ in (
        ("lock", "5s"),
        ("statement", "30s"),
        ("idle_in_transaction_session", "60s"),
    ):
        leader.administer(f"ALTER ROLE pasis SET {name}_timeout = '{time_}'")
    for machine in region.machines:
        users = machine.folder / "userlist.txt"
        users.write_text(f'"pasis" "{secret}"\n', "utf-8")
        machine.start_pooler()
    address = region.address("pooled address")
    with Database.open(region.address()) as database:
        clerks = clerks_at(address, database, seed, CLERKS, 50)
    begun = time.monotonic()
    with AtWork(clerks) as at_work:
        until(lambda: at_work.all_saved(1000 // CLERKS), "1,000 saves", 600.0)
    with Database.open(region.address()) as database:
        assert wrongly_told(database, clerks) == []
    assert [len(each.lost) + len(each.unknown) for each in clerks] == [0] * CLERKS
    saves = sum(len(each.saved) for each in clerks)
    print(f"{saves} saves through pgbouncer, 0 failed, in {time.monotonic() - begun:.0f} s")
