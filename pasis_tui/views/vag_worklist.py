"""AG Att göra: the unit's tasks, the most costly to leave first; F8 walks them from any screen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from pasis_tui.display.display_files import displays
from pasis_tui.services.patients import patients
from pasis_tui.services.reports import worklist
from pasis_tui.services.reports.worklist_debts import Task
from pasis_tui.shell.page import Host
from pasis_tui.shell.view import View
from pasis_tui.views.acts import may_open
from pasis_tui.views.protected import ask_why
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row, values_line

_OF = {"MINA": "mina", "MÅNAD": "den här månaden"}


def _nothing(view: str) -> str:
    if view not in _OF:
        return "Inget att göra: allt är registrerat."
    return f"Inget att göra av {_OF[view]}. Visa ALLA visar hela enheten."


class WorklistView(View):
    """One list with two contents: the tasks, and a period's visits that will not be paid."""

    file = "ag_att_gora"

    async def start(self) -> None:
        """Show the tasks, with the period filled in for Månadsavslut."""
        self._period = self.form("period")
        self._list = self.record_list("tasks")
        self._unpaid = False
        self._narrowed = False  # the key that is done has shown what Visa says
        first, last = worklist.proposed_period(self.pasis.today)
        self._period.fill(
            {
                "from_date": self.arguments.get("first", str(first)),
                "to_date": self.arguments.get("last", str(last)),
                "view": self.session.worklist[0],
            }
        )
        if "first" in self.arguments:
            await self.press_month_end()
        else:
            await self.press_owed()

    @property
    def _view(self) -> str:
        return self._period.get("view").strip() or worklist.ALL

    def _walk(self, period: dict[str, str] | None) -> None:
        """Let F8 walk the list shown from now on, from its start when it is another list."""
        chosen = (self._view, period)
        if self.session.worklist != chosen:
            self.session.worklist, self.session.task = chosen, None

    async def press_owed(self) -> None:
        """Show the unit's tasks."""
        self._remember({})
        whole = self._view == worklist.ALL
        self._list.empty = _nothing(self._view)
        await self._load(partial(worklist.tasks_page, view=self._view))
        self._unpaid = False
        self._walk(None)
        self._period.mark_saved()
        if self._list.rows:
            self.activate(self._list)
            shown = "" if whole else f"{_OF[self._view].capitalize()}: {self._list.total}. "
            self.say(
                f"{shown}Enter öppnar bilden som rättar raden. Månadsavslut (Alt+A) visar ej betalt."
            )
        else:
            self._stand_on_choice()
            self.say(
                "Inget att göra. Månadsavslut (Alt+A) visar besök som inte ersätts."
                if whole
                else _nothing(self._view)
            )

    def _stand_on_choice(self) -> None:
        """Put the cursor where something else can be chosen."""
        self.activate(self._period)
        if self._view != worklist.ALL:
            self._period.go("view")

    async def press_month_end(self) -> None:
        """Show the visits of the period that are not paid."""
        values = self._period.values
        period = {name: values[name] for name in ("from_date", "to_date")}
        await self._load(partial(worklist.unpaid_page, raw=period, view=self._view), by_date=True)
        self._unpaid = True
        self._walk(period)
        self._remember({"first": values["from_date"], "last": values["to_date"]})
        self._period.mark_saved()
        mine = ", mina" if self._view == "MINA" else ""
        said = f"Månadsavslut {values['from_date']}–{values['to_date']}{mine}"
        if self._list.rows:
            self.activate(self._list)
            self.say(f"{said}: {self._list.total} skäl till att besök ej ersätts.")
        else:
            self._list.empty = "Alla besök i perioden ersätts."
            self._stand_on_choice()
            self.say(f"{said}: alla besök ersätts.", good=True)

    async def _show_protected(self, reason: str) -> None:
        """Show the same list of protected identities only; Tillbaka does not return to it."""
        service: Any = partial(worklist.tasks_page, view=self._view)
        if self._unpaid:
            service = partial(worklist.unpaid_page, raw=self._period.values, view=self._view)
        self._list.empty = "Inget för patienter med skyddade personuppgifter."
        service = partial(service, protected_reason=reason)
        await self._load(service, by_date=self._unpaid, mark="SKYDDAD, ", reason=reason)
        self.activate(self._list if self._list.rows else self._period)
        others = "Månadsavslut (Alt+A)" if self._unpaid else "Att göra (Alt+T)"
        self.say(f"Skyddade personuppgifter; orsaken är loggad. {others} visar de andra.")

    def _remember(self, arguments: dict[str, str]) -> None:
        """Tillbaka comes back to the list that was left."""
        self.session.trail.stand(self.display_file.code, **arguments)

    async def _load(
        self, service: Any, *, by_date: bool = False, mark: str = "", reason: str = ""
    ) -> None:
        async def fetch(**at: Any) -> Batch:
            page = await self.ask(service, **at)
            if reason:  # it was given for opening them too
                self.session.reasons |= {task.patient_id: reason for task in page.rows}
            rows = [_row(task, by_date=by_date, mark=mark) for task in page.rows]
            return Batch(rows, page.before, page.after, page.total)

        await self._list.load(fetch, self.arguments.pop("at", None))

    async def read(self, form: Form | None) -> None:
        """Enter in the period: the month's end.  F5 in the list: the same list again."""
        if form is not None and form.field is not None and form.field.name == "view":
            if not self._narrowed:
                await self._show_again()
        elif form is not None or self._unpaid:
            await self.press_month_end()
        else:
            await self.press_owed()

    async def _show_again(self) -> None:
        await (self.press_month_end() if self._unpaid else self.press_owed())

    async def left(self, form: Form, field: str) -> str | None:
        """Show what Visa says as soon as it is chosen."""
        self._narrowed = field == "view" and form.is_changed("view")
        if self._narrowed:
            form.fill({"view": self._view})  # an empty one is ALLA
            await self._show_again()
        return None

    async def press_protected(self) -> None:
        """Ask why the protected identities of the list are to be shown."""
        await ask_why(self, self._show_protected)

    def moved(self, section: RecordList) -> None:
        """Say whom the row is about, and in full what it shows in short."""
        if section.current is not None:
            task = section.current.subject
            cut = values_line(section.row_values(cut=True))
            self.say(f"{task.rule} {task.name}: {task.text} {cut}".rstrip())

    async def opened(self, section: RecordList) -> None:
        """Open the screen where the task is done, and say what to do."""
        if section.current is not None:
            self.session.trail.note(at=section.standing)
            await _mend(self.pasis, section.current.subject, "")

    def draft_forms(self) -> Sequence[Form]:
        """Return no forms: a period is not kept as a draft."""
        return ()


