"""A backup holds what the register held at one moment; what is no longer one is refused."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import make_url, text

from pasis_tui.models import Unit
from pasis_tui.services.upkeep import backups, manifests
from pasis_tui.services.upkeep.manifests import BadBackup
from pasis_tui.store import migrate
from pasis_tui.store.database import Database
from pasis_tui.store.engines import file_engine
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.store.watch import FileWatch
from pasis_tui.validation.for_people import ForPeople
from tests.flows.practice import run_pasis
from tests.upkeep.registers import content, copied, server_programs, small_register, target_of

FLIPS, MANY = 60, 3000
KILLS, MANY_KILLS = 6, 200


@pytest.fixture
def saved(sqlite_database: Database, tmp_path: Path) -> Path:
    """A backup of a small register in a file."""
    small_register(sqlite_database)
    place = tmp_path / "kopior"
    place.mkdir()
    return backups.back_up(sqlite_database.name, place).path


def test_restored_is_equal(database: Database, empty_place: str, tmp_path: Path) -> None:
    small_register(database)
    before = content(database)
    made = backups.back_up(target_of(database), tmp_path / "kopia.zip")
    assert made.manifest.rows == sum(each.rows for each in before.values())
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert backups.read_manifest(made.path) == made.manifest
    assert backups.restore(made.path, empty_place) == made.manifest
    with Database.open(empty_place) as restored:
        assert content(restored) == before
        assert restored.fact("instance") != database.fact("instance") or not database.fact(
            "instance"
        )
        with SystemWork(restored) as work:  # ids go on where they were
            work.insert(Unit, code="PSNY01", name="Ny")
            work.commit()
    assert content(database) == before


def test_only_into_an_empty_place(database: Database, empty_place: str, tmp_path: Path) -> None:
    small_register(database)
    made = backups.back_up(target_of(database), tmp_path / "kopia.zip")
    for taken in (target_of(database), empty_place):
        if taken == empty_place:
            backups.restore(made.path, empty_place)
        with Database.open(taken) as opened:
            before = content(opened)
        with pytest.raises(DatabaseTrouble) as caught:
            backups.restore(made.path, taken)
        assert caught.value.kind in ("not empty", "busy")
        with Database.open(taken) as opened:
            assert content(opened) == before


@pytest.mark.parametrize("tail", ["", "-wal", "-shm", "-journal"])
def test_nothing_in_the_way_is_written_over(saved: Path, tmp_path: Path, tail: str) -> None:
    goal = tmp_path / "ny.sqlite"
    taken = tmp_path / f"ny.sqlite{tail}"
    taken.write_bytes(b"")
    with pytest.raises(DatabaseTrouble) as caught:
        backups.restore(saved, str(goal))
    assert str(taken) in str(caught.value)
    assert taken.read_bytes() == b""
    taken.unlink()
    taken.symlink_to(tmp_path / "annat")
    with pytest.raises(ForPeople):
        backups.restore(saved, str(goal))
    assert not (tmp_path / "annat").exists()


def test_a_backup_is_never_written_over(sqlite_database: Database, saved: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(DatabaseTrouble) as caught:
        backups.back_up(sqlite_database.name, saved)
    assert "finns redan" in str(caught.value)
    assert saved.read_bytes() == before
    names = {backups.back_up(sqlite_database.name, saved.parent).path for _ in range(3)}
    assert len(names | {saved}) == 4


def test_while_others_save_it_ends_and_is_of_one_moment(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """Step by step, SQLite's backup began anew at each save and never ended."""
    small_register(sqlite_database)
    ended = threading.Event()

    def save() -> None:
        number = 0
        with Database.open(sqlite_database.name) as mine:
            while not ended.is_set():
                number += 1
                with SystemWork(mine) as work:  # always two at a time
                    work.insert(Unit, code=f"A{number:05}", name="x")
                    work.insert(Unit, code=f"B{number:05}", name="x")
                    work.commit()

    writer = threading.Thread(target=save)
    writer.start()
    try:
        made = [backups.back_up(sqlite_database.name, tmp_path / f"{n}.zip") for n in range(5)]
    finally:
        ended.set()
        writer.join()
    counts = [each.manifest.tables["unit"].rows for each in made]
    assert counts == sorted(counts)
    for number, count in enumerate(counts):
        backups.restore(tmp_path / f"{number}.zip", str(tmp_path / f"{number}.sqlite"))
        with Database.open(tmp_path / f"{number}.sqlite") as restored:
            with restored.engine.connect() as connection:
                codes = [r[0] for r in connection.execute(text("SELECT code FROM unit"))]
            assert len(codes) == count
            ours = {code[1:] for code in codes if code[1:].isdigit()}
            assert all(f"A{n}" in codes and f"B{n}" in codes for n in ours)


