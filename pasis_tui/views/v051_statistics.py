"""051 Uppföljning: five charts of an interval, the own unit beside the whole production."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from pasis_tui.exports.whole import typed_path
from pasis_tui.services import statistics, statistics_export
from pasis_tui.services.statistics import Report
from pasis_tui.validation.findings import Refused
from pasis_tui.validation.rules import finding
from pasis_tui.validation.statistics import Interval, fixed_intervals
from pasis_tui.views.v051_figures import NAMES, chart_lines, heading, sheets, table_lines
from pasis_tui.widgets.chart_list import ChartList
from pasis_tui.widgets.charts import Line
from pasis_tui.widgets.dialogs import Prompt
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import RecordList
from pasis_tui.widgets.view import View


class StatisticsView(View):
    """A period, a chart of it, or the same as a table."""

    file = "051_uppfoljning"

    async def start(self) -> None:
        """Offer the intervals and propose the quarter."""
        self._form = self.form("interval")
        self._list = cast(ChartList, self.record_list("chart"))
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

        def drawn(width: int, room: int) -> list[Line]:
            if self._as_table:
                return [Line(f" {text}") for text in table_lines(report, self._chart)]
            return chart_lines(report, self._chart, width, room)

        self._list.draw(heading(self._chart), drawn)
        self.activate(self._list)
        self.say(f"{report.interval.label}: {report.unit} mot alla. 1–5 diagram, T tabell.")

    async def _excel(self, report: Report) -> None:
        def write(context: Any, target: str) -> Path:
            path = typed_path(target)
            statistics_export.save(context, report, sheets(report), path)
            return path

        async def given(text: str | None) -> None:
            if text:
                self.say(f"Sparad: {await self.ask(write, text)}", good=True)

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
