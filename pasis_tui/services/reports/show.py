"""What ``pasis show`` prints: the same as the screen, under the same rights, and logged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.errors import NotFound
from pasis_tui.services.forms import forms
from pasis_tui.services.patients import patients
from pasis_tui.services.patients.patients import PatientCard
from pasis_tui.services.rights import check_screen, needs
from pasis_tui.services.visits import contacts, medical
from pasis_tui.store.actor import Context
from pasis_tui.validation.closing import CLOSING
from pasis_tui.validation.identity import format_identity_number
from pasis_tui.validation.records import as_typed
from pasis_tui.validation.unseen import marked

Record = dict[str, Any]
_PAGE = 500
_NUMBER = "identity_number"


@needs()
def rows(
    context: Context,
    code: str,
    identity: str | None,
    visit_id: int | None = None,
    *,
    protected_reason: str | None = None,
) -> list[Record] | Record:
    """Return a list of records for a list screen, one record for 014 and 184.

    Dates are ISO, times HH:MM, identity numbers 12 digits.  With *protected_reason* 048 lists
    protected identities, alone.  Raises Refused, NotFound, NoRight.
    """
    check_screen(context, code)
    if code == "048":
        return _overview(context, identity, protected_reason)
    if code == "184" and visit_id is not None:
        record = _medical(context, visit_id)
        if identity and patients.read(context, identity).identity_number != record[_NUMBER]:
            raise NotFound(f"Besök {visit_id} är inte den patientens. Se pasis show 083.")
        return record
    if not identity:
        raise NotFound(f"Bild {code} behöver ett personnummer: pasis show {code} PERSONNUMMER.")
    if code == "040":
        return _commitments(context, patients.find(context, identity))
    card = patients.read(context, identity)
    if code == "014":
        return _person(card)
    if code == "083":
        return _contacts(context, card)
    return _medical(context, _latest_visit(context, card))


def _who(card: PatientCard) -> Record:
    return {_NUMBER: card.identity_number, "name": card.name, "protected": card.protected}


def _person(card: PatientCard) -> Record:
    shown = (
        "kind", "family_name", "given_name", "birth_date", "age", "sex", "address", "postcode",
        "city", "phone", "listed_unit", "listed_unit_name", "deceased_on", "interpreter_language",
    )  # fmt: skip
    return _who(card) | _picked(card, *shown)


def _commitments(context: Context, card: PatientCard) -> list[Record]:
    shown = (
        "unit", "problem", "arrival_date", "status", "visits", "type_of_commitment",
        "referral_source", "referring_unit", "referring_unit_name", "review_date", "caregiver",
        "decision_date", "enrolment", "discharge", "follow_up",
    )  # fmt: skip
    records = []
    for row in care_commitments.for_patient(context, card.id):
        c = care_commitments.get(context, row.id)
        closing = {name: text or None for name, text in c.raw().items() if name in CLOSING}
        records.append({**_who(card), "commitment_id": c.id, **_picked(c, *shown), **closing})
    return records


def _overview(context: Context, identity: str | None, protected_reason: str | None) -> list[Record]:
    if identity:
        patients.read(context, identity)  # refused and logged as on the screen
    shown = (
        "name", "protected", "arrival_date", "visits", "enrolment", "discharge", "follow_up",
        "commitment_id",
    )  # fmt: skip
    records: list[Record] = []
    after = None
    while True:
        page = forms.overview_page(
            context,
            "A" if identity else "P",
            after=after,
            size=_PAGE,
            identity=identity,
            protected_reason=protected_reason,
        )
        records += [
            {
                "identity_number": row.identity_text.replace("-", ""),
                **_picked(row, *shown),
                "status": "Pågående" if row.is_open else "Avslutad",
                "due": row.due,
            }
            for row in page.rows
        ]
        if not page.after:
            return records
        after = page.last


def _all_contacts(context: Context, patient_id: int) -> list[contacts.ContactRow]:
    rows_read: list[contacts.ContactRow] = []
    after = None
    while True:
        page = contacts.contacts_page(context, patient_id, after=after, size=_PAGE)
        rows_read += page.rows
        if not page.after:
            return rows_read
        after = page.last


def _picked(record: object, *names: str) -> Record:
    """Return fields of *record*, dates and times as texts."""
    values = ((name, getattr(record, name)) for name in names)
    return {name: as_typed(v) if isinstance(v, dt.date | dt.time) else v for name, v in values}


def _contacts(context: Context, card: PatientCard) -> list[Record]:
    shown = (
        "visit_id", "commitment_id", "date", "time", "reception", "reason", "kind", "caregiver",
        "contact_type", "fee", "no_show", "cancelled", "dia_reg",
    )  # fmt: skip
    return [_who(card) | _picked(row, *shown) for row in _all_contacts(context, card.id)]


def _latest_visit(context: Context, card: PatientCard) -> int:
    kept = [r for r in _all_contacts(context, card.id) if not r.cancelled and not r.no_show]
    # A booking that is registered in advance comes only when there has been no visit.
    past = (r for r in kept if r.date <= context.today)
    ahead = (r for r in kept if r.dia_reg == "J")
    if row := next(past, None) or next(ahead, None):
        return row.visit_id
    raise NotFound(f"{card.identity_text} har inget besök på {context.actor.unit_code}.")


def _medical(context: Context, visit_id: int) -> Record:
    card = medical.get(context, visit_id)
    visit = card.visit
    registered = card.version is not None
    shown = ("commitment_id", "date", "time", "reception", "caregiver", "contact_type")
    return {
        **_who(patients.get(context, visit.patient_id)),
        "visit_id": visit.id,
        **_picked(visit, *shown, "distance", "interpreter"),
        "dia_reg": "J" if registered else "N",
        "main_diagnosis": card.main_diagnosis if registered else None,
        "other_diagnoses": [code for _, code in card.other_diagnoses],
        "problem": card.problem if registered else None,
        "kva": list(card.kva) if registered else [],
    }


_LABELS = {
    "identity_number": "Personnummer", "name": "Namn", "kind": "Typ", "family_name": "Efternamn",
    "given_name": "Förnamn", "birth_date": "Född", "age": "Ålder", "sex": "Kön",
    "address": "Adress", "postcode": "Postnummer", "city": "Ort", "phone": "Telefon",
    "listed_unit": "Listad på", "listed_unit_name": "Vårdcentral", "protected": "Skyddad",
    "deceased_on": "Avliden", "interpreter_language": "Tolkspråk", "commitment_id": "ID",
    "unit": "Enhet", "problem": "Problem", "arrival_date": "Ankomst", "status": "Status",
    "visits": "Besök", "enrolment": "In", "discharge": "Ut", "follow_up": "Uppf",
    "due": "Förfaller", "date": "Datum", "time": "Tid", "reception": "Mottagning",
    "reason": "Anl", "caregiver": "Vårdgivare", "contact_type": "Kontakttyp", "fee": "Avgift",
    "no_show": "Uteblev", "cancelled": "Makulerad", "dia_reg": "Dia reg", "visit_id": "Besök-ID",
    "distance": "Distans", "interpreter": "Tolk", "main_diagnosis": "Huvuddiagnos",
    "other_diagnoses": "Rad 2–15", "kva": "KVÅ", "closing_date": "Avslut",
    "closing_reason": "Orsak", "referring_unit": "Remiss från",
}  # fmt: skip
_COLUMNS = {
    "040": ("unit", "problem", "arrival_date", "status", "visits", "referring_unit", "caregiver",
            "closing_date", "closing_reason", "commitment_id"),
    "048": ("identity_number", "name", "arrival_date", "visits", "enrolment", "discharge",
            "follow_up", "commitment_id", "due"),
    "083": ("date", "time", "reception", "reason", "kind", "caregiver", "contact_type", "fee",
            "dia_reg", "no_show", "cancelled"),
}  # fmt: skip


def _text(value: object, name: str = "") -> str:
    if value is None:
        return ""
    if name == "identity_number":
        return format_identity_number(str(value))
    if name in {"enrolment", "discharge", "follow_up"}:
        return "V" if value else "-"
    if isinstance(value, bool):
        return "J" if value else "-"
    if isinstance(value, list | tuple):
        return ", ".join(marked(str(v)) for v in value)
    return marked(str(value))


def text_lines(code: str, shown: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> list[str]:
    """Return *shown*, records or one record, as a readable Swedish table or line by line.

    Where a person is protected, the first line says so in words.
    """
    records = [shown] if isinstance(shown, Mapping) else shown
    said = ["SKYDDADE PERSONUPPGIFTER"] if any(r["protected"] for r in records) else []
    return said + _lines(code, shown)


def _lines(code: str, shown: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> list[str]:
    if isinstance(shown, Mapping):
        width = max(len(_LABELS.get(k, k)) for k in shown)
        return [f"{_LABELS.get(k, k):<{width}}  {_text(v, k)}".rstrip() for k, v in shown.items()]
    if not shown:
        return ["Inga rader."]
    names = _COLUMNS[code]
    table = [[_LABELS[n] for n in names], *([_text(row[n], n) for n in names] for row in shown)]
    widths = [max(len(line[i]) for line in table) for i in range(len(names))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]
