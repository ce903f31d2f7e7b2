"""283 Högkostnadsöversikt: what was paid, what counts, what is left."""

from __future__ import annotations

from pasis_tui.services.fees import cost_protection
from pasis_tui.services.fees.cost_protection import FeeRow
from pasis_tui.services.reports import papers
from pasis_tui.validation.cost_protection import kronor
from pasis_tui.views.keyed import KeyedView
from pasis_tui.views.papers import paper_to_file, show_paper
from pasis_tui.widgets.record_list import RecordList, Row


class CostOverviewView(KeyedView):
    """A number; then the standing and every fee, the newest first."""

    file = "283_hogkostnadsoversikt"

    async def _load(self, patient_id: int) -> None:
        overview = await self.ask(cost_protection.overview, patient_id)
        self.form("standing").fill(overview.texts)
        rows = [_row(place, row) for place, row in enumerate(overview.rows)]
        await self._list.load_all(rows)
        self._key.show_button("receipt", any(row.subject is not None for row in rows))

    def _begin(self) -> None:
        if self._list.rows:
            self.activate(self._list)
            self.say("Enter på ett besök visar kvittot. Till fil (Alt+T) skriver ut översikten.")
        else:
            self.say("Patienten har inga avgifter. Andra vårdgivares registreras i 283 2.")

    async def press_receipt(self) -> None:
        """Show the receipt."""
        await self.opened(self._list)

    async def press_file(self) -> None:
        """Write the overview to a file."""
        if self._patient_id is not None:
            await paper_to_file(self, await self.ask(papers.overview_paper, self._patient_id))

    async def opened(self, section: RecordList) -> None:
        """Show the receipt of the visit under the cursor."""
        if section.current is None:
            return
        if section.current.subject is None:
            self.say("Avgiften är betald hos en annan vårdgivare, som ger kvittot.")
            return
        await show_paper(self, await self.ask(papers.receipt, section.current.subject))


def _row(place: int, row: FeeRow) -> Row:
    cells = {
        "date": row.date.isoformat(),
        "time": row.time,
        "what": row.what,
        "provider": row.provider,
        "paid": kronor(row.paid),
        "counted": kronor(row.counted),
        "overpaid": kronor(row.overpaid) if row.overpaid else "",
        "note": row.note,
        "sum": kronor(row.sum) if row.period else "",
        "period": str(row.period or ""),
    }
    return Row(place, row.visit_id, cells, dim=not row.counted and not row.overpaid)
