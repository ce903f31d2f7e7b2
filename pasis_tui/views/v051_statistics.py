"""051 Uppföljning: five charts of an interval, the own unit beside the whole production."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pasis_tui.exports.statistics_book import Sheet
from pasis_tui.services import statistics, statistics_export
from pasis_tui.services.statistics import Figures, Report
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.rules import finding
from pasis_tui.validation.statistics import Interval, fixed_intervals
from pasis_tui.widgets import charts
from pasis_tui.widgets.dialogs import Prompt
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View

NAMES = ("Antal patienter", "Ålder", "Behandlingstid", "Behandlare", "Sjukskrivning")
_NOTES = (
    "alla patienter, kvinnor och män",
    "år vid inskrivning",
    "dagar från inskrivning till utskrivning; ej utskrivna utelämnade",
    "patienter per behandlare",
    "andel sjukskrivna (över 0 %)",
)


class StatisticsView(View):
    """A period, a chart of it, or the same as a table."""

    file = "051_uppfoljning"

    async def start(self) -> None:
        """Offer the intervals and propose the quarter."""
        self._form = self.form("interval")
        self._list = self.record_list("chart")
        self._report: Report | None = None
        self._chart = 0
        self._as_table = False
        await self._intervals()
        quarter = next(i for i in self._fixed if "kvartal" in i.label)
        self._form.fill({"interval": quarter.label})
        self.say("Välj period (F4) och tryck Ladda period (Enter). 1–5 väljer diagram.")

    async def _intervals(self) -> None:
        self._fixed = fixed_intervals(self.pasis.today)
        self._own = await self.ask(statistics.own_intervals)

    def own_list(self, form: Form, field: str) -> Sequence[tuple[str, str]] | None:
        """The fixed intervals, then Egna intervall."""
        if field != "interval":
            return None
        rows = [(i.label, f"{i.from_date} – {i.to_date}") for i in self._fixed]
        for own in self._own:
            told = "Egna intervall" if own.ready else "Egna intervall, klart nästa dag"
            rows.append((own.interval.label, told))
        return rows

    def _chosen(self) -> Interval:
        label = self._form.get("interval").strip()
        for interval in self._fixed:
            if interval.label == label:
                return interval
        for own in self._own:
            if own.interval.label == label:
                if own.ready:
                    return own.interval
                text = f"Intervallet {label} är klart nästa dag."
                raise Refused([finding("ST01", "interval", text)])
        raise Refused([finding("ST01", "interval", "Perioden finns inte. Välj med F4.")])

    async def left(self, form: Form, field: str) -> str | None:
        """The period's name says enough; there is no room for its dates."""
        form.set_note("interval", "")
        return None

    async def read(self, form: Form | None) -> None:
        """Ladda period."""
        self._report = await self.ask(statistics.load, self._chosen())
        await self._show()

    async def button(self, form: Form, name: str) -> None:
        """Press a button."""
        if name == "load":
            await self.read(form)
        elif name == "order":
            await self._order()
        elif self._report is None:
            self.say("Ladda en period först (Alt+P).")
        elif name == "chart":
            self._chart = (self._chart + 1) % len(NAMES)
            await self._show()
        elif name == "table":
            self._as_table = not self._as_table
            await self._show()
        else:
            await self._excel(self._report)

    async def _order(self) -> None:
        order = await self.ask(statistics.order_own, self._form.values)
        await self._intervals()
        self._form.mark_saved()
        self.say(
            f"Beställt: {order.interval.label}. Det kan laddas nästa dag (Egna intervall).",
            good=True,
        )

    async def list_key(self, section: RecordList, character: str) -> bool:
        """1-5 choose a chart, T turns to the table and back."""
        if character in "12345":
            self._chart = int(character) - 1
        elif character in "tT":
            self._as_table = not self._as_table
        else:
            return False
        await self._show()
        return True

    async def _show(self) -> None:
        report = self._report
        if report is None:
            return
        width = max(60, self._list.size.width - 2)
        lines = (
            table_lines(report, self._chart)
            if self._as_table
            else (chart_lines(report, self._chart, width))
        )
        head = f"{self._chart + 1} {NAMES[self._chart]}: {_NOTES[self._chart]}"
        rows = [Row(n, n, (line,)) for n, line in enumerate([head, *lines])]

        async def fetch(**wanted: Any) -> Batch:
            return Batch(rows, total=len(rows))

        await self._list.load(fetch)
        self.activate(self._list)
        self.say(f"{report.interval.label}: {report.unit} mot alla. 1–5 diagram, T tabell.")

    async def _excel(self, report: Report) -> None:
        def write(context: Any, target: str) -> Path:
            path = Path(target).expanduser()
            statistics_export.save(context, report, sheets(report), path)
            return path

        async def given(text: str | None) -> None:
            if not text:
                return
            try:
                path = await self.ask(write, text)
            except OSError as error:
                self.say(f"Filen kan inte skrivas: {error.strerror or error}.")
                return
            self.say(f"Sparad: {path}", good=True)

        label = report.interval.label.replace(" ", "-")
        await self.pasis.open_dialog(
            Prompt(
                "Excel",
                ["Siffrorna och samma diagram som Excel-fil."],
                "Fil",
                given,
                text=str(Path.home() / f"uppfoljning-{label}.xlsx"),
            )
        )


