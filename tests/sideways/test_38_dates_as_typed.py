"""Dates as clerks type them, ``26-03-02``, ``2/3``, ``0302``, were refused.  They are read in every
field, in Snabbval and on the command line, and what can be read two ways is asked about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasis_tui.display.display_files import FieldSpec, displays
from pasis_tui.display.quick_select import MoveDate, Nothing, interpret
from pasis_tui.validation.days import FIRST_DAY, LAST_DAY
from pasis_tui.validation.fields import InvalidValue, read, read_date
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.palette import palette
from tests.flows.practice import at_login, logged_in
from tests.terminal import BACKTAB, ENTER, ESC, F1, F2, TAB, alt

TODAY = date(2026, 3, 2)
WAYS = (
    "26-03-02", "2/3", "02/03", "2/3-26", "2/3 -26", "2/3 2026", "2/3-2026", "2/3/26", "2/3/2026",
    "2.3", "2.3.", "02.03", "2.3.26", "2.3.2026", "2.3 2026", "0302", "260302", "20260302",
    "2026-03-02", "2026-3-2", "2026/03/02", "2026.03.02", "2 mars", "2 mar", "den 2 mars",
    "2 mars 2026", "2 mars 26", "2 Mars -26", "26\u201303\u201302", "\uff12/\uff13", "i", "idag",
)  # fmt: skip
DATE_FIELDS = [
    pytest.param(code, spec, id=f"{code} {spec.name}")
    for code, shown in displays().items()
    for form in shown.formats
    for spec in form.fields
    if spec.kind == "date" and not spec.protected
]
CALENDAR_ENDS = [
    date(1900, 1, 1), date(1999, 12, 31), date(2000, 2, 29), date(2024, 2, 29), date(2025, 2, 28),
    date(2025, 8, 31), date(2025, 12, 31), date(2026, 1, 1), date(2100, 3, 1), date(2199, 12, 31),
]  # fmt: skip


@pytest.mark.parametrize("typed", WAYS)
def test_every_way_to_write_the_day(typed: str) -> None:
    assert read("date", typed, TODAY) == "2026-03-02"


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("1215", "2026-12-15"),  # the working date's year, also where that lies ahead
        ("15/12", "2026-12-15"), ("31.8", "2026-08-31"), ("15/12-25", "2025-12-15"),
        ("1 sept", "2026-09-01"), ("99-12-31", "1999-12-31"), ("31/12 75", "2075-12-31"),
        ("31.12.1999", "1999-12-31"),
    ],
)  # fmt: skip
def test_the_year_that_is_meant(typed: str, wanted: str) -> None:
    assert read("date", typed, TODAY) == wanted


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("03-02", ("två sätt", "3/2", "0302")),
        ("2-3-26", ("två sätt", "2/3-26", "2026-03-02")),
        ("02/03/26", ("två sätt", "2026-03-02", "2002-03-26")),
        ("02.03.04", ("två sätt", "2004-03-02", "2002-03-04")),
        ("13/12/25", ("två sätt", "2025-12-13", "2013-12-25")),
        ("2/13", ("månad 13", "13/2")),
        ("1302", ("månad 13",)),
        ("29/2", ("2026-02-29", "28 dagar")),
        ("30/2-24", ("2024-02-30", "29 dagar")),
        ("302", ("inget datum", "0302", "2/3")),
        ("2 ma", ("inget datum",)),
        ("2 j", ("inget datum",)),
        ("2 ju", ("inget datum",)),
        ("1899-12-31", ("1900–2199",)),
        ("2200-01-01", ("1900–2199",)),
        ("99991231", ("1900–2199",)),
        ("+500å", ("1900–2199",)),
        ("2/3/202", ("inget datum",)),
        ("/", ("inget datum",)),
        ("2//3", ("inget datum",)),
    ],
)
def test_what_is_no_date_or_two_says_what_to_type(typed: str, says: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue) as refused:
        read("date", typed, TODAY)
    for words in says:
        assert words in refused.value.reason
    assert len(f"XX00 Fel: Datum för remissbeslut: {refused.value.reason}") <= 158  # two rows


@given(st.dates(FIRST_DAY, LAST_DAY), st.dates(FIRST_DAY, LAST_DAY))
def test_a_day_written_whole_is_that_day_on_any_working_date(day: date, today: date) -> None:
    for text in (
        f"{day:%Y%m%d}", day.isoformat(), f"{day.day}/{day.month} {day.year}",
        f"{day.day}/{day.month}-{day.year}", f"{day.day}.{day.month}.{day.year}",
    ):  # fmt: skip
        assert read_date(text, today) == day
    if day.year == today.year:
        assert {read_date(t, today) for t in (f"{day.day}/{day.month}", f"{day:%m%d}")} == {day}


@given(st.text("0123456789-/.+ imv", max_size=12), st.dates(FIRST_DAY, LAST_DAY))
def test_whatever_is_typed_is_a_day_within_the_years_or_a_reason(text: str, today: date) -> None:
    try:
        assert FIRST_DAY <= read_date(text, today) <= LAST_DAY
    except InvalidValue as refused:
        assert refused.reason.endswith((".", "+1m"))


@pytest.mark.parametrize(("code", "spec"), DATE_FIELDS)
def test_every_date_field_holds_and_writes_out_what_is_typed(code: str, spec: FieldSpec) -> None:
    """Every date field × calendar ends, as a clerk's field reads and writes them."""
    shown = next(f for f in displays()[code].formats if spec in f.fields)
    form = Form(shown, palette("pasis"))
    for day in CALENDAR_ENDS:
        for typed in (f"{day:%Y%m%d}", f"{day.day}/{day.month} {day.year}", day.isoformat()):
            assert len(typed) <= max(spec.length, spec.width)
            form.fill({spec.name: typed})
            assert form.check(spec.name, TODAY) == ""
            assert form.get(spec.name) == day.isoformat()
    for typed in ("1899-12-31", "2200-01-01", "29/2 2025", "31/4", "03-02"):
        form.fill({spec.name: typed})
        assert form.check(spec.name, TODAY) != ""
        assert form.get(spec.name) == typed  # left for editing


