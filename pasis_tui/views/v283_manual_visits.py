"""283 Manuellt registrerade besök: fees shown as paid to another provider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pasis_tui.services import cost_protection
from pasis_tui.services.cost_protection import ExternalRow
from pasis_tui.validation.cost_protection import kronor
from pasis_tui.widgets.dialogs import Prompt
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View


class ManualVisitsView(View):
    """A number; then a line to fill in and the fees that stand there."""

    file = "283_manuellt_registrerade_besok"

    async def start(self) -> None:
        """Show the carried patient's fees from elsewhere, or wait for a number."""
        self._key = self.form("key")
        self._entry = self.form("entry")
        self._list = self.record_list("fees")
        self._patient_id: int | None = None
        self._list.display = False
        self.show_section(self._entry, False)
        await self.read_asked_for(self._key)

    async def read(self, form: Form | None) -> None:
        """Läs."""
        card = await self.take_patient(self._key.get("identity_number"), own=True)
        self._key.fill({"identity_number": card.identity_text})
        self._patient_id = card.id
        await self._load(card.id)
        self._entry.clear()
        self.show_section(self._entry, True)
        self._entry.go("date")
        self.activate(self._entry)
        self.say("Datum, belopp, vårdgivare och bevis, sedan Spara (F10).")

    async def _load(self, patient_id: int) -> None:
        rows = [_row(r) for r in await self.ask(cost_protection.external_fees, patient_id)]

        async def fetch(**at: Any) -> Batch:
            return Batch(rows, total=len(rows))

        self._list.display = True
        await self._list.load(fetch)
        self._entry.show_button("remove", bool(rows))

    async def save(self) -> None:
        """Spara."""
        if self._patient_id is None:
            self.say("Läs patienten först: personnummer och Enter.")
            return
        await self.attempt(
            cost_protection.add_external, self._patient_id, self._entry.values, done=self._saved
        )

    async def _saved(self, followed: tuple[str, ...]) -> None:
        values = self._entry.values
        self.remember(self._entry)
        self._entry.clear()
        await self._follow(f"Sparat: {values['amount']} kr {values['date']}.", followed)

    async def _follow(self, said: str, followed: tuple[str, ...]) -> None:
        if self._patient_id is not None:
            await self._load(self._patient_id)
        self._entry.go("date")
        self.activate(self._entry)
        self.say(" ".join([said, *followed]), good=True)

    async def button(self, form: Form, name: str) -> None:
        """Läs, Spara or Ta bort."""
        if name == "read":
            await self.pasis.if_saved(self, self._read)
        elif name == "save":
            await self.save()
        else:
            await self.opened(self._list)

    async def _read(self) -> None:
        await self.read(self._key)

    async def opened(self, section: RecordList) -> None:
        """Ask why the fee under the cursor is taken away."""
        row = section.current
        if row is None:
            return
        fee: ExternalRow = row.subject

        async def given(reason: str | None) -> None:
            if reason:
                followed = await self.ask(
                    cost_protection.remove_external, fee.id, fee.version, reason
                )
                await self._follow(f"Borttaget: {fee.amount} kr {fee.date}.", followed)

        lines = [f"{fee.amount} kr hos {fee.provider} {fee.date} räknas inte längre."]
        await self.pasis.open_dialog(Prompt("Ta bort", lines, "Orsak", given))

    def draft_forms(self) -> Sequence[Form]:
        """The fee being typed."""
        return (self._entry,) if self._patient_id is not None else ()


def _row(row: ExternalRow) -> Row:
    cells = (
        row.date.isoformat(),
        f"{kronor(row.amount):>6}",
        row.provider,
        row.proof,
        f"{kronor(row.counted):>6}",
        row.note,
    )
    return Row(row.id, row, cells, dim=not row.counted)
