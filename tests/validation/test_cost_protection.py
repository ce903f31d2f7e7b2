"""The high-cost protection: domain.md section 6, to the krona, and its properties."""

from __future__ import annotations

from datetime import date, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasis_tui.validation.cost_protection import (
    Assessment,
    Card,
    Fee,
    assess,
)
from pasis_tui.validation.days import year_from
from pasis_tui.validation.parameters import parameter

VERA = date(1993, 7, 14)
FIRST = date(2025, 10, 13)
WEEK = timedelta(days=7)


def visit(day: date, amount: int = 200, key: int = 1, kind: str = "visit") -> Fee:
    return Fee(day, time(9), kind, key, amount, "PSMA01")


def external(day: date, amount: int, key: int = 1) -> Fee:
    return Fee(day, time(0), "external", key, amount, "Annan")


def weekly(count: int, first: date = FIRST) -> list[Fee]:
    """Visits as 085 proposes them, one a week."""
    fees: list[Fee] = []
    for number in range(count):
        day = first + number * WEEK
        fees.append(visit(day, on(day, fees).due, number))
    return fees


def on(day: date, fees: list[Fee], *cards: Card, payer: date | None = VERA) -> Assessment:
    return assess(payer, day, fees, cards)


# --- the examples of section 6 ----------------------------------------------------------------


def test_visits_one_to_seven_cost_200_the_eighth_50_and_the_ninth_nothing() -> None:
    fees = weekly(9)
    assert [fee.amount for fee in fees] == [200] * 7 + [50, 0]
    before_last = on(FIRST + 7 * WEEK, fees[:7])
    assert before_last.standing == "betalt i perioden 1 400 av 1 450, kvar 50"
    assert on(FIRST + 6 * WEEK, fees[:6]).standing == "betalt i perioden 1 200 av 1 450, kvar 250"
    ninth = on(FIRST + 8 * WEEK, fees[:8])
    assert (ninth.due, ninth.exemption) == (0, "FK")
    assert ninth.standing == "frikort 2025-12-01–2026-10-12"


def test_frikort_from_the_last_fee_to_the_day_before_the_first_one_year_on() -> None:
    fees = weekly(8, date(2024, 10, 13))
    assessed = on(date(2025, 10, 12), fees)
    assert assessed.ceiling == 1400  # of the year the period opened
    assert assessed.issued == (Card(fees[6].date, date(2025, 10, 12)),)
    assert assessed.exemption == "FK"
    after = on(date(2025, 10, 13), fees)
    assert (after.due, after.exemption, after.period) == (200, "", None)
    assert after.standing == "betalt i perioden 0 av 1 450, kvar 1 450"


def test_the_published_dates_of_2017() -> None:
    assert year_from(date(2017, 10, 13)) == date(2018, 10, 12)
    assert year_from(date(2024, 2, 29)) == date(2025, 2, 28)
    assert year_from(date(2025, 3, 1)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("opened", "ceiling"),
    [("2023-06-01", 1300), ("2024-06-01", 1400), ("2025-06-01", 1450), ("2026-06-01", 1450)],
)
def test_the_ceiling_follows_the_year(opened: str, ceiling: int) -> None:
    day = date.fromisoformat(opened)
    assessed = on(day + 3 * WEEK, [external(day, 5000)])
    assert [x.counted for x in assessed.fees] == [ceiling]
    assert assessed.issued == (Card(day, year_from(day)),)


@pytest.mark.parametrize(
    ("born", "day", "due", "exemption"),
    [
        ("2006-03-03", "2026-03-02", 0, "U2"),  # nineteen
        ("2006-03-02", "2026-03-02", 200, ""),
        ("1941-03-03", "2026-03-02", 200, ""),
        ("1941-03-02", "2026-03-02", 0, "Ä8"),  # eighty-five today
    ],
)
def test_the_young_and_the_old_pay_nothing(born: str, day: str, due: int, exemption: str) -> None:
    assessed = on(date.fromisoformat(day), [], payer=date.fromisoformat(born))
    assert (assessed.due, assessed.exemption) == (due, exemption)


