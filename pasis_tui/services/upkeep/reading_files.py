"""Brings what was logged beside a copy of the register (``pasis --read-only``) into its log.

Each line is an event of ``store/reading_log.py``.  It keeps its own time, user and screen, and its
reason says that it was read in a copy.  Lines that are there already are not brought in again, so a
file of a program that still runs can be brought in twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, get_args

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui import clock
from pasis_tui.models import AuditEvent, Entity, Patient, User
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import SystemWork, UnitOfWork
from pasis_tui.validation.for_people import ForPeople

_MARK = "läsläge"  # begins the reason of each event that was brought in
_LOOKS = ("read", "denied", "export", "log_in", "log_in_refused")  # a copy can do no more
_WORDS = ("signature", "screen", "reason")
_NUMBERS = ("user_id", "unit_id", "patient_id", "entity_id")
_MOST = 1_000_000  # lines of one file
_OF_A_MOMENT = Query(
    select(
        col(AuditEvent.user_id),
        col(AuditEvent.action),
        col(AuditEvent.screen),
        col(AuditEvent.entity),
        col(AuditEvent.entity_id),
        col(AuditEvent.patient_id),
    ).where(col(AuditEvent.unit_id) == bindparam("at_unit"), col(AuditEvent.at) == bindparam("at"))
)
_PERSON = Query(select(col(Patient.id)).where(col(Patient.id) == bindparam("id")))
_USER = Query(select(col(User.signature)).where(col(User.id) == bindparam("id")))


class BadReadings(ForPeople):
    """The file is no log of a copy of this register; the sentence names the line."""


class Collected(NamedTuple):
    """How many events were brought in, were there already, and are another unit's."""

    new: int
    known: int
    others: int


class _Reading(NamedTuple):
    at: datetime
    working_date: date
    changes: dict[str, Any]
    patients: tuple[int, ...]
    columns: dict[str, Any]

    @property
    def key(self) -> tuple[Any, ...]:
        names = ("user_id", "action", "screen", "entity", "entity_id", "patient_id")
        return tuple(self.columns[name] for name in names)


@needs("log")
def collect(context: Context, lines: Sequence[str], name: str) -> Collected:
    """Bring the events of the actor's unit in *lines*, of the file *name*, into the log.

    All of them or, when one line is no event of a copy of this register, none.  Raises BadReadings.
    """
    instance = context.database.fact("instance") or ""
    if len(lines) > _MOST:
        raise BadReadings(f"{name} har fler än {_MOST} rader.")
    readings = [_read(line, f"{name} rad {n}", instance) for n, line in enumerate(lines, 1)]
    with UnitOfWork(context, reading=True) as work:
        unit = work.unit_id  # the actor still has the right
    own = [each for each in readings if each.columns["unit_id"] == unit]
    with SystemWork(context.database) as work:
        work.lock_words("readings", unit)
        _check_people(work, own, name)
        new = [each for each in own if each.key not in _stored(work, unit, each.at)]
        for each in new:
            work.log(
                each.columns["action"],
                each.working_date,
                at=each.at,
                changes=each.changes,
                patients=each.patients,
                **{k: v for k, v in each.columns.items() if k != "action"},
            )
        if new:
            actor = context.actor
            work.log(
                "create",
                context.today,
                screen=context.screen,
                entity="audit_event",
                user_id=actor.user_id,
                signature=actor.signature,
                unit_id=unit,
                reason=f"{_MARK}: {len(new)} ur {name}"[:200],
            )
            work.commit()
    return Collected(len(new), len(own) - len(new), len(readings) - len(own))


def _stored(work: SystemWork, unit: int, at: datetime) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in work.all(_OF_A_MOMENT, at_unit=unit, at=at)}


def _check_people(work: SystemWork, readings: Iterable[_Reading], name: str) -> None:
    """Raise BadReadings for a patient or user whom the register does not have."""
    people, users = set[int](), set[tuple[int, str]]()
    for each in readings:
        people |= {*each.patients} | ({each.columns["patient_id"]} - {None})
        if each.columns["user_id"] is not None:
            users.add((each.columns["user_id"], each.columns["signature"]))
    for person in sorted(people):
        if work.scalar(_PERSON, id=person) is None:
            raise BadReadings(f"{name} nämner en patient som registret inte har.")
    for user, signature in sorted(users):
        if work.scalar(_USER, id=user) != signature:
            raise BadReadings(f"{name} nämner en användare som registret inte har.")


def _read(line: str, where: str, instance: str) -> _Reading:
    """Return the event of a line.  Raises BadReadings."""
    try:
        held = json.loads(line)
        if not isinstance(held, dict):
            raise ValueError
        if held.pop("database") != instance:
            raise BadReadings(f"{where}: läst i en kopia av ett annat register.")
        at = datetime.fromisoformat(held.pop("at"))
        day = date.fromisoformat(held.pop("working_date"))
        changes, patients = json.loads(held.pop("changes")), held.pop("patients")
        columns = _columns(held)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadReadings(f"{where} är ingen läsning ur pasis --read-only.") from error
    numbers = isinstance(patients, list) and all(type(each) is int for each in patients)
    if not (numbers and isinstance(changes, dict) and at.tzinfo) or at > clock.now():
        raise BadReadings(f"{where} är ingen läsning ur pasis --read-only.")
    columns["reason"] = ": ".join(filter(None, (_MARK, columns["reason"])))
    return _Reading(at, day, changes, tuple(patients), columns)


def _columns(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the other columns.  Raises ValueError for what is none, KeyError for what is missing."""
    columns: dict[str, Any] = {"action": held["action"], "entity": held["entity"]}
    columns |= {name: held.get(name, "") for name in _WORDS}
    columns |= {name: held.get(name) for name in _NUMBERS}
    words = all(isinstance(columns[name], str) for name in _WORDS)
    numbers = all(type(columns[name]) in {int, type(None)} for name in _NUMBERS)
    known = columns["action"] in _LOOKS and columns["entity"] in get_args(Entity)
    if not (words and numbers and known and columns.keys() >= held.keys()):
        raise ValueError
    return columns
