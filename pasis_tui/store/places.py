"""Checks that a place is fit for a SQLite file, and says what is wrong when it is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pasis_tui.store.trouble import DatabaseTrouble, damaged
from pasis_tui.validation.file_faults import in_swedish

MOUNTS = Path("/proc/mounts")
_MAGIC = b"SQLite format 3\x00"
_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
# Their files are served by another machine, or shared by several: a WAL's shared memory is then
# not one memory.  Names as Linux, macOS and the BSDs give them.
_NETWORK = frozenset(
    [
        "9p",
        "virtiofs",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "ceph",
        "glusterfs",
        "lustre",
        "gpfs",
        "beegfs",
        "orangefs",
        "pvfs2",
        "afs",
        "coda",
        "davfs",
        "ocfs2",
        "gfs2",
        "vboxsf",
        "vmhgfs",
        "prl_fs",
        "drvfs",
        "webdav",
        "afpfs",
        "fuse",
    ]
)
# File systems in user space that lie on the machine's own disk; every other may be a network's.
_LOCAL_FUSE = frozenset(
    [
        "fuse-overlayfs",
        "gocryptfs",
        "encfs",
        "cryfs",
        "securefs",
        "bindfs",
        "mergerfs",
        "unionfs",
        "unionfs-fuse",
        "ext2",
        "ext2fs",
        "ntfs",
        "ntfs-3g",
        "exfat",
        "zfs-fuse",
    ]
)
COMPANIONS = ("-wal", "-shm", "-journal", "-lock")  # what lies beside a database file


def file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system *path* lies on, by a table like ``/proc/mounts``."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        # A later line hides an earlier one on the same point.
        if len(point) >= best and path.is_relative_to(point):
            best, kind = len(point), fields[2]
    return kind


def is_network(kind: str) -> bool:
    """Tell whether *kind* is a network share, where SQLite's WAL loses data."""
    if kind.startswith("fuse."):  # sshfs, s3fs, rclone, gvfsd-fuse …
        return kind.removeprefix("fuse.") not in _LOCAL_FUSE
    return kind in _NETWORK or kind.startswith(("nfs", "smb"))


def may_write(place: Path) -> bool:
    """Tell whether a folder or file may be written; the mode counts for the administrator too."""
    return bool(place.stat().st_mode & _WRITE) and os.access(place, os.W_OK)


def check_place(path: Path, mounts: str | None = None) -> None:
    """Raise DatabaseTrouble when a SQLite database at *path* could not be used safely."""
    try:
        _check(path, mounts)
    except OSError as error:  # the name is too long, the disk answers with a fault
        raise DatabaseTrouble(
            f"{path} går inte att använda: {in_swedish(error)}.", "read-only"
        ) from error


def _check(path: Path, mounts: str | None) -> None:
    folder = path.parent
    if path.is_dir():
        raise DatabaseTrouble(f"{path} är en mapp, inte en databasfil.", "foreign")
    if not folder.is_dir():
        raise DatabaseTrouble(
            f"Mappen {folder} finns inte. Skapa den eller välj en annan plats.", "missing folder"
        )
    if mounts is None:
        mounts = MOUNTS.read_text(errors="replace") if MOUNTS.exists() else ""
    if is_network(file_system(path.resolve(), mounts)) or str(path).startswith(("\\\\", "//")):
        raise DatabaseTrouble(
            f"{path} ligger på en nätverksdisk. Där kan SQLite förlora uppgifter: lägg filen på "
            "datorns egen disk, eller använd PostgreSQL.",
            "network",
        )
    _refuse_planted(path)
    # WAL writes beside the file, so both must be writable.  The mode is looked at as well,
    # so that the administrator gets the same answer as everyone else.
    for place, words in ((folder, "Mappen"), (path, "Filen")):
        if place.exists() and not may_write(place):
            raise DatabaseTrouble(
                f"{words} {place} är skrivskyddad för dig. Ändra behörigheten eller välj en annan "
                "plats.",
                "read-only",
            )
    if path.exists() and not os.access(path, os.R_OK):
        raise DatabaseTrouble(f"Filen {path} får inte läsas av dig.", "read-only")
    if path.exists():
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
        if head and head != _MAGIC:
            # SQLite would take a very short file for an empty one and write over it.
            raise damaged(str(path))


def _refuse_planted(path: Path) -> None:
    """Raise DatabaseTrouble for what SQLite or the lock would follow or believe beside *path*."""
    real = path.resolve()
    owners = {0} if not hasattr(os, "geteuid") else {0, os.geteuid()}
    if real.exists():
        owners.add(real.stat().st_uid)
    shared = bool(real.parent.stat().st_mode & stat.S_IWOTH)
    for tail in COMPANIONS:
        beside = real.with_name(real.name + tail)
        try:
            status = beside.lstat()
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(status.st_mode):
            kind = "en länk" if stat.S_ISLNK(status.st_mode) else "ingen vanlig fil"
            raise _planted(beside, f"är {kind}")
        if status.st_nlink > 1:
            raise _planted(beside, "är samma fil som en annan, med två namn")
        if shared and hasattr(os, "geteuid") and status.st_uid not in owners:
            raise _planted(beside, "tillhör någon annan, i en mapp där alla får skriva")


def _planted(beside: Path, what: str) -> DatabaseTrouble:
    return DatabaseTrouble(
        f"{beside} {what}, och följs inte: någon kan ha lagt den där. Se efter vad det är, ta bort "
        "den och starta igen.",
        "foreign",
    )


def keep_private(path: Path) -> tuple[str, ...]:
    """Take from everyone else the right to read the database file *path* and what lies beside it.

    Returns a sentence for people when something was mended.  A group that may read and write shares
    the file on purpose and keeps it.  Raises DatabaseTrouble for a file that is somebody else's and
    that everyone may read or write.
    """
    if not hasattr(os, "geteuid"):  # Windows: the folder's own rights hold
        return ()
    real = path.resolve()
    try:
        mended = [
            place.name
            for place in (real, *(real.with_name(real.name + tail) for tail in COMPANIONS))
            if _is_mended(place)
        ]
    except OSError as error:
        raise DatabaseTrouble(
            f"{path} går inte att använda: {in_swedish(error)}.", "read-only"
        ) from error
    if not mended:
        return ()
    names = " och ".join(mended)
    return (f"{names} fick läsas av andra på datorn. Nu får bara du det.",)


def _is_mended(place: Path) -> bool:
    try:
        status = place.lstat()
        if not _is_open(status):
            return False
        if status.st_uid != os.geteuid():
            if not status.st_mode & stat.S_IRWXO:
                return False  # a group's, and ours to use
            raise DatabaseTrouble(
                f"Filen {place} tillhör någon annan och får läsas eller ändras av alla på datorn. "
                "Be ägaren att ta bort den rätten (chmod o-rwx) och starta igen.",
                "read-only",
            )
        # Opened only now: closing a database file releases SQLite's locks on it in this process.
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    return True


def _is_open(status: os.stat_result) -> bool:
    """Tell whether others may read or write; a group that may do both works in the file."""
    of_group = status.st_mode & (stat.S_IRGRP | stat.S_IWGRP)
    together = of_group == stat.S_IRGRP | stat.S_IWGRP
    return bool(status.st_mode & stat.S_IRWXO or (of_group and not together))


def make_file(path: Path) -> None:
    """Make an empty file that only its owner may read; leave an existing one alone."""
    flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(path, flags, 0o600))
