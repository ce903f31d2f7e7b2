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

from pasis_tui.validation.days import age
from pasis_tui.validation.identity import (
    IdentityNumber,
    InvalidIdentityNumber,
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


# What a reason is about, by what VA01 says.
ABOUT = {
    "number_missing": "length", "one_digit": "length", "length": "length",
    "unseen_character": "characters", "no_digit": "characters", "no_digits": "characters",
    "separator": "characters", "check_digit": "check digit", "birth_number": "check digit",
    "no_such_date": "date", "no_such_century": "date", "plus_too_old": "date",
    "year_in_future": "future", "born_in_future": "future",
}  # fmt: skip


def fault(text: str, today: date = TODAY) -> str:
    with pytest.raises(InvalidIdentityNumber) as refused:
        parse_identity_number(text, today)
    assert refused.value.reason.endswith((".", ")."))
    return ABOUT[refused.value.variant]


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
        number = parse_identity_number(digits, TODAY)
        assert (number.digits, number.kind) == (digits, kind)
        assert number.sex == ("M" if int(digits[10]) % 2 else "K")


def test_broken_numbers_are_refused_with_the_right_reason() -> None:
    refused = 0
    for digits in random.Random(1).sample(published("testpersonnummer.txt"), 500):
        check = int(digits[11])
        future = f"27{digits[4:11]}"
        broken = [
            *((digits[:11] + str(n), "check digit") for n in range(10) if n != check),
            # one digit of the birth number flipped: Luhn finds every single one
            *(
                (digits[:i] + str((int(digits[i]) + 1) % 10) + digits[i + 1 :], "check digit")
                for i in (8, 9, 10)
            ),
            (digits[:11], "length"),
            (digits[:9], "length"),
            (digits + "0", "length"),
            (digits[:4] + "13" + digits[6:], "date"),
            (digits[:4] + "0230" + digits[8:], "date"),
            (digits[:6] + "00" + digits[8:], "date"),
            ("17" + digits[2:], "date"),
            (digits[:6] + "x" + digits[7:], "characters"),
            (digits[:3] + "\u0661" + digits[4:], "characters"),  # an Arabic-Indic digit
            (digits + "\n", "characters"),
            (f"{digits[:8]}--{digits[8:]}", "characters"),
            (f"{digits[:6]}-{digits[6:]}", "characters"),
            (f"20{future}{check_digit(future)}", "future"),
        ]
        for text, wanted in broken:
            # 29 February does not exist in 2027: then the date is what is wrong
            assert fault(text) == wanted or (wanted == "future" and text[4:8] == "0229"), text
            refused += 1
    assert refused >= 2_000


# Where the package personnummer 3.2.1 is wrong (domain.md section 5): it accepts these.
PACKAGE_ACCEPTS = {
    "199307142381\n": "characters",
    "1993071\u06642381": "characters",  # Arabic-Indic four, left as it is
    "202701012383": "future",
    "179307142381": "date",  # the 18th century
}


@pytest.mark.parametrize(("text", "wanted"), PACKAGE_ACCEPTS.items())
def test_what_the_package_personnummer_wrongly_accepts(text: str, wanted: str) -> None:
    assert personnummer.valid(text), "mended in the package: take it off the list"
    assert fault(text) == wanted


def test_agrees_with_the_package_personnummer_on_the_published_numbers() -> None:
    for digits in published("testpersonnummer.txt"):
        assert personnummer.valid(digits)


def test_the_package_personnummer_wrongly_rejects_numbers_without_a_date_only() -> None:
    numbers = published("testsamordningsnummer.txt")
    rejected = {n for n in numbers if not personnummer.valid(n)}
    assert rejected == {n for n in numbers if n[4:6] == "00" or n[6:8] == "60"}
    assert len(rejected) == 170


def test_agrees_with_the_package_stdnum_on_the_published_numbers() -> None:
    assert all(stdnum.is_valid(n) for n in published("testpersonnummer.txt"))
    # It knows no coordination number at all.
    assert not any(stdnum.is_valid(n) for n in published("testsamordningsnummer.txt"))


# Where stdnum 2.2 is wrong (domain.md section 5): it accepts these.
STDNUM_ACCEPTS = {"19930714--2381": "characters", "199307140005": "check digit"}


@pytest.mark.parametrize(("text", "wanted"), STDNUM_ACCEPTS.items())
def test_what_the_package_stdnum_wrongly_accepts(text: str, wanted: str) -> None:
    assert stdnum.is_valid(text), "mended in the package: take it off the list"
    assert fault(text) == wanted


def test_the_birth_number_000_is_nobodys() -> None:
    with pytest.raises(InvalidIdentityNumber, match="Födelsenumret 000 finns inte"):
        parse_identity_number("199307140005", TODAY)


@given(st.dates(date(1930, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 9))
def test_agrees_with_both_packages_on_any_number(born: date, serial: int, check: int) -> None:
    digits = f"{born:%Y%m%d}{serial:03}{check}"
    try:
        parse_identity_number(digits, TODAY)
        valid = True
    except InvalidIdentityNumber:
        valid = False
    assert valid == personnummer.valid(digits)
    assert valid == (stdnum.is_valid(digits) and serial != 0)


@pytest.mark.parametrize(
    "text",
    ["9307142381", "930714-2381", "199307142381", "19930714-2381", " 930714 2381 ",
     "９３０７１４２３８１", "９３０７１４－２３８１", "9307\u00a014 2381"],
)  # fmt: skip
def test_the_ways_to_write_one_number(text: str) -> None:
    number = parse_identity_number(text, TODAY)
    assert number == IdentityNumber("199307142381", "personnummer", date(1993, 7, 14), "K")


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
        number = parse_identity_number("19" + body + str(check_digit(body)), TODAY)
        assert number.kind == "samordningsnummer"
        assert number.birth_date is None


@pytest.mark.parametrize("text", ["19800101DA0B", "800101-FZ1A", "19800101dx0c"])
def test_reserve_numbers(text: str) -> None:
    number = parse_identity_number(text, TODAY)
    assert (number.kind, number.sex) == ("reservnummer", None)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("19800101GA0B", "characters"), ("19800101DA2B", "characters"),
        ("1980010DA0B", "characters"), ("19800101DA0BX", "characters"),
        ("19800101DA0B\n", "characters"), ("19801301DA0B", "date"), ("00010101DA0B", "date"),
        ("20990101DA0B", "future"), ("20261125DA0B", "future"),
    ],
)  # fmt: skip
def test_what_is_no_reserve_number(text: str, wanted: str) -> None:
    assert fault(text) == wanted


