"""051 of a clinic with none, five or ten of each sex: every chart and interval, by hand and by definition."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from pasis_tui.models import CareCommitment, Caregiver, DischargeForm, EnrolmentForm, Patient
from pasis_tui.services.reports import statistics, statistics_export
from pasis_tui.services.reports.statistics import Box, Share
from pasis_tui.store.actor import Context
from pasis_tui.store.database import Database
from pasis_tui.store.unit_of_work import SystemWork
from pasis_tui.validation.statistics import Interval, fixed_intervals
from pasis_tui.views.v051_figures import sheets
from tests.services.clinic import Clinic, make_clinic

TODAY = date(2025, 3, 3)
ENROLLED = date(2024, 1, 10)
_numbers = itertools.count(1)


@pytest.fixture
def clinic(sqlite_database: Database) -> Clinic:
    return make_clinic(sqlite_database)


@pytest.fixture
def either(database: Database) -> Clinic:
    """On both databases."""
    return make_clinic(database)


def at(clinic: Clinic, day: date = TODAY) -> Context:
    context = clinic.at(day, screen="051")
    return replace(
        context, actor=replace(context.actor, rights=context.actor.rights | {"statistics"})
    )


def treatment(
    clinic: Clinic,
    which: Any = "a",
    sex: str = "K",
    *,
    born: date | None = None,
    patient: int | None = None,
    caregiver: int | None = None,
    enrolled: date | None = None,
    sick: int = 0,
    days: int | None = None,
    sick_after: int = 0,
    **values: Any,
) -> int:
    """Add a commitment with a new patient, and its forms where they are given; its patient."""
    unit = clinic.seed.unit(which)
    with SystemWork(clinic.database) as work:
        if patient is None:
            patient = work.insert(
                Patient,
                identity_number=f"1990{next(_numbers):04}DA0Q",
                kind="reservnummer",
                birth_date=born,
                sex=sex,
                family_name="Övning",
                given_name="Kim",
            )
        assert patient is not None
        row = {
            "unit_id": unit.id,
            "patient_id": patient,
            "problem": "KBT",
            "arrival_date": date(2024, 1, 2),
            "type_of_commitment": "R",
            "referral_source": "1",
            "referring_unit_id": clinic.seed.health_centre,
            "review_date": date(2024, 1, 2),
            "caregiver_id": caregiver or unit.caregiver,
            "decision_date": date(2024, 1, 2),
        }
        key = work.insert(CareCommitment, **{**row, **values})
        form = {"unit_id": unit.id, "commitment_id": key, "caregiver_id": unit.caregiver}
        if enrolled is not None:
            work.insert(
                EnrolmentForm,
                **form,
                date=enrolled,
                treatment="KBT",
                diagnosis="F411",
                sick_leave_percent=sick,
            )
            if days is not None:
                work.insert(
                    DischargeForm,
                    **form,
                    date=enrolled + timedelta(days=days),
                    sick_leave_percent=sick_after,
                )
        work.commit()
    return patient


# --- none, five, ten ----------------------------------------------------------------------------

MANY = 5  # of each, so that nothing is hidden
# sex, years old at inskrivning, sick-listed then, days, sick-listed after
WOMEN = (("K", 20, 25, 10, 0), ("K", 30, 0, 20, 50))
MEN = (("M", 40, 0, 100, 0), ("M", 60, 100, 300, 0))
# By hand: the boxes of women, men, all, of n kinds of women and n of men.
AGE = {
    0: (None, None, None),
    1: (Box(5, 20, 20, 20, 20, 20), Box(5, 40, 40, 40, 40, 40), Box(10, 20, 20, 30, 40, 40)),
    2: (
        Box(10, 20, 20, 25, 30, 30),
        Box(10, 40, 40, 50, 60, 60),
        Box(20, 20, 27.5, 35, 45, 60),
    ),
}
DAYS = {
    0: (None, None, None),
    1: (
        Box(5, 10, 10, 10, 10, 10),
        Box(5, 100, 100, 100, 100, 100),
        Box(10, 10, 10, 55, 100, 100),
    ),
    2: (
        Box(10, 10, 10, 15, 20, 20),
        Box(10, 100, 100, 200, 300, 300),
        Box(20, 10, 17.5, 60, 150, 300),
    ),
}
START = {
    0: (Share(0, 0), Share(0, 0), Share(0, 0)),
    1: (Share(5, 5), Share(0, 5), Share(5, 10)),
    2: (Share(5, 10), Share(5, 10), Share(10, 20)),
}
END = {
    0: (Share(0, 0), Share(0, 0), Share(0, 0)),
    1: (Share(0, 5), Share(0, 5), Share(0, 10)),
    2: (Share(5, 10), Share(0, 10), Share(5, 20)),
}
KINDS = ("2024 helår", "2024 halvår 2", "2024 kvartal 4", "eget")


def interval_of(clinic: Clinic, kind: str) -> Interval:
    """A fixed interval, or one of the clinic's own that is ready today."""
    if kind != "eget":
        return next(each for each in fixed_intervals(TODAY) if each.label == kind)
    yesterday = at(clinic, TODAY - timedelta(days=1))
    statistics.order_own(yesterday, {"from_date": "20241105", "to_date": "2024-11-05"})
    (own,) = statistics.own_intervals(at(clinic))
    assert own.ready
    return own.interval


