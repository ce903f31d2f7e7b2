"""Backups: made in one step as of one moment, verified, and restored into an empty place only.

A backup is one file, a ZIP with two members: the manifest and the database, which is a SQLite file
or what pg_dump made.  It does not open as a register, and any ZIP program gets the database out.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from sqlalchemy import Connection, Engine, text

from pasis_tui import __version__, clock
from pasis_tui.files import run_folder
from pasis_tui.files.whole import saying_why, whole
from pasis_tui.services.upkeep import manifests
from pasis_tui.services.upkeep.log_chain import head_of
from pasis_tui.services.upkeep.manifests import BadBackup, Manifest
from pasis_tui.store import server_tools
from pasis_tui.store.addresses import ServerAddress, address_of
from pasis_tui.store.content import TableContent, content_of, differing
from pasis_tui.store.copies import discard
from pasis_tui.store.database import MAKING, alone_with, in_use
from pasis_tui.store.engines import READING, file_engine
from pasis_tui.store.holding import Hold
from pasis_tui.store.places import COMPANIONS, check_place, keep_private
from pasis_tui.store.schema import (
    HEAD,
    REVISIONS,
    check_revision,
    read_facts,
    revision_of,
    table_names,
)
from pasis_tui.store.server_engine import server_engine
from pasis_tui.store.trouble import DatabaseTrouble, trouble_at_opening
from pasis_tui.store.watch import FileWatch
from pasis_tui.validation.file_faults import in_swedish

_MANIFEST = "manifest.json"
_MEMBERS = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
_MOST_MANIFEST = 1 << 20  # bytes
_BLOCK = 1 << 20
_REVISION = "alembic_version"  # without its row no program opens the database
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup on disk."""

    path: Path
    manifest: Manifest


# -- making ----------------------------------------------------------------------------------------


def back_up(target: str, place: Path) -> Backup:
    """Back up the database *target*, a path or URL, to the new file *place*, or into that folder.

    The backup is private, and read again before it gets its name.  The database may be in use, and
    of an older schema.  Raises DatabaseTrouble, FileTrouble.
    """
    path = address_of(target)
    goal = _goal(place)
    if isinstance(path, ServerAddress):
        with _told(path.name, "postgresql"), _scratch(goal.parent) as made:
            return _packed(goal, made, _dump(path, made))
    check_place(path)
    if not path.exists():
        raise DatabaseTrouble(f"Databasen {path} finns inte.", "missing")
    keep_private(path)
    with Hold(path.resolve()) as hold:
        if not hold.take(alone=False):
            raise in_use(path)
        with _told(str(path), "sqlite"), _scratch(goal.parent) as made:
            return _packed(goal, made, _copy(path, made))


def _goal(place: Path) -> Path:
    if place.is_dir():
        now = f"{clock.now():%Y%m%dT%H%M%SZ}"
        names = (f"pasis-{now}.zip", *(f"pasis-{now}-{n}.zip" for n in range(2, 100)))
        return next(path for name in names if not (path := place / name).exists())
    if place.exists() or place.is_symlink():
        raise DatabaseTrouble(
            f"{place} finns redan, och en säkerhetskopia skrivs inte över. Välj ett annat namn.",
            "not empty",
        )
    return place


@contextmanager
def _scratch(near: Path) -> Iterator[Path]:
    """Give a new private file of this run, and remove it with what SQLite made beside it."""
    with saying_why(near):
        run = run_folder.current()
        made = (
            run_folder.new_file(near, ".pasis-")
            if run is None
            else run_folder.new_file(run.folder())
        )
    try:
        yield made
    finally:
        discard(made)


@contextmanager
def _told(name: str, dialect: str) -> Iterator[None]:
    """Turn a driver's error into DatabaseTrouble about the database *name*."""
    try:
        yield
    except Exception as error:
        trouble = trouble_at_opening(error, name, dialect)
        if trouble is None:
            raise
        raise trouble from error


def _copy(path: Path, made: Path) -> Manifest:
    watch = FileWatch(path)
    engine = file_engine(path, watch)
    try:
        with engine.execution_options(**{READING: True}).connect() as connection:
            revision = _revision(connection, str(path))
            contents = content_of(connection)
            facts = read_facts(connection)
            head = head_of(connection)
            driver = connection.connection.driver_connection
            with closing(sqlite3.connect(made)) as copy:
                # In one step: step by step it begins anew whenever somebody saves.
                assert driver is not None  # noqa: S101 - it is connected
                driver.backup(copy, pages=-1)
                copy.execute("PRAGMA journal_mode=DELETE").close()
    finally:
        engine.dispose(close=not watch.lost)
        watch.close()
    _verify_file(made, contents, str(path))
    return _manifest("sqlite", revision, facts, made, contents, head)


