"""A form given hostile input names the field and the reason; it never fails otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

import pytest

from pasis_tui.validation.care_commitments import read_commitment, read_start
from pasis_tui.validation.closing import read_closing
from pasis_tui.validation.findings import Finding, Refused
from pasis_tui.validation.forms import read_discharge, read_enrolment, read_follow_up
from pasis_tui.validation.medical import read_medical
from pasis_tui.validation.patients import read_patient
from pasis_tui.validation.rules import rules
from pasis_tui.validation.visits import read_visit
from tests.validation.hostile import HOSTILE, is_sentence

TODAY = date(2026, 11, 24)
Reader = Callable[[Mapping[str, str], date], object]
GOOD: dict[str, tuple[Reader, dict[str, str]]] = {
    "patient": (
        read_patient,
        {
            "identity_number": "199307142381",
            "family_name": "Testsson",
            "given_name": "Vera",
            "address": "Storgatan 1",
            "postcode": "22222",
            "city": "Lund",
            "phone": "070-174 06 05",
            "listed_unit": "VC0001",
            "protected": "N",
            "deceased_on": "2026-01-01",
            "interpreter_language": "finska",
            "sex": "K",
        },
    ),
    "start": (read_start, {"problem": "KBT", "arrival_date": "i"}),
    "commitment": (
        read_commitment,
        {
            "problem": "KBT",
            "arrival_date": "i",
            "type_of_commitment": "R",
            "referral_source": "1",
            "referring_unit": "VC0001",
            "review_date": "i",
            "caregiver": "ANNLIN",
            "decision_date": "-3",
        },
    ),
    "closing": (
        read_closing,
        {"closing_date": "i", "closing_reason": "AV", "closing_caregiver": "ANNLIN"},
    ),
    "enrolment": (
        read_enrolment,
        {
            "date": "i",
            "treatment": "KBT",
            "diagnosis": "F410",
            "caregiver": "ANNLIN",
            "sick_leave_percent": "0",
            "sick_leave_date": "-3",
        },
    ),
    "discharge": (
        read_discharge,
        {"date": "i", "caregiver": "ANNLIN", "sick_leave_percent": "0"},
    ),
    "follow_up": (read_follow_up, {"date": "i", "approved": "J"}),
    "visit": (
        read_visit,
        {
            "commitment": "100001",
            "date": "i",
            "time": "9",
            "reception": "HUVUD",
            "reason": "B",
            "kind": "E",
            "caregiver": "ANNLIN",
            "contact_type": "NY",
            "distance": "N",
            "interpreter": "N",
            "no_show": "N",
            "without_fee": "J",
            "exemption": "SJ",
        },
    ),
    "medical, quick": (
        read_medical,
        {"main_diagnosis": "F410", "problem": "KBT", "kva": "DU011 ZV051"},
    ),
    "medical": (
        read_medical,
        {
            "main_diagnosis": "F410",
            "problem": "KBT",
            **{f"diagnosis_{n}": f"Z73{n % 10}" if n < 10 else f"Z6{n}" for n in range(2, 16)},
            **{f"kva_{n}": f"AV0{n:02}" if n > 1 else "DU011" for n in range(1, 11)},
        },
    ),
}


def findings(reader: Reader, raw: Mapping[str, str]) -> tuple[Finding, ...]:
    """What *reader* has against *raw*; anything but a refusal is a fault of the program."""
    try:
        reader(raw, TODAY)
    except Refused as refusal:
        return refusal.findings
    return ()


@pytest.mark.parametrize("form", GOOD)
def test_the_good_values_are_taken(form: str) -> None:
    reader, raw = GOOD[form]
    reader(raw, TODAY)


@pytest.mark.parametrize(
    ("form", "field"),
    [pytest.param(f, n, id=f"{f}-{n}") for f, (_, raw) in GOOD.items() for n in raw],
)
def test_hostile_input_in_a_form_is_refused_at_its_field_or_taken(form: str, field: str) -> None:
    reader, raw = GOOD[form]
    for name, text in HOSTILE.items():
        faults = findings(reader, {**raw, field: text})
        for fault in faults:
            is_sentence(fault.message)
            assert fault.rule in rules()
            assert fault.field in raw, (name, fault)
        unseen = any(unicodedata.category(c) in {"Cc", "Cs"} for c in text)
        if unseen or len(text) > 500:
            assert field in {fault.field for fault in faults}, name


@pytest.mark.parametrize("form", GOOD)
def test_every_fault_of_a_form_is_said_at_once(form: str) -> None:
    reader, raw = GOOD[form]
    with pytest.raises(Refused) as caught:
        reader(dict.fromkeys(raw, "\x00"), TODAY)
    assert {f.field for f in caught.value.findings} == set(raw)