def test_a_reserve_number_of_today_is_one() -> None:
    """An unknown newborn gets today's date."""
    assert parse_identity_number("20261124EA0A", TODAY).birth_date == TODAY


def test_the_practice_rule_takes_exactly_the_published_numbers_of_1991_to_2005() -> None:
    listed = set(published("testpersonnummer.txt"))
    wanted = {n for n in listed if "1991" <= n[:4] <= "2005" and n[8:11] in {"238", "239"}}
    taken, day = set(), date(1990, 1, 1)
    while day < date(2007, 1, 1):
        for serial in ("237", "238", "239", "240", "980"):
            body = f"{day:%y%m%d}{serial}"
            number = parse_identity_number(f"{day:%Y%m%d}{serial}{check_digit(body)}", TODAY)
            if is_practice_number(number):
                taken.add(number.digits)
        day += timedelta(days=1)
    assert taken == wanted
    assert len(taken) == 6_571


def test_a_coordination_number_is_no_practice_number_but_a_reserve_number_is() -> None:
    body = "930774238"
    number = parse_identity_number(f"19{body}{check_digit(body)}", TODAY)
    assert number.kind == "samordningsnummer"
    assert not is_practice_number(number)
    assert is_practice_number(parse_identity_number("19800101DA0B", TODAY))


def test_a_living_persons_number_is_no_practice_number() -> None:
    body = "850709980"
    living_like = parse_identity_number(body + str(check_digit(body)), TODAY)
    assert not is_practice_number(living_like)


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_a_reason(text: str) -> None:
    try:
        number = parse_identity_number(text, TODAY)
    except InvalidIdentityNumber as refused:
        assert refused.variant in ABOUT
        assert refused.reason.isprintable()
    else:
        assert parse_identity_number(number.digits, TODAY) == number


@given(
    st.dates(date(1927, 1, 1), TODAY),
    st.integers(0, 998),
    st.integers(0, 8),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_found(born: date, serial: int, place: int, by: int) -> None:
    body = f"{born:%y%m%d}{serial:03}"
    digits = f"{body}{check_digit(body)}"
    wrong = f"{digits[:place]}{(int(digits[place]) + by) % 10}{digits[place + 1 :]}"
    assert fault(wrong) in {"check digit", "date"}


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(1, 999))
def test_every_date_and_serial_with_its_check_digit_is_a_number(born: date, serial: int) -> None:
    body = f"{born:%y%m%d}{serial:03}"
    digits = f"{born:%Y%m%d}{serial:03}{check_digit(body)}"
    number = parse_identity_number(digits, TODAY)
    assert number.birth_date == born
    assert parse_identity_number(format_identity_number(digits), TODAY) == number


def test_age_counts_birthdays() -> None:
    born = date(1993, 7, 14)
    assert [age(born, date(2026, 7, d)) for d in (13, 14)] == [32, 33]
