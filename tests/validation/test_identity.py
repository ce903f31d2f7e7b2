"""Identity numbers against the tax agency's own lists and two other libraries."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from personnummer import personnummer
from stdnum.se import personnummer as stdnum

from pasis_tui.validation.identity import (
    IdentityNumber,
    InvalidIdentityNumber,
    age,
    candidates,
    check_digit,
    format_identity_number,
    is_practice_number,
    parse_identity_number,
)

TODAY = date(2026, 11, 24)
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def published(name: str) -> list[str]:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the published list {name} is not on this machine")
    return path.read_text(encoding="ascii").split()


def fault(text: str, today: date = TODAY) -> str:
    with pytest.raises(InvalidIdentityNumber) as refused:
        parse_identity_number(text, today)
    assert refused.value.reason.endswith((".", ")."))
    return refused.value.fault


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("testpersonnummer.txt", "personnummer", 21_726),
        ("testsamordningsnummer.txt", "samordningsnummer", 2_240),
    ],
)
def test_every_published_number_is_accepted(name: str, kind: str, count: int) -> None:
    numbers = published(name)
    assert len(numbers) == count
    for digits in numbers:
        found = parse_identity_number(digits, TODAY)
        assert (found.digits, found.kind) == (digits, kind)
        assert found.sex == ("M" if int(digits[10]) % 2 else "K")


def test_broken_numbers_are_refused_with_the_right_reason() -> None:
    numbers = random.Random(1).sample(published("testpersonnummer.txt"), 500)
    refused = 0
    for digits in numbers:
        wrong = str((int(digits[11]) + 1) % 10)
        broken = {
            digits[:11] + wrong: "check digit",
            digits[:10]: "check digit",  # two digits lost: ten that mean something else
            digits[:11]: "length",
            digits + "0": "length",
            digits[:4] + "13" + digits[6:]: "date",
            digits[:4] + "0230" + digits[8:]: "date",
            digits[:6] + "x" + digits[7:]: "characters",
            digits[:3] + "\u0661" + digits[4:]: "characters",  # an Arabic-Indic digit
            "20" + "27" + digits[4:11] + str(check_digit("27" + digits[4:11])): "future",
        }
        for text, wanted in broken.items():
            if text == digits[:10]:
                continue
            assert fault(text) == wanted, text
            refused += 1
    assert refused >= 2_000


def test_agrees_with_the_package_personnummer_except_where_that_is_wrong() -> None:
    numbers = random.Random(2).sample(published("testpersonnummer.txt"), 3_000)
    for digits in numbers:
        assert personnummer.valid(digits)
        assert parse_identity_number(digits, TODAY).digits == digits
    # What it takes and should not (domain.md section 5).
    for text in ("199307142381\n", "209301017234"):
        if personnummer.valid(text):
            assert fault(text) in {"characters", "length", "future", "check digit"}
    rejected = [n for n in published("testsamordningsnummer.txt") if not personnummer.valid(n)]
    for digits in rejected:
        assert parse_identity_number(digits, TODAY).kind == "samordningsnummer"


def test_agrees_with_the_package_stdnum_except_where_that_is_wrong() -> None:
    for digits in random.Random(3).sample(published("testpersonnummer.txt"), 3_000):
        assert stdnum.is_valid(f"{digits[:8]}-{digits[8:]}")
    for digits in published("testsamordningsnummer.txt")[:50]:
        assert not stdnum.is_valid(f"{digits[:8]}-{digits[8:]}")  # it knows none of them
        parse_identity_number(digits, TODAY)
    assert fault("19930714--2381") == "characters"


@pytest.mark.parametrize(
    "text",
    ["9307142381", "930714-2381", "199307142381", "19930714-2381", " 930714 2381 ",
     "９３０７１４２３８１"],
)  # fmt: skip
def test_the_ways_to_write_one_number(text: str) -> None:
    found = parse_identity_number(text, TODAY)
    assert found == IdentityNumber("199307142381", "personnummer", date(1993, 7, 14), "K")


def test_ten_digits_mean_the_newest_century_that_is_not_in_the_future() -> None:
    body = "200101238"
    young = body + str(check_digit(body))
    assert parse_identity_number(young, TODAY).digits.startswith("2020")
    assert parse_identity_number(young, date(2019, 12, 31)).digits.startswith("1920")
    assert parse_identity_number(f"{young[:6]}+{young[6:]}", TODAY).digits.startswith("1920")
    assert [n.digits[:4] for n in candidates(young, TODAY)] == ["2020", "1920"]
    assert [n.digits[:4] for n in candidates("19" + young, TODAY)] == ["1920"]


def test_leap_day_of_one_century_only() -> None:
    body = "000229238"
    number = body + str(check_digit(body))
    assert [n.digits[:4] for n in candidates(number, TODAY)] == ["2000"]


def test_coordination_numbers_without_a_known_date() -> None:
    for month_and_day in ("0060", "0071", "0460"):
        body = "80" + month_and_day + "238"
        found = parse_identity_number("19" + body + str(check_digit(body)), TODAY)
        assert found.kind == "samordningsnummer"
        assert found.birth_date is None


@pytest.mark.parametrize("text", ["19800101DA0B", "800101-FZ1A", "19800101dx0c"])
def test_reserve_numbers(text: str) -> None:
    found = parse_identity_number(text, TODAY)
    assert (found.kind, found.sex) == ("reservnummer", None)


@pytest.mark.parametrize("text", ["19800101GA0B", "19800101DA2B", "19801301DA0B", "1980010DA0B"])
def test_what_is_no_reserve_number(text: str) -> None:
    fault(text)


def test_the_rule_of_test_numbers_gives_published_numbers_only() -> None:
    listed = set(published("testpersonnummer.txt"))
    day, found = date(1990, 1, 1), 0
    while day < date(2008, 1, 1):
        for serial in ("238", "239"):
            body = f"{day:%y%m%d}{serial}"
            number = parse_identity_number(f"{day:%Y%m%d}{serial}{check_digit(body)}", TODAY)
            if is_practice_number(number):
                found += 1
                assert number.digits in listed
        day += timedelta(days=1)
    assert found == 6_571


def test_a_living_persons_number_is_no_practice_number() -> None:
    body = "850709980"
    living_like = parse_identity_number(body + str(check_digit(body)), TODAY)
    assert not is_practice_number(living_like)


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_a_reason(text: str) -> None:
    try:
        found = parse_identity_number(text, TODAY)
    except InvalidIdentityNumber as refused:
        assert refused.fault in {"length", "characters", "date", "check digit", "future"}
        assert refused.reason.isprintable()
    else:
        assert parse_identity_number(found.digits, TODAY) == found


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_every_date_and_serial_with_its_check_digit_is_a_number(born: date, serial: int) -> None:
    body = f"{born:%y%m%d}{serial:03}"
    digits = f"{born:%Y%m%d}{serial:03}{check_digit(body)}"
    found = parse_identity_number(digits, TODAY)
    assert found.birth_date == born
    assert parse_identity_number(format_identity_number(digits), TODAY) == found


def test_age_counts_birthdays() -> None:
    born = date(1993, 7, 14)
    assert [age(born, date(2026, 7, d)) for d in (13, 14)] == [32, 33]
