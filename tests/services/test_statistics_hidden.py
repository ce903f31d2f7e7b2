"""051 shows no figure of 1-4 patients, and none that can be subtracted from those shown."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from operator import attrgetter
from random import Random
from typing import Any

import pytest

from pasis_tui.services.reports.statistics import Report, Row, report_of
from pasis_tui.validation.statistics import Interval
from pasis_tui.views.v051_figures import chart_lines, sheets, table_lines

INTERVAL = Interval("2026 kvartal 1", date(2026, 1, 1), date(2026, 3, 31))
OWN = 1
Shown = tuple[float, frozenset[int]]  # a number and the rows that it counts


def population(dice: Random, *, again: bool) -> list[Row]:
    """Random commitments at up to three units, of few therapists and few men; *again*: some twice."""
    rows: list[Row] = []
    patient = itertools.count(1)
    men, enrolled, sick = dice.choice([0.1, 0.3, 0.5]), dice.random(), dice.choice([0.1, 0.3, 0.5])
    for unit in range(1, dice.randint(1, 3) + 1):
        therapists = range(unit * 10, unit * 10 + dice.randint(1, 4))
        for _ in range(dice.choice([0, 1, 3, 4, 5, 6, 9, 14, 30])):
            number, sex = next(patient), "M" if dice.random() < men else "K"
            if again and rows and dice.random() < 0.15:
                number, sex = (known := dice.choice(rows)).patient, known.sex
            begun = date(2025, 1, 1) if dice.random() < enrolled else None
            ended = (
                begun + timedelta(dice.randint(1, 300)) if begun and dice.random() < 0.6 else None
            )
            who = dice.choice(therapists)
            start = None if begun is None else 50 * (dice.random() < sick)
            end = None if ended is None else 50 * (dice.random() < sick)
            born = date(dice.randint(1940, 2005), 5, 5)
            rows.append(Row(unit, number, sex, born, who, f"T{who}", begun, start, ended, end))
    return rows


def cells(report: Report, chart: int) -> dict[str, list[Any]]:
    return {str(row[0]): list(row[1:]) for row in sheets(report)[chart].rows}


def of(rows: list[Row], *conditions: Callable[[Row], object]) -> frozenset[int]:
    return frozenset(at for at, row in enumerate(rows) if all(each(row) for each in conditions))


def _known(field: str) -> Callable[[Row], object]:
    return lambda row: getattr(row, field) is not None


def _of(signature: str) -> Callable[[Row], object]:
    return lambda row: row.signature == signature


SEXES: tuple[Callable[[Row], object], ...] = (
    lambda row: row.sex == "K",
    lambda row: row.sex == "M",
    lambda row: True,
)
SIDES: tuple[tuple[str, Callable[[Row], object]], ...] = (
    ("E", lambda row: row.unit == OWN),
    ("Alla", lambda row: True),
)


def thinkable(rows: list[Row]) -> list[Row]:
    """Return *rows*, and after them one of every kind that a reader cannot know to be absent."""
    places = {(r.unit, r.caregiver, r.signature) for r in rows} | {(OWN, 1, "T1"), (2, 2, "T2")}
    day, sick = date(2025, 1, 1), (None, 0, 50)
    kinds = itertools.product(sorted(places), "KM", sick, sick)
    return rows + [
        Row(unit, -at, sex, day, who, sign, None if start is None else day, start,
            None if end is None else day, end)
        for at, ((unit, who, sign), sex, start, end) in enumerate(kinds)
    ]  # fmt: skip


def numbers(report: Report, rows: list[Row]) -> Iterable[tuple[str, Sequence[Shown]]]:
    """Yield a chart's name and its numbers with what each counts; what is hidden is not there."""
    real, rows = rows, thinkable(rows)
    people = [
        (cells(report, 0)[side][at], of(rows, inside, sex))
        for side, inside in SIDES
        for at, sex in enumerate(SEXES)
    ]
    yield "patienter", [(n, who) for n, who in people if isinstance(n, int)]
    for chart, counted in ((1, "enrolled"), (2, "discharged")):
        boxes = [
            (
                cells(report, chart)[f"{side} {name}"][0],
                of(rows, inside, sex, _known(counted)),
            )
            for side, inside in SIDES
            for name, sex in zip(("Kvinnor", "Män", "Totalt"), SEXES, strict=True)
        ]
        yield f"diagram {chart + 1}", [(n, who) for n, who in boxes if isinstance(n, int)]
    for when, field in (("inskrivning", "sick_start"), ("utskrivning", "sick_end")):
        shares: list[Shown] = []
        for side, inside in SIDES:
            row = cells(report, 4)[f"{side} {when}"]
            for at, sex in enumerate(SEXES):
                percent, n = row[2 * at : 2 * at + 2]
                if isinstance(n, int):
                    shares.append((n, of(rows, inside, sex, _known(field))))
                if isinstance(percent, float):
                    assert isinstance(n, int), "a share of a hidden number"
                    shares.append((percent * n / 100, of(rows, inside, sex, attrgetter(field))))
        yield when, shares
    therapists: list[tuple[object, frozenset[int]]] = []
    for signature, counts in cells(report, 3).items():
        for at, sex in enumerate(SEXES):
            if signature == "Alla, snitt":
                mean = counts[at]
                n = len({row.caregiver for row in real})
                therapists.append((mean * n if isinstance(mean, float) else mean, of(rows, sex)))
            else:
                hers = of(rows, sex, _of(signature))
                therapists.append((counts[at], hers))
    shown = [(n, who) for n, who in therapists if isinstance(n, int | float)]
    # Nobody counted twice: the first chart's are sums of these.
    if len({row.patient for row in real}) == len(real):
        shown += [(n, who) for n, who in people if isinstance(n, int)]
    yield "behandlare", shown


