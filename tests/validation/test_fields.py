"""What the fields take, and what they say when they do not."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.validation.days import add_months
from pasis_tui.validation.fields import InvalidValue, read

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("20260302", "2026-03-02"), ("260302", "2026-03-02"), ("2026-03-02", "2026-03-02"),
        ("2026-3-2", "2026-03-02"), ("i", "2026-03-02"), ("I", "2026-03-02"),
        ("-3", "2026-02-27"), ("+1", "2026-03-03"), ("+1m", "2026-04-02"), ("-1d", "2026-03-01"),
        ("+2v", "2026-03-16"), ("-2v", "2026-02-16"), ("+1å", "2027-03-02"), ("+1y", "2027-03-02"),
        ("-1M", "2026-02-02"), ("991231", "1999-12-31"),
        ("２０２６０３０２", "2026-03-02"),
    ],
)  # fmt: skip
def test_dates(typed: str, shown: str) -> None:
    assert read("date", typed, TODAY) == shown


@pytest.mark.parametrize(
    ("typed", "part"),
    [("20260230", "28 dagar"), ("20261301", "månad 13"), ("igår", "inget datum"), ("+", "flyttas"),
     ("1" * 7, "inget datum"), ("+9999å", "utanför almanackan"), ("00000101", "finns inte")],
)  # fmt: skip
def test_impossible_dates_say_why(typed: str, part: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read("date", typed, TODAY)
    assert part in refused.value.reason


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("9", "09:00"), ("14", "14:00"), ("930", "09:30"), ("1430", "14:30"), ("14:30", "14:30"),
     ("9.15", "09:15"), ("0", "00:00"), ("0005", "00:05")],
)  # fmt: skip
def test_times(typed: str, shown: str) -> None:
    assert read("time", typed, TODAY) == shown


@pytest.mark.parametrize("typed", ["24", "25", "960", "2460", "nio", "1:2:3", "-1", "14305"])
def test_impossible_times(typed: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read("time", typed, TODAY)
    assert "TTMM" in refused.value.reason


def test_codes_are_raised_and_diagnoses_lose_their_dot() -> None:
    assert read("code", " kbt ", TODAY) == "KBT"
    assert read("diagnosis", "f41.1", TODAY) == "F411"
    assert read("kva", "du011,zv051  zv020", TODAY) == "DU011 ZV051 ZV020"
    assert read("yesno", "j", TODAY) == "J"


def test_amounts_and_digits_are_digits_only() -> None:
    assert read("amount", " 200 ", TODAY) == "200"
    assert read("digits", "００７", TODAY) == "007"
    for typed in ("200,50", "-1", "1 000", "²³x", "tvåhundra"):
        with pytest.raises(InvalidValue, match="inte bara siffror"):
            read("amount", typed, TODAY)


def test_a_password_is_left_as_it_is() -> None:
    assert read("password", "  Å b  ", TODAY) == "  Å b  "


def test_an_identity_number_keeps_its_ten_digits_for_the_century_to_be_found() -> None:
    assert read("identity", " 930714-2381 ", TODAY) == "930714-2381"
    with pytest.raises(InvalidValue, match="Kontrollsiffran 0"):
        read("identity", "9307142380", TODAY)


@given(st.dates(date(1980, 1, 1), date(2070, 12, 31)))
def test_a_day_is_read_the_same_however_it_is_written(day: date) -> None:
    written = [f"{day:%Y%m%d}", day.isoformat(), f"{day.year}-{day.month}-{day.day}"]
    if 1977 <= day.year <= 2075:
        written.append(f"{day:%y%m%d}")  # the century nearest today
    assert {read("date", text, TODAY) for text in written} == {day.isoformat()}


@given(st.times())
def test_a_start_time_is_read_the_same_however_it_is_written(moment: time) -> None:
    shown = f"{moment:%H:%M}"
    for text in (f"{moment:%H%M}", shown, f"{moment.hour}:{moment:%M}", f"{moment:%H.%M}"):
        assert read("time", text, TODAY) == shown


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-120, 120))
def test_months_added_land_in_that_month(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(1)).day == 1)


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 15), 12, date(2027, 5, 15)),
    ],
)
def test_the_last_day_of_a_shorter_month_counts(day: date, months: int, wanted: date) -> None:
    assert add_months(day, months) == wanted
