"""Whatever is typed or pasted, a field takes it or says in Swedish why not; nothing else happens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.validation import fields
from pasis_tui.validation.care_commitments import read_closing, read_commitment, read_start
from pasis_tui.validation.fields import InvalidValue, read, read_date, read_time
from pasis_tui.validation.findings import Finding, Refused
from pasis_tui.validation.forms import read_discharge, read_enrolment, read_follow_up
from pasis_tui.validation.identity import InvalidIdentityNumber, candidates, parse_identity_number
from pasis_tui.validation.medical import read_medical
from pasis_tui.validation.patients import read_patient
from pasis_tui.validation.rules import rules
from pasis_tui.validation.visits import read_visit

TODAY = date(2026, 11, 24)
KINDS = sorted(fields.KINDS)
STRICT = ["amount", "date", "digits", "identity", "time", "yesno"]
LETTERS = ["text", "code", "diagnosis", "kva"]

HOSTILE = {
    "empty": "",
    "spaces": "   ",
    "ten kilobytes": "x" * 10_240,
    "ten kilobytes of digits": "9" * 10_240,
    "NUL": "ab\x00cd",
    "BEL": "\x07",
    "DEL": "ab\x7f",
    "C1": "\x9b31m",
    "red": "\x1b[31mröd\x1b[0m",
    "title": "\x1b]0;titel\x07",
    "line break": "a\r\nb",
    "line separator": "a\u2028b",
    "surrogate": "\ud800",
    "RTL override": "\u202e123\u202c",
    "RTL isolate": "\u2067abc\u2069",
    "RTL letters": "אבגד",
    "Arabic digits": "٢٠٢٦١١٢٤",
    "full-width digits": "２０２６１１２４",
    "superscript": "²",
    "combining": "a" + "\u0301" * 50,
    "lone combining": "\u0301",
    "emoji": "👨\u200d👩\u200d👧",
    "flag": "🇸🇪",
    "zero width": "\u200b",
    "BOM": "\ufeff123",
    "formula": "=1+1",
    "DDE": "=cmd|' /C calc'!A0",
    "at formula": "@SUM(A1)",
    "SQL": "'; DROP TABLE patients; --",
    "SQL 2": "1 OR 1=1",
    "template": "{value} {0} {} %s %(x)s",
    "markup": "[bold red]hej[/]",
    "path": "../../etc/passwd",
    "NaN": "NaN",
    "exponent": "1e9",
    "negative": "-1",
    "plus": "+",
    "minus": "-",
    "only dots": "...",
    "only commas": ",,,",
    "30 February": "20260230",
    "29 February of a common year": "2025-02-29",
    "month 13": "2026-13-01",
    "month 0": "2026-00-10",
    "day 0": "20260100",
    "year 0": "0000-01-01",
    "far off": "+9999å",
    "far back": "-9999y",
    "half a date": "2026-11",
    "25 o'clock": "25:00",
    "minute 60": "1260",
    "wrong check digit": "9307142380",
    "letter for a digit": "93O7142381",
    "eleven digits": "99307142381",
    "not born yet": "20270101-2383",
    "13th month": "931314-2381",
    "30 February in a number": "930230-2381",
}

CASES = [pytest.param(k, t, id=f"{k}-{name}") for k in KINDS for name, t in HOSTILE.items()]


def is_sentence(reason: str) -> None:
    """A Swedish sentence that can be shown as it is: short, closed, nothing unprintable."""
    assert reason[-1] in ".!?"
    assert reason[0].isupper() or reason[0] in "”0123456789"
    assert len(reason) <= 200
    assert all(c.isprintable() for c in reason), repr(reason)
    assert not re.search(r"\b(error|invalid|Traceback|must|None)\b", reason)


def answer(kind: str, text: str) -> str | None:
    """What the field takes *text* as, None when it was refused in a sentence."""
    refused: InvalidValue | None = None
    try:
        taken = read(kind, text, TODAY)
    except InvalidValue as refusal:
        refused = refusal
    if refused is not None:
        assert str(refused) == refused.reason
        is_sentence(refused.reason)
        return None
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in taken)
    return taken


# --- one field ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_taken_or_refused_in_a_sentence(kind: str, text: str) -> None:
    taken = answer(kind, text)
    if taken is not None and kind not in {"output", "password"}:
        assert taken == taken.strip()
        assert read(kind, taken, TODAY) == taken, "what was taken is taken again as it stands"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "NUL",
        "BEL",
        "DEL",
        "C1",
        "red",
        "title",
        "line break",
        "line separator",
        "surrogate",
        "RTL override",
        "RTL isolate",
        "zero width",
        "BOM",
    ],
)
def test_control_characters_are_refused_in_every_kind(kind: str, name: str) -> None:
    assert answer(kind, HOSTILE[name]) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["ten kilobytes", "ten kilobytes of digits"])
def test_ten_kilobytes_are_refused_and_not_cut(kind: str, name: str) -> None:
    with pytest.raises(InvalidValue, match="10240 tecken"):
        read(kind, HOSTILE[name], TODAY)


@pytest.mark.parametrize("kind", STRICT)
@pytest.mark.parametrize(
    "name",
    [
        "empty",
        "spaces",
        "RTL letters",
        "emoji",
        "formula",
        "DDE",
        "at formula",
        "SQL",
        "SQL 2",
        "template",
        "markup",
        "path",
        "NaN",
        "exponent",
        "only dots",
        "only commas",
        "combining",
    ],
)
def test_a_strict_kind_takes_none_of_it(kind: str, name: str) -> None:
    assert answer(kind, HOSTILE[name]) is None


@pytest.mark.parametrize(
    "name",
    [
        "formula",
        "DDE",
        "at formula",
        "SQL",
        "SQL 2",
        "template",
        "markup",
        "path",
        "RTL letters",
        "emoji",
        "flag",
        "combining",
        "negative",
    ],
)
def test_free_text_is_kept_letter_by_letter(name: str) -> None:
    assert read("text", HOSTILE[name], TODAY) == HOSTILE[name]


@pytest.mark.parametrize(
    "text", ["Åsa", "D'Hondt-Öberg", "Łukasz", "Nguyễn", "李小龍", "Müller ", "ß"]
)
def test_names_of_the_world_are_names(text: str) -> None:
    assert read("text", text, TODAY) == text.strip()


@pytest.mark.parametrize(
    "name",
    [
        "30 February",
        "29 February of a common year",
        "month 13",
        "month 0",
        "day 0",
        "year 0",
        "far off",
        "far back",
        "half a date",
        "plus",
        "minus",
    ],
)
def test_impossible_dates(name: str) -> None:
    assert answer("date", HOSTILE[name]) is None


def test_an_impossible_date_says_how_long_the_month_is() -> None:
    with pytest.raises(InvalidValue, match=r"2026-02-30 finns inte\. 2026-02 har 28 dagar"):
        read("date", "20260230", TODAY)


@pytest.mark.parametrize("name", ["25 o'clock", "minute 60", "negative", "plus"])
def test_impossible_times(name: str) -> None:
    assert answer("time", HOSTILE[name]) is None


@pytest.mark.parametrize(
    ("name", "fault", "said"),
    [
        ("empty", "length", "saknas"),
        ("eleven digits", "length", "11 siffror"),
        ("letter for a digit", "characters", "”O” är ingen siffra"),
        ("emoji", "characters", "10 siffror"),
        ("wrong check digit", "check digit", "Kontrollsiffran 0"),
        ("13th month", "date", "finns inte"),
        ("30 February in a number", "date", "finns inte"),
        ("not born yet", "future", "framtiden"),
    ],
)
def test_identity_faults_have_their_own_reasons(name: str, fault: str, said: str) -> None:
    with pytest.raises(InvalidIdentityNumber, match=said) as caught:
        parse_identity_number(HOSTILE[name], TODAY)
    assert caught.value.fault == fault
    assert answer("identity", HOSTILE[name]) is None


@pytest.mark.parametrize(
    "text", ["２０２６１１２４", " 2026-11-24 ", "20261124", "261124", "i", "I"]
)
def test_the_many_ways_to_write_a_day(text: str) -> None:
    assert read("date", text, TODAY) == "2026-11-24"


def test_separators_alone_are_no_kva_codes() -> None:
    assert read("kva", ", du011;ZV051 ,", TODAY) == "DU011 ZV051"
    assert read("kva", ",,,", TODAY) == ""


def test_an_unknown_kind_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        read("colour", "röd", TODAY)


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_any_text(kind: str, text: str) -> None:
    answer(kind, text)


@given(st.text(alphabet="0123456789+-iIdvmåy :.", max_size=12))
def test_anything_that_looks_like_a_date_or_time(text: str) -> None:
    for reader in (lambda: read_date(text, TODAY), lambda: read_time(text)):
        try:
            reader()
        except InvalidValue as refusal:
            is_sentence(refusal.reason)


@given(st.text(alphabet="0123456789+- DAEF", max_size=16))
def test_anything_that_looks_like_an_identity_number(text: str) -> None:
    try:
        number = parse_identity_number(text, TODAY)
    except InvalidIdentityNumber as refusal:
        is_sentence(refusal.reason)
    else:
        assert number in candidates(text, TODAY)
        assert parse_identity_number(number.digits, TODAY).digits == number.digits


# --- whole forms ----------------------------------------------------------------------------

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