def fill(clinic: Clinic, which: str, people: Sequence[tuple[str, int, int, int, int]]) -> None:
    """Add each of *people* ``MANY`` times."""
    for sex, years, sick, days, after in [*people] * MANY:
        born = ENROLLED.replace(year=ENROLLED.year - years)  # whose birthday it is
        treatment(
            clinic,
            which,
            sex,
            born=born,
            enrolled=ENROLLED,
            sick=sick,
            days=days,
            sick_after=after,
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [0, 1, 2])
def test_five_charts_of_none_one_and_two_of_each_sex(clinic: Clinic, n: int, kind: str) -> None:
    fill(clinic, "a", (*WOMEN[:n], *MEN[:n]))
    fill(clinic, "b", (WOMEN[1], MEN[1]))
    report = statistics.load(at(clinic), interval_of(clinic, kind))
    own, everyone = report.own, report.everyone
    assert report.unit == "PSMA01"
    assert own.patients == (5 * n, 5 * n, 10 * n)
    assert own.age == AGE[n]
    assert own.treatment_days == DAYS[n]
    assert report.therapists == ((("ANNLIN", 5 * n, 5 * n, 10 * n),) if n else ())
    assert (own.sick_start, own.sick_end) == (START[n], END[n])
    # The whole production is the own unit and the other.
    assert everyone.patients == (5 * n + 5, 5 * n + 5, 10 * n + 10)
    both = [*WOMEN[:n], WOMEN[1], *MEN[:n], MEN[1]] * MANY
    for at_sex, sexes in enumerate(("K", "M", "KM")):
        those = [person for person in both if person[0] in sexes]
        assert everyone.age[at_sex] == by_definition([person[1] for person in those])
        assert everyone.treatment_days[at_sex] == by_definition([person[3] for person in those])
        sick, after = [person[2] > 0 for person in those], [person[4] > 0 for person in those]
        assert everyone.sick_start[at_sex] == Share(sum(sick), len(sick))
        assert everyone.sick_end[at_sex] == Share(sum(after), len(after))
    caregivers = 2 if n else 1
    assert report.mean == (
        caregivers,
        *(patients / caregivers for patients in (5 * n + 5, 5 * n + 5, 10 * n + 10)),
    )


def by_definition(values: list[int]) -> Box:
    """KVARTIL.INK: the value at (n - 1) × part of the sorted ones, between two by proportion."""
    ordered = sorted(values)

    def quartile(part: int) -> float:
        whole, rest = divmod((len(ordered) - 1) * part, 4)
        above = ordered[min(whole + 1, len(ordered) - 1)]
        return ordered[whole] + (above - ordered[whole]) * rest / 4

    return Box(len(ordered), *(quartile(part) for part in range(5)))


def test_one_sex_only_and_unfinished_and_unknown_ages(either: Clinic) -> None:
    for _ in range(MANY):
        # 40 tomorrow
        treatment(either, sex="M", born=date(1984, 1, 11), enrolled=ENROLLED, sick=50)
        treatment(either, sex="M", born=None, enrolled=ENROLLED)
        treatment(either, sex="M", born=date(1950, 1, 1))  # not enrolled: only a patient
    own = statistics.load(at(either), interval_of(either, "2024 helår")).own
    only = Box(5, 39, 39, 39, 39, 39)
    assert own.patients == (0, 15, 15)
    assert own.age == (None, only, only)
    assert own.treatment_days == (None, None, None)
    assert own.sick_start == (Share(0, 0), Share(5, 10), Share(5, 10))
    assert own.sick_end == (Share(0, 0), Share(0, 0), Share(0, 0))
    assert own.sick_end[0].percent is None


# --- who belongs to an interval -------------------------------------------------------------------

FIRST, LAST = date(2024, 4, 1), date(2024, 6, 30)
DAY = timedelta(days=1)


