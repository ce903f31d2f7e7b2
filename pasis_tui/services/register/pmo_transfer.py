"""The transfer from a health centre's journal (PMO); contacts ticked KBT/IPT stay there (PM01)."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import bindparam, select
from sqlmodel import col

from pasis_tui.files.tables import Wanted, printable
from pasis_tui.models import SkippedTransfer
from pasis_tui.services.errors import NotFound
from pasis_tui.services.patients import patients
from pasis_tui.services.register.imports import Imported, read_rows
from pasis_tui.services.rights import needs
from pasis_tui.services.visits import visits
from pasis_tui.store.actor import Context
from pasis_tui.store.conflict import Conflict
from pasis_tui.store.query import Query
from pasis_tui.store.unit_of_work import UnitOfWork
from pasis_tui.validation.findings import Refused, Unconfirmed
from pasis_tui.validation.rules import sentence
from pasis_tui.validation.transfers import ContactRow, RowList, read_contact

CONTACTS = (
    Wanted("identity_number", ("personnummer", "personnr", "patient")),
    Wanted("date", ("besöksdatum", "kontaktdatum", "datum"), kind="date"),
    Wanted("time", ("tid", "starttid", "klockslag"), kind="time"),
    Wanted("attribute", ("attribut kbt/ipt", "kbt/ipt", "attribut"), kind="yes"),
    Wanted("commitment", ("id vårdåtagande", "vårdåtagande"), False),
    Wanted("caregiver", ("vårdgivare", "vårdgivarsignatur", "signatur")),
    Wanted("reception", ("mottagning",), False),
    Wanted("reason", ("anledning",), False),
    Wanted("kind", ("typ",), False),
    Wanted("contact_type", ("kontakttyp",), False),
    Wanted("distance", ("distans",), False, "yes"),
    Wanted("interpreter", ("tolk",), False, "yes"),
    Wanted("no_show", ("uteblivet",), False, "yes"),
    Wanted("without_fee", ("utan avgift",), False, "yes"),
    Wanted("exemption", ("avgiftsfriorsak",), False),
)
_SKIPPED = Query(
    select(col(SkippedTransfer.id)).where(
        col(SkippedTransfer.patient_id) == bindparam("patient_id"),
        col(SkippedTransfer.date) == bindparam("date"),
        col(SkippedTransfer.time) == bindparam("time"),
    )
)


@needs("visit")
def import_pmo(context: Context, path: Path) -> tuple[Imported, tuple[str, ...]]:
    """Save a file's contacts as visits by the rules of 085, each in a transaction of its own.

    Contacts with the attribute KBT/IPT are skipped, kept as skipped and listed (PM01).  Returns
    what was done, with the skipped contacts and the changed contact types as remarks, and the rows
    refused: what a rule blocks or warns of, a clerk registers in 085.  Raises BadTable before anything is written, and NoRight.
    """
    refused, skipped, remarks = RowList(), RowList(), RowList()
    rows = read_rows(path, CONTACTS, lambda raw: read_contact(raw, context.today), refused)
    saved = 0
    # In the order they took place: the first is NY and the others ÅB (BE03).
    for number, row in sorted(rows, key=lambda each: (each[1].date, each[1].time, each[0])):
        try:
            if row.ticked:
                _skip(context, row)
                skipped.add(number, sentence("PM01", context.today, date=_when(row)))
            else:
                if changed_types := _save(context, row):
                    remarks.add(number, changed_types)
                saved += 1
        except (Refused, Unconfirmed) as stopped:
            words = [f"{each.rule} {each.message}" for each in stopped.findings]
            refused.add(number, " ".join(words))
        except (NotFound, Conflict) as stopped:
            refused.add(number, str(stopped))
    with UnitOfWork(context) as work:
        work.audit(
            "create",
            entity="pmo_transfer",
            changes={
                "saved": [None, saved],
                "skipped": [None, skipped.count],
                "refused": [None, refused.count],
            },
            reason=printable(path.name),
        )
        work.commit()
    summary = (
        f"Införda som besök: {saved}, överhoppade med attributet KBT/IPT: {skipped.count},"
        f" gick inte: {refused.count}."
    )
    said = (*skipped.lines(), *remarks.lines())
    return Imported(summary, said, refused.notes), tuple(refused.lines())


def _when(row: ContactRow) -> str:
    return f"{row.date} {row.time:%H:%M}"


def _skip(context: Context, row: ContactRow) -> None:
    """Record that a contact was skipped, once however often the file is read."""
    card = patients.read(context, row.identity_number)
    with UnitOfWork(context) as work:
        work.lock_patient(card.id)
        if work.one(_SKIPPED, patient_id=card.id, date=row.date, time=row.time) is not None:
            return
        key = work.insert(
            SkippedTransfer,
            patient_id=card.id,
            date=row.date,
            time=row.time,
            attribute="KBT/IPT",
            transferred_on=context.today,
        )
        changes = {"date": [None, row.date], "time": [None, f"{row.time:%H:%M}"]}
        work.audit("create", card.id, "skipped_transfer", key, changes, "PM01")
        work.commit()


def _save(context: Context, row: ContactRow) -> str:
    """Save a contact as a visit; what the file leaves out is proposed as in 085.

    Returns what changed for the patient's other visits, or "".
    """
    card = patients.find(context, row.identity_number)
    commitment = row.fields.get("commitment", "").strip()
    chosen = int(commitment) if _is_number(commitment) else None
    proposal = visits.propose(context, card.id, chosen, (row.date, row.time))
    if proposal.why_not:
        raise NotFound(proposal.why_not.message)
    if proposal.commitment_id is None and not commitment:
        several = ", ".join(str(choice.id) for choice in proposal.commitments)
        raise NotFound(f"Flera vårdåtaganden pågår ({several}): ange ID vårdåtagande i filen.")
    raw = dict(proposal.raw) | {"date": str(row.date), "time": f"{row.time:%H:%M}"}
    raw |= _fee(row, proposal)
    raw |= dict(row.fields)
    try:
        visits.save(context, card.id, raw)
    except Unconfirmed as warned:
        # A later visit is registered already: its contact type changes, and that is said.
        if {each.rule for each in warned.findings} != {"BE03"}:
            raise
        visits.save(context, card.id, raw, frozenset(warned.findings))
        return " ".join(f"{each.rule} {each.message}" for each in warned.findings)
    return ""


def _fee(row: ContactRow, proposal: visits.VisitProposal) -> dict[str, str]:
    """Return the fields that say who pays, on the day of the contact, not of the transfer."""
    if proposal.protection is None or "without_fee" in row.fields:
        return {"exemption": ""}
    return proposal.protection.payer_on(row.date, row.time)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 12


__all__ = ["CONTACTS", "import_pmo"]
