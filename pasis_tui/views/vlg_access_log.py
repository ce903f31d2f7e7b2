"""LG Åtkomstlogg: who saw or changed what; a patient's extract; the manager's spot check."""

from __future__ import annotations

from typing import Any

from pasis_tui.services.reports import access_log, spot_checks
from pasis_tui.services.reports.papers import Paper
from pasis_tui.services.reports.spot_checks import DECISIONS, Reviewed, Sample
from pasis_tui.shell.view import View
from pasis_tui.validation.counts import counted_rows
from pasis_tui.validation.findings import refusal
from pasis_tui.views.papers import paper_to_file
from pasis_tui.widgets.dialogs import Confirm, Prompt, TextPage
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row

_LINES = 14  # of a paper that are shown before it is written


class AccessLogView(View):
    """One list with two contents: the log as chosen, and a spot check that is reviewed."""

    file = "lg_atkomstlogg"

    async def start(self) -> None:
        """Propose the own unit; nothing is read before it is asked for."""
        self._form = self.form("chosen")
        self._list = self.record_list("events")
        self._sample: Sample | None = None
        self._searched: dict[str, str] = {}  # as the fields stood when the list was read
        self._form.fill({"unit": self.context.actor.unit_code})
        self._offer()
        self.say("Välj patient, användare, dagar (tomt: senaste veckan), Sök. Det loggas.")

    def _offer(self) -> None:
        reviewing = self._sample is not None and bool(self._sample.left)
        self._form.show_button("approve", reviewing)
        self._form.show_button("deviate", reviewing)

    async def read(self, form: Form | None) -> None:
        """Show the log as chosen."""
        raw = self._form.values

        async def fetch(**at: Any) -> Batch:
            page = await self.ask(access_log.log_page, raw, **at)
            return Batch([_row(row) for row in page.rows], page.before, page.after, page.total)

        await self._list.load(fetch)
        self._sample, self._searched = None, raw
        self._form.mark_saved()
        self._offer()
        if self._list.rows:
            self.activate(self._list)
            many = "" if self._list.total is None else f"{counted_rows(self._list.total)}. "
            self.say(f"{many}Enter visar hela raden. Utdrag (Alt+U) är patientens papper.")
        else:
            self.say("Inga rader i loggen för det som valts.")

    async def press_read(self) -> None:
        """Show the log as chosen."""
        await self.read(None)

    async def opened(self, section: RecordList) -> None:
        """Show the whole event."""
        if section.current is not None:
            number, raw = section.current.subject, self._searched
            if self._sample is not None:  # drawn from the unit's own log, of anybody
                days = {
                    "from_date": str(self._sample.from_date),
                    "to_date": str(self._sample.to_date),
                }
                raw = days
            lines = await self.ask(access_log.event_lines, number, raw)
            await self.pasis.open_dialog(TextPage(f"Loggens rad {number}", lines))

    async def press_extract(self) -> None:
        """Show the patient's extract; Enter writes it to a file."""
        await self._show(await self.ask(access_log.extract, self._form.values))

    async def press_sample(self) -> None:
        """Show the spot check that is not finished, or draw a new one of the period."""
        sample = await self.ask(spot_checks.latest)
        if sample is None or not sample.left:
            sample = await self.ask(spot_checks.draw, self._form.values)
        await self._review(sample)

    async def _review(self, sample: Sample, at: int | None = None) -> None:
        self._sample = sample
        rows = [_drawn(each) for each in sample.rows]
        await self._list.load_all(rows)
        if at is not None:
            self._list.stand_on(at)
        self._form.mark_saved()
        self._offer()
        self.activate(self._list)
        self.say(
            f"Stickprov {sample.from_date}–{sample.to_date}: {sample.left} av {len(rows)} återstår."
            " Enter visar, Godkänn (Alt+N), Avvikelse (Alt+A)."
        )

    async def press_approve(self) -> None:
        """The row under the cursor is as it should be."""
        await self._decide("G", "")

    async def press_deviate(self) -> None:
        """The row under the cursor is not: ask what is wrong."""

        async def noted(text: str) -> None:
            await self._decide("A", text)

        if self._drawn_row() is not None:
            await self.pasis.open_dialog(
                Prompt(
                    "Avvikelse", ["Vad är avvikelsen, och vad görs åt den?"], "Anteckning", noted
                )
            )

    def _drawn_row(self) -> int | None:
        current = self._list.current
        if self._sample is None or current is None:
            self.say("Visa stickprovet först: Stickprov (Alt+T).")
            return None
        number: int = current.subject
        return number

    async def _decide(self, decision: spot_checks.Decision, note: str) -> None:
        number = self._drawn_row()
        if number is not None and self._sample is not None:
            try:
                sample = await self.ask(spot_checks.review, self._sample.id, number, decision, note)
            except Reviewed as first:
                await self._show_reviewed(number, first, note)
                return
            left = [row.id for row in sample.rows if not row.decision]
            await self._review(sample, left[0] if left else None)
            if not left:
                self.say("Stickprovet är granskat. Protokoll (Alt+O) är dess papper.", good=True)

    async def _show_reviewed(self, number: int, first: Reviewed, note: str) -> None:
        """Show what other managers have done meanwhile, and say who was first at this row."""
        sample = await self.ask(spot_checks.latest)
        if sample is not None:
            await self._review(sample, number)
        unsaved = f" Din anteckning är inte sparad: {note}" if note else ""
        self.refuse(refusal("", f"{first}{unsaved}"))

    async def press_protocol(self) -> None:
        """Show the latest spot check as a paper; Enter writes it to a file."""
        sample = await self.ask(spot_checks.latest)
        if sample is None:
            self.say("Enheten har inget stickprov. Stickprov (Alt+T) drar ett.")
            return
        await self._show(await self.ask(spot_checks.protocol, sample.id))

    async def _show(self, paper: Paper) -> None:
        async def to_file(_: bool) -> None:
            await paper_to_file(self, paper)

        lines = list(paper.lines)
        if len(lines) > _LINES:
            more = len(lines) - _LINES
            lines = [*lines[:_LINES], f"… och {counted_rows(more)} till i filen"]
        await self.pasis.open_dialog(Confirm(paper.title, lines, "Till fil", "Stäng", to_file))


def _row(row: access_log.LogRow) -> Row:
    cells = {
        "at": f"{row.at.astimezone():%Y-%m-%d %H:%M}",
        "signature": row.signature,
        "screen": row.where,
        "what": row.what,
        "about": row.about,
        "patient": row.patient,
        "reason": row.reason,
    }
    return Row((row.at, row.id), row.id, cells)  # as access_log.log_page orders


def _drawn(row: spot_checks.DrawnRow) -> Row:
    what, _, about = row.what.partition(" ")
    cells = {
        "at": f"{row.at.astimezone():%Y-%m-%d %H:%M}",
        "signature": row.signature,
        "screen": row.where,
        "what": what,
        "about": about,
        "patient": DECISIONS[row.decision],
        "reason": row.note,
    }
    return Row(row.id, row.id, cells, dim=bool(row.decision))