def _is_refused_or_equal(spoilt: Path, goal: Path, whole: dict[str, object]) -> bool:
    """Whether restoring *spoilt* was refused, by the file's name; if not it is as it was."""
    try:
        backups.restore(spoilt, str(goal))
    except BadBackup as refused:
        assert str(refused).startswith(spoilt.name)
        assert not goal.exists()
        return True
    with Database.open(goal) as restored:
        assert content(restored) == whole
    goal.unlink()
    return False


def _spoil(saved: Path, tmp_path: Path, random: Random, times: int) -> int:
    with Database.open(tmp_path / "pasis.sqlite") as database:
        whole = dict(content(database))
    original = saved.read_bytes()
    refused = 0
    for turn in range(times):
        with copied(saved, "skadad.zip") as spoilt:
            bytes_ = bytearray(original)
            if turn % 3 == 0:
                del bytes_[random.randrange(len(bytes_)) :]
            else:
                bytes_[random.randrange(len(bytes_))] ^= 1 << random.randrange(8)
            spoilt.write_bytes(bytes_)
            refused += _is_refused_or_equal(spoilt, tmp_path / "ny.sqlite", dict(whole))
    return refused


def test_a_cut_or_changed_backup_is_refused(saved: Path, tmp_path: Path) -> None:
    assert _spoil(saved, tmp_path, Random(11), FLIPS) > FLIPS // 2


@pytest.mark.soak
def test_three_thousand_cut_or_changed_backups(saved: Path, tmp_path: Path) -> None:
    refused = _spoil(saved, tmp_path, Random(12), MANY)
    print(f"{MANY} spoilt backups: {refused} refused, {MANY - refused} restored equal")


def _again(saved: Path, **members: bytes | None) -> Path:
    """The backup packed anew with other *members*, its checksums right."""
    path = saved.with_name(f"annan{len(list(saved.parent.iterdir()))}.zip")
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w") as new:
        kept = {name: old.read(name) for name in old.namelist()}
        for name, value in {**kept, **{n.replace("_", "."): v for n, v in members.items()}}.items():
            if value is not None:
                new.writestr(name, value)
    return path


def _changed(saved: Path, **changes: object) -> bytes:
    with zipfile.ZipFile(saved) as old:
        return json.dumps({**json.loads(old.read("manifest.json")), **changes}).encode()


