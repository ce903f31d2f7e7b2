"""610 Frikortsregistrering: frikort from elsewhere registered, those issued here shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pasis_tui.services.fees import cost_protection
from pasis_tui.services.fees.cost_protection import CardRow
from pasis_tui.services.reports import papers
from pasis_tui.views.keyed import EntryView
from pasis_tui.views.papers import paper_to_file, show_paper
from pasis_tui.widgets.record_list import RecordList, Row


class FreeCardsView(EntryView):
    """A number; then a frikort to fill in and those already registered."""

    file = "610_frikortsregistrering"
    add_row = staticmethod(cost_protection.add_card)
    remove_row = staticmethod(cost_protection.remove_card)
    guide = "Nummer, utfärdare, från och till, sedan Spara ({save}). Enter på en rad: kopia."

    async def _load(self, patient_id: int) -> None:
        cards = await self.ask(cost_protection.free_cards, patient_id)
        await self._list.load_all([_row(card, self.pasis.today) for card in cards])
        for name in ("remove", "file"):
            self._entry.show_button(name, bool(cards))

    def _added(self, values: dict[str, str]) -> str:
        return f"frikort {values['number']}"

    async def _show_changed(self, said: str, followed: Sequence[str]) -> None:
        await super()._show_changed(said, followed)
        if self._list.rows:
            self.activate(self._list)

    async def press_issue(self) -> None:
        """Issue the frikort that the fees give."""
        if self._patient_id is not None:
            issued = await self.ask(cost_protection.issue, self._patient_id)
            await self._show_changed("", issued or ("Inget frikort att utfärda.",))

    async def press_file(self) -> None:
        """Write a copy of the frikort to a file."""
        if (row := self._list.current) is not None:
            await paper_to_file(self, await self.ask(papers.card_copy, row.subject.id))

    async def opened(self, section: RecordList) -> None:
        """Show a copy of the frikort under the cursor."""
        if section.current is not None:
            await show_paper(self, await self.ask(papers.card_copy, section.current.subject.id))

    def _removal(self, subject: CardRow) -> tuple[str, str]:
        name = f"frikort {subject.number}"
        period = f"{subject.valid_from}–{subject.valid_to}"
        return f"F{name[1:]} {period} gäller inte längre.", name


def _row(row: CardRow, today: date) -> Row:
    if today < row.valid_from:
        standing = "gäller inte än"
    elif today <= row.valid_to:
        days = (row.valid_to - today).days + 1
        standing = f"gäller {days} dag{'ar' if days > 1 else ''} till"
    else:
        standing = "har gått ut"
    cells = {
        "number": row.number,
        "issuer": row.issuer,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat(),
        "source": "här" if row.issued_here else "registrerat",
        "standing": standing,
    }
    return Row(row.id, row, cells)
