"""The primary dies under eight clerks and a standby takes over: what was told of each save is true."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pasis_tui.store.database import Database
from pasis_tui.store.reading_log import FOLDER
from pasis_tui.store.waiting import Uncertain
from tests.failover.clerks import DAY as DAY_OF_CARE
from tests.failover.clerks import AtWork, Clerk, clerks_at, longest_pause, wrongly_told
from tests.failover.servers import Cluster, cluster, until
from tests.flows.clerk import Clerk as AtTheScreen
from tests.flows.practice import DAY, LOGIN, MENU, run_pasis
from tests.scratch import SCRATCH
from tests.services.clinic import make_clinic
from tests.terminal import ENTER, F10, terminal

CLERKS = 8
_WAITS_FOR_STANDBY = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
_END_WAITING = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


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


def test_a_standby_is_read_and_nothing_is_saved_there(servers: Cluster, tmp_path: Path) -> None:
    servers.primary.ask("CREATE DATABASE pasis")
    address = servers.address("pasis")
    made = run_pasis("--date", DAY, "--database", address, "show", "048", home=tmp_path)
    assert made.returncode == 0, made.stderr
    standby = next(server for server in servers.servers if server is not servers.primary)
    of_primary = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
    until(lambda: standby.replayed() >= servers.primary.ask(of_primary), "the standby has it all")
    only = f"postgresql://postgres@/pasis?host={standby.folder}"
    refused = run_pasis("--date", DAY, "--database", only, "show", "048", home=tmp_path)
    assert refused.returncode == 2
    assert "är en kopia som bara kan läsas" in refused.stderr
    assert "--read-only" in refused.stderr
    with terminal(["--date", DAY, "--read-only", "--database", only], tmp_path) as opened:
        opened.expect(LOGIN).type(ENTER)
        clerk = AtTheScreen(opened.expect(MENU, "LÄSLÄGE"), tmp_path)
        clerk.go("14 9204012380", "Skisslund").type("Nytt", F10).says("LÄSLÄGE: inget sparas.")
    (log,) = (tmp_path / FOLDER).glob("*.jsonl")
    assert '"014"' in log.read_text("utf-8")


def test_what_no_standby_has_is_not_told_as_saved(servers: Cluster) -> None:
    """Without one a save waits; whoever ends its waiting makes the server commit alone."""
    servers.primary.ask("CREATE DATABASE pasis")
    with Database.open(servers.address("pasis"), create=True) as database:
        clinic = make_clinic(database)
        card = clinic.commitment(DAY_OF_CARE)
        for server in servers.servers:
            if server is not servers.primary:
                server.kill()
        with ThreadPoolExecutor(1) as pool:
            saved = pool.submit(clinic.visit, card, DAY_OF_CARE)
            until(lambda: servers.primary.ask(_WAITS_FOR_STANDBY), "the save waits")
            until(lambda: servers.primary.ask(_END_WAITING) is None and saved.done(), "it ends")
        with pytest.raises(Uncertain, match="inte känt om det sparades"):
            saved.result()


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
