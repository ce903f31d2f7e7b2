"""What an exercise may start with: its acts, the fields of each and what those may hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from pasis_tui.training.people import invented_world
from pasis_tui.validation import codes, fields
from pasis_tui.validation.care_commitments import CommitmentInput
from pasis_tui.validation.closing import ClosingInput
from pasis_tui.validation.forms import DischargeInput, EnrolmentInput, FollowUpInput
from pasis_tui.validation.identity import (
    InvalidIdentityNumber,
    is_practice_number,
    parse_identity_number,
)
from pasis_tui.validation.medical import ROWS
from pasis_tui.validation.records import as_typed, entries
from pasis_tui.validation.visits import VisitInput

Raw = str | int | bool | date

EXAMPLE = "19930714-2381"
SPOIL = "spoil"
PERSON = "identity_number"
WORKING_DATE = "on"
_SICK_LEAVE = {"sick_leave": "sick_leave_percent"}  # the file's shorter word
ALIASES: Mapping[str, Mapping[str, str]] = {"enrolment": _SICK_LEAVE, "discharge": _SICK_LEAVE}


class FieldKind(NamedTuple):
    """How a field is read, and the table its codes stand in ("" for none)."""

    kind: str
    table: str = ""


class Act(NamedTuple):
    """An act: the fields that it needs and all that it takes.

    ``day`` is the field that says its working date, where ``on`` does not.
    """

    fields: Mapping[str, FieldKind]
    needed: tuple[str, ...]
    day: str


def _declared(record: type) -> dict[str, FieldKind]:
    return {
        each.key: FieldKind(each.kind, each.table)
        for each in entries(record).values()
        if each.key != "commitment"
    }


_MEDICAL = {
    "main_diagnosis": FieldKind("diagnosis", "main_diagnosis"),
    "problem": FieldKind("code", "problem"),
    "kva": FieldKind("kva", "kva"),
    **{f"diagnosis_{row}": FieldKind("diagnosis") for row in ROWS},
}
_TEXT = FieldKind("text")
_DATE = FieldKind("date")
_YES = FieldKind("yesno")
ACTS: Mapping[str, Act] = {
    "patient": Act(
        {
            **dict.fromkeys(
                ("family_name", "given_name", "address", "postcode", "city", "phone"), _TEXT
            ),
            "interpreter_language": _TEXT,
            "listed_unit": FieldKind("code", "referring_unit"),
            "protected": _YES,
            "deceased_on": _DATE,
        },
        (PERSON,),
        WORKING_DATE,
    ),
    "referral": Act(
        _declared(CommitmentInput), (PERSON, "problem", "arrival_date"), "arrival_date"
    ),
    "enrolment": Act(_declared(EnrolmentInput), ("date", "diagnosis"), "date"),
    "visit": Act({**_declared(VisitInput), **_MEDICAL}, ("date", "time"), "date"),
    "medical": Act(
        {"date": _DATE, "time": FieldKind("time"), **_MEDICAL}, ("main_diagnosis",), "date"
    ),
    "discharge": Act(_declared(DischargeInput), ("date",), "date"),
    "follow_up": Act(_declared(FollowUpInput), ("date", "approved"), "date"),
    "close": Act(_declared(ClosingInput), ("closing_date",), WORKING_DATE),
    "manual_fee": Act(
        {
            "date": _DATE,
            "amount": FieldKind("amount"),
            "provider": _TEXT,
            "proof": FieldKind("code", "fee_proof"),
        },
        ("date", "amount"),
        "date",
    ),
    "free_card": Act(
        {"number": FieldKind("code"), "issuer": _TEXT, "valid_from": _DATE, "valid_to": _DATE},
        ("number", "valid_from"),
        "valid_from",
    ),
    SPOIL: Act(
        {"field": _TEXT, "value": _TEXT, "date": _DATE, "time": FieldKind("time")},
        ("field",),
        WORKING_DATE,
    ),
}
# Every act may say whose it is, which vårdåtagande it is about and on which day it is done.
COMMON: Mapping[str, FieldKind] = {
    PERSON: FieldKind("identity"),
    "problem": FieldKind("code", "problem"),
    WORKING_DATE: _DATE,
}
_ROWS_OF_THE_DATABASE = {
    "caregiver": "caregiver",
    "closing_caregiver": "caregiver",
    "reception": "reception",
    "referring_unit": "referring_unit",
}


def takes(act: str) -> Mapping[str, FieldKind]:
    """Return every field that *act* takes; KeyError for no such act."""
    return {**COMMON, **ACTS[act].fields}


def plain(value: Raw) -> str:
    """Return a value of the file as a clerk would type it."""
    return as_typed(value)


def read_field(act: str, name: str, value: str, today: date) -> str:
    """Return *value* as the field writes it; raises InvalidValue, with the reason in Swedish."""
    kind = takes(act)[name]
    read = fields.read(kind.kind, value, today)
    if name == PERSON:
        read = practice_person_number(read, today)
    if act == SPOIL or not read:
        return read  # what the rules would refuse is what it is for
    table = kind.table or _ROWS_OF_THE_DATABASE.get(name, "")
    for code in read.split() if kind.kind == "kva" else [read] if table else []:
        if code not in known_codes(table):
            raise fields.InvalidValue(f"koden ”{code[:20]}” finns inte")
    return read


def practice_person_number(text: str, today: date) -> str:
    """Return the twelve digits of a practice person; raises InvalidValue for anybody else's."""
    try:
        number = parse_identity_number(text, today)
    except InvalidIdentityNumber as fault:
        raise fields.InvalidValue(fault.reason) from fault
    if not is_practice_number(number):
        raise fields.InvalidValue(
            f"”{text[:20]}” kan vara en levande persons nummer; ta ett testnummer, till exempel {EXAMPLE}"
        )
    return number.digits


@cache
def known_codes(table: str) -> frozenset[str]:
    """Return the codes of a table, of the invented world where the database has its rows."""
    world = invented_world()
    if table == "referring_unit":
        return frozenset(code for units in world.referring_units.values() for code, *_ in units)
    if table == "caregiver":
        return frozenset(c.signature for those in world.caregivers.values() for c in those)
    if table == "reception":
        return frozenset(r.code for unit in world.units for r in unit.receptions)
    return frozenset(codes.table(table))


def referral_source(code: str) -> str:
    """Return where referrals of the referring unit *code* come from ("" when it is unknown)."""
    sources = invented_world().referring_units.items()
    return next((s for s, units in sources if any(u[0] == code for u in units)), "")
