"""Whatever is typed or pasted, a field takes it or says in Swedish why not; nothing else happens."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pasis_tui.validation import fields
from pasis_tui.validation.fields import InvalidValue, read, read_date, read_time
from pasis_tui.validation.identity import InvalidIdentityNumber, candidates, parse_identity_number
from tests.validation.hostile import HOSTILE, is_sentence

TODAY = date(2026, 11, 24)
KINDS = sorted(fields.KINDS)
STRICT = ["amount", "date", "digits", "identity", "time", "yesno"]
LETTERS = ["text", "code", "diagnosis", "kva"]

CASES = [pytest.param(k, t, id=f"{k}-{name}") for k in KINDS for name, t in HOSTILE.items()]


def answer(kind: str, text: str) -> str | None:
    """What the field takes *text* as, None when it was refused in a sentence."""
    try:
        taken = read(kind, text, TODAY)
    except InvalidValue as refusal:
        is_sentence(refusal.reason)
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
    assert read("text", HOSTILE[name], TODAY) == unicodedata.normalize("NFC", HOSTILE[name])


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
        ("empty", "number_missing", "saknas"),
        ("eleven digits", "length", "11 siffror"),
        ("letter for a digit", "no_digit", "”O” är ingen siffra"),
        ("emoji", "unseen_character", "10 siffror"),
        ("wrong check digit", "check_digit", "Kontrollsiffran 0"),
        ("13th month", "no_such_date", "finns inte"),
        ("30 February in a number", "no_such_date", "finns inte"),
        ("not born yet", "born_in_future", "framtiden"),
    ],
)
def test_identity_faults_have_their_own_reasons(name: str, fault: str, said: str) -> None:
    with pytest.raises(InvalidIdentityNumber, match=said) as caught:
        parse_identity_number(HOSTILE[name], TODAY)
    assert caught.value.variant == fault
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
@example("amount", "None")
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
