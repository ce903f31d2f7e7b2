"""What a patient has paid, read along with the visits, and the frikort that it gives.

A visit's save reads the visits anyway; what else counts, fees from elsewhere and frikort, is one
statement more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, cast, literal, select, union_all
from sqlmodel import col

from pasis_tui.models import ExternalFee, FreeCard, wall_clock
from pasis_tui.services.commitments.commitment_state import Line, lines_of_patient
from pasis_tui.services.patients.reach import changed, check_relation, created
from pasis_tui.services.rights import needs
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Query, Reading, UnitOfWork
from pasis_tui.validation.cost_protection import (
    Assessment,
    Card,
    Fee,
    assess,
    kronor,
)
from pasis_tui.validation.records import as_typed

_START = dt.time(0)  # a fee from elsewhere has no time, and comes first on its day
_EXTERNAL, _CARD = 0, 1
_both = union_all(
    select(
        literal(_EXTERNAL).label("kind"),
        col(ExternalFee.id).label("id"),
        col(ExternalFee.version).label("version"),
        col(ExternalFee.date).label("first"),
        col(ExternalFee.date).label("last"),
        col(ExternalFee.amount).label("amount"),
        col(ExternalFee.provider).label("name"),
    ).where(
        col(ExternalFee.patient_id) == bindparam("patient_id"),
        col(ExternalFee.removed_at).is_(None),
    ),
    # the amount says whether the frikort was issued here
    select(
        literal(_CARD),
        col(FreeCard.id),
        col(FreeCard.version),
        col(FreeCard.valid_from),
        col(FreeCard.valid_to),
        cast(col(FreeCard.issued_here), Integer),
        col(FreeCard.number),
    ).where(
        col(FreeCard.patient_id) == bindparam("patient_id"),
        col(FreeCard.removed_at).is_(None),
    ),
).subquery()
_PAID_AND_FREE = Query(
    select(
        _both.c.kind,
        _both.c.id,
        _both.c.version,
        _both.c.first,
        _both.c.last,
        _both.c.amount,
        _both.c.name,
    )
)


class Issued(NamedTuple):
    """A frikort issued here, as it stands in the register."""

    id: int
    version: int
    number: str
    card: Card


@dataclass(frozen=True, slots=True)
class Protection:
    """A patient's history of fees, for the question what a visit costs on any day.

    ``cards`` are the frikort issued elsewhere, ``issued`` those issued here that stand in the
    register: what ``assess`` finds is what they should be.
    """

    born: dt.date | None
    fees: tuple[Fee, ...]
    cards: tuple[Card, ...]
    issued: tuple[Issued, ...] = ()

    def on(self, day: dt.date, at: dt.time | None = None) -> Assessment:
        """Assess the patient on *day*, before the visit that starts *at*."""
        return assess(self.born, day, self.fees, self.cards, at=at)

    def before(self, day: dt.date, at: dt.time | None, exemption: str) -> Assessment:
        """Assess as ``on``; for the *exemption* FK a frikort is valid the whole day it comes."""
        assessed = self.on(day, at)
        return self.on(day) if exemption == "FK" and assessed.card is None else assessed

    def payer_on(self, day: dt.date, at: dt.time | None = None) -> dict[str, str]:
        """Return who pays a visit on *day* by age and frikort, as 085's fields."""
        exemption = self.on(day, at).exemption
        return {"without_fee": as_typed(bool(exemption)), "exemption": exemption}

    def with_fee(self, fee: Fee) -> Protection:
        """Return the same protection with one more fee."""
        return replace(self, fees=(*self.fees, fee))


def fee_of_line(line: Line, provider: str) -> Fee:
    """Return the fee of a visit that is not cancelled."""
    return Fee(
        line.date, line.time, "no_show" if line.no_show else "visit", line.id, line.fee, provider
    )


def ask_for_protection(work: UnitOfWork, patient_id: int) -> None:
    """Have what ``read_protection`` reads beside the visits asked for along with the next question."""
    work.ahead(_PAID_AND_FREE, patient_id=patient_id)


