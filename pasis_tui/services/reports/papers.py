"""Papers for the patient: receipt, overview of the fees, copy of a frikort."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pasis_tui.files.plain_text import write_private
from pasis_tui.files.tables import printable
from pasis_tui.files.whole import FileTrouble
from pasis_tui.models import Entity, FreeCard
from pasis_tui.services.errors import NotFound
from pasis_tui.services.fees.cost_protection import FeeRow, overview_of, read_all
from pasis_tui.services.patients import patients
from pasis_tui.services.patients.reach import check_relation, denied, reachable
from pasis_tui.services.rights import needs
from pasis_tui.services.visits.visit_cards import VisitCard, fee_for, read_card
from pasis_tui.store.actor import Context
from pasis_tui.store.unit_of_work import Reading, UnitOfWork
from pasis_tui.validation.cost_protection import kronor
from pasis_tui.validation.findings import Finding, Refused, refusal
from pasis_tui.validation.rules import finding

_WIDTH = 70


@dataclass(frozen=True, slots=True)
class Paper:
    """A page of text, 70 characters wide; ``name`` is the file name, with no identity number in it."""

    title: str
    name: str
    lines: tuple[str, ...]
    patient_id: int | None
    entity: Entity
    entity_id: int | None


def _no_receipt(card: VisitCard, today: dt.date) -> Finding:
    if card.cancelled:
        return finding("BE01", "", today, "receipt_of_cancelled")
    return finding("BE01", "", today, "receipt_too_early", date=card.date)


@needs("fees")
def receipt(context: Context, visit_id: int) -> Paper:
    """Return the receipt of a visit; the read is logged.

    Raises Refused: SE01, or BE01 for a visit that is cancelled or still to come.
    """
    with Reading(context) as work:
        card = read_card(work, visit_id)
        if card.cancelled or card.date > context.today:
            raise Refused([_no_receipt(card, context.today)])
        head, birth_date = _head(work, "KVITTO PATIENTAVGIFT", card.patient_id)
        after = read_all(work, card.patient_id).on(card.date)
        lines = [
            *head,
            _line("Besök", f"{card.date} {card.time:%H:%M}, {card.reception_name}"),
            _line("Vårdgivare", f"{card.caregiver} {card.caregiver_name}"),
            _line("Slag", _kind(card, birth_date)),
            _line("Betalt", f"{kronor(card.fee)} kr"),
            "",
            _line("Högkostnadsskydd", after.paid),
        ]
        if after.card is not None:
            lines.append(_line("Frikort", f"{after.card.valid_from}–{after.card.valid_to}"))
        if after.period is not None:
            lines.append(_line("Period", f"{after.period.first}–{after.period.last}"))
        work.audit("read", card.patient_id, "visit", visit_id, reason="kvitto")
        work.commit()
    name = f"kvitto-{visit_id}-{card.date}.txt"
    return Paper("Kvitto", name, (*lines, *_foot(context)), card.patient_id, "visit", visit_id)


def _kind(card: VisitCard, birth_date: dt.date | None) -> str:
    reason = fee_for(
        birth_date,
        card.date,
        no_show=card.no_show,
        without_fee=card.without_fee,
        exemption=card.exemption,
    )[1]
    return reason if card.fee == 0 or card.no_show else "Besöksavgift"


@needs("fees")
def overview_paper(context: Context, patient_id: int) -> Paper:
    """Return the overview of a patient's fees; the read is logged.  Raises Refused (SE01)."""
    check_relation(context, patient_id)
    with Reading(context) as work:
        head, _ = _head(work, "HÖGKOSTNADSÖVERSIKT", patient_id)
        overview = overview_of(work, patient_id)
        work.audit("read", patient_id, "cost_protection", reason="utskrift")
        work.commit()
    texts = overview.texts
    lines = [
        *head,
        _line("Period", texts["period"]),
        _line("Ställning", texts["standing"]),
        _line("Frikort", texts["free_card"]),
        _line("För mycket betalt", texts["overpaid"]),
        "",
        f"{'Datum':<11}{'Vad':<11}{'Hos':<24}{'Betalt':>8}{'Räknas':>8}{'Över':>7}",
        "-" * _WIDTH,
        *[_row(row) for row in reversed(overview.rows)],
    ]
    name = f"hogkostnadsoversikt-{patient_id}-{context.today}.txt"
    return Paper(
        "Högkostnadsöversikt",
        name,
        (*lines, *_foot(context)),
        patient_id,
        "cost_protection",
        None,
    )


def _row(row: FeeRow) -> str:
    amounts = f"{kronor(row.paid):>8}{kronor(row.counted):>8}{kronor(row.overpaid):>7}"
    return f"{row.date!s:<11}{row.what:<11}{printable(row.provider, 23):<24}{amounts}"


@needs("fees")
def card_copy(context: Context, card_id: int) -> Paper:
    """Return the copy of a frikort; the read is logged.  Raises Refused (SE01)."""
    with UnitOfWork(context, reading=True) as work:
        card = work.record(FreeCard, card_id) if reachable(card_id) else None
    if card is not None:
        check_relation(context, card.patient_id)
    with Reading(context) as work:
        if card is None or card.removed_at is not None:
            raise denied(work, "free_card", card_id)
        head, _ = _head(work, "FRIKORT (KOPIA)", card.patient_id)
        source = "Utfärdat här" if card.issued_here else "Registrerat från annan utfärdare"
        lines = [
            *head,
            _line("Nummer", card.number),
            _line("Utfärdare", card.issuer),
            _line("Gäller från", str(card.valid_from)),
            _line("Gäller till", f"{card.valid_to} (till och med)"),
            _line("Källa", source),
        ]
        work.audit("read", card.patient_id, "free_card", card_id, reason="frikortskopia")
        work.commit()
    name = f"frikort-{card_id}-{card.valid_from}.txt"
    return Paper("Frikort", name, (*lines, *_foot(context)), card.patient_id, "free_card", card_id)


@needs("fees", "log")
def to_file(context: Context, paper: Paper, folder: Path) -> Path:
    """Write a paper to *folder*, readable by its owner only; logged as an export.

    Raises Refused with a sentence when it cannot be written.
    """
    with UnitOfWork(context) as work:
        work.audit("export", paper.patient_id, paper.entity, paper.entity_id, reason=paper.title)
        try:
            return write_private(folder, paper.name, paper.lines, work.commit)
        except FileTrouble as trouble:
            raise Refused([refusal("", str(trouble))]) from trouble


def _line(label: str, text: str) -> str:
    return f"{label + ':':<20}{text}"


def _head(work: UnitOfWork, title: str, patient_id: int) -> tuple[list[str], dt.date | None]:
    person = patients.card_of(work, patient_id)
    if person is None:
        raise NotFound("Patienten finns inte. Läs patienten på nytt.")
    actor = work.actor
    lines = [title + ("  ÖVNING – INGEN GILTIG HANDLING" if actor.practice else ""), "=" * _WIDTH]
    if person.protected:
        lines += ["SKYDDADE PERSONUPPGIFTER: lämnas bara till patienten själv.", ""]
    lines += [
        _line("Enhet", f"{actor.unit_code} {actor.unit_name}"),
        _line("Patient", f"{person.identity_text} {person.name}"),
        "",
    ]
    return lines, person.birth_date


def _foot(context: Context) -> list[str]:
    return ["", _line("Utskrivet", f"{context.today} av {context.actor.signature}")]
