"""283 Manuellt registrerade besök: fees shown as paid to another provider."""

from __future__ import annotations

from pasis_tui.services.fees import cost_protection
from pasis_tui.services.fees.cost_protection import ExternalRow
from pasis_tui.validation import codes
from pasis_tui.validation.cost_protection import kronor
from pasis_tui.views.keyed import EntryView
from pasis_tui.widgets.record_list import RecordList, Row


class ManualVisitsView(EntryView):
    """A number; then a line to fill in and the fees already registered."""

    file = "283_manuellt_registrerade_besok"
    add_row = staticmethod(cost_protection.add_external)
    remove_row = staticmethod(cost_protection.remove_external)
    guide = "Datum, belopp, vårdgivare och bevis, sedan Spara ({save})."

    async def _load(self, patient_id: int) -> None:
        fees = await self.ask(cost_protection.external_fees, patient_id)
        await self._list.load_all([_row(fee) for fee in fees])
        self._entry.show_button("remove", bool(fees))

    def _added(self, values: dict[str, str]) -> str:
        return f"{values['amount']} kr {values['date']}"

    async def opened(self, section: RecordList) -> None:
        """Ask why the fee under the cursor is taken away."""
        await self.press_remove()

    def _removal(self, subject: ExternalRow) -> tuple[str, str]:
        amount, day = subject.amount, subject.date
        return (
            f"{amount} kr hos {subject.provider} {day} räknas inte längre.",
            f"avgiften {amount} kr {day}",
        )


def _row(row: ExternalRow) -> Row:
    cells = {
        "date": row.date.isoformat(),
        "amount": kronor(row.amount),
        "provider": row.provider,
        "proof": row.proof,
        "proof_text": f"{row.proof} {codes.table('fee_proof').get(row.proof, '')}",
        "counted": kronor(row.counted),
        "note": row.note,
    }
    return Row(row.id, row, cells, dim=not row.counted)