def test_what_an_exempt_patient_paid_does_not_count_and_is_listed() -> None:
    young = date(2006, 3, 3)
    assessed = on(
        date(2026, 3, 10), [visit(date(2026, 3, 2)), visit(date(2026, 3, 9))], payer=young
    )
    assert [(x.counted, x.overpaid) for x in assessed.fees] == [(0, 200), (200, 0)]
    assert assessed.period is not None
    assert assessed.period.first == date(2026, 3, 9)


def test_no_shows_and_invoice_fees_neither_count_nor_open_a_period() -> None:
    fees = [visit(FIRST, 400, kind="no_show"), visit(FIRST + WEEK, 60, kind="invoice")]
    assessed = on(FIRST + 2 * WEEK, fees)
    assert (assessed.period, assessed.due, assessed.overpayments) == (None, 200, ())


def test_a_back_dated_fee_from_elsewhere_moves_the_frikort_and_lists_overpayments() -> None:
    fees = weekly(8)
    late = [*fees, external(FIRST + 2 * WEEK, 300)]
    assessed = on(FIRST + 10 * WEEK, late)
    assert assessed.issued == (Card(FIRST + 5 * WEEK, date(2026, 10, 12)),)
    assert [(x.fee.date, x.overpaid) for x in assessed.overpayments] == [
        (FIRST + 5 * WEEK, 50),
        (FIRST + 6 * WEEK, 200),
        (FIRST + 7 * WEEK, 50),
    ]
    assert [x.fee.amount for x in assessed.fees if x.fee.kind == "visit"] == [200] * 7 + [50]


def test_a_fee_before_the_first_opens_the_period_earlier() -> None:
    fees = [visit(FIRST), visit(FIRST + WEEK, key=2), external(FIRST - 4 * WEEK, 100)]
    assessed = on(FIRST + 2 * WEEK, fees)
    assert assessed.period is not None
    assert (assessed.period.first, assessed.period.paid) == (FIRST - 4 * WEEK, 500)


def test_the_visits_of_the_day_that_start_later_are_left_out() -> None:
    fees = weekly(7)
    history = (*fees, Fee(fees[6].date, time(13), "visit", 9, 50))
    last = fees[6].date
    assert assess(VERA, last, history, at=time(9)).due == 200
    assert assess(VERA, last, history, at=time(13)).due == 50
    assert assess(VERA, last, history).exemption == "FK"


def test_a_frikort_from_elsewhere_frees_and_ends_the_period() -> None:
    card = Card(date(2025, 11, 1), date(2026, 9, 1))
    fees = [visit(FIRST), visit(date(2025, 11, 5), key=2), visit(date(2026, 9, 2), key=3)]
    assessed = on(date(2025, 11, 10), fees, card)
    assert (assessed.due, assessed.exemption, assessed.card) == (0, "FK", card)
    later = on(date(2026, 9, 3), fees, card)
    assert [(x.counted, x.overpaid) for x in later.fees] == [(200, 0), (0, 200), (200, 0)]
    assert later.period is not None
    assert later.period.first == date(2026, 9, 2)


# --- properties -------------------------------------------------------------------------------

DAYS = st.dates(date(2022, 12, 1), date(2027, 3, 1))
FEES = st.lists(
    st.builds(
        Fee,
        date=DAYS,
        time=st.sampled_from([time(0), time(9), time(14)]),
        kind=st.sampled_from(["visit", "visit", "external", "no_show", "invoice"]),
        id=st.integers(1, 10**6),
        amount=st.integers(0, 900),
        provider=st.just("X"),
    ),
    max_size=30,
    unique_by=lambda fee: (fee.kind, fee.id),
)
CARDS = st.lists(
    st.builds(
        lambda day, length: Card(day, day + timedelta(days=length)), DAYS, st.integers(0, 364)
    ),
    max_size=2,
)
BIRTHS = st.one_of(
    st.none(),
    st.dates(date(1938, 1, 1), date(1942, 1, 1)),
    st.dates(date(1990, 1, 1), date(1999, 1, 1)),
    st.dates(date(2003, 1, 1), date(2009, 1, 1)),
)


