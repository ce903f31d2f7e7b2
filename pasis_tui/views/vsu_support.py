"""SU Support: the support desks, and what the instruction's edition of 2026 changed."""

from __future__ import annotations

from typing import Any

from pasis_tui.services.support import support
from pasis_tui.widgets.dialogs import TextPage
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View


class SupportView(View):
    """Contacts first, then the change list; Enter shows a row whole."""

    file = "su_support"

    async def start(self) -> None:
        """List contacts and changes."""
        contacts, changes = support()
        found: list[tuple[str, str, tuple[str, ...]]] = [
            (c.name, f"{c.phone}  {c.who}", (c.name, "", c.phone, f"För: {c.who}."))
            for c in contacts
        ]
        found += [
            (
                c.after or c.before,
                f"{_sort(c.before, c.after)}: {c.comment}",
                ("ÄNDRING 2025 → 2026", "", f"2025: {c.before or '–'}", f"2026: {c.after or '–'}",
                 "", c.comment),
            )
            for c in changes
        ]  # fmt: skip
        rows = [Row(at, lines, (what, text)) for at, (what, text, lines) in enumerate(found)]

        async def fetch(**wanted: Any) -> Batch:
            return Batch(rows, total=len(rows))

        self._list = self.record_list("rows")
        await self._list.load(fetch)
        self.activate(self._list)
        self.say("Under telefonnumren: ändringar 2025 → 2026. Enter visar hela raden.")

    async def opened(self, section: RecordList) -> None:
        """Show the row whole."""
        if (row := section.current) is not None:
            await self.pasis.open_dialog(TextPage(row.cells[0], row.subject))


def _sort(before: str, after: str) -> str:
    if not before:
        return "Nytt 2026"
    return "Ändrat 2026" if after else "2026"
