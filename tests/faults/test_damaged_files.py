"""The WAL cut, zeroed or with bits flipped, as a power cut leaves it: a prefix of the commits.

Damage to the database file itself is told in Swedish or found by the check, never a traceback.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event

from pasis_tui.services.fees import cost_protection
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.users import settings
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.store.trouble import DatabaseTrouble
from tests.faults.acts import DAY
from tests.faults.acts_of_money import CARD
from tests.faults.faulty import State, state
from tests.flows.practice import NAME
from tests.services.clinic import ALL, Clinic
from tests.services.transfer_files import at

CASES, MANY = 500, 4_000
TESTS = 10
HEADER, FRAME = 32, 24 + 4096  # of a WAL, in bytes


@dataclass(frozen=True)
class Recorded:
    """A database file, the WAL of what was saved since, and the state at each end of a commit."""

    file: bytes
    wal: bytes
    ends: tuple[int, ...]
    states: tuple[State, ...]


@pytest.fixture(scope="module")
def recorded(clinic_file: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("recorded")
    path = folder / NAME
    shutil.copy(clinic_file.database.name, path)
    with Database.open(path) as database:
        event.listen(
            database.engine,
            "connect",
            lambda connection, _: connection.execute("PRAGMA wal_autocheckpoint=0").close(),
        )
        database.engine.dispose()
        clinic = Clinic(
            database,
            clinic_file.seed,
            clinic_file.vera,
            clinic_file.max,
            clinic_file.young,
            clinic_file.hidden,
        )
        file = path.read_bytes()
        ends, states = [HEADER], [state(folder)]
        wal = path.with_name(f"{NAME}-wal")
        for _ in _work(clinic):
            if wal.stat().st_size > ends[-1]:
                ends.append(wal.stat().st_size)
                states.append(state(folder))
        return Recorded(file, wal.read_bytes(), tuple(ends), tuple(states))


def _work(c: Clinic) -> Iterator[object]:
    """A morning's saves, one transaction each."""
    yield (card := c.commitment())
    fields = c.visit_fields(card, DAY, main_diagnosis="F431")
    yield None  # the proposal was logged
    yield visits.save_all(at(c), c.vera, fields, ALL)
    yield c.enrol(card, DAY, diagnosis="F431")
    yield c.discharge(card, DAY)
    yield forms.get(at(c), card.id)
    yield settings.change(at(c), auto_skip=True)
    yield cost_protection.add_card(at(c), c.vera, CARD)
    person = patients.get(at(c), c.vera)
    yield person
    yield patients.save(at(c), person.raw() | {"phone": "040-123456"}, person.version)


@pytest.mark.parametrize("part", range(TESTS))
def test_a_damaged_wal_leaves_a_prefix_of_the_commits(
    recorded: Recorded, tmp_path: Path, part: int
) -> None:
    for number in range(part, CASES, TESTS):
        _damage_the_wal(recorded, tmp_path / str(number), number)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(TESTS))
def test_many_damaged_wals(recorded: Recorded, tmp_path: Path, part: int) -> None:
    for number in range(CASES + part, CASES + MANY, TESTS):
        _damage_the_wal(recorded, tmp_path / str(number), number)


def _damage_the_wal(recorded: Recorded, folder: Path, number: int) -> None:
    random = Random(number)
    at, damaged = _damage(recorded.wal, random)
    _write(folder, recorded.file, damaged)
    if random.random() < 0.2:  # what was in memory as the power went
        (folder / f"{NAME}-shm").write_bytes(random.randbytes(32768))
    whole = [end for end in recorded.ends if end <= at] or recorded.ends[:1]
    with Database.open(folder / NAME) as database:
        assert database.check() == [], number
        assert state(folder) == recorded.states[len(whole) - 1], number
    shutil.rmtree(folder)


def _write(folder: Path, file: bytes, wal: bytes) -> None:
    folder.mkdir()
    (folder / NAME).write_bytes(file)
    (folder / f"{NAME}-wal").write_bytes(wal)


def _damage(content: bytes, random: Random) -> tuple[int, bytes]:
    """Return where *content* is damaged first, and what is left of it."""
    at = random.randrange(len(content))
    if random.random() < 0.3:  # about the edge of a frame
        at = HEADER + FRAME * random.randrange(len(content) // FRAME) + random.randint(-1, 25)
        at = min(at, len(content) - 1)
    damaged = bytearray(content)
    way = random.randrange(4)
    if way == 0:
        del damaged[at:]
    elif way == 1:
        end = min(len(content), at + random.choice((1, 512, 4096, 65536)))
        damaged[at:end] = bytes(end - at)
    elif way == 2:
        for _ in range(random.randint(1, 8)):
            damaged[min(len(content) - 1, at + random.randrange(100))] ^= 1 << random.randrange(8)
    else:  # a page written twice, into the place of another
        damaged[at : at + 4096] = content[:4096][: len(content) - at]
    first = (i for i in range(at, len(damaged)) if damaged[i] != content[i])
    return next(first, len(damaged)), bytes(damaged)


@pytest.mark.parametrize("part", range(TESTS))
def test_a_damaged_database_is_told(recorded: Recorded, tmp_path: Path, part: int) -> None:
    for number in range(part, CASES // 2, TESTS):
        _damage_the_file(recorded, tmp_path / str(number), number)


@pytest.mark.parametrize("number", [1266, 2370])  # SQLite's own words not UTF-8; its format gone
def test_damage_that_once_ended_in_a_traceback(
    recorded: Recorded, tmp_path: Path, number: int
) -> None:
    _damage_the_file(recorded, tmp_path / str(number), number)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(TESTS))
def test_many_damaged_databases_are_told(recorded: Recorded, tmp_path: Path, part: int) -> None:
    for number in range(CASES + part, CASES + MANY // 2, TESTS):
        _damage_the_file(recorded, tmp_path / str(number), number)


def _damage_the_file(recorded: Recorded, folder: Path, number: int) -> None:
    try:
        _opens_or_is_told(recorded, folder, number)
    except Exception as error:
        raise AssertionError(f"file {number}: {error!r}") from error


def _opens_or_is_told(recorded: Recorded, folder: Path, number: int) -> None:
    random = Random(number)
    _, damaged = _damage(recorded.file, random)
    _write(folder, damaged, recorded.wal if random.random() < 0.5 else b"")
    try:
        with Database.open(folder / NAME) as database:
            database.check()
            assert database.mode
            assert database.is_empty in {True, False}
    except DatabaseTrouble as trouble:
        assert str(folder / NAME) in str(trouble), number
        assert trouble.kind in {"corrupt", "missing", "foreign", "newer", "older"}, number
    shutil.rmtree(folder)