def _row(task: Task, *, by_date: bool, mark: str) -> Row:
    day = task.visit_on if by_date else task.due
    cells = {
        "due": str(day or "-"),
        "rule": task.rule,
        "patient": task.identity_text,
        "name": task.name,
        "what": task.what,
        "text": task.text,
        "cost": mark + task.cost,
    }
    return Row(task.key, task, cells, dim=task.old or task.due is None)


async def go_to_next(app: Host) -> None:
    """F8: open the screen of the next task, and say what it is."""
    view = app.view
    if view is None:
        return
    if not await may_open(app, view, displays()["AG"]):
        return
    chosen, period = app.session.worklist
    next_task = await view.ask(worklist.next_task, app.session.task, view=chosen, period=period)
    of = f", {_OF[chosen]}" if chosen in _OF and not (period and chosen == "MÅNAD") else ""
    list_name = "Månadsavslut" if period else "Att göra"
    if next_task is None and (of or period):
        view.say(f"{list_name}{of}: inget kvar. I AG visar Visa ALLA hela enheten.", good=True)
    elif next_task is None:
        view.say("Inget att göra: enheten har allt registrerat.", good=True)
    else:
        await _mend(
            app, next_task.task, f"{list_name} {next_task.number} av {next_task.total}{of}. "
        )


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
