"""Who is born on 29 February completes a year on 28 February (SFS 1930:173), and a year counted
from that day ends on 28 February.  The age came a day late and the year a day early.
"""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from pasis_tui.services.commitments import care_commitments
from pasis_tui.services.fees import cost_protection
from pasis_tui.services.visits import visits
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.closing import ClosingFacts, ClosingInput, check_closing
from pasis_tui.validation.cost_protection import (
    Card,
    Fee,
    assess,
    exempt_by_age,
)
from pasis_tui.validation.days import (
    FIRST_DAY,
    LAST_DAY,
    add_months,
    age,
    last_day_of_months,
    year_from,
)
from pasis_tui.validation.fees import read_free_card
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.forms import follow_up_window
from pasis_tui.validation.statistics import fixed_intervals
from tests.services.clinic import _person as add_person
from tests.services.clinic import all_but, commitment_fields, make_clinic, warned

LEAP = date(1940, 2, 29)
CALENDAR_ENDS = [
    FIRST_DAY, date(1900, 2, 28), date(1999, 12, 31), date(2000, 2, 29), date(2000, 3, 1),
    date(2023, 2, 28), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2024, 8, 31),
    date(2024, 11, 30), date(2025, 1, 31), date(2025, 5, 31), date(2025, 10, 31),
    date(2025, 12, 31), date(2026, 1, 1), date(2096, 2, 29), date(2100, 2, 28), date(2199, 1, 31),
    LAST_DAY,
]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (date(2025, 2, 27), 84), (date(2025, 2, 28), 85), (date(2025, 3, 1), 85),
        (date(2024, 2, 28), 83), (date(2024, 2, 29), 84),  # a leap year has the day itself
        (LEAP, 0), (date(1941, 2, 27), 0), (date(1941, 2, 28), 1),
    ],
)  # fmt: skip
def test_years_are_completed_on_28_february(on: date, years: int) -> None:
    assert age(LEAP, on) == years


@pytest.mark.parametrize("day", CALENDAR_ENDS)
def test_an_age_grows_by_one_once_a_year_on_one_day(day: date) -> None:
    for years in (1, 16, 20, 85, 99):
        if day.year + years > 2199:
            continue
        on = add_months(day, 12 * years)
        assert (age(day, on - timedelta(1)), age(day, on)) == (years - 1, years)
        assert (on.month, on.day) in {(day.month, day.day), (2, 28)}


@pytest.mark.parametrize(
    ("born", "on", "exemption"),
    [
        (LEAP, date(2025, 2, 27), ""), (LEAP, date(2025, 2, 28), "Ä8"),
        (date(2004, 2, 29), date(2024, 2, 28), "U2"), (date(2004, 2, 29), date(2024, 2, 29), ""),
        (date(2008, 2, 29), date(2028, 2, 28), "U2"), (date(2008, 2, 29), date(2028, 2, 29), ""),
        (date(2096, 2, 29), date(2116, 2, 28), "U2"),
        (date(2006, 3, 1), date(2026, 2, 28), "U2"), (date(1941, 2, 28), date(2026, 2, 28), "Ä8"),
    ],
)  # fmt: skip
def test_free_of_charge_by_age(born: date, on: date, exemption: str) -> None:
    assert exempt_by_age(born, on) == exemption


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2024, 2, 29), date(2025, 2, 28)), (date(2024, 2, 28), date(2025, 2, 27)),
        (date(2024, 3, 1), date(2025, 2, 28)), (date(2023, 3, 1), date(2024, 2, 29)),
        (date(2023, 2, 28), date(2024, 2, 27)), (date(2017, 10, 13), date(2018, 10, 12)),
        (date(2025, 1, 1), date(2025, 12, 31)), (date(2025, 12, 31), date(2026, 12, 30)),
    ],
)  # fmt: skip
def test_where_a_year_ends(first: date, last: date) -> None:
    assert year_from(first) == last


