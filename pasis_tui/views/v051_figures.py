"""What 051 shows of a report: a chart drawn, the same as a table, and as sheets of a book."""

from __future__ import annotations

from collections.abc import Sequence

from pasis_tui.files.statistics_book import Sheet
from pasis_tui.services.reports.statistics import GROUPS, Box, Figures, Report
from pasis_tui.widgets.charts import (
    HATCHED,
    SECOND,
    SOLID,
    Bar,
    BarGroup,
    BoxGroup,
    Line,
    bars,
    boxes,
    number,
)

NAMES = ("Antal patienter", "Ålder", "Behandlingstid", "Behandlare", "Sjukskrivning")
_NOTES = (
    "alla patienter, kvinnor och män",
    "år vid inskrivning",
    "dagar inskrivning–utskrivning, ej utskrivna utelämnade",
    f"patienter per behandlare, kvinnor {SOLID} män {SECOND}",
    "andel sjukskrivna (över 0 %) vid inskrivning och utskrivning",
)


def heading(chart: int) -> str:
    """Return what stands above the chart *chart* (0-4)."""
    return f"{chart + 1} {NAMES[chart]}: {_NOTES[chart]}"


def _sides(report: Report) -> tuple[tuple[str, Figures], tuple[str, Figures]]:
    return (report.unit, report.own), ("Alla", report.everyone)


def _boxes_of(figures: Figures, chart: int) -> Sequence[Box | None]:
    return figures.age if chart == 1 else figures.treatment_days


def chart_lines(report: Report, chart: int, width: int, room: int) -> list[Line]:
    """Return the chart *chart* (0-4) of *report*, in *width* cells and if possible *room* rows."""
    if chart == 0:
        return bars(_patients(report), width, room)
    if chart == 3:
        return bars(_therapists(report), width, room)
    if chart == 4:
        return bars(_sick_listed(report), width, room)
    groups = [
        BoxGroup(name, tuple(zip(GROUPS, _boxes_of(figures, chart), strict=True)), name == "Alla")
        for name, figures in _sides(report)
    ]
    return boxes(groups, width, room)


def _patients(report: Report) -> list[BarGroup]:
    """Draw each side on its own scale: the unit would vanish beside the whole production."""
    groups = []
    for name, figures in _sides(report):
        glyph = HATCHED if name == "Alla" else SOLID
        plots = [
            Bar(group, ((glyph, count),), str(count))
            for group, count in zip(GROUPS, figures.patients, strict=False)
        ]
        heading = f"{name}: {sum(figures.patients)} patienter (egen skala)"
        groups.append(BarGroup(heading, plots, name == "Alla"))
    return groups


def _therapists(report: Report) -> list[BarGroup]:
    own = [
        Bar(signature, ((SOLID, women), (SECOND, men)), f"{women + men}  K {women}  M {men}")
        for signature, women, men in report.own.therapists
    ]
    everyone = [women + men for _, women, men in report.everyone.therapists]
    mean = sum(everyone) / len(everyone) if everyone else 0.0
    most = max([bar.value for bar in own] + [mean])
    after = f"{number(round(mean, 1))}  n {len(everyone)}"
    return [
        BarGroup(report.unit, own, most=most),
        BarGroup(
            "Alla", [Bar("snitt", ((HATCHED, mean),), f"{after} behandlare")], dim=True, most=most
        ),
    ]


def _sick_listed(report: Report) -> list[BarGroup]:
    groups = []
    for name, figures in _sides(report):
        glyph = HATCHED if name == "Alla" else SOLID
        plots = []
        for when, shares in (("In", figures.sick_start), ("Ut", figures.sick_end)):
            for group, share in zip(GROUPS, shares, strict=True):
                percent = share.percent
                after = "n 0" if percent is None else f"{percent:3.0f} %  n {share.n}"
                plots.append(Bar(f"{when} {group}", ((glyph, percent or 0.0),), after))
        groups.append(BarGroup(name, plots, name == "Alla", 100))
    return groups


def table_lines(report: Report, chart: int) -> list[str]:
    """Return the figures of a chart as a table of text."""
    sheet = sheets(report)[chart]
    digits = 1 if sheet.kind == "share" else 2
    table = [list(sheet.head), *([_cell(v, digits) for v in row] for row in sheet.rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(sheet.head))]
    return [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    ]


def _cell(value: str | float | None, digits: int) -> str:
    return (
        "–" if value is None else value if isinstance(value, str) else number(round(value, digits))
    )


def sheets(report: Report) -> list[Sheet]:
    """Return the figures of all five charts, for the table and for Excel."""
    sides = _sides(report)
    patients = [(name, figures.patients[0], figures.patients[1]) for name, figures in sides]
    therapists = [*report.own.therapists, ("Alla, snitt", *_means(report))]
    sick = [
        (f"{name} {when}", *(value for s in shares for value in (s.percent, s.n)))
        for name, figures in sides
        for when, shares in (("inskrivning", figures.sick_start), ("utskrivning", figures.sick_end))
    ]
    by_sex = ("", "Kvinnor", "Män")
    return [
        Sheet(NAMES[0], by_sex, patients, "bar"),
        _box_sheet(report, 1),
        _box_sheet(report, 2),
        Sheet(NAMES[3], by_sex, therapists, "bar"),
        Sheet(NAMES[4], ("", "Kvinnor %", "n", "Män %", "n", "Totalt %", "n"), sick, "share"),
    ]


def _box_sheet(report: Report, chart: int) -> Sheet:
    rows = [
        (f"{name} {group}", b.n, b.least, b.lower, b.median, b.upper, b.greatest)
        if b
        else (f"{name} {group}", 0, *[None] * 5)
        for name, figures in _sides(report)
        for group, b in zip(GROUPS, _boxes_of(figures, chart), strict=True)
    ]
    head = ("", "n", "min", "kvartil 1", "median", "kvartil 3", "max")
    return Sheet(NAMES[chart], head, rows, "box")


def _means(report: Report) -> tuple[float, float]:
    """Women and men per therapist of the whole production."""
    therapists = report.everyone.therapists
    n = max(1, len(therapists))
    return sum(t[1] for t in therapists) / n, sum(t[2] for t in therapists) / n