def test_there_are_date_fields_to_sweep() -> None:
    assert len(DATE_FIELDS) >= 20


SNABBVAL: Mapping[str, str] = {
    "26-03-02": "2026-03-02", "2/3": "2026-03-02", "0302": "2026-03-02", "2/3-26": "2026-03-02",
    "2.3": "2026-03-02", "2 mars": "2026-03-02", "20260302": "2026-03-02", "+3m": "2026-06-02",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "wanted"), SNABBVAL.items())
def test_snabbval_moves_to_it(typed: str, wanted: str) -> None:
    answer = interpret(typed, list(displays().values()))
    assert answer == MoveDate(typed)
    assert read_date(typed, TODAY).isoformat() == wanted


def test_snabbval_asks_whether_six_digits_are_an_id_or_a_date() -> None:
    answer = interpret("260302", list(displays().values()))
    assert isinstance(answer, Nothing)
    assert "26-03-02" in answer.message
    assert "48 260302" in answer.message


@pytest.mark.parametrize("typed", ["14", "014", "283 1", "610", "9999", "1399", "f3", "85"])
def test_no_screen_becomes_a_date(typed: str) -> None:
    assert not isinstance(interpret(typed, list(displays().values())), MoveDate)


def test_a_clerk_types_them(home: Path) -> None:
    with logged_in(home) as clerk:
        clerk.type(F2, "40 9307142381", ENTER)
        clerk.expect("Testsson").type(alt("n"), "kbt", TAB, "27/2", TAB)
        clerk.expect("2026-02-27").type(BACKTAB, "03-02", TAB)
        clerk.expect("kan läsas på två sätt", "0302")
        clerk.expect("*03-02").type(F1)
        clerk.expect("26-03-02, 2/3, 2/3-26")
        clerk.expect("arbetsdatumets år").type(ESC)
        clerk.expect_gone("arbetsdatumets år")
        clerk.type(F2, "28/2", ENTER)
        clerk.expect("Övningsdatum är nu 2026-02-28 (lördag)")


def test_the_command_line_reads_them(home: Path) -> None:
    with at_login(home, day="2/3-26") as opened:
        opened.expect("2026-03-02")
