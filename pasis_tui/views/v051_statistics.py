"""051 Uppföljning: five charts of an interval, the own unit beside the whole production."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from pasis_tui.commands import key_of
from pasis_tui.files.whole import shown_path, typed_path
from pasis_tui.services.reports import statistics, statistics_export
from pasis_tui.services.reports.statistics import Report
from pasis_tui.services.reports.statistics_export import HIDDEN_FEW
from pasis_tui.shell.view import View
from pasis_tui.validation.findings import Confirmed, Refused
from pasis_tui.validation.rules import finding
from pasis_tui.validation.statistics import Interval, fixed_intervals
from pasis_tui.views.save_as import save_as
from pasis_tui.views.v051_figures import NAMES, chart_lines, heading, hides, sheets, table_lines
from pasis_tui.widgets.chart_list import ChartList
from pasis_tui.widgets.charts import Line
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import RecordList

ONE_DAY = timedelta(days=1)
_NO_PERIOD = "Ladda en period först (Alt+P)."


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
        self.say(
            f"Välj period ({key_of('values')}) och tryck Ladda period (Enter). 1–5 väljer diagram."
        )

    async def _intervals(self) -> None:
        self._fixed = fixed_intervals(self.pasis.today)
        self._own = await self.ask(statistics.own_intervals)

    def own_list(self, form: Form, field: str) -> Sequence[tuple[str, str]] | None:
        """Own intervals that are ready, the fixed ones, own ones that are not."""
        if field != "interval":
            return None
        ready = [(o.interval.label, "Eget intervall") for o in self._own if o.ready]
        fixed = [(i.label, f"{i.from_date} – {i.to_date}") for i in self._fixed]
        waiting = [
            (o.interval.label, "Eget intervall, klart nästa dag") for o in self._own if not o.ready
        ]
        return [*ready, *fixed, *waiting]

    def _chosen(self) -> Interval:
        label, today = self._form.get("interval").strip(), self.pasis.today
        for interval in self._fixed:
            if interval.label == label:
                return interval
        for own in self._own:
            if own.interval.label == label:
                if own.ready:
                    return own.interval
                raise Refused([finding("ST01", "interval", today, "not_ready", interval=label)])
        raise Refused([finding("ST01", "interval", today, "unknown_interval")])

    async def left(self, form: Form, field: str) -> str | None:
        """The period's name says enough; there is no room for its dates."""
        form.set_note("interval", "")
        return None

    async def read(self, form: Form | None) -> None:
        """Ladda period."""
        self._report = await self.ask(statistics.load, self._chosen())
        await self._show()

    async def press_load(self) -> None:
        """Load the period."""
        await self.read(self._form)

    async def press_chart(self) -> None:
        """Show the next chart."""
        await self._show(chart=(self._chart + 1) % len(NAMES))

    async def press_table(self) -> None:
        """Turn to the table and back."""
        await self._show(as_table=not self._as_table)

    async def press_order(self) -> None:
        """Order an interval of one's own."""
        order = await self.ask(statistics.order_own, self._form.values)
        await self._intervals()
        self._form.mark_saved()
        self.say(
            f"Beställt: {order.interval.label}. Laddas fr.o.m. {order.ordered_on + ONE_DAY}:"
            f" skriv eget i Period, eller {key_of('values')} (står överst).",
            good=True,
        )

    async def list_key(self, section: RecordList, character: str) -> bool:
        """1-5 choose a chart, T turns to the table and back."""
        if character in "12345":
            await self._show(chart=int(character) - 1)
        elif character in "tT":
            await self._show(as_table=not self._as_table)
        else:
            return False
        return True

    async def _show(self, chart: int | None = None, as_table: bool | None = None) -> None:
        """Draw the chart, or its table; what is not named stays as it was."""
        if (report := self._report) is None:
            self.deny(_NO_PERIOD)
            return
        self._chart = self._chart if chart is None else chart
        self._as_table = self._as_table if as_table is None else as_table

        def drawn(width: int, room: int) -> list[Line]:
            if self._as_table:
                return [Line(f" {text}") for text in table_lines(report, self._chart)]
            return chart_lines(report, self._chart, width, room)

        self._list.draw(heading(self._chart), drawn)
        self.activate(self._list)
        shown = f"{report.interval.label}: {report.unit} mot alla. 1–5 diagram, T tabell."
        self.say(f"{shown} {HIDDEN_FEW}" if hides(report) else shown)

    async def press_excel(self) -> None:
        """Ask where the figures and charts are to be saved."""
        if (report := self._report) is None:
            self.deny(_NO_PERIOD)
            return

        def save(context: Any, target: str) -> Path:
            path = typed_path(target)
            statistics_export.save(context, report, sheets(report), path)
            return path

        async def write(text: str, confirmed: Confirmed) -> Path:
            return await self.ask(save, text)

        name = f"uppfoljning-{report.interval.label.replace(' ', '-')}.xlsx"
        line = "Siffrorna och samma diagram som Excel-fil."
        await save_as(self, "Excel", line, write, shown_path(Path.home() / name))
