"""Fees paid elsewhere (283 Manuellt registrerade besök) and frikort (610): HK04-HK07."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pasis_tui.validation.cost_protection import Assessment, Card, year_from
from pasis_tui.validation.findings import Finding
from pasis_tui.validation.reading import Reader, shown
from pasis_tui.validation.rules import finding

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
        reader.fault(field, f"{label} är {len(value)} tecken; högst {LONGEST_NAME} ryms.")
    return value


def read_external_fee(raw: Mapping[str, str], today: date) -> ExternalFeeInput:
    """Read a fee paid elsewhere; raises Refused (HK04) with every fault."""
    reader = Reader(raw, today, "HK04")
    day = reader.day("date", "Datum")
    if day is not None and day > today:
        reader.fault(
            "date", f"Datum {day} ligger i framtiden. En avgift registreras när den är betald."
        )
    typed = reader.text("amount", "Belopp", "amount", mandatory=True)
    amount = 0
    if typed:
        amount = int(typed[:9])
        if not 1 <= amount <= HIGHEST_FEE:
            reader.fault(
                "amount",
                f"Belopp ”{shown(typed)}” går inte. Skriv hela kronor, 1–{HIGHEST_FEE}.",
            )
    provider = _name(reader, "provider", "Vårdgivare")
    proof = reader.code("proof", "Bevis", "fee_proof")
    reader.done()
    return ExternalFeeInput(day or _ANY_DAY, amount, provider, proof)


def check_external_fee(given: ExternalFeeInput, same: bool, assessed: Assessment) -> list[Finding]:
    """Warn (HK05) of a fee that stands there already (*same*) or that cannot count."""
    found = []
    if same:
        text = (
            f"{given.amount} kr hos {shown(given.provider)} {given.date} är redan registrerat."
            " Spara bara om det var två besök."
        )
        found.append(finding("HK05", "date", text=text))
    if assessed.exemption in {"U2", "Ä8"}:
        text = f"Patienten var avgiftsfri av åldersskäl {given.date}: avgiften räknas inte."
        found.append(finding("HK05", "date", text=text))
    elif assessed.exemption == "FK" and assessed.card is not None:
        text = (
            f"Frikort gällde {assessed.card.valid_from}–{assessed.card.valid_to}: avgiften räknas"
            " inte utan listas som för mycket betald."
        )
        found.append(finding("HK05", "date", text=text))
    return found


def read_free_card(raw: Mapping[str, str], today: date) -> FreeCardInput:
    """Read a frikort issued elsewhere; raises Refused (HK06) with every fault."""
    reader = Reader(raw, today, "HK06")
    number = reader.text("number", "Nummer", "code", mandatory=True)
    if len(number) > LONGEST_NUMBER:
        reader.fault("number", f"Nummer är {len(number)} tecken; högst {LONGEST_NUMBER} ryms.")
    issuer = _name(reader, "issuer", "Utfärdare")
    first = reader.day("valid_from", "Gäller från")
    last = reader.day("valid_to", "Gäller till")
    if first is not None and first > today:
        reader.fault(
            "valid_from",
            f"Gäller från {first} ligger i framtiden. Ett frikort gäller från dagen taket nåddes.",
        )
    if first is not None and last is not None:
        latest = year_from(first)
        if last < first:
            reader.fault("valid_to", f"Gäller till {last} ligger före från {first}. Rätta datumen.")
        elif last > latest:
            reader.fault(
                "valid_to",
                f"Gäller till {last} är mer än ett år från {first}. Det senaste är {latest}.",
            )
    reader.done()
    return FreeCardInput(number, issuer, first or _ANY_DAY, last or _ANY_DAY)


def check_free_card(
    given: FreeCardInput, others: Sequence[tuple[str, Card, bool]]
) -> list[Finding]:
    """Refuse (HK07) a frikort that overlaps another; *others* are (number, days, issued here)."""
    for number, card, here in others:
        if given.valid_from <= card.valid_to and card.valid_from <= given.valid_to:
            way_out = "eller ta först bort det som är fel."
            if here:  # it follows the fees and cannot be taken away
                way_out = "eller registrera avgifterna hos andra i 283 2: då räknas det om."
            text = (
                f"Frikort {number} gäller redan {card.valid_from}–{card.valid_to}. Rätta datumen,"
                f" {way_out}"
            )
            return [finding("HK07", "valid_from", text=text)]
    return []
