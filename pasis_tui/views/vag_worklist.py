"""AG Att göra: what the unit owes, most urgent first; and F8, which walks it from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pasis_tui.services import patients, worklist
from pasis_tui.views.protected import ask_why
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View

if TYPE_CHECKING:
    from pasis_tui.services.worklist_debts import Task
    from pasis_tui.widgets.host import Host


class WorklistView(View):
    """One list with two contents: what is owed, and a period's visits that are not paid."""

    file = "ag_att_gora"

    async def start(self) -> None:
        """Show what is owed; the period stands ready for Månadsavslut."""
        self._period = self.form("period")
        self._list = self.record_list("tasks")
        self._unpaid = False
        first, last = worklist.proposed_period(self.pasis.today)
        self._period.fill(
            {
                "from_date": self.arguments.get("first", str(first)),
                "to_date": self.arguments.get("last", str(last)),
            }
        )
        if "first" in self.arguments:
            await self._show_unpaid()
        else:
            await self._show_owed()

    async def _show_owed(self) -> None:
        self._remember({})
        self._list.empty = "Inget att göra: allt är registrerat."
        await self._load(worklist.tasks_page)
        self._unpaid = False
        if self._list.rows:
            self.activate(self._list)
            self.say("Enter öppnar bilden som rättar raden. Månadsavslut (Alt+A) visar ej betalt.")
        else:
            self.activate(self._period)
            self.say("Inget att göra. Månadsavslut (Alt+A) visar besök som inte ersätts.")

    async def _show_unpaid(self) -> None:
        values = self._period.values
        await self._load(partial(worklist.unpaid_page, raw=values), by_date=True)
        self._unpaid = True
        self._remember({"first": values["from_date"], "last": values["to_date"]})
        self._period.mark_saved()
        period = f"{values['from_date']}–{values['to_date']}"
        if self._list.rows:
            self.activate(self._list)
            self.say(f"Månadsavslut {period}: {self._list.total} skäl till att besök ej ersätts.")
        else:
            self._list.empty = "Alla besök i perioden ersätts."
            self.activate(self._period)
            self.say(f"Månadsavslut {period}: alla besök ersätts.", good=True)

    async def _show_protected(self, reason: str) -> None:
        """The same list of protected identities alone; Tillbaka does not come back to it."""
        service: Any = worklist.tasks_page
        if self._unpaid:
            service = partial(worklist.unpaid_page, raw=self._period.values)
        self._list.empty = "Inget för patienter med skyddade personuppgifter."
        service = partial(service, protected_reason=reason)
        await self._load(service, by_date=self._unpaid, mark="SKYDDAD, ")
        self.activate(self._list if self._list.rows else self._period)
        others = "Månadsavslut (Alt+A)" if self._unpaid else "Att göra (Alt+T)"
        self.say(f"Skyddade personuppgifter; orsaken är loggad. {others} visar de andra.")

    def _remember(self, arguments: dict[str, str]) -> None:
        """Tillbaka comes back to the list that was left."""
        self.session.trail[-1] = (self.display_file.code, arguments)

    async def _load(self, service: Any, *, by_date: bool = False, mark: str = "") -> None:
        async def fetch(**at: Any) -> Batch:
            page = await self.ask(service, **at)
            rows = [_row(task, by_date=by_date, mark=mark) for task in page.rows]
            return Batch(rows, page.before, page.after, page.total)

        await self._list.load(fetch, self.arguments.pop("at", None))

    async def read(self, form: Form | None) -> None:
        """Enter in the period: the month's end.  F5 in the list: the same list again."""
        if form is not None or self._unpaid:
            await self._show_unpaid()
        else:
            await self._show_owed()

    async def button(self, form: Form, name: str) -> None:
        """Månadsavslut, back to what is owed, or the protected identities of either."""
        if name == "month_end":
            await self._show_unpaid()
        elif name == "protected":
            await ask_why(self, self._show_protected)
        else:
            await self._show_owed()

    def moved(self, section: RecordList) -> None:
        """Say who it is and the whole of what the row has room for in short."""
        if section.current is not None:
            task = section.current.subject
            self.say(f"{task.rule} {task.name}: {task.text}")

    async def opened(self, section: RecordList) -> None:
        """Open the screen that mends the row, and say what it asks for."""
        if section.current is not None:
            code, arguments = self.session.trail[-1]
            self.session.trail[-1] = (code, {**arguments, "at": section.standing})
            await _mend(self.pasis, section.current.subject, "")

    def draft_forms(self) -> Sequence[Form]:
        """A period is nothing to keep."""
        return ()


def _row(task: Task, *, by_date: bool, mark: str) -> Row:
    day = task.visit_on if by_date else task.due
    key = (task.visit_on, *task.key) if by_date else task.key  # as the services order
    cells = (
        str(day or "-"),
        task.rule,
        task.identity_text,
        task.what,
        mark + task.cost,
    )
    return Row(key, task, cells, dim=task.due is None)


async def go_to_next(app: Host) -> None:
    """F8: open the screen of the next thing owed, and say what it is."""
    view = app.view
    if view is None:
        return
    from pasis_tui.display import displays
    from pasis_tui.views.acts import no_right

    shown = displays()["AG"]
    if shown.right not in app.session.actor.rights:
        view.say(no_right(shown))
        return
    found = await view.ask(worklist.next_task, app.session.task)
    if found is None:
        view.say("Inget att göra: enheten har allt registrerat.", good=True)
        return
    await _mend(app, found.task, f"Att göra {found.number} av {found.total}. ")


async def _mend(app: Host, task: Task, place: str) -> None:
    view = app.view
    if view is None:
        return
    app.session.carry(await view.ask(patients.get, task.patient_id))
    app.session.commitment_id = task.commitment_id
    app.session.task = task.key  # F8 goes on from here
    before = app.view
    await app.open(task.screen, **task.arguments)
    if app.view is not None and app.view is not before:
        app.view.say(f"{place}{task.rule}: {task.text}")