def derived(shown: Sequence[Shown], rows: Iterable[int]) -> Iterable[frozenset[int]]:
    """Yield every set of *rows* whose number follows from those *shown* by adding and subtracting."""
    member = {at: tuple(at in who for _, who in shown) for at in rows}
    atoms = sorted({of_row for of_row in member.values() if any(of_row)})
    matrix = [[Fraction(atom[at]) for atom in atoms] for at in range(len(shown))]
    pivots: list[int] = []
    for column in range(len(atoms)):
        rank = len(pivots)
        found = next((at for at in range(rank, len(matrix)) if matrix[at][column]), None)
        if found is None:
            continue
        matrix[rank], matrix[found] = matrix[found], matrix[rank]
        lead = matrix[rank][column]
        matrix[rank] = [value / lead for value in matrix[rank]]
        for at, row in enumerate(matrix):
            if at != rank and (factor := row[column]):
                matrix[at] = [a - factor * b for a, b in zip(row, matrix[rank], strict=True)]
        pivots.append(column)
    basis = [[float(value) for value in row] for row in matrix[: len(pivots)]]
    for choice in itertools.product((0, 1), repeat=len(basis)):
        added = [row for row, taken in zip(basis, choice, strict=True) if taken]
        vector = [sum(column) for column in zip(*added, strict=True)]
        if all(abs(value) < 1e-9 or abs(value - 1) < 1e-9 for value in vector):
            inside = {atom for atom, value in zip(atoms, vector, strict=False) if value > 0.5}
            yield frozenset(at for at, of_row in member.items() if of_row in inside)


def known(shown: Sequence[Shown], real: int, size: int) -> Iterable[frozenset[int]]:
    """Yield the sets of the first *real* of *size* rows whose number a reader can work out.

    A set that is worked out to be nobody is known to be empty, and lets more be worked out.
    """
    rows = set(range(size))
    while True:
        groups = list(derived(shown, rows))
        empty = {at for group in groups if min(group, default=size) >= real for at in group}
        if not empty:
            break
        rows -= empty
    yield from (frozenset(at for at in group if at < real) for group in groups)


def isolated(rows: list[Row]) -> list[str]:
    report = report_of(INTERVAL, "E", OWN, rows)
    found = []
    for chart, shown in numbers(report, rows):
        for group in known(shown, len(rows), len(thinkable(rows))):
            people = {rows[at].patient for at in group}
            if 0 < len(people) < 5:
                found.append(f"{chart}: {[rows[at] for at in group]}")
    return found


def _try(seeds: Iterable[int]) -> None:
    for seed in seeds:
        dice = Random(seed)
        rows = population(dice, again=seed % 3 == 0)
        assert not isolated(rows), f"seed {seed}"


def test_nothing_shown_isolates_one_to_four_patients() -> None:
    _try(range(150))


@pytest.mark.soak
def test_nothing_shown_isolates_one_to_four_patients_for_long() -> None:
    _try(range(150, 20_000))


def _women(unit: int, count: int, first: int) -> list[Row]:
    born, day = date(1990, 1, 1), date(2025, 1, 1)
    who = unit * 10
    return [
        Row(unit, first + n, "K", born, who, f"T{who}", day, 0, day + timedelta(9), 0)
        for n in range(count)
    ]


@pytest.mark.parametrize(("others", "hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_the_difference_of_all_and_own_is_hidden(others: int, hidden: bool) -> None:
    report = report_of(INTERVAL, "E", OWN, _women(OWN, 9, 1) + _women(2, others, 100))
    assert cells(report, 0)["E"] == [9, 0, 9]
    all_of = ["dolt", "dolt", "dolt"] if hidden else [9 + others, 0, 9 + others]
    assert cells(report, 0)["Alla"] == all_of
    for chart in range(5):
        for lines in (
            table_lines(report, chart),
            [s for s, _ in chart_lines(report, chart, 78, 15)],
        ):
            assert ("dolt" in "".join(lines)) == hidden, (chart, lines)


def test_one_small_therapist_hides_the_next_smallest_too() -> None:
    rows = [
        row._replace(caregiver=who, signature=f"T{who}")
        for who, count in ((1, 3), (2, 8), (3, 20))
        for row in _women(OWN, count, who * 100)
    ]
    report = report_of(INTERVAL, "E", OWN, rows)
    assert [(t.signature, t.total) for t in report.therapists if isinstance(t.total, int)] == [
        ("T3", 20)
    ]
    assert report.own.patients[2] == 31
