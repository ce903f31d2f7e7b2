"""283 Högkostnadsöversikt: what was paid, what counts, what is left."""

from __future__ import annotations

from typing import Any

from pasis_tui.services import cost_protection, papers
from pasis_tui.services.cost_protection import FeeRow
from pasis_tui.validation.cost_protection import kronor
from pasis_tui.views.papers import paper_to_file, show_paper
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View

_BUTTONS = ("receipt", "file")


class CostOverviewView(View):
    """A number; then the standing and every fee, the newest first."""

    file = "283_hogkostnadsoversikt"

    async def start(self) -> None:
        """Show the carried patient's fees, or wait for a number."""
        self._key = self.form("key")
        self._standing = self.form("standing")
        self._list = self.record_list("fees")
        self._patient_id: int | None = None
        self._list.display = False
        self.show_section(self._standing, False)
        for name in _BUTTONS:
            self._key.show_button(name, False)
        await self.read_asked_for(self._key)

    async def read(self, form: Form | None) -> None:
        """Läs."""
        card = await self.take_patient(self._key.get("identity_number"), own=True)
        self._key.fill({"identity_number": card.identity_text})
        found = await self.ask(cost_protection.overview, card.id)
        self._patient_id = card.id
        self._standing.fill(found.texts)
        rows = [_row(place, row) for place, row in enumerate(found.rows)]

        async def fetch(**at: Any) -> Batch:
            return Batch(rows, total=len(rows))

        self.show_section(self._standing, True)
        self._list.display = True
        await self._list.load(fetch)
        self._key.show_button("file", True)
        self._key.show_button("receipt", any(row.subject is not None for row in rows))
        if rows:
            self.activate(self._list)
            self.say("Enter på ett besök visar kvittot. Till fil (Alt+T) skriver ut översikten.")
        else:
            self.say("Patienten har inga avgifter. Andra vårdgivares registreras i 283 2.")

    async def button(self, form: Form, name: str) -> None:
        """Läs, Kvitto or Till fil."""
        if name == "read":
            await self.read(form)
        elif name == "receipt":
            await self.opened(self._list)
        elif self._patient_id is not None:
            paper = await self.ask(papers.overview_paper, self._patient_id)
            await paper_to_file(self, paper)

    async def opened(self, section: RecordList) -> None:
        """Show the receipt of the visit under the cursor."""
        if section.current is None:
            return
        if section.current.subject is None:
            self.say("Avgiften är betald hos en annan vårdgivare, som ger kvittot.")
            return
        await show_paper(self, await self.ask(papers.receipt, section.current.subject))


def _row(place: int, row: FeeRow) -> Row:
    cells = (
        row.date.isoformat(),
        row.time,
        row.what,
        row.provider,
        f"{kronor(row.paid):>6}",
        f"{kronor(row.counted):>6}",
        f"{kronor(row.overpaid):>5}" if row.overpaid else "",
        row.note,
    )
    return Row(place, row.visit_id, cells, dim=not row.counted and not row.overpaid)
