"""Numbers typed, with or without a century, and reservnummer for who has none."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.models import Patient
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.days import age
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.identity import (
    IdentityNumber,
    InvalidIdentityNumber,
    candidates,
    format_identity_number,
)
from pasis_tui.validation.patients import read_birth
from pasis_tui.validation.rules import finding
from pasis_tui.validation.typed import plain

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_TAKEN = Query(select(col(Patient.id)).where(col(Patient.identity_number) == bindparam("number")))


@dataclass(frozen=True, slots=True)
class NewNumber:
    """A free reservnummer; *estimated* when only the year of the birth was known."""

    number: str
    birth_date: date
    age: int
    estimated: bool


def numbers_of(text: str, century: str, today: date) -> tuple[IdentityNumber, ...]:
    """Return what a number and 083's century can mean, the newest first.

    Raises Refused (VA01), of the century where that is what is wrong.
    """
    if century and century not in {"18", "19", "20"}:
        raise Refused([finding("VA01", "century", today, "unknown_century", century=century)])
    try:
        numbers = candidates(text, today)
    except InvalidIdentityNumber as fault:
        raise Refused([fault.at("identity_number")]) from fault
    if not century:
        return numbers
    if len(numbers[0].digits) == 10:  # a reservnummer without its century
        return (numbers[0], *(number for number in numbers[1:] if number.digits[:2] == century))
    bare = "".join(c for c in plain(text) if c.isdecimal())
    if len(bare) == 10 and len(numbers[0].digits) == 12 and "+" not in plain(text):
        try:
            return candidates(century + bare, today)
        except InvalidIdentityNumber as fault:  # without the century it is a number
            raise Refused([fault.at("century")]) from fault
    if len(numbers[0].digits) == 12 and numbers[0].digits[:2] != century:
        number = format_identity_number(numbers[0].digits)
        raise Refused(
            [finding("VA01", "century", today, "other_century", century=century, number=number)]
        )
    return numbers


def reads_as(text: str, number: IdentityNumber, today: date) -> bool:
    """Whether the digits typed mean *number* without any century."""
    return candidates(text, today)[0] == number


@needs("patient")
def new_reserve_number(context: Context, birth: str) -> NewNumber:
    """Return a free reservnummer for someone whose number is not known; nothing is saved.

    *birth* is a date, or of an unknown person the estimated year: then today's month and day
    (domain.md section 5).  Raises Refused (PE03).
    """
    day, estimated = read_birth(birth, context.today)
    with UnitOfWork(context, reading=True) as work:
        while True:
            parts = ("DEF", _LETTERS, "01", _LETTERS)
            number = f"{day:%Y%m%d}" + "".join(secrets.choice(part) for part in parts)
            if work.one(_TAKEN, number=number) is None:
                return NewNumber(number, day, age(day, context.today), estimated)