@settings(max_examples=400, deadline=None)
@given(BIRTHS, FEES, CARDS, DAYS, st.randoms(use_true_random=False))
def test_properties(
    born: date | None, fees: list[Fee], cards: list[Card], day: date, random: Random
) -> None:
    hold(born, fees, cards, day, random)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 4))]
)
def test_a_hundred_thousand_random_histories(seed: int) -> None:
    """A quarter of them for each seed."""
    random = Random(seed)
    reached = exempt = 0
    start = date(2022, 12, 1)

    def some_day(first: date, days: int) -> date:
        return first + timedelta(days=random.randrange(days))

    for _ in range(25_000):
        # over four years, or so close that the ceiling is reached
        span = random.choice([400, 1500])
        fees = [
            Fee(
                some_day(start, span),
                time(random.choice([0, 9, 14])),
                random.choice(["visit", "visit", "external", "no_show", "invoice"]),
                key,
                random.choice([0, 50, 100, 200, 200, 200, 300, 900]),
            )
            for key in range(random.randrange(30))
        ]
        begun = [some_day(start, span) for _ in range(random.choice([0, 0, 0, 1, 2]))]
        cards = [Card(day, day + timedelta(days=random.randrange(365))) for day in begun]
        old, young = (some_day(date(year, 1, 1), 1500) for year in (1938, 2004))
        born = random.choice([None, old, date(1993, 7, 14), young])
        assessed = hold(born, fees, cards, some_day(start, span), random)
        reached += bool(assessed.issued)
        exempt += bool(assessed.exemption)
    # not vacuous: many come to a frikort, many pay nothing
    assert reached > 3_500
    assert exempt > 5_000


def hold(
    born: date | None, fees: list[Fee], cards: list[Card], day: date, random: Random
) -> Assessment:
    """The properties hold of a history; return what is said of it."""
    assessed = assess(born, day, fees, cards)

    other_fees, other_cards = fees[:], cards[:]
    random.shuffle(other_fees)
    random.shuffle(other_cards)
    again = assess(born, day, other_fees, other_cards)
    assert again == assessed, "the order of the input matters"

    for each in assessed.fees:
        assert each.counted >= 0
        assert each.overpaid >= 0
        if each.fee.kind in {"no_show", "invoice"}:
            assert (each.counted, each.overpaid) == (0, 0)
        else:
            assert each.counted + each.overpaid == each.fee.amount
        if any(card.valid_from <= each.fee.date <= card.valid_to for card in cards):
            assert each.counted == 0
        if born is not None and (
            each.fee.date < _birthday(born, 20) or each.fee.date >= _birthday(born, 85)
        ):
            assert each.counted == 0
    for period in assessed.periods:
        inside = [x for x in assessed.fees if x.period == period.first]
        assert sum(x.counted for x in inside) == period.paid <= period.ceiling
        assert period.ceiling == parameter("cost_ceiling", period.first)
        assert all(period.first <= x.fee.date <= period.last for x in inside)
        assert min(x.fee.date for x in inside) == period.first
        assert period.last <= year_from(period.first)
        assert (period.reached is not None) == (period.paid == period.ceiling)
    for one, other in zip(assessed.periods, assessed.periods[1:], strict=False):
        assert one.last < other.first
    assert 0 <= assessed.due <= min(200, assessed.remainder)
    assert (assessed.due == 0) == bool(assessed.exemption)
    return assessed


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


@settings(max_examples=100, deadline=None)
@given(FEES, DAYS, st.integers(0, 200))
def test_a_fee_more_never_makes_the_next_visit_dearer(
    fees: list[Fee], day: date, amount: int
) -> None:
    """Within a period that is open already."""
    before = on(day, fees)
    if before.period is None or before.card is not None:
        return
    after = on(day, [*fees, external(before.period.first, amount, 10**7)])
    assert after.due <= before.due
