"""A database file is its owner's alone, and nothing that somebody laid beside it is followed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from pasis_tui.store import places
from pasis_tui.store.database import Database, DatabaseTrouble
from tests.flows.practice import NAME, at_login, run_pasis
from tests.seeding import seed_minimal
from tests.terminal import ENTER

NETWORKS = (
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "ceph", "glusterfs", "lustre"),
    *("gpfs", "beegfs", "afs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.gvfsd-fuse"),
    *("fuse.glusterfs", "fuse.ceph-fuse", "fuse.davfs2", "fuse", "vboxsf", "ocfs2", "drvfs"),
)
OWN = ("ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs", "fuseblk", "fuse.gocryptfs", "")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "pasis.sqlite"
    shutil.copy(sqlite_template, path)
    return path


def _refused(path: Path) -> DatabaseTrouble:
    with pytest.raises(DatabaseTrouble) as caught:
        Database.open(path).dispose()
    return caught.value


@pytest.mark.parametrize(
    ("kind", "network"), [*((kind, True) for kind in NETWORKS), *((kind, False) for kind in OWN)]
)
def test_every_share_over_a_network_is_known(tmp_path: Path, kind: str, network: bool) -> None:
    assert places.is_network(kind) is network
    mounts = f"/dev/sda1 / ext4 rw 0 0\nother:/ {tmp_path.resolve()} {kind or 'none'} rw 0 0\n"
    if not network:
        places.check_place(tmp_path / "a.sqlite", mounts)
        return
    with pytest.raises(DatabaseTrouble) as caught:
        places.check_place(tmp_path / "a.sqlite", mounts)
    assert caught.value.kind == "network"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o640, 0o666, 0o660 | 0o004, 0o777])
def test_a_file_that_others_may_read_is_mended_and_told(file: Path, mode: int) -> None:
    file.chmod(mode)
    with Database.open(file) as database:
        assert database.notes == (
            f"{file.name} fick läsas av andra på datorn. Nu får bara du det.",
        )
    assert _mode(file) == 0o600
    with Database.open(file) as database:
        assert database.notes == ()


def test_a_group_that_works_in_the_file_keeps_it(file: Path) -> None:
    file.chmod(0o660)
    with Database.open(file) as database:
        assert database.notes == ()
    assert _mode(file) == 0o660


def test_what_a_crash_left_beside_the_file_is_mended_too(file: Path) -> None:
    """A journal and its memory are the patient's data as much as the file is."""
    with closing(sqlite3.connect(file)) as kept:
        kept.execute("PRAGMA journal_mode=WAL")
        kept.execute("INSERT INTO database_fact VALUES ('proof', 'here')")
        kept.commit()
        for tail in ("-wal", "-shm"):
            file.with_name(file.name + tail).chmod(0o644)
        with Database.open(file) as database:
            assert len(database.notes) == 1
            assert f"{file.name}-wal och {file.name}-shm" in database.notes[0]
            assert database.fact("proof") == "here"
        for tail in ("-wal", "-shm"):
            assert _mode(file.with_name(file.name + tail)) == 0o600


@pytest.mark.skipif(not ROOT, reason="only root may give a file away")
def test_another_s_file_that_all_may_write_is_refused(file: Path) -> None:
    os.chown(file, 12345, 12345)
    file.chmod(0o666)
    trouble = _refused(file)
    assert "tillhör någon annan" in str(trouble)
    assert "chmod o-rwx" in str(trouble)
    assert _mode(file) == 0o666


@pytest.mark.skipif(not ROOT, reason="only root may give a file away")
def test_another_s_journal_in_a_folder_of_all_is_refused(file: Path) -> None:
    """Else SQLite would play what somebody wrote there into the register."""
    journal = file.with_name(f"{file.name}-wal")
    journal.write_bytes(b"planted")
    os.chown(journal, 12345, 12345)
    file.parent.chmod(0o1777)
    trouble = _refused(file)
    assert str(journal) in str(trouble)
    assert "tillhör någon annan" in str(trouble)
    assert journal.read_bytes() == b"planted"


@pytest.mark.parametrize("tail", places.COMPANIONS)
@pytest.mark.parametrize("dangling", [False, True])
def test_a_planted_link_is_never_followed(file: Path, tail: str, dangling: bool) -> None:
    victim = file.with_name("brev.txt")
    if not dangling:
        victim.write_text("Rör mig inte.")
    planted = file.with_name(file.name + tail)
    planted.symlink_to(victim)
    trouble = _refused(file)
    assert trouble.kind == "foreign"
    assert f"{planted} är en länk, och följs inte" in str(trouble)
    assert planted.is_symlink()
    assert victim.exists() is not dangling
    assert dangling or victim.read_text() == "Rör mig inte."


@pytest.mark.parametrize("tail", places.COMPANIONS)
def test_a_second_name_of_another_file_is_refused(file: Path, tail: str) -> None:
    victim = file.with_name("brev.txt")
    victim.write_text("Rör mig inte.")
    file.with_name(file.name + tail).hardlink_to(victim)
    assert "med två namn" in str(_refused(file))
    assert victim.read_text() == "Rör mig inte."


@pytest.mark.parametrize("tail", places.COMPANIONS)
def test_a_pipe_or_folder_beside_the_file_is_refused(file: Path, tail: str) -> None:
    beside = file.with_name(file.name + tail)
    os.mkfifo(beside)
    assert "är ingen vanlig fil" in str(_refused(file))
    beside.unlink()
    beside.mkdir()
    assert "är ingen vanlig fil" in str(_refused(file))


def test_a_dangling_link_in_the_file_s_own_place_is_not_filled(tmp_path: Path) -> None:
    target = tmp_path / "annat" / "fil"
    target.parent.mkdir()
    link = tmp_path / "pasis.sqlite"
    link.symlink_to(target)
    with pytest.raises(DatabaseTrouble) as caught:
        Database.open(link, create=True).dispose()
    assert "går inte att skapa" in str(caught.value)
    assert not target.exists()


def test_a_link_to_a_database_is_that_database(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "dit.sqlite"
    link.symlink_to(file)
    file.chmod(0o644)
    with Database.open(link) as database:
        seed_minimal(database)
        assert file.name in database.notes[0]
    assert _mode(file) == 0o600
    with Database.open(file) as database:
        assert not database.is_empty


def test_the_clerk_is_told_at_the_login_and_by_commands(home: Path) -> None:
    path = home / NAME
    path.chmod(0o644)
    with at_login(home) as at:
        assert f"{NAME} fick läsas av andra på datorn." in at.message
        at.type(ENTER)
        at.expect("Skriv bildens nummer")
    assert _mode(path) == 0o600
    path.chmod(0o644)
    done = run_pasis("db", "check", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{NAME} fick läsas av andra på datorn. Nu får bara du det." in done.stdout
