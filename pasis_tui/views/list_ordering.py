"""What the ordering screens KL and FB share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from pasis_tui.commands import key_of
from pasis_tui.files.whole import FileTrouble, only_folder, typed_path
from pasis_tui.services.errors import NotFound
from pasis_tui.services.reports import lists
from pasis_tui.services.reports.lists import OrderRow
from pasis_tui.shell.view import View
from pasis_tui.store.actor import Context
from pasis_tui.validation.counts import counted_rows
from pasis_tui.validation.findings import Confirmed
from pasis_tui.views.save_as import save_as
from pasis_tui.widgets.dialogs import Confirm
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Row
from pasis_tui.widgets.table_page import TablePage

_REPORT_EVERY = 5_000  # rows between two reports of progress


def begin(view: View, order_id: int, files: str) -> None:
    """Make an ordered list in the background; it is fetched on the screen *files*."""
    context, home, session = view.context, view.pasis.home, view.session
    making = session.making
    if order_id in making:
        return  # ordered twice but made once
    making.add(order_id)

    def make(report: Callable[[str], None]) -> str:
        reported = 0

        def progress(rows: int) -> None:
            nonlocal reported
            due = rows >= reported + _REPORT_EVERY
            reported = rows if due else reported
            report(f"Listan görs: {counted_rows(rows)} …" if due else "")

        try:
            report("")
            made = lists.make(context, order_id, home, progress)
        except NotFound as gone:  # removed by the clerk, which is no error
            return str(gone)
        except Exception:
            session.unmade.add(order_id)
            raise
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

    async def press_files(self) -> None:
        """Go to Hämta filer."""
        await self.pasis.open(self.files)

    async def left(self, form: Form, field: str) -> str | None:
        """Open the reason only for a list with protected identities."""
        if field == "protected":
            self._lock_reason(form)
        return None

    @staticmethod
    def _lock_reason(form: Form) -> None:
        form.protect("protected_reason", locked=form.get("protected") != "J")

    async def save(self) -> None:
        """Beställ."""
        form = self.form("order")
        order_id = await self.ask(type(self).order, form.values)
        form.fill({"protected": "N", "protected_reason": ""})  # asked for one list at a time
        self._lock_reason(form)
        form.mark_saved()
        begin(self, order_id, self.files)
        self.say(
            f"Beställd. Listan görs i bakgrunden och hämtas i {self.files} (Alt+F).", good=True
        )

    press_order = save


class FilesView(View):
    """The orders of one menu: look, save, remove."""

    async def start(self) -> None:
        """List the orders."""
        self._list = self.record_list("files")
        await self._read()

    async def _load(self) -> None:
        orders = await self.ask(lists.orders, self.display_file.code)
        stood_on = self._list.current
        await self._list.load_all([_row(order) for order in orders])
        if stood_on is not None:
            self._list.stand_on(stood_on.key)
        self._make_next(orders)

    def _make_next(self, orders: Sequence[OrderRow]) -> None:
        """Make a list that was not: the program was left, or the power cut, before it was made.

        One at a time, the newest first, so that what is ordered now waits for one at most.
        """
        if self.session.making:
            return
        for order in orders:
            if (
                order.state == lists.ORDERED
                and order.ordered_by == self.session.actor.signature
                and order.id not in self.session.unmade
            ):
                begin(self, order.id, self.display_file.code)
                return

    async def read(self, form: Form | None) -> None:
        """Läs om; what could not be made is tried again."""
        self.session.unmade.clear()
        await self._read()

    async def _read(self) -> None:
        await self._load()
        self.activate(self._list if self._list.rows else self.form("acts"))
        if self._list.rows:
            self.say(
                f"Enter visar listan, Spara som (Alt+P) sparar Excel-filen. {key_of('read')} läser om."
            )
        else:
            self.say("Inga beställda listor.")

    async def job_done(self) -> None:
        """A list may be ready."""
        await self._load()

    async def opened(self, section: object) -> None:
        """Show the first rows of the list."""
        await self.press_open()

    async def press_open(self) -> None:
        """Show the first rows of the list."""
        if (order := self._current()) is None:
            return
        rows = await self.ask(lists.preview, order.id, self.pasis.home)
        heading = order.title
        if len(rows) > lists.SHOWN:
            heading += f", de första {lists.SHOWN} av {order.message}"
        await self.pasis.open_dialog(TablePage(heading, rows))

    def _current(self) -> OrderRow | None:
        """Return the order under the cursor; say so when there is none."""
        if self._list.current is None:
            self.say("Inga beställda listor. Beställ en först.")
            return None
        order: OrderRow = self._list.current.subject
        return order

    async def press_save(self) -> None:
        """Ask where a copy of the list is to be saved."""
        if (order := self._current()) is None:
            return

        def copy(context: Context, target: str, confirmed: Confirmed) -> Path:
            home = self.pasis.home
            return lists.save_copy(context, order.id, home, typed_path(target), confirmed)

        async def write(text: str, confirmed: Confirmed) -> Path:
            return await self.ask(copy, text, confirmed)

        if only_folder():
            await save_as(self, "Spara som", "Excel-filens namn.", write, "lista.xlsx")
            return
        line = "Excel-filens namn, eller en mapp."
        await save_as(self, "Spara som", line, write, str(Path.home()))

    async def press_remove(self) -> None:
        """Ask whether the list is to be removed."""
        if (order := self._current()) is None:
            return

        async def remove(_: bool) -> None:
            await self.ask(lists.remove, order.id, self.pasis.home)
            await self._load()
            self.activate(self._list if self._list.rows else self.form("acts"))
            self.say(f"Borttagen: {order.title}.", good=True)

        await self.pasis.open_dialog(
            Confirm("Ta bort", [f"{order.title} tas bort."], "OK", "Avbryt", remove)
        )


def _row(order: OrderRow) -> Row:
    cells = {
        "title": order.title,
        "period": order.period,
        "ordered_by": order.ordered_by,
        "ordered_at": str(order.ordered_on),
        "state": order.state,
        "extent": order.message,
        "file": order.file_name,
    }
    return Row(order.id, order, cells, dim=order.state != lists.READY)