@pytest.mark.parametrize("kind", ["2024 kvartal 2", "eget"])
@pytest.mark.parametrize(
    ("arrival", "closed", "inside"),
    [
        (LAST, None, True),
        (LAST + DAY, None, False),
        (FIRST - 90 * DAY, FIRST, True),
        (FIRST - 90 * DAY, FIRST - DAY, False),
        (FIRST, LAST, True),
        (LAST, LAST, True),
        (FIRST, FIRST, True),
        (FIRST - 90 * DAY, LAST + 90 * DAY, True),
        (FIRST - 90 * DAY, None, True),
    ],
)
def test_the_first_and_the_last_day_belong(
    clinic: Clinic, kind: str, arrival: date, closed: date | None, inside: bool
) -> None:
    reason = "AV" if closed else None
    for unit, sex in (("a", "K"), ("b", "M")) * MANY:
        treatment(clinic, unit, sex, arrival_date=arrival, closed_on=closed, closing_reason=reason)
    interval = Interval(kind, FIRST, LAST)
    if kind != "eget":
        assert interval in fixed_intervals(TODAY)
    report = statistics.load(at(clinic), interval)
    n = MANY if inside else 0
    assert report.own.patients == (n, 0, n)
    assert report.everyone.patients == (n, n, 2 * n)


def test_what_was_removed_does_not_count(either: Clinic) -> None:
    treatment(either, enrolled=ENROLLED, days=9, removed_at=datetime(2024, 5, 1, 12, tzinfo=UTC))
    report = statistics.load(at(either), interval_of(either, "2024 helår"))
    assert (report.therapists, report.mean.n) == ((), 0)
    for figures in (report.own, report.everyone):
        assert figures.patients == (0, 0, 0)
        assert figures.sick_end[2] == Share(0, 0)


def test_a_patient_of_two_commitments_is_one_patient_of_two_ages(either: Clinic) -> None:
    for _ in range(MANY):
        patient = treatment(
            either,
            born=date(1990, 6, 1),
            enrolled=ENROLLED,
            closed_on=date(2024, 5, 1),
            closing_reason="AV",
        )
        treatment(either, patient=patient, enrolled=date(2024, 6, 1), problem="PDT")
        treatment(either, "b", patient=patient)
    report = statistics.load(at(either), interval_of(either, "2024 helår"))
    assert report.own.patients == report.everyone.patients == (5, 0, 5)
    assert report.own.age[0] == Box(10, 33, 33, 33.5, 34, 34)
    assert report.therapists == (("ANNLIN", 5, 0, 5),)
    assert report.mean == (2, 5, 0, 5)


def test_two_units_therapists_of_one_signature_are_two(either: Clinic) -> None:
    with SystemWork(either.database) as work:
        namesake = work.insert(
            Caregiver,
            unit_id=either.seed.b.id,
            signature="ANNLIN",
            name="Anna Lindahl",
            category="PS",
            active_from=date(2020, 1, 1),
        )
        work.commit()
    for _ in range(MANY):
        treatment(either, "a")
        treatment(either, "b", "M", caregiver=namesake)
    report = statistics.load(at(either), interval_of(either, "2024 helår"))
    assert report.therapists == (("ANNLIN", 5, 0, 5),)
    assert report.mean == (2, 2.5, 2.5, 5)


# --- the book -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 2])
def test_two_readers_find_the_figures_in_the_book(clinic: Clinic, tmp_path: Path, n: int) -> None:
    fill(clinic, "a", (*WOMEN[:n], *MEN[:n]))
    interval = interval_of(clinic, "2024 kvartal 4")
    report = statistics.load(at(clinic), interval)
    path = tmp_path / "u.xlsx"
    statistics_export.save(at(clinic), report, sheets(report), path)
    assert path.stat().st_mode & 0o777 == 0o600
    book = load_workbook(path)
    other = CalamineWorkbook.from_path(str(path))
    assert other.sheet_names == [sheet.title for sheet in book.worksheets]
    facts = other.get_sheet_by_index(0).to_python()
    assert facts[:2] == [["Intervall", "2024 kvartal 4"], ["Fr.o.m.", "2024-10-01"]]
    for index, figures in enumerate(sheets(report), 1):
        rows = [figures.head, *figures.rows]
        width = len(figures.head)
        cells = book.worksheets[index].iter_rows(max_row=len(rows), max_col=width)
        seen = [[cell.value for cell in row] for row in cells]
        assert seen == [[value if value != "" else None for value in row] for row in rows]
        again = other.get_sheet_by_index(index).to_python(skip_empty_area=False)[: len(rows)]
        assert [row[:width] for row in again] == [
            ["" if value is None else value for value in row] for row in rows
        ]
        for row in figures.rows:
            assert isinstance(row[0], str)
            assert not any(isinstance(value, str) for value in row[1:])
    age = {row[0]: row[1:] for row in sheets(report)[1].rows}
    box = AGE[n][2]
    assert age["PSMA01 Totalt"] == (
        (0, None, None, None, None, None)
        if box is None
        else (box.n, box.least, box.lower, box.median, box.upper, box.greatest)
    )
    with zipfile.ZipFile(path) as parts:
        assert sum("charts/chart" in name for name in parts.namelist()) == 5