def test_a_foreign_or_forged_file_is_refused(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as packed:
        database = packed.read("database.sqlite")
    other = bytearray(database)
    other[-1] ^= 1
    letter, plain = tmp_path / "brev.zip", tmp_path / "plain.zip"
    letter.write_text("Hej")
    plain.write_bytes(database)
    manifest = backups.read_manifest(saved)
    sealed = manifests.written
    newer = sealed(replace(manifest, schema="9999"))
    fewer = sealed(replace(manifest, tables={}))
    for path, words in (
        (letter, "ingen säkerhetskopia"),
        (plain, "ingen säkerhetskopia"),
        (tmp_path / "borta.zip", "finns inte"),
        (tmp_path, "en mapp"),
        (_again(saved, manifest_json=None), "ingen säkerhetskopia"),
        (_again(saved, manifest_json=b"{"), "skadad"),
        (_again(saved, manifest_json=b"[" * 100_000), "skadad"),
        (_again(saved, manifest_json=b"x" * (1 << 21)), "orimligt"),
        (_again(saved, manifest_json=b"[]"), "ingen säkerhetskopia"),
        (_again(saved, manifest_json=_changed(saved, form=2)), "nyare version"),
        (_again(saved, manifest_json=_changed(saved, made_at="2020-01-01")), "ändrad"),
        (_again(saved, manifest_json=_changed(saved, seal=None)), "ändrad"),
        (_again(saved, database_sqlite=None), "innehåller annat"),
        (_again(saved, extra_txt=b"x"), "innehåller annat"),
        (_again(saved, database_sqlite=bytes(other)), "ändrad"),
        (_again(saved, database_sqlite=database + b"x"), "ändrad"),
        (_again(saved, manifest_json=newer), "nyare version"),
    ):
        with pytest.raises(BadBackup, match=words) as caught:
            backups.restore(path, str(tmp_path / "ny.sqlite"))
        assert str(caught.value).startswith(path.name)
        assert not (tmp_path / "ny.sqlite").exists()
    with pytest.raises(DatabaseTrouble, match="inte lika"):
        backups.restore(_again(saved, manifest_json=fewer), str(tmp_path / "ny.sqlite"))
    assert not (tmp_path / "ny.sqlite").exists()


def test_a_file_is_not_restored_to_a_server(saved: Path) -> None:
    with pytest.raises(BadBackup, match="en databas i en fil"):
        backups.restore(saved, "postgresql://127.0.0.1:1/x")


def test_an_older_schema_is_backed_up_and_restored_as_it_is(tmp_path: Path) -> None:
    """The way before ``db upgrade`` is a backup, so it must take what it will upgrade."""
    old = tmp_path / "gammal.sqlite"
    old.touch(0o600)
    watch = FileWatch(old)
    engine = file_engine(old, watch)
    migrate.upgrade(engine, "0001")
    engine.dispose()
    watch.close()
    made = backups.back_up(str(old), tmp_path / "kopia.zip")
    assert made.manifest.schema == "0001"
    goal = tmp_path / "ny.sqlite"
    assert backups.is_older(backups.restore(made.path, str(goal)))
    with pytest.raises(DatabaseTrouble) as caught:
        Database.open(goal)
    assert caught.value.kind == "older"
    Database.open(goal, upgrade=True).dispose()
    Database.open(goal).dispose()


def test_nothing_is_backed_up_of_what_is_no_register(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "borta.sqlite", "finns inte"),
        (tmp_path / "tom.sqlite", "är tom"),
        (tmp_path / "brev.sqlite", "skadad eller ingen databas"),
    ):
        if "tom" in path.name:
            path.touch()
        if "brev" in path.name:
            path.write_text("Ett brev, ingen databas.")
        with pytest.raises(DatabaseTrouble, match=words):
            backups.back_up(str(path), tmp_path / "kopia.zip")
    assert not (tmp_path / "kopia.zip").exists()


def test_a_damaged_register_is_not_passed_off_as_backed_up(
    sqlite_database: Database, tmp_path: Path
) -> None:
    small_register(sqlite_database)
    path = tmp_path / "skadad.sqlite"
    sqlite_database.dispose()
    content_ = bytearray(Path(sqlite_database.name).read_bytes())
    content_[-8000:] = b"\xa5" * 8000
    path.write_bytes(content_)
    with pytest.raises(DatabaseTrouble) as caught:
        backups.back_up(str(path), tmp_path / "kopia.zip")
    assert caught.value.kind == "corrupt"
    assert not (tmp_path / "kopia.zip").exists()


