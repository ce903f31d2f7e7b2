"""Fees paid elsewhere (283 Manuellt registrerade besök) and frikort (610): HK04-HK07."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation.cost_protection import Assessment, Card
from pasis_tui.validation.days import year_from
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.parameters import parameter
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import Findings, finding

HIGHEST_FEE = 10_000  # kronor: more is a slip of the finger
LONGEST_NUMBER = 20
LONGEST_NAME = 60
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class ExternalFeeInput:
    """283 Manuellt registrerade besök as read; ``amount`` whole kronor, ``proof`` a code."""

    date: date
    amount: int
    provider: str
    proof: str


@dataclass(frozen=True, slots=True)
class FreeCardInput:
    """610 as read: valid ``valid_from`` to ``valid_to`` inclusive."""

    number: str
    issuer: str
    valid_from: date
    valid_to: date


def _name(reader: Reader, field: str, label: str) -> str:
    value = reader.text(field, label, mandatory=True)
    if len(value) > LONGEST_NAME:
        reader.fault(field, "too_long", label=label, count=len(value), most=LONGEST_NAME)
    return value


def read_external_fee(raw: Mapping[str, str], today: date) -> ExternalFeeInput:
    """Read a fee paid elsewhere; raises Refused (HK04) with every fault."""
    reader = Reader(raw, today, "HK04")
    day = reader.day("date", "Datum")
    if day is not None and day > today:
        reader.fault("date", "in_future", date=day)
    typed = reader.text("amount", "Belopp", "amount", mandatory=True)
    amount = 0
    if typed:
        amount = int(typed[:9])
        if not 1 <= amount <= HIGHEST_FEE:
            reader.fault("amount", "amount_outside", value=shown(typed), highest=HIGHEST_FEE)
    provider = _name(reader, "provider", "Vårdgivare")
    proof = reader.code("proof", "Bevis", "fee_proof")
    reader.done()
    return ExternalFeeInput(day or _ANY_DAY, amount, provider, proof)


def check_external_fee(
    fee: ExternalFeeInput, same: bool, assessed: Assessment, today: date
) -> list[Finding]:
    """Warn (HK05) of a fee that is registered already (*same*) or cannot count."""
    findings = Findings(today)
    if same:
        named = {"amount": fee.amount, "provider": shown(fee.provider), "date": fee.date}
        findings.add("HK05", "date", "registered_already", **named)
    card = assessed.card
    if assessed.exemption in {"U2", "Ä8"}:
        findings.add("HK05", "date", "free_by_age", date=fee.date)
    elif assessed.exemption == "FK" and card is not None:
        days = {"first": card.valid_from, "last": card.valid_to}
        findings.add("HK05", "date", "free_by_card", **days)
    return findings


def read_free_card(raw: Mapping[str, str], today: date) -> FreeCardInput:
    """Read a frikort issued elsewhere; raises Refused (HK06) with every fault."""
    reader = Reader(raw, today, "HK06")
    number = reader.text("number", "Nummer", "code", mandatory=True)
    if len(number) > LONGEST_NUMBER:
        reader.fault("number", "too_long", label="Nummer", count=len(number), most=LONGEST_NUMBER)
    issuer = _name(reader, "issuer", "Utfärdare")
    first = reader.day("valid_from", "Gäller från")
    last = reader.day("valid_to", "Gäller till")
    if first is not None and first > today:
        reader.fault("valid_from", "from_in_future", date=first)
    if first is not None and last is not None:
        latest = year_from(first)
        if last < first:
            reader.fault("valid_to", "ends_before_it_begins", first=first, last=last)
        elif last > latest:
            reader.fault("valid_to", "too_many_days", first=first, last=last, latest=latest)
    reader.done()
    return FreeCardInput(number, issuer, first or _ANY_DAY, last or _ANY_DAY)


def check_free_card(
    card_input: FreeCardInput, others: Sequence[tuple[str, Card, bool]], today: date
) -> list[Finding]:
    """Refuse (HK07) a frikort that overlaps another.

    *others* are (number, days, issued here); one that the fees call for may have no number yet.
    """
    for number, card, here in others:
        if card_input.valid_from <= card.valid_to and card.valid_from <= card_input.valid_to:
            days = {"first": card.valid_from, "last": card.valid_to}
            if not number:
                return [finding("HK07", "valid_from", today, "overlaps_by_fees", **days)]
            # one issued here depends on the fees and cannot be removed
            variant = "overlaps_issued_here" if here else "overlaps"
            return [finding("HK07", "valid_from", today, variant, number=number, **days)]
    return []


def no_show_costs(on: date) -> str:
    """Return what a no-show on *on* costs, as a Swedish sentence."""
    full, exempt = parameter("no_show_fee", on), parameter("no_show_fee_exempt", on)
    return f"Uteblivet besök kostar {full} kr, {exempt} kr för den som är avgiftsbefriad."
