"""What 051 shows of a report: a chart drawn, the same as a table, and as sheets of a book."""

from __future__ import annotations

from collections.abc import Sequence

from pasis_tui.files.statistics_book import Sheet
from pasis_tui.services.reports.small_groups import HIDDEN, Hidden
from pasis_tui.services.reports.statistics import GROUPS, Boxes, Figures, Report
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


def _boxes_of(figures: Figures, chart: int) -> Boxes:
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


def _drawn(value: float | Hidden | None) -> float:
    return 0 if value is None or isinstance(value, Hidden) else value


def _patients(report: Report) -> list[BarGroup]:
    """Draw each side on its own scale: the unit would vanish beside the whole production."""
    groups = []
    for name, figures in _sides(report):
        glyph = HATCHED if name == "Alla" else SOLID
        *split, total = figures.patients
        plots = [
            Bar(group, ((glyph, _drawn(count)),), _cell(count))
            for group, count in zip(GROUPS, split, strict=False)
        ]
        said = f"antal patienter {_cell(total)}" if total is HIDDEN else f"{total} patienter"
        groups.append(BarGroup(f"{name}: {said} (egen skala)", plots, name == "Alla"))
    return groups


def _therapists(report: Report) -> list[BarGroup]:
    own = []
    for signature, women, men, total in report.therapists:
        if isinstance(women, Hidden) or isinstance(men, Hidden):
            said = _cell(total) if total is HIDDEN else f"{total}  K och M {HIDDEN.value}"
            own.append(Bar(signature, ((SOLID, _drawn(total)),), said))
        else:
            said = f"{total}  K {women}  M {men}"
            own.append(Bar(signature, ((SOLID, women), (SECOND, men)), said))
    mean = report.mean
    most = max([bar.value for bar in own] + [_drawn(mean.total)])
    after = f"{_cell(mean.total, 1)}  n {mean.n} behandlare"
    snitt = Bar("snitt", ((HATCHED, _drawn(mean.total)),), after)
    return [BarGroup(report.unit, own, most=most), BarGroup("Alla", [snitt], dim=True, most=most)]


def _sick_listed(report: Report) -> list[BarGroup]:
    groups = []
    for name, figures in _sides(report):
        glyph = HATCHED if name == "Alla" else SOLID
        plots = []
        for when, shares in (("In", figures.sick_start), ("Ut", figures.sick_end)):
            for group, share in zip(GROUPS, shares, strict=True):
                percent, n = share.percent, _cell(share.n)
                if isinstance(percent, Hidden):
                    after = n if share.n is HIDDEN else f"{HIDDEN.value}  n {n}"
                else:
                    after = "n 0" if percent is None else f"{percent:3.0f} %  n {n}"
                plots.append(Bar(f"{when} {group}", ((glyph, _drawn(percent)),), after))
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


def _cell(value: str | float | Hidden | None, digits: int = 2) -> str:
    if isinstance(value, Hidden):
        return value.value
    return (
        "–" if value is None else value if isinstance(value, str) else number(round(value, digits))
    )


def hides(report: Report) -> bool:
    """Return whether a figure of *report* is hidden."""
    return any(
        cell == HIDDEN.value for sheet in sheets(report) for row in sheet.rows for cell in row
    )


def sheets(report: Report) -> list[Sheet]:
    """Return the figures of all five charts, for the table and for Excel."""
    sides = _sides(report)
    patients = [(name, *figures.patients) for name, figures in sides]
    mean = report.mean
    therapists = [*report.therapists, ("Alla, snitt", mean.women, mean.men, mean.total)]
    sick = [
        (f"{name} {when}", *(value for s in shares for value in (s.percent, s.n)))
        for name, figures in sides
        for when, shares in (("inskrivning", figures.sick_start), ("utskrivning", figures.sick_end))
    ]
    by_sex = ("", *GROUPS)
    return [
        Sheet(NAMES[0], by_sex, _written(patients), "bar"),
        _box_sheet(report, 1),
        _box_sheet(report, 2),
        Sheet(NAMES[3], by_sex, _written(therapists), "bar"),
        Sheet(NAMES[4], ("", *_SICK), _written(sick), "share"),
    ]


_SICK = ("Kvinnor %", "n", "Män %", "n", "Totalt %", "n")
_Cells = Sequence[str | float | Hidden | None]


def _written(rows: Sequence[_Cells]) -> list[tuple[str | float | None, ...]]:
    """Return *rows* with a word in the hidden cells."""
    return [tuple(v.value if isinstance(v, Hidden) else v for v in row) for row in rows]


def _box_sheet(report: Report, chart: int) -> Sheet:
    rows: list[_Cells] = []
    for name, figures in _sides(report):
        for group, box in zip(GROUPS, _boxes_of(figures, chart), strict=True):
            label = f"{name} {group}"
            if box is None or isinstance(box, Hidden):
                rows.append((label, box or 0, *[None] * 5))
            else:
                quartiles = (box.least, box.lower, box.median, box.upper, box.greatest)
                rows.append((label, box.n, *quartiles))
    head = ("", "n", "min", "kvartil 1", "median", "kvartil 3", "max")
    return Sheet(NAMES[chart], head, _written(rows), "box")