def read_protection(
    work: UnitOfWork,
    patient_id: int,
    birth_date: dt.date | None,
    lines: Iterable[Line],
    without: int | None = None,
) -> Protection:
    """Return a patient's protection from the visits already read; *without* leaves one out."""
    unit = work.actor.unit_code
    fees = [fee_of_line(line, unit) for line in lines if line.id != without]
    cards: list[Card] = []
    issued: list[Issued] = []
    for kind, key, version, first, last, amount, name in work.all(
        _PAID_AND_FREE, patient_id=patient_id
    ):
        if kind == _EXTERNAL:
            fees.append(Fee(first, _START, "external", key, amount, name))
        elif amount:
            issued.append(Issued(key, version, name, Card(first, last)))
        else:
            cards.append(Card(first, last))
    return Protection(birth_date, tuple(fees), tuple(cards), tuple(issued))


def update_issued_cards(
    work: UnitOfWork, patient_id: int, protection: Protection, before: Protection | None = None
) -> list[str]:
    """Bring the frikort issued here into line with the fees up to today, each change logged.

    A fee that reaches the ceiling issues one; a back-dated fee or a cancelled visit moves or
    withdraws it.  Returns what was done, in Swedish sentences, and how much more is overpaid than
    *before*.
    """
    assessed = protection.on(work.today)
    over = [] if before is None else _more_overpaid(before.on(work.today), assessed)
    wanted = list(assessed.issued)
    if not wanted and not protection.issued:
        return over
    standing = list(protection.issued)
    for each in protection.issued:
        if each.card in wanted:
            wanted.remove(each.card)
            standing.remove(each)
    done = []
    for card in wanted:
        moved = next((x for x in standing if _overlap(x.card, card)), None)
        if moved is None:
            done.append(_issue(work, patient_id, card))
        else:
            standing.remove(moved)
            done.append(_move(work, patient_id, moved, card))
    for gone in standing:
        work.update(FreeCard, gone.id, gone.version, removed_at=wall_clock())
        reason = "HK01: avgifterna når inte längre taket"
        work.audit("remove", patient_id, "free_card", gone.id, {"removed": [False, True]}, reason)
        done.append(f"Frikort {gone.number} är återkallat: avgifterna når inte längre taket.")
    return done + over


def _more_overpaid(before: Assessment, after: Assessment) -> list[str]:
    more = sum(x.overpaid for x in after.fees) - sum(x.overpaid for x in before.fees)
    return [f"För mycket betalt: {kronor(more)} kr mer, se 283 1."] if more > 0 else []


def _overlap(one: Card, other: Card) -> bool:
    return one.valid_from <= other.valid_to and other.valid_from <= one.valid_to


def _issue(work: UnitOfWork, patient_id: int, card: Card) -> str:
    unit = work.actor.unit_code
    key: int = work.insert(
        FreeCard,
        patient_id=patient_id,
        number="",
        issuer=work.actor.unit_name,
        **card._asdict(),
        issued_here=True,
    )
    number = f"{unit}-{key:06d}"
    work.update(FreeCard, key, 1, number=number)
    changes = created({"number": number, **card._asdict()})
    work.audit("create", patient_id, "free_card", key, changes, "HK01: taket är nått")
    return f"Frikort {number} utfärdat, gäller {card.valid_from}–{card.valid_to}."


def _move(work: UnitOfWork, patient_id: int, old: Issued, card: Card) -> str:
    days = card._asdict()
    work.update(FreeCard, old.id, old.version, **days)
    changes = changed(old.card._asdict(), days)
    reason = "HK01: perioden är omräknad"
    work.audit("change", patient_id, "free_card", old.id, changes, reason)
    return f"Frikort {old.number} är omräknat, gäller {card.valid_from}–{card.valid_to}."


@needs("visit", "fees")
def protection_of(
    context: Context, patient_id: int, birth_date: dt.date | None, without: int | None = None
) -> Protection:
    """Return an own patient's protection, for a form that changes as it is typed; logged.

    Raises Refused SE01.
    """
    check_relation(context, patient_id)
    with Reading(context) as work:
        lines = lines_of_patient(work, patient_id)
        protection = read_protection(work, patient_id, birth_date, lines, without)
        work.audit("read", patient_id, "visit", without)
        work.commit()
    return protection