def test_what_the_commands_say(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "kopia.zip"
    done = run_pasis("db", "backup", str(place), home=home)
    assert done.returncode == 0, done.stderr
    assert f"Säkerhetskopian ligger i {place}: " in done.stdout
    done = run_pasis("db", "restore", str(place), home=home)
    assert (done.returncode, "behöver --database" in done.stderr) == (2, True)
    goal = tmp_path / "ny.db"
    done = run_pasis("db", "restore", str(place), "--database", str(goal), home=home)
    assert done.returncode == 0
    assert f"{goal} är återställd ur säkerhetskopian från " in done.stdout
    done = run_pasis("db", "restore", str(place), "--database", str(goal), home=home)
    assert (done.returncode, "finns redan" in done.stderr) == (2, True)
    assert run_pasis("db", "check", "--database", str(goal), home=home).stdout.endswith(
        "inga fel.\n"
    )


# -- killed ----------------------------------------------------------------------------------------


def _killed_restoring(backup: Path, target: str, home: Path, after: float) -> None:
    environment = {**os.environ, "PASIS_DATA_DIR": str(home), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "pasis_tui", "db", "restore", str(backup)]
    program = subprocess.Popen(
        [*command, "--database", target],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        program.wait(after)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _kill(saved: Path, tmp_path: Path, times: int) -> tuple[int, int]:
    home, goal = tmp_path / "home", tmp_path / "ny.sqlite"
    whole = backups.read_manifest(saved)
    nothing = done = 0
    began = time.monotonic()
    _killed_restoring(saved, str(goal), home, 120)  # how long it takes here, unhindered
    took = time.monotonic() - began
    goal.unlink()
    for turn in range(times):
        _killed_restoring(saved, str(goal), home, took * (turn + 2) / (times + 1))
        left = {path.name for path in tmp_path.iterdir() if path.name.startswith((".pasis", "ny."))}
        if not goal.exists():
            nothing += 1
            assert left <= {"ny.sqlite-lock"}
            with pytest.raises(DatabaseTrouble):
                Database.open(goal)
        else:
            done += 1
            with Database.open(goal) as restored, restored.engine.connect() as connection:
                rows = connection.execute(text("SELECT count(*) FROM audit_event")).scalar()
            assert rows == whole.tables["audit_event"].rows
            goal.unlink()
    last = run_pasis("db", "restore", str(saved), "--database", str(goal), home=home)
    assert last.returncode == 0, last.stderr
    assert not (home / "tmp").exists()  # what the killed ones left is swept
    return nothing, done


def test_killed_while_restoring_nothing_opens(saved: Path, tmp_path: Path) -> None:
    _kill(saved, tmp_path, KILLS)


@pytest.mark.soak
def test_killed_two_hundred_times(saved: Path, tmp_path: Path) -> None:
    nothing, done = _kill(saved, tmp_path, MANY_KILLS)
    print(f"{MANY_KILLS} kills of db restore: {nothing} left nothing, {done} a whole register")


# -- PostgreSQL's own programs ---------------------------------------------------------------------


def test_no_password_in_an_argument_or_in_what_is_said(
    postgres_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    small_register(postgres_database)
    real = server_programs(monkeypatch, postgres_database)
    secret = "hemligt-ord"
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("pg_dump", "pg_restore"):
        spy = folder / name
        spy.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$@" "pw=$PGPASSWORD" >> {tmp_path}/said\nexec {real}/{name} "$@"\n'
        )
        spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    url = make_url(target_of(postgres_database)).set(password=secret)
    made = backups.back_up(url.render_as_string(hide_password=False), tmp_path / "kopia.zip")
    arguments = (tmp_path / "said").read_text().splitlines()
    assert [line for line in arguments if secret in line] == [f"pw={secret}"]
    # The tests' server asks for no password; a wrong database makes the program complain.
    missing = url.set(database="finns_inte").render_as_string(hide_password=False)
    with pytest.raises(DatabaseTrouble) as caught:
        backups.restore(made.path, missing)
    assert secret not in str(caught.value)
    assert secret not in "".join(capfd.readouterr())
    with zipfile.ZipFile(made.path) as packed:
        assert not any(secret.encode() in packed.read(name) for name in packed.namelist())


def test_a_machine_without_the_program(
    postgres_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_register(postgres_database)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatabaseTrouble, match="Programmet pg_dump finns inte"):
        backups.back_up(target_of(postgres_database), tmp_path / "kopia.zip")
    assert not list(tmp_path.glob("*.zip"))


def test_what_the_program_says_is_told(
    postgres_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when pg_dump is older than the server."""
    small_register(postgres_database)
    spy = tmp_path / "pg_dump"
    spy.write_text("#!/bin/sh\necho 'pg_dump: error: server version mismatch' >&2\nexit 1\n")
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(DatabaseTrouble, match=r"slutkod 1.*server version mismatch"):
        backups.back_up(target_of(postgres_database), tmp_path / "kopia.zip")
    assert not list(tmp_path.glob("*.zip"))


def test_a_half_restored_server_does_not_open(
    postgres_database: Database,
    empty_postgres: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed between reading the rows in and holding them against the manifest."""
    small_register(postgres_database)
    server_programs(monkeypatch, postgres_database)
    made = backups.back_up(target_of(postgres_database), tmp_path / "kopia.zip")
    monkeypatch.setattr(backups, "_finish", lambda *_: None)
    backups.restore(made.path, empty_postgres)
    for create in (False, True):
        with pytest.raises(DatabaseTrouble):
            Database.open(empty_postgres, create=create)
    assert shutil.which("pg_restore")