@pytest.mark.parametrize("first", CALENDAR_ENDS)
@pytest.mark.parametrize("months", [1, 3, 4, 6, 12])
def test_months_follow_each_other_without_a_gap_or_an_overlap(first: date, months: int) -> None:
    last = last_day_of_months(first, months)
    following = last + timedelta(1)
    assert (following.year * 12 + following.month) - (first.year * 12 + first.month) in {
        months,
        months + 1,
    }
    assert following.day in {first.day, 1}
    assert last > first


def test_the_frikort_of_a_period_from_29_february_is_valid_to_28_february() -> None:
    day = date(2024, 2, 29)
    fees = tuple(Fee(day, time(8 + n), "external", n, 200) for n in range(7))
    for on, card in ((date(2025, 2, 28), Card(day, date(2025, 2, 28))), (date(2025, 3, 1), None)):
        assert assess(None, on, fees).card == card


def test_the_frikort_from_elsewhere_may_last_to_28_february() -> None:
    raw = {"number": "F1", "issuer": "Region", "valid_from": "2024-02-29"}
    read_free_card(raw | {"valid_to": "2025-02-28"}, date(2024, 3, 1))
    with pytest.raises(Refused, match="senaste är 2025-02-28"):
        read_free_card(raw | {"valid_to": "2025-03-01"}, date(2024, 3, 1))


@pytest.mark.parametrize("discharge", [d for d in CALENDAR_ENDS if d < LAST_DAY])
def test_the_follow_up_window_and_the_month_to_close_end_within_their_months(
    discharge: date,
) -> None:
    first, last = follow_up_window(discharge)
    assert [(d.year - discharge.year) * 12 + d.month - discharge.month for d in (first, last)] == [
        3,
        4,
    ]
    limit = add_months(discharge, 1)
    closing = ClosingInput(discharge, "AV", "ANNLIN")
    facts = ClosingFacts(1, discharge, has_visits=True, last_visit=discharge)
    late = {f.rule for f in check_closing(closing, facts, limit + timedelta(1))}
    assert not check_closing(closing, facts, limit)
    assert late == {"VA33"}


def test_the_fixed_intervals_of_every_year_end_on_its_months_ends() -> None:
    for year in (1900, 2024, 2100, 2199):
        intervals = fixed_intervals(date(year, 12, 31))
        ends = {(i.to_date.month, i.to_date.day) for i in intervals if i.from_date.year == year}
        assert ends == {(3, 31), (6, 30), (9, 30), (12, 31)}


def test_85_years_and_16_years_through_the_services(database: Database) -> None:
    clinic = make_clinic(database)
    with SystemWork(database) as work:
        old = add_person(work, "19400229DA0A", "Testsson", "Siv", LEAP)
        young = add_person(work, "20080229DA0A", "Testsson", "Bo", date(2008, 2, 29))
        work.commit()
    card = clinic.commitment(date(2025, 1, 7), old)
    for day, exemption in ((date(2025, 2, 27), ""), (date(2025, 2, 28), "Ä8")):
        proposal = visits.propose(clinic.at(day), old, card.id)
        assert proposal.raw["exemption"] == exemption
        saved = clinic.visit(card, day)
        assert saved.fee == (0 if exemption else 200)
    # 16 years on 29 February 2024: the warning comes the day before and not that day
    fields = commitment_fields(date(2024, 2, 28))
    with warned("VA11", "", "15 år"):
        care_commitments.create(clinic.at(date(2024, 2, 28), screen="040"), young, fields)
    fields = commitment_fields(date(2024, 2, 29))
    care_commitments.create(
        clinic.at(date(2024, 2, 29), screen="040"), young, fields, all_but("VA11")
    )


def test_283_shows_the_period_that_opened_on_29_february(database: Database) -> None:
    clinic = make_clinic(database)
    card = clinic.commitment(date(2024, 2, 29))
    clinic.visit(card, date(2024, 2, 29))
    overview = cost_protection.overview(clinic.at(date(2025, 2, 28)), clinic.vera)
    assert overview.texts["period"] == "2024-02-29–2025-02-28"
    overview = cost_protection.overview(clinic.at(date(2025, 3, 1)), clinic.vera)
    assert overview.texts["period"].startswith("Ingen period")
