"""Four clerks edit one record at once: what was acknowledged is stored, a conflict says whose."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from pasis_tui.models import User, UserUnit
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.store.actor import Context
from pasis_tui.store.conflict import Conflict
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from tests.faults.acts import DAY
from tests.flows.practice import NAME
from tests.seeding import ROLES_HELD
from tests.services.clinic import ALL, Clinic
from tests.services.transfer_files import at, sql

CLERKS = ("Anna Ek", "Bo Lind", "Cia Berg", "Dag Ahl")
EDITS, MANY = 500, 20_000
KINDS = ("014", "048")
Edit = Callable[[Context, str, Callable[[], object]], None]


@dataclass(frozen=True)
class Record:
    """What all edit: ``edit`` reads it and saves a value in ``field``, as a screen does.

    Between the two it calls what it is given.
    """

    entity: str
    field: str
    edit: Edit
    value: Callable[[int], str]


def _person(clinic: Clinic) -> Record:
    clinic.commitment()

    def edit(context: Context, value: str, read: Callable[[], object]) -> None:
        card = patients.get(context, clinic.vera)
        read()
        patients.save(context, card.raw() | {"given_name": value}, card.version)

    letters = str.maketrans("0123456789", "abcdefghij")  # a name has no digits
    return Record("patient", "given_name", edit, lambda n: f"Vera{n:07}".translate(letters))


def _form(clinic: Clinic) -> Record:
    commitment = clinic.commitment()
    clinic.visit(commitment, DAY, main_diagnosis="F431")
    clinic.enrol(commitment, DAY, diagnosis="F431")

    def edit(context: Context, value: str, read: Callable[[], object]) -> None:
        card = forms.get(context, commitment.id)
        assert card.enrolment is not None
        read()
        raw = card.enrolment.raw() | {"sick_leave_percent": value, "sick_leave_date": "20260301"}
        forms.save_enrolment(context, card.commitment_id, card.enrolment.version, raw, ALL)

    percent = ("25", "50", "75", "100")
    return Record("enrolment_form", "sick_leave_percent", edit, lambda n: percent[n % 4])


RECORDS = {"014": _person, "048": _form}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_acknowledged_is_stored(kind: str, clinic_file: Clinic, tmp_path: Path) -> None:
    _edit_at_once(kind, clinic_file, tmp_path, EDITS // 2)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_thousand_edits(kind: str, clinic_file: Clinic, tmp_path: Path) -> None:
    _edit_at_once(kind, clinic_file, tmp_path, MANY // 2)


def _edit_at_once(kind: str, made: Clinic, folder: Path, edits: int) -> None:
    path = folder / NAME
    shutil.copy(made.database.name, path)
    with Database.open(path) as database:
        clinic = replace(made, database=database)
        record = RECORDS[kind](clinic)
        with SystemWork(database) as work:
            users = [
                work.insert(User, signature=f"CLERK{n}", name=name, password_hash="")
                for n, name in enumerate(CLERKS)
            ]
            for user in users:
                work.insert(UserUnit, user_id=user, unit_id=clinic.seed.a.id, roles=ROLES_HELD)
            work.commit()
        before = _stored(clinic, record)[0]
        acknowledged = _four(clinic, record, users, edits)
        _check(clinic, record, acknowledged)
        assert _stored(clinic, record)[0] == before + len(acknowledged)
        assert database.check() == []


def _four(clinic: Clinic, record: Record, users: list[int], edits: int) -> list[tuple[int, str]]:
    """Let four clerks, each with connections of her own, do *edits* in all.

    Returns (user, value) of each that was acknowledged.
    """
    done: list[tuple[int, str]] = []
    faults: list[BaseException] = []
    conflicts: list[Conflict] = []
    together = threading.Barrier(len(CLERKS))

    def work(number: int) -> None:
        random = Random(number)
        name, user = CLERKS[number], users[number]
        try:
            with Database.open(clinic.database.name) as database:
                context = at(replace(clinic, database=database))
                actor = replace(context.actor, user_id=user, signature=f"CLERK{number}", name=name)
                context = replace(context, actor=actor)
                for turn in range(edits // len(CLERKS)):
                    value = record.value(random.randrange(10**6) * 4 + turn)
                    try:
                        # Now and then all have read before the first of them saves.
                        record.edit(context, value, _alone if turn % 10 else together.wait)
                    except Conflict as conflict:
                        conflicts.append(conflict)
                        assert conflict.who in {*CLERKS, "Annika Lindgren"} - {name}
                        assert conflict.who in str(conflict)
                        # To be shown beside what was typed; the other's form may say the same.
                        assert record.field in conflict.now or record.entity != "patient"
                    else:
                        done.append((user, value))
        except BaseException as fault:
            faults.append(fault)
            together.abort()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(CLERKS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    assert len(done) + len(conflicts) == edits // len(CLERKS) * len(CLERKS)
    assert len(conflicts) >= edits // len(CLERKS) // 10 * (len(CLERKS) - 1)
    return done


def _alone() -> None:
    """Save at once what was read."""


def _check(clinic: Clinic, record: Record, acknowledged: list[tuple[int, str]]) -> None:
    """Each acknowledged save has its event, and each found the record as the one before left it."""
    events = [
        (user, json.loads(changes).get(record.field))
        for user, changes in sql(
            clinic.database,
            "SELECT user_id, changes FROM audit_event WHERE action = 'change'"
            f" AND entity = '{record.entity}' ORDER BY id",
        )
    ]
    assert len(events) == len(acknowledged)
    changed = [(user, change) for user, change in events if change is not None]
    for (_, before), (_, after) in pairwise(changed):
        assert after[0] == before[1]
    assert _stored(clinic, record)[1] == changed[-1][1][1]
    logged = [(user, str(change[1])) for user, change in changed]
    for each in set(logged):
        assert logged.count(each) <= acknowledged.count(each)
    if record.entity == "patient":  # where no two save the same
        assert sorted(logged) == sorted(acknowledged)


def _stored(clinic: Clinic, record: Record) -> tuple[int, object]:
    which = f" WHERE id = {clinic.vera}" if record.entity == "patient" else ""
    ((version, value),) = sql(
        clinic.database, f"SELECT version, {record.field} FROM {record.entity}{which}"
    )
    return version, value
