"""The high-cost protection: what counts, when the frikort comes, what a visit costs.

Source: domain.md section 6 (P).  Ours (V): a period keeps the ceiling of the day it opened; a fee
from elsewhere stands first on its day; a frikort issued elsewhere ends the period it falls in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import NamedTuple

from pasis_tui.validation.days import age, year_from
from pasis_tui.validation.parameters import parameter

COUNTING = frozenset({"visit", "external"})  # kinds of fees that count at all


class Fee(NamedTuple):
    """A fee paid: ``amount`` whole kronor.

    ``kind`` is visit, external, no_show, or any other word (an invoice fee, a certificate) for
    what never counts.  ``time`` and ``id`` order the fees of one day.
    """

    date: date
    time: time
    kind: str
    id: int
    amount: int
    provider: str = ""


class Card(NamedTuple):
    """A frikort issued elsewhere, valid ``valid_from`` to ``valid_to`` inclusive."""

    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Counted:
    """A fee and how it was counted.

    ``counted`` kronor go into the period that opened on ``period``; ``overpaid`` kronor need not
    have been paid; ``note`` says in a word or two of Swedish why a fee did not count whole.
    """

    fee: Fee
    counted: int
    overpaid: int
    note: str
    period: date | None


class Period(NamedTuple):
    """Twelve months from the first counted fee: ``first`` to ``last`` inclusive.

    ``reached`` is the date of the fee that reached ``ceiling``; the frikort is valid from it to
    ``free_to``, which is ``last`` unless a frikort from elsewhere takes over before.
    """

    first: date
    last: date
    free_to: date
    ceiling: int
    paid: int
    reached: date | None

    @property
    def remainder(self) -> int:
        """Kronor left to the ceiling."""
        return self.ceiling - self.paid


@dataclass(frozen=True, slots=True)
class Assessment:
    """The state of the protection on the date ``on``.

    ``due`` is what a visit then costs, ``exemption`` "", U2, Ä8 or FK, ``valid_to`` the last day
    of the frikort behind FK.  ``period`` is the one ``on`` falls in; ``fees`` all of them with
    what became of each, ``overpayments`` those with something overpaid.
    """

    on: date
    due: int
    exemption: str
    ceiling: int
    card: Card | None
    period: Period | None
    periods: tuple[Period, ...]
    fees: tuple[Counted, ...]

    @property
    def overpayments(self) -> tuple[Counted, ...]:
        """The fees that were wholly or partly overpaid."""
        return tuple(each for each in self.fees if each.overpaid)

    @property
    def issued(self) -> tuple[Card, ...]:
        """The frikort that the fees give, each valid from the fee that reached the ceiling."""
        return tuple(Card(p.reached, p.free_to) for p in self.periods if p.reached is not None)

    @property
    def remainder(self) -> int:
        """Kronor left to the ceiling in the open period, or in a new one when none is open."""
        return self.ceiling if self.period is None else self.period.remainder

    @property
    def standing(self) -> str:
        """``betalt i perioden …``, or the frikort that is valid."""
        if self.card is not None:
            return f"frikort {self.card.valid_from}–{self.card.valid_to}"
        return self.paid

    @property
    def paid(self) -> str:
        """``betalt i perioden 1 200 av 1 450, kvar 250``."""
        paid = 0 if self.period is None else self.period.paid
        return (
            f"betalt i perioden {kronor(paid)} av {kronor(self.ceiling)},"
            f" kvar {kronor(self.remainder)}"
        )


def kronor(amount: int) -> str:
    """Return an amount as it is written: ``1 450``."""
    return f"{amount:,}".replace(",", " ")


def exempt_by_age(born: date | None, on: date) -> str:
    """Return U2 under 20, Ä8 from the 85th birthday, else "", as of a birth date not known."""
    if born is None:
        return ""
    years = age(born, on)
    if years < parameter("free_below_age", on):
        return "U2"
    return "Ä8" if years >= parameter("free_from_age", on) else ""


def assess(
    born: date | None,
    on: date,
    paid: Iterable[Fee],
    cards: Iterable[Card] = (),
    *,
    at: time | None = None,
) -> Assessment:
    """Assess what was *paid* up to *on*, and what a visit on that date costs who was *born* when.

    *cards* are the frikort issued elsewhere.  With *at*, the fees of that day from that time on are left out: it is the visit's own start.
    Neither the order of the fees nor that of the frikort matters.
    """
    until = (on, time.max if at is None else at)
    fees = sorted(
        each for each in paid if (each.date, each.time) < until or (at is None and each.date == on)
    )
    cards = sorted(cards)
    periods: list[Period] = []
    counted = [_count_fee(born, each, periods, cards) for each in fees]
    periods = [_ended(period, cards) for period in periods]
    period = _open(periods, on)
    card = _card(cards, on)
    if card is None and period is not None and period.reached is not None:
        card = Card(period.reached, period.free_to)
    exemption = exempt_by_age(born, on) or ("FK" if card is not None else "")
    ceiling = parameter("cost_ceiling", on) if period is None else period.ceiling
    left = ceiling if period is None else period.remainder
    return Assessment(
        on=on,
        due=0 if exemption else min(parameter("visit_fee", on), left),
        exemption=exemption,
        ceiling=ceiling,
        card=card,
        period=period,
        periods=tuple(periods),
        fees=tuple(counted),
    )


def _open(periods: list[Period], on: date) -> Period | None:
    last = periods[-1] if periods else None
    return last if last is not None and last.first <= on <= last.last else None


def _card(cards: list[Card], on: date) -> Card | None:
    return next((card for card in cards if card.valid_from <= on <= card.valid_to), None)


def _ended(period: Period, cards: Iterable[Card]) -> Period:
    """Return the period, ended with a frikort issued elsewhere that it runs into."""
    for card in cards:
        if period.first < card.valid_from <= period.last:
            return period._replace(
                last=min(period.last, card.valid_to),
                free_to=min(period.free_to, card.valid_from - timedelta(days=1)),
            )
    return period


def _count_fee(born: date | None, fee: Fee, periods: list[Period], cards: list[Card]) -> Counted:
    """Return what counts of the next fee, and put it into its period, the last of *periods*."""
    if fee.kind not in COUNTING:
        return Counted(fee, 0, 0, "räknas inte", None)
    if fee.amount <= 0:
        return Counted(fee, 0, 0, "utan avgift", None)
    if free := exempt_by_age(born, fee.date):
        note = "under 20 år" if free == "U2" else "från 85 år"
        return Counted(fee, 0, fee.amount, note, None)
    if _card(cards, fee.date) is not None:
        return Counted(fee, 0, fee.amount, "frikort", None)
    if periods:
        periods[-1] = _ended(periods[-1], [card for card in cards if card.valid_from <= fee.date])
    period = _open(periods, fee.date)
    if period is None:
        ceiling = parameter("cost_ceiling", fee.date)
        last = year_from(fee.date)
        period = Period(fee.date, last, last, ceiling, 0, None)
        periods.append(period)
    counted = min(fee.amount, period.remainder)
    paid = period.paid + counted
    reached = period.reached
    if reached is None and paid == period.ceiling:
        reached = fee.date
    periods[-1] = period._replace(paid=paid, reached=reached)
    note = ""
    if counted < fee.amount:
        note = "över taket" if counted else "frikort"
    return Counted(fee, counted, fee.amount - counted, note, period.first)
