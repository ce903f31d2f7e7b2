"""What the ordering screens KL and FB share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pasis_tui.exports.whole import FileTrouble, typed_path
from pasis_tui.services import lists
from pasis_tui.services.errors import NotFound
from pasis_tui.services.lists import OrderRow
from pasis_tui.widgets.dialogs import Confirm, Prompt, TablePage
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, Row
from pasis_tui.widgets.view import View

if TYPE_CHECKING:
    from pasis_tui.store.actor import Context


def begin(view: View, order_id: int, files: str) -> None:
    """Make an ordered list in the background; it is fetched on the screen *files*."""
    context, home, making = view.context, view.pasis.home, view.session.making
    making.add(order_id)

    def make(report: Callable[[str], None]) -> str:
        try:
            made = lists.make(
                context, order_id, home, lambda rows: report(f"Listan görs: {rows} rader …")
            )
        except NotFound as gone:  # taken away by the clerk, which is no fault
            return str(gone)
        finally:
            making.discard(order_id)
        if made.state != lists.READY:
            raise FileTrouble(f"Listan kunde inte göras: {made.message}")
        return f"Listan är klar: {made.title}, {made.message}. {files} Hämta filer."

    view.pasis.in_background(make)


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

    async def left(self, form: Form, field: str) -> str | None:
        """A reason belongs to protected identities alone."""
        if field == "protected":
            self._follow_protected(form)
        return None

    @staticmethod
    def _follow_protected(form: Form) -> None:
        form.protect("protected_reason", locked=form.get("protected") != "J")

    async def save(self) -> None:
        """Beställ."""
        form = self.form("order")
        order_id = await self.ask(type(self).order, form.values)
        form.fill({"protected": "N", "protected_reason": ""})  # asked for one list at a time
        self._follow_protected(form)
        form.mark_saved()
        begin(self, order_id, self.files)
        self.say(
            f"Beställd. Listan görs i bakgrunden och hämtas i {self.files} (Alt+F).", good=True
        )


class FilesView(View):
    """The orders of one menu: look, save, remove."""

    async def start(self) -> None:
        """List the orders."""
        self._list = self.record_list("files")
        await self.read(None)

    async def _load(self) -> None:
        found = await self.ask(lists.orders, self.display_file.code)
        rows = [_row(order) for order in found]
        stood_on = self._list.current

        async def fetch(**wanted: Any) -> Batch:
            return Batch(rows, total=len(rows))

        await self._list.load(fetch)
        if stood_on is not None:
            self._list.stand_on(stood_on.key)
        self.activate(self._list if rows else self.form("acts"))
        # The program may have been left, or the power cut, before a list was made.
        for order in found:
            if (
                order.state == lists.ORDERED
                and order.ordered_by == self.session.actor.signature
                and order.id not in self.session.making
            ):
                begin(self, order.id, self.display_file.code)

    async def read(self, form: Form | None) -> None:
        """Läs om."""
        await self._load()
        if self._list.rows:
            self.say("Enter visar listan, Spara som (Alt+P) sparar Excel-filen. F5 läser om.")
        else:
            self.say("Inga beställda listor.")

    async def job_done(self) -> None:
        """A list may be ready."""
        await self._load()

    async def opened(self, section: object) -> None:
        """Show the first rows of the list."""
        row = self._list.current
        if row is None:
            return
        order = row.subject
        found = await self.ask(lists.preview, order.id, self.pasis.home)
        heading = order.title
        if len(found) > lists.SHOWN:
            heading += f", de första {lists.SHOWN} av {order.message}"
        await self.pasis.open_dialog(TablePage(heading, found))

    async def button(self, form: Form, name: str) -> None:
        """Öppna, Spara som, Ta bort."""
        row = self._list.current
        if row is None:
            self.say("Inga beställda listor. Beställ en först.")
        elif name == "open":
            await self.opened(self._list)
        elif name == "save":
            await self._save(row.subject.id)
        else:
            await self._remove(row.subject.id, row.subject.title)

    async def _save(self, order_id: int) -> None:
        def copy(context: Context, target: str, confirmed: frozenset[str] = frozenset()) -> Path:
            home = self.pasis.home
            return lists.save_copy(context, order_id, home, typed_path(target), confirmed)

        async def saved(path: Path) -> None:
            self.say(f"Sparad: {path}", good=True)

        async def given(text: str | None) -> None:
            if text:
                await self.attempt(copy, text, done=saved)

        lines = ["Excel-filens namn, eller en mapp."]
        await self.pasis.open_dialog(
            Prompt("Spara som", lines, "Fil", given, text=str(Path.home()))
        )

    async def _remove(self, order_id: int, title: str) -> None:
        async def answered(yes: bool | None) -> None:
            if yes:
                await self.ask(lists.remove, order_id, self.pasis.home)
                await self._load()
                self.say(f"Borttagen: {title}.", good=True)

        await self.pasis.open_dialog(
            Confirm("Ta bort", [f"{title} tas bort."], "OK", "Avbryt", answered)
        )


def _row(order: OrderRow) -> Row:
    cells = (order.title, order.period, order.ordered_by, str(order.ordered_on), order.state)
    return Row(order.id, order, cells, dim=order.state != lists.READY)
