"""051's numbers against an independent computation."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from pasis_tui.services.reports import statistics, statistics_export
from pasis_tui.services.reports.small_groups import HIDDEN, Hidden
from pasis_tui.store.actor import Context
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.statistics import Interval, fixed_intervals
from pasis_tui.views.v051_figures import chart_lines, sheets, table_lines
from tests.services.practice import DAY, clerk, practice


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Context]:
    with practice(tmp_path) as database:
        yield clerk(database, "051")


def quartile(values: list[float], part: float) -> float:
    """Excel's KVARTIL.INK, from its definition."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * part
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def population(context: Context, interval: Interval, unit: str) -> list[dict[str, Any]]:
    with context.database.engine.connect() as connection:
        rows = connection.execute(
            text(
                "select p.id as patient, p.sex, p.birth_date, g.signature, e.date as enrolled,"
                " e.sick_leave_percent as start, d.date as discharged,"
                " d.sick_leave_percent as stop from care_commitment c"
                " join patient p on p.id = c.patient_id join caregiver g on g.id = c.caregiver_id"
                " join unit u on u.id = c.unit_id"
                " left join enrolment_form e on e.commitment_id = c.id"
                " left join discharge_form d on d.commitment_id = c.id"
                " where (:unit = '' or u.code = :unit) and c.removed_at is null"
                " and c.arrival_date <= :b and coalesce(c.closed_on, '9999') >= :a"
            ),
            {"unit": unit, "a": str(interval.from_date), "b": str(interval.to_date)},
        )
        return [dict(row._mapping) for row in rows]


def years(born: str, on: str) -> int:
    a, b = date.fromisoformat(born), date.fromisoformat(on)
    return b.year - a.year - ((b.month, b.day) < (a.month, a.day))


def same(box: statistics.Box | Hidden | None, values: list[float]) -> None:
    if isinstance(box, Hidden):
        return
    if not values:
        assert box is None
        return
    assert box is not None
    wanted = (
        len(values), min(values), quartile(values, 0.25), quartile(values, 0.5),
        quartile(values, 0.75), max(values),
    )  # fmt: skip
    numbers = (box.n, box.least, box.lower, box.median, box.upper, box.greatest)
    assert numbers == pytest.approx(wanted)


INTERVALS = [
    *(i for i in fixed_intervals(DAY) if i.label.startswith(("2026", "2025"))),
    Interval("eget", date(2025, 5, 3), date(2025, 5, 4)),
    Interval("tomt", date(2001, 1, 1), date(2001, 1, 2)),
]


@pytest.mark.parametrize("interval", INTERVALS, ids=lambda i: i.label)
def test_all_five_charts_of_every_kind_of_interval(world: Context, interval: Interval) -> None:
    """What is shown is right; ``test_statistics_hidden`` is about what is not."""
    report = statistics.load(world, interval)
    for figures, unit in ((report.own, "PSMA01"), (report.everyone, "")):
        rows = population(world, interval, unit)
        for sex, at in (("K", 0), ("M", 1), ("KM", 2)):
            those = [r for r in rows if r["sex"] in sex]
            assert figures.patients[at] in {len({r["patient"] for r in those}), HIDDEN}
            enrolled = [r for r in those if r["enrolled"]]
            same(figures.age[at], [years(r["birth_date"], r["enrolled"]) for r in enrolled])
            finished = [r for r in enrolled if r["discharged"]]
            days = [
                (date.fromisoformat(r["discharged"]) - date.fromisoformat(r["enrolled"])).days
                for r in finished
            ]
            same(figures.treatment_days[at], [float(d) for d in days])
            start, stop = figures.sick_start[at], figures.sick_end[at]
            assert start.n in {len(enrolled), HIDDEN}
            assert start.count in {sum(r["start"] > 0 for r in enrolled), HIDDEN}
            assert stop.n in {len(finished), HIDDEN}
            assert stop.count in {sum(r["stop"] > 0 for r in finished), HIDDEN}
    own = population(world, interval, "PSMA01")
    assert {t.signature for t in report.therapists} == {r["signature"] for r in own}
    for signature, women, men, total in report.therapists:
        hers = [r for r in own if r["signature"] == signature]
        for sex, count in (("K", women), ("M", men), ("KM", total)):
            assert count in {len({r["patient"] for r in hers if r["sex"] in sex}), HIDDEN}
    if interval.label == "2025 helår":
        assert report.own.patients == (166, 55, 221)
        assert report.everyone.patients == (188, 60, 248)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([], None),
        ([7], (1, 7, 7, 7, 7, 7)),
        ([1, 3], (2, 1, 1.5, 2, 2.5, 3)),
        ([1, 2, 3, 4], (4, 1, 1.75, 2.5, 3.25, 4)),
    ],
)
def test_boxes_of_none_one_and_two(values: list[float], wanted: tuple[float, ...] | None) -> None:
    box = statistics.box(values)
    assert (
        None if box is None
        else (box.n, box.least, box.lower, box.median, box.upper, box.greatest)
    ) == wanted  # fmt: skip