@contextmanager
def _disposed(engine: Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()


def _dump(address: ServerAddress, made: Path) -> Manifest:
    engine = server_engine(address).execution_options(isolation_level="REPEATABLE READ")
    with _disposed(engine), engine.connect() as connection:
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {setting} = 0"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        revision = _revision(connection, address.name)
        contents = content_of(connection)
        facts = read_facts(connection)
        head = head_of(connection)
        server_tools.dump(address, snapshot, made)
    return _manifest("postgresql", revision, facts, made, contents, head)


def _revision(connection: Connection, name: str) -> str:
    revision = revision_of(connection)
    if revision is None:
        raise DatabaseTrouble(f"Databasen {name} är tom: det finns inget att kopiera.", "missing")
    if revision not in REVISIONS:
        check_revision(revision, name)
    return revision


def _manifest(
    dialect: str,
    revision: str,
    facts: dict[str, str],
    made: Path,
    contents: dict[str, TableContent],
    head: str,
) -> Manifest:
    return Manifest(
        program=__version__,
        dialect=dialect,
        schema=revision,
        mode=facts.get("mode", "clinic"),
        made_at=clock.now().isoformat(timespec="seconds"),
        size=made.stat().st_size,
        sha256=_sha256_of(made),
        tables=contents,
        log_head=head,
    )


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _verify_file(made: Path, contents: dict[str, TableContent], name: str) -> None:
    """Raise DatabaseTrouble unless the SQLite file *made* is sound and holds *contents*."""
    watch = FileWatch(made)
    engine = file_engine(made, watch)
    try:
        with engine.execution_options(**{READING: True}).connect() as connection:
            faults = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
            differ = differing(contents, content_of(connection))
    finally:
        engine.dispose()
        watch.close()
    if faults != ["ok"]:
        raise DatabaseTrouble(
            f"{name} är skadad: {faults[0]}. Återställ den senaste säkerhetskopian som är hel.",
            "corrupt",
        )
    if differ:
        raise DatabaseTrouble(f"{name} blev inte lika: {', '.join(differ)}.", "corrupt")


def _packed(goal: Path, made: Path, manifest: Manifest) -> Backup:
    with whole(goal) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.writestr(_MANIFEST, manifests.written(manifest))
            stored = zipfile.ZIP_STORED if manifest.dialect == "postgresql" else None
            packed.write(made, _MEMBERS[manifest.dialect], stored)
        file.flush()
        written = Path(file.name)
        with _opened(written, goal.name) as (packed, again):
            if again != manifest:
                raise BadBackup(f"{goal.name} kunde inte läsas tillbaka lika. Försök igen.")
            for _ in _payload(packed, again, goal.name):
                pass
    return Backup(goal, manifest)


# -- reading ---------------------------------------------------------------------------------------


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of the backup at *path*.  Raises BadBackup."""
    with _opened(path, path.name) as (_, manifest):
        return manifest


@contextmanager
def _opened(path: Path, name: str) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    start = b""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        packed = zipfile.ZipFile(path)
    except OSError as error:
        raise BadBackup(f"{name} kan inte läsas: {in_swedish(error)}.") from error
    except _UNREADABLE as error:
        if start.startswith(b"PK"):
            raise BadBackup(f"{name} är avkortad eller skadad: slutet saknas.") from error
        raise BadBackup(f"{name} är ingen säkerhetskopia av pasis.") from error
    with packed:
        names = packed.namelist()
        if _MANIFEST not in names:
            raise BadBackup(f"{name} är ingen säkerhetskopia av pasis.")
        if packed.getinfo(_MANIFEST).file_size > _MOST_MANIFEST:
            raise BadBackup(f"{name} är skadad: innehållsförteckningen är orimligt stor.")
        try:
            text_ = packed.read(_MANIFEST)
        except _UNREADABLE as error:
            raise BadBackup(
                f"{name} är skadad: innehållsförteckningen går inte att läsa."
            ) from error
        manifest = manifests.read(text_, name)
        if manifest.dialect not in _MEMBERS or sorted(names) != sorted(
            [_MANIFEST, _MEMBERS[manifest.dialect]]
        ):
            raise BadBackup(f"{name} är ändrad: den innehåller annat än en säkerhetskopia.")
        yield packed, manifest


def _payload(packed: zipfile.ZipFile, manifest: Manifest, name: str) -> Iterator[bytes]:
    """Give the database's file block by block.  Raises BadBackup when it is not what was written."""
    seen, size = hashlib.sha256(), 0
    try:
        with packed.open(_MEMBERS[manifest.dialect]) as member:
            while block := member.read(_BLOCK):
                size += len(block)
                if size > manifest.size:
                    break
                seen.update(block)
                yield block
    except _UNREADABLE as error:
        raise BadBackup(f"{name} är skadad: databasen i den går inte att läsa.") from error
    if size != manifest.size or seen.hexdigest() != manifest.sha256:
        raise BadBackup(f"{name} är ändrad: databasen i den är inte den som skrevs.")


# -- restoring -------------------------------------------------------------------------------------


def restore(path: Path, target: str) -> Manifest:
    """Restore the backup at *path* into *target*: a new file, or a server's database without tables.

    What was restored is held against the manifest before it can be opened.  It is an instance of its
    own, so that no draft of the original comes back in it; an older schema stays as it is.  Raises
    BadBackup, DatabaseTrouble, FileTrouble.
    """
    goal = address_of(target)
    dialect = "sqlite" if isinstance(goal, Path) else "postgresql"
    with _opened(path, path.name) as (packed, manifest):
        if manifest.schema not in REVISIONS:
            raise BadBackup(
                f"{path.name} är gjord av en nyare version av pasis_tui ({manifest.program}). "
                "Uppdatera programmet innan du återställer den."
            )
        if manifest.dialect != dialect:
            where = "i PostgreSQL" if manifest.dialect == "postgresql" else "i en fil"
            raise BadBackup(f"{path.name} är av en databas {where} och kan bara återställas så.")
        if isinstance(goal, Path):
            _restore_file(packed, manifest, path.name, goal)
        else:
            _restore_server(packed, manifest, path, goal)
    return manifest


def is_older(manifest: Manifest) -> bool:
    """Tell whether what was restored needs ``pasis db upgrade``."""
    return manifest.schema != HEAD


def _restore_file(packed: zipfile.ZipFile, manifest: Manifest, name: str, goal: Path) -> None:
    with alone_with(goal):
        for tail in ("", *(tail for tail in COMPANIONS if tail != "-lock")):
            taken = goal.with_name(goal.name + tail)
            if taken.exists() or taken.is_symlink():
                raise _not_empty(str(taken))
        with _scratch(goal.parent) as made, _told(name, "sqlite"):
            with saying_why(made), made.open("wb") as file:
                _fill(file, packed, manifest, name)
            _verify_file(made, dict(manifest.tables), name)
            with closing(sqlite3.connect(made)) as copy, copy:
                copy.execute(
                    "UPDATE database_fact SET value = ? WHERE name = 'instance'", (uuid4().hex,)
                )
            with whole(goal) as target, made.open("rb") as source:
                shutil.copyfileobj(source, target, _BLOCK)


def _fill(file: BinaryIO, packed: zipfile.ZipFile, manifest: Manifest, name: str) -> None:
    for block in _payload(packed, manifest, name):
        file.write(block)


def _not_empty(name: str) -> DatabaseTrouble:
    return DatabaseTrouble(
        f"{name} finns redan. En säkerhetskopia återställs bara till en tom plats: ange en ny fil.",
        "not empty",
    )


def _restore_server(
    packed: zipfile.ZipFile, manifest: Manifest, path: Path, address: ServerAddress
) -> None:
    name = address.name
    engine = server_engine(address)
    with (
        _told(name, "postgresql"),
        _disposed(engine),
        _alone_on(engine, name),
        _scratch(path.parent) as made,
        _scratch(path.parent) as listing,
    ):
        with saying_why(made), made.open("wb") as file:
            _fill(file, packed, manifest, path.name)
        server_tools.restore(address, made, _REVISION, listing)
        _finish(engine, manifest, name)


@contextmanager
def _alone_on(engine: Engine, name: str) -> Iterator[None]:
    """Keep other programs from making what is missing, in a database without a table."""
    with engine.connect() as connection:
        key = {"key": MAKING}
        if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), key).scalar():
            raise DatabaseTrouble(f"Databasen {name} görs i ordning av ett annat program.", "busy")
        if table_names(connection):
            raise DatabaseTrouble(
                f"Databasen {name} är inte tom. En säkerhetskopia återställs bara till en tom "
                "databas: gör en ny med createdb.",
                "not empty",
            )
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield  # the transaction's end releases the lock


def _finish(engine: Engine, manifest: Manifest, name: str) -> None:
    """Hold the database against the manifest and let it be opened, in one transaction."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(
            text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": manifest.schema}
        )
        if differ := differing(manifest.tables, content_of(connection)):
            raise DatabaseTrouble(
                f"Databasen {name} blev inte lika säkerhetskopian: {', '.join(differ)}. Den går inte "
                "att öppna: ta bort den med dropdb.",
                "corrupt",
            )
        connection.execute(
            text("UPDATE database_fact SET value = :new WHERE name = 'instance'"),
            {"new": uuid4().hex},
        )
