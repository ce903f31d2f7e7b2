"""Screen 014: what a person's details must be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from pasis_tui.validation.identity import is_practice_number, parse_identity_number
from pasis_tui.validation.patients import read_patient
from tests.validation.answers import TODAY, faults, hostile_form, reason, survives, unhurried

# 1993-07-14-2381 is one of the tax agency's published test numbers.
VERA = {
    "identity_number": "9307142381",
    "family_name": "Testsson",
    "given_name": "Vera",
    "address": "Övningsgatan 3",
    "postcode": "223 62",
    "city": "Lund",
    "phone": "070-174 06 05",
    "listed_unit": "vc0001",
    "protected": "n",
    "deceased_on": "",
    "interpreter_language": "",
    "sex": "",
}
HIDDEN = VERA | {"protected": "J", "address": "", "postcode": "", "city": "", "phone": ""}


def test_a_person_is_read_as_written() -> None:
    person = read_patient(VERA, TODAY)
    assert person.identity_number.digits == "199307142381"
    assert (person.family_name, person.given_name) == ("Testsson", "Vera")
    assert person.sex == "K"  # the number tells
    assert person.postcode == "22362"
    assert person.listed_unit == "VC0001"
    assert person.deceased_on is None
    assert not person.protected


@pytest.mark.parametrize("number", ["", "9307142382", "930714238", "9302302380", "93o7142381"])
def test_va01_a_number_that_is_none_is_refused(number: str) -> None:
    assert faults(read_patient, VERA | {"identity_number": number}) == [("VA01", "identity_number")]


@pytest.mark.parametrize("field", ["family_name", "given_name"])
@pytest.mark.parametrize("text", ["", "   "])
def test_pe01_names_are_mandatory(field: str, text: str) -> None:
    raw = VERA | {field: text}
    assert faults(read_patient, raw) == [("PE01", field)]
    assert "saknas" in reason(read_patient, raw, field)


@pytest.mark.parametrize("field", ["address", "postcode", "city", "phone"])
def test_pe02_a_protected_person_has_no_address_and_no_phone(field: str) -> None:
    assert read_patient(HIDDEN, TODAY).protected
    assert faults(read_patient, HIDDEN | {field: VERA[field]}) == [("PE02", field)]
    assert read_patient(VERA | {"protected": ""}, TODAY).city == "Lund"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("postcode", "2236"),
        ("postcode", "2236A"),
        ("postcode", "٢٢٣٦٢"),
        ("phone", "ring mig"),
        ("phone", "07"),
        ("protected", "kanske"),
        ("deceased_on", "20260230"),
        ("deceased_on", "2026-03-03"),  # tomorrow
        ("deceased_on", "1993-07-13"),  # the day before the birth
        ("sex", "X"),
        ("given_name", "Ve\x1b[31mra"),
        ("address", "x" * 10_000),
    ],
)
def test_pe03_a_detail_that_cannot_be_is_refused(field: str, text: str) -> None:
    wanted = "PE01" if field == "given_name" else "PE03"
    assert faults(read_patient, VERA | {field: text}) == [(wanted, field)]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("deceased_on", "i"),
        ("deceased_on", "1993-07-14"),
        ("phone", "+46 70 174 06 05"),
        ("postcode", ""),
        ("phone", ""),
        ("family_name", "Ó Súilleabháin-Åkerström"),
    ],
)
def test_pe03_a_detail_that_can_be_is_kept(field: str, text: str) -> None:
    read_patient(VERA | {field: text}, TODAY)


def test_pe03_a_reserve_number_does_not_tell_the_sex() -> None:
    reserve = VERA | {"identity_number": "19610203DA1B"}
    assert faults(read_patient, reserve) == [("PE03", "sex")]
    person = read_patient(reserve | {"sex": "m"}, TODAY)
    assert (person.sex, person.identity_number.birth_date) == ("M", date(1961, 2, 3))


def test_every_fault_is_told_at_once() -> None:
    raw = VERA | {"identity_number": "1", "family_name": "", "postcode": "x", "phone": "y"}
    assert set(faults(read_patient, raw)) == {
        ("VA01", "identity_number"),
        ("PE01", "family_name"),
        ("PE03", "postcode"),
        ("PE03", "phone"),
    }


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("9307142381", True),  # a published test number
        ("19610203DA1B", True),  # a reservnummer is nobody's
        ("185007142408", False),  # outside the test sets (born 1850: nobody living)
    ],
)
def test_pr01_practice_takes_no_living_persons_number(text: str, taken: bool) -> None:
    assert is_practice_number(parse_identity_number(text, TODAY)) == taken


@unhurried
@given(hostile_form(VERA))
def test_anything_typed_is_read_or_refused_at_its_field(raw: dict[str, str]) -> None:
    person = survives(read_patient, raw, VERA)
    if person is not None:
        assert person.family_name
        assert person.given_name
