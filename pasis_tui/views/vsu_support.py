"""SU Support: the support desks, and what the instruction's edition of 2026 changed."""

from __future__ import annotations

import asyncio

from pasis_tui.services.register.support import support
from pasis_tui.shell.view import View
from pasis_tui.training.exercises import read_exercise, shipped
from pasis_tui.views.ov_exercises import begin, stage_of
from pasis_tui.widgets.choices import Choices, Way
from pasis_tui.widgets.dialogs import TextPage
from pasis_tui.widgets.record_list import RecordList, Row


class SupportView(View):
    """Contacts first, then the change list; Enter shows a row whole."""

    file = "su_support"

    async def start(self) -> None:
        """List contacts and changes."""
        self._list = self.record_list("rows")
        await self._list.load_all(_rows())
        self.activate(self._list)
        self.say("Under telefonnumren: ändringar 2025 → 2026. Enter visar hela raden.")

    async def opened(self, section: RecordList) -> None:
        """Show the row whole, and the exercise that shows the change by example."""
        if (row := section.current) is None:
            return
        heading, lines, name = row.subject
        if not name or not self.session.actor.practice:
            await self.pasis.open_dialog(TextPage(heading, lines))
            return
        exercise = await asyncio.to_thread(read_exercise, shipped() / f"{name}.toml")

        async def practise(_: str) -> None:
            await begin(stage_of(self), exercise, "practise")

        told = [*lines, "", f"Övning {name.split('-')[0]} visar det: {exercise.title}."]
        await self.pasis.open_dialog(Choices(heading, told, [Way("Ö", "Öva")], practise))


def _rows() -> list[Row]:
    contacts, changes = support()
    rows: list[tuple[str, str, tuple[str, ...], str]] = [
        (c.name, f"{c.phone}  {c.who}", (c.name, "", c.phone, f"För: {c.who}."), "")
        for c in contacts
    ]
    rows += [
        (
            c.after or c.before,
            f"{_sort(c.before, c.after)}: {c.comment}",
            ("ÄNDRING 2025 → 2026", "", f"2025: {c.before or '–'}", f"2026: {c.after or '–'}",
             "", c.comment),
            c.exercise,
        )
        for c in changes
    ]  # fmt: skip
    return [
        Row(at, (what, lines, exercise), {"what": what, "text": text})
        for at, (what, text, lines, exercise) in enumerate(rows)
    ]


def _sort(before: str, after: str) -> str:
    if not before:
        return "Nytt 2026"
    return "Ändrat 2026" if after else "2026"
