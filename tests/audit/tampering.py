"""Ways of tampering with the audit log, each of which says where it must be found."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from pasis_tui.models import AuditEvent, AuditEventPatient
from pasis_tui.store.chain import CONTENT, patients_digest, row_hash
from pasis_tui.store.chain_check import LogFault
from pasis_tui.store.scope import table_of

EVENT, PATIENT = table_of(AuditEvent), table_of(AuditEventPatient)
E, P = EVENT.c, PATIENT.c


@dataclass(frozen=True)
class Place:
    """Where a fault must be named: the chain, and the numbers in it from *first* to *last*."""

    chain: int
    first: int
    last: int

    def names(self, fault: LogFault) -> bool:
        return fault.chain == self.chain and self.first <= fault.seq <= self.last


Tamper = Callable[[Connection, random.Random], Place]
_TEXTS = ("signature", "screen", "action", "entity", "changes", "reason")
_NUMBERS = ("user_id", "unit_id", "patient_id", "entity_id")


def _rows(at: Connection) -> list[Row[Any]]:
    return list(at.execute(select(EVENT).order_by(E.chain, E.seq)))


def _chain(at: Connection, chain: int) -> list[Row[Any]]:
    return list(at.execute(select(EVENT).where(E.chain == chain).order_by(E.seq)))


def _within(at: Connection, dice: random.Random) -> Row[Any]:
    """Return a row that is neither the first nor the last of its chain."""
    rows = _rows(at)
    ends = {row.chain: row.seq for row in rows}
    return dice.choice([row for row in rows if 1 < row.seq < ends[row.chain]])


def _change(at: Connection, row: Row[Any], /, **values: Any) -> None:
    at.execute(update(EVENT).where(E.id == row.id).values(values))


def _rehash(at: Connection, rows: list[Row[Any]], previous: bytes) -> None:
    for row in rows:
        now = at.execute(select(EVENT).where(E.id == row.id)).one()
        values = {name: getattr(now, name) for name in CONTENT}
        made = row_hash(now.chain, now.seq, previous, values)
        _change(at, row, previous=previous, hash=made)
        previous = made


def _something(row: Row[Any], dice: random.Random) -> dict[str, Any]:
    name = dice.choice([*_TEXTS, *_NUMBERS, "at", "working_date", "patients"])
    old = getattr(row, name)
    if name in _TEXTS:
        return {name: dice.choice([old[1:], "x", ""]) if old else "x"}
    if name in _NUMBERS:
        return {name: 1 if old is None else None}
    if name == "patients":
        return {name: "" if old else patients_digest([1])}
    return {name: old + _days(dice)}


def _days(dice: random.Random) -> timedelta:
    return timedelta(days=dice.choice([-30, -1, 1, 30]))


def edit_one(at: Connection, dice: random.Random) -> Place:
    row = dice.choice(_rows(at))
    _change(at, row, **_something(row, dice))
    return Place(row.chain, row.seq, row.seq)


def edit_one_and_its_hash(at: Connection, dice: random.Random) -> Place:
    row = dice.choice(_rows(at))
    _change(at, row, **_something(row, dice))
    _rehash(at, [row], row.previous)
    return Place(row.chain, row.seq, row.seq)


def edit_one_and_all_hashes_after(at: Connection, dice: random.Random) -> Place:
    row = dice.choice(_rows(at))
    later = [each for each in _chain(at, row.chain) if each.seq >= row.seq]
    _change(at, row, **_something(row, dice))
    _rehash(at, later, row.previous)
    # The hash of a row that somebody has seen is the first that can tell.
    return Place(row.chain, row.seq, later[-1].seq)


def edit_the_chain(at: Connection, dice: random.Random) -> Place:
    row = dice.choice(_rows(at))
    name = dice.choice(["previous", "hash", "seen"])
    old = getattr(row, name)
    _change(at, row, **{name: "x" if name == "seen" else bytes(32) if old != bytes(32) else b"1"})
    return Place(row.chain, row.seq, row.seq + 1)


def cut_within(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    at.execute(delete(EVENT).where(E.id == row.id))
    at.execute(delete(PATIENT).where(P.event_id == row.id))
    return Place(row.chain, row.seq, row.seq + 1)


def cut_a_beginning(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    at.execute(delete(EVENT).where(E.chain == row.chain, E.seq < row.seq))
    return Place(row.chain, row.seq, row.seq)


def cut_within_and_close_up(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    at.execute(delete(EVENT).where(E.id == row.id))
    at.execute(update(EVENT).where(E.chain == row.chain, E.seq > row.seq).values(seq=E.seq - 1))
    return Place(row.chain, row.seq - 1, row.seq)


def cut_the_tail(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    at.execute(delete(EVENT).where(E.chain == row.chain, E.seq > row.seq))
    return Place(row.chain, row.seq, row.seq)


def cut_a_chain(at: Connection, dice: random.Random) -> Place:
    rows = _chain(at, dice.choice(_rows(at)).chain)
    at.execute(delete(EVENT).where(E.chain == rows[0].chain))
    return Place(rows[0].chain, 1, rows[-1].seq)


def put_in_again(at: Connection, dice: random.Random) -> Place:
    row = dice.choice(_rows(at))
    _add(at, row)
    return Place(row.chain, row.seq, row.seq)


def put_in_another(at: Connection, dice: random.Random) -> Place:
    row = dice.choice(_rows(at))
    added = _add(at, row, **_something(row, dice))
    _rehash(at, [added], row.previous)
    return Place(row.chain, row.seq, row.seq)


def put_in_between(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    at.execute(update(EVENT).where(E.chain == row.chain, E.seq >= row.seq).values(seq=E.seq + 1))
    _rehash(at, [_add(at, row, reason="tillagd")], row.previous)
    return Place(row.chain, row.seq, row.seq + 1)


def put_in_between_and_rehash(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    later = [each for each in _chain(at, row.chain) if each.seq >= row.seq]
    at.execute(update(EVENT).where(E.chain == row.chain, E.seq >= row.seq).values(seq=E.seq + 1))
    _rehash(at, [_add(at, row, reason="tillagd"), *later], row.previous)
    return Place(row.chain, row.seq, later[-1].seq + 1)


def put_at_the_end(at: Connection, dice: random.Random) -> Place:
    row = _chain(at, dice.choice(_rows(at)).chain)[-1]
    _add(at, row, seq=row.seq + 1, reason="tillagd")
    return Place(row.chain, row.seq + 1, row.seq + 1)


def put_in_alone(at: Connection, dice: random.Random) -> Place:
    row = dice.choice(_rows(at))
    chain = dice.getrandbits(62)
    _add(at, row, chain=chain, seq=1, previous=b"")
    return Place(chain, 1, 1)


def move_to_another_chain(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    others = sorted({each.chain for each in _rows(at)} - {row.chain})
    _change(at, row, chain=dice.choice(others))
    return Place(row.chain, row.seq, row.seq + 1)


def swap_two(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    other = next(each for each in _chain(at, row.chain) if each.seq == row.seq + 1)
    _change(at, row, seq=0)
    _change(at, other, seq=row.seq)
    _change(at, row, seq=other.seq)
    return Place(row.chain, row.seq - 1, row.seq + 1)


def give_another_number(at: Connection, dice: random.Random) -> Place:
    row = _within(at, dice)
    last = at.execute(select(func.max(E.id))).scalar_one()
    _change(at, row, id=last + 1)
    return Place(row.chain, row.seq, row.seq + 1)


def _named(at: Connection, dice: random.Random) -> Row[Any]:
    return dice.choice(list(at.execute(select(EVENT).where(E.patients != "").order_by(E.id))))


def hide_a_patient(at: Connection, dice: random.Random) -> Place:
    row = _named(at, dice)
    ids = at.execute(select(P.patient_id).where(P.event_id == row.id)).scalars().all()
    chosen = dice.choice(sorted(ids))
    at.execute(delete(PATIENT).where(P.event_id == row.id, P.patient_id == chosen))
    return Place(row.chain, row.seq, row.seq)


def hide_every_patient(at: Connection, dice: random.Random) -> Place:
    row = _named(at, dice)
    at.execute(delete(PATIENT).where(P.event_id == row.id))
    return Place(row.chain, row.seq, row.seq)


def exchange_a_patient(at: Connection, dice: random.Random) -> Place:
    row = _named(at, dice)
    first = select(func.min(P.patient_id)).where(P.event_id == row.id).scalar_subquery()
    chosen = at.execute(select(first)).scalar_one()
    at.execute(
        update(PATIENT)
        .where(P.event_id == row.id, P.patient_id == chosen)
        .values(patient_id=bindparam("other")),
        {"other": 4711},
    )
    return Place(row.chain, row.seq, row.seq)


def move_a_patient_in_time(at: Connection, dice: random.Random) -> Place:
    row = _named(at, dice)
    at.execute(update(PATIENT).where(P.event_id == row.id).values(at=row.at + _days(dice)))
    return Place(row.chain, row.seq, row.seq)


def name_a_patient(at: Connection, dice: random.Random) -> Place:
    row = dice.choice([each for each in _rows(at) if not each.patients])
    at.execute(insert(PATIENT).values(event_id=row.id, patient_id=1, at=row.at))
    return Place(row.chain, row.seq, row.seq)


def name_one_more(at: Connection, dice: random.Random) -> Place:
    row = _named(at, dice)
    at.execute(insert(PATIENT).values(event_id=row.id, patient_id=4711, at=row.at))
    return Place(row.chain, row.seq, row.seq)


def _add(at: Connection, row: Row[Any], /, **other: Any) -> Row[Any]:
    last = at.execute(select(func.max(E.id))).scalar_one()
    at.execute(insert(EVENT).values({**row._mapping, "patients": "", **other, "id": last + 1}))
    return at.execute(select(EVENT).where(E.id == last + 1)).one()


WAYS: tuple[Tamper, ...] = (
    edit_one,
    edit_one_and_its_hash,
    edit_one_and_all_hashes_after,
    edit_the_chain,
    cut_within,
    cut_a_beginning,
    cut_within_and_close_up,
    cut_the_tail,
    cut_a_chain,
    put_in_again,
    put_in_another,
    put_in_between,
    put_in_between_and_rehash,
    put_at_the_end,
    put_in_alone,
    move_to_another_chain,
    swap_two,
    give_another_number,
    hide_a_patient,
    hide_every_patient,
    exchange_a_patient,
    move_a_patient_in_time,
    name_a_patient,
    name_one_more,
)
