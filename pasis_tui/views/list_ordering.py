"""What the ordering screens KL and FB share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pasis_tui.services import lists
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.view import View


class OrderingView(View):
    """A form whose order is made in the background and fetched on the screen ``files``."""

    files: ClassVar[str]
    order: ClassVar[Callable[..., int]]

    async def button(self, form: Form, name: str) -> None:
        """Beställ, or to Hämta filer."""
        if name == "order":
            await self.save()
        else:
            await self.pasis.open(self.files)

    async def save(self) -> None:
        """Beställ."""
        form = self.form("order")
        order_id = await self.ask(type(self).order, form.values)
        form.mark_saved()
        context, home = self.context, self.pasis.home

        def make(report: Callable[[str], None]) -> str:
            made = lists.make(
                context, order_id, home, lambda rows: report(f"Listan görs: {rows} rader …")
            )
            if made.state == lists.READY:
                return f"Listan är klar: {made.title}, {made.message}. {self.files} Hämta filer."
            return f"Listan kunde inte göras: {made.message}"

        self.pasis.in_background(make)
        self.say(
            f"Beställd. Listan görs i bakgrunden och hämtas i {self.files} (Alt+F).", good=True
        )


class FilesView(View):
    """The orders of one menu: look, save, remove."""

    async def start(self) -> None:
        """List the orders."""
        self._list = self.record_list("files")
        await self._load()

    async def _load(self) -> None:
        from pasis_tui.widgets.record_list import Batch, Row

        found = await self.ask(lists.orders, self.display_file.code)
        rows = [
            Row(
                o.id,
                o.id,
                (o.title, o.period, o.ordered_by, f"{o.ordered_at:%d/%m}", o.state),
                dim=o.state != lists.READY,
            )
            for o in found
        ]
        self._messages = {o.id: o.message for o in found}

        async def fetch(**wanted: Any) -> Batch:
            return Batch(rows, total=len(rows))

        await self._list.load(fetch)
        if rows:
            self.activate(self._list)
            self.say("Enter visar listan, Spara som (Alt+P) sparar Excel-filen. F5 läser om.")
        else:
            self.activate(self.form("acts"))
            self.say("Inga beställda listor.")

    async def read(self, form: Form | None) -> None:
        """Läs om."""
        await self._load()

    async def opened(self, section: object) -> None:
        """Show the first rows of the list."""
        from pasis_tui.widgets.dialogs import TextPage

        row = self._list.current
        if row is None:
            return
        found = await self.ask(lists.preview, row.subject, self.pasis.home)
        widths = [max(len(line[i]) for line in found) for i in range(len(found[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in found
        ]
        await self.pasis.open_dialog(TextPage(row.cells[0], lines, wrap=False))

    async def button(self, form: Form, name: str) -> None:
        """Öppna, Spara som, Ta bort."""
        row = self._list.current
        if row is None:
            self.say("Inga beställda listor. Beställ en först.")
        elif name == "open":
            await self.opened(self._list)
        elif name == "save":
            await self._save(row.subject)
        else:
            await self._remove(row.subject, row.cells[0])

    async def _save(self, order_id: int) -> None:
        from pathlib import Path

        from pasis_tui.widgets.dialogs import Prompt

        def copy(context: Any, target: str) -> Path:
            return lists.save_copy(context, order_id, self.pasis.home, Path(target).expanduser())

        async def given(text: str | None) -> None:
            if not text:
                return
            try:
                saved = await self.ask(copy, text)
            except OSError as error:
                self.say(f"Filen kan inte skrivas: {error.strerror or error}.")
                return
            self.say(f"Sparad: {saved}", good=True)

        await self.pasis.open_dialog(
            Prompt(
                "Spara som",
                ["Excel-filens namn, eller en mapp."],
                "Fil",
                given,
                text=str(Path.home()),
            )
        )

    async def _remove(self, order_id: int, title: str) -> None:
        from pasis_tui.widgets.dialogs import Confirm

        async def answered(yes: bool | None) -> None:
            if yes:
                await self.ask(lists.remove, order_id, self.pasis.home)
                await self._load()
                self.say(f"Borttagen: {title}.", good=True)

        await self.pasis.open_dialog(
            Confirm("Ta bort", [f"{title} tas bort."], "OK", "Avbryt", answered)
        )