def test_an_own_interval_is_ready_the_next_day(world: Context) -> None:
    order = statistics.order_own(world, {"from_date": "20250101", "to_date": "20250228"})
    assert not order.ready
    (listed,) = statistics.own_intervals(world)
    assert not listed.ready
    tomorrow = Context(world.database, world.actor, date(2026, 3, 3), "051")
    (listed,) = statistics.own_intervals(tomorrow)
    assert listed.ready
    statistics.remove_own(world, listed.id)
    assert statistics.own_intervals(tomorrow) == ()


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [("", "20250101", "from_date"), ("20250201", "20250101", "to_date"),
     ("19250101", "20250101", "from_date"), ("20260303", "20260401", "from_date"),
     ("2025-02-30", "i", "from_date")],
)  # fmt: skip
def test_bad_own_intervals(world: Context, start: str, end: str, field: str) -> None:
    with pytest.raises(Refused) as error:
        statistics.order_own(world, {"from_date": start, "to_date": end})
    assert (error.value.findings[0].rule, error.value.findings[0].field) == ("ST01", field)


def test_charts_and_tables_fit_and_show_n(world: Context) -> None:
    report = statistics.load(world, fixed_intervals(DAY)[0])
    for width, room in ((78, 15), (118, 30), (158, 60)):
        for chart in range(5):
            lines = [line.text for line in chart_lines(report, chart, width, room)]
            assert max(map(len, lines)) <= width
            assert len(lines) <= room
            if chart:
                assert any("n " in line for line in lines)
    for chart in range(5):
        assert max(map(len, table_lines(report, chart))) <= 78


def test_the_excel_book_holds_the_figures_and_native_charts(world: Context, tmp_path: Path) -> None:
    report = statistics.load(world, fixed_intervals(DAY)[0])
    path = tmp_path / "u.xlsx"
    statistics_export.save(world, report, sheets(report), path)
    assert path.stat().st_mode & 0o777 == 0o600
    book = load_workbook(path)
    assert len(book.worksheets) == 6
    for sheet, figures in zip(book.worksheets[1:], sheets(report), strict=True):
        rows = sheet.iter_rows(min_row=2, max_row=len(figures.rows) + 1, values_only=True)
        for cells, wanted in zip(rows, figures.rows, strict=True):
            assert cells[0] == wanted[0]
            for cell, value in zip(cells[1 : len(wanted)], wanted[1:], strict=True):
                assert cell == (value if isinstance(value, str) else pytest.approx(value))
    facts: dict[Any, Any] = dict(cast(Any, book.worksheets[0].iter_rows(values_only=True)))
    assert facts["Små grupper"] == statistics_export.HIDDEN_FEW
    with zipfile.ZipFile(path) as parts:
        assert sum("charts/chart" in name for name in parts.namelist()) == 5
