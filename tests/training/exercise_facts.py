"""Facts written out by hand, for the matcher and the marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from pasis_tui.training.facts import Facts, Key, Record, facts_of

TODAY = dt.date(2026, 3, 2)
VERA: Key = ("patient", 1)
MAX: Key = ("patient", 2)
COURSE: Key = ("commitment", 100_001)


def patient(key: Key = VERA, number: str = "199307142381", given: str = "Vera") -> Record:
    fields = {
        "identity_number": number,
        "family_name": "Testsson",
        "given_name": given,
        "address": "",
        "postcode": "",
        "city": "",
        "phone": "",
        "listed_unit": "VCBJ01",
        "protected": "N",
        "deceased_on": "",
        "interpreter_language": "",
        "sex": "K",
    }
    return Record("patient", key[1], None, fields)


def commitment(key: Key = COURSE, parent: Key = VERA, **fields: str) -> Record:
    known = {
        "problem": "KBT",
        "arrival_date": "2026-01-05",
        "type_of_commitment": "R",
        "referral_source": "1",
        "referring_unit": "VCBJ01",
        "review_date": "2026-01-05",
        "caregiver": "ANNLIN",
        "decision_date": "2026-01-02",
        "closing_date": "",
        "closing_reason": "",
        "closing_caregiver": "",
    }
    return Record("commitment", key[1], parent, known | fields)


def enrolment(parent: Key = COURSE, **fields: str) -> Record:
    known = {
        "date": "2026-01-12",
        "treatment": "KBT",
        "diagnosis": "F411",
        "caregiver": "ANNLIN",
        "sick_leave_percent": "0",
        "sick_leave_date": "",
    }
    return Record("enrolment", parent[1], parent, known | fields)


def visit(key: int, day: str, parent: Key = COURSE, **fields: str) -> Record:
    known = {
        "date": day,
        "time": "10:00",
        "reception": "HUVUD",
        "reason": "B",
        "kind": "E",
        "caregiver": "ANNLIN",
        "contact_type": "ÅB",
        "distance": "N",
        "interpreter": "N",
        "no_show": "N",
        "without_fee": "N",
        "exemption": "",
        "fee": "200",
        "cancelled": "N",
    }
    return Record("visit", key, parent, known | fields)


def medical(of: int, **fields: str) -> Record:
    known = {
        "main_diagnosis": "F411",
        "problem": "KBT",
        "other_diagnoses": "",
        "kva": "DU011",
    }
    return Record("medical", of, ("visit", of), known | fields)


def facts(*records: Record, more: Iterable[Record] = ()) -> Facts:
    return facts_of(TODAY, [*records, *more])


def changed(record: Record, **fields: str) -> Record:
    assert not set(fields) - set(record.fields)
    return record._replace(fields={**record.fields, **fields})