def _boxes_of(figures: Figures, chart: int) -> Any:
    return figures.age if chart == 1 else figures.treatment_days


def chart_lines(report: Report, chart: int, width: int) -> list[str]:
    """Return the chart *chart* (0-4) of *report* as rows of text."""
    sides = ((report.unit, report.own), ("Alla", report.everyone))
    if chart == 0:
        lines = []
        for name, figures in sides:
            women, men = figures.patients
            lines += [
                name,
                *charts.bars([("Kvinnor", women, str(women)), ("Män", men, str(men))], width),
            ]
        return lines
    if chart in {1, 2}:
        return charts.boxes(
            [
                (name, tuple(zip(statistics.GROUPS, _boxes_of(figures, chart), strict=True)))
                for name, figures in sides
            ],
            width,
        )
    if chart == 3:
        rows = [(s, float(w + m), f"{w + m}  K {w}  M {m}") for s, w, m in report.own.therapists]
        everyone = report.everyone.therapists
        total = sum(w + m for _, w, m in everyone)
        mean = total / len(everyone) if everyone else 0.0
        return charts.bars([*rows, ("Alla, snitt", mean, f"{mean:.1f}  n {len(everyone)}")], width)
    lines = []
    for name, figures in sides:
        lines.append(f"{name}: vid inskrivning (In) och utskrivning (Ut)")
        rows = []
        for when, shares in (("In", figures.sick_start), ("Ut", figures.sick_end)):
            for group, share in zip(statistics.GROUPS, shares, strict=True):
                percent = share.percent
                told = "n 0" if percent is None else f"{percent:3.0f} %  n {share.n}"
                rows.append((f"{when} {group}", percent or 0.0, told))
        lines += charts.bars(rows, width, 100)
    return lines


def table_lines(report: Report, chart: int) -> list[str]:
    """Return the figures of a chart as a table of text."""
    sheet = sheets(report)[chart]
    table = [list(sheet.head), *([_cell(v) for v in row] for row in sheet.rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(sheet.head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]


def _cell(value: str | float | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"


def sheets(report: Report) -> list[Sheet]:
    """Return the figures of all five charts, for the table and for Excel."""
    sides = ((report.unit, report.own), ("Alla", report.everyone))
    box_head = ("", "n", "min", "kvartil 1", "median", "kvartil 3", "max")
    found = [
        Sheet(
            NAMES[0],
            ("", "Kvinnor", "Män"),
            [(name, figures.patients[0], figures.patients[1]) for name, figures in sides],
            "bar",
        )
    ]
    for chart in (1, 2):
        found.append(
            Sheet(
                NAMES[chart],
                box_head,
                [
                    (f"{name} {group}", b.n, b.least, b.lower, b.median, b.upper, b.greatest)
                    if b
                    else (f"{name} {group}", 0, None, None, None, None, None)
                    for name, figures in sides
                    for group, b in zip(statistics.GROUPS, _boxes_of(figures, chart), strict=True)
                ],
                "box",
            )
        )
    found.append(Sheet(NAMES[3], ("", "Kvinnor", "Män"), list(report.own.therapists), "bar"))
    found.append(
        Sheet(
            NAMES[4],
            ("", "Kvinnor %", "Män %", "Totalt %"),
            [
                (f"{name} {when}", *(s.percent for s in shares))
                for name, figures in sides
                for when, shares in (
                    ("inskrivning", figures.sick_start),
                    ("utskrivning", figures.sick_end),
                )
            ],
            "bar",
        )
    )
    return found
