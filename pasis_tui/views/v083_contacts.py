"""083 Vårdkontakter: ten years of the patient's contacts at this unit."""

from __future__ import annotations

from typing import Any

from pasis_tui.services.patients.patients import PatientCard
from pasis_tui.services.visits import contacts
from pasis_tui.services.visits.contacts import ContactRow
from pasis_tui.views.keyed import KeyedView
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row


class ContactsView(KeyedView):
    """A number and a century; then rows whose Dia reg J or N opens 184."""

    file = "083_vardkontakter"
    waiting = "Personnummer: 10 siffror, sekel 19 eller 20, sedan Sök (Enter)."

    async def _take(self) -> PatientCard:
        values = self._key.values
        card = await self.take_patient(
            values["identity_number"], own=True, century=values["century"].strip()
        )
        self._key.fill({"identity_number": card.identity_text, "century": card.identity_number[:2]})
        return card

    async def _load(self, patient_id: int) -> None:
        async def fetch(**at: Any) -> Batch:
            page = await self.ask(contacts.contacts_page, patient_id, count=True, **at)
            return Batch([_row(r) for r in page.rows], page.before, page.after, page.total)

        await self._list.load(fetch)
        self._key.show_button("change", bool(self._list.rows))

    def _begin(self) -> None:
        if self._list.rows:
            self.activate(self._list)
            change = "Ändra (Alt+N) öppnar 085."
            if "medical" in self.session.actor.rights:
                change = f"Enter (eller J/N) öppnar medicinsk registrering 184. {change}"
            self.say(change)
        else:
            self.say("Inga vårdkontakter på den egna enheten de senaste tio åren.")

    async def left(self, form: Form, field: str) -> str | None:
        """Let the former patient's century go with their number."""
        if (
            field == "identity_number"
            and form.is_changed("identity_number")
            and not form.is_changed("century")
        ):
            form.fill({"century": ""})
        return None

    async def press_change(self) -> None:
        """Open the visit of the row in 085."""
        if self._list.current is not None:
            await self.pasis.open("085", visit=self._list.current.subject.visit_id)

    async def opened(self, section: RecordList) -> None:
        """Open 184 for the row."""
        if section.current is None:
            return
        contact: ContactRow = section.current.subject
        if contact.dia_reg == "-":
            why = "makulerat" if contact.cancelled else "uteblivet"
            self.say(
                f"Besöket är {why}: ingen medicinsk registrering behövs. Ändra (Alt+N) öppnar 085."
            )
            return
        await self.pasis.open("184", visit=contact.visit_id)

    async def list_key(self, section: RecordList, character: str) -> bool:
        """J or N opens the medical registration, as pressing the letter does in PASiS."""
        if character.upper() in {"J", "N"}:
            await self.opened(section)
            return True
        return False


def _row(row: ContactRow) -> Row:
    cells = {
        "date": row.date.isoformat(),
        "time": row.time.strftime("%H:%M"),
        "reception": row.reception,
        "reason": row.reason,
        "kind": row.kind,
        "caregiver": row.caregiver,
        "caregiver_name": row.caregiver_name,
        "contact_type": row.contact_type,
        "fee": f"{row.fee} kr",
        "dia_reg": row.dia_reg,
        "state": "makulerad" if row.cancelled else "uteblev" if row.no_show else "",
        "diagnosis": row.diagnosis,
        "commitment_id": str(row.commitment_id),
        "problem": row.problem,
        "reception_name": row.reception_name,
        "distance": "J" if row.distance else "N",
    }
    key = (row.date, row.time, row.visit_id)  # as contacts.contacts_page orders
    return Row(key, row, cells, dim=row.cancelled)
