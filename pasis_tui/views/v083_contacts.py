"""083 Vårdkontakter: ten years of the patient's contacts at this unit."""

from __future__ import annotations

from typing import Any

from pasis_tui.services import contacts
from pasis_tui.services.contacts import ContactRow
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View


class ContactsView(View):
    """A number and a century; then rows whose Dia reg J or N opens 184."""

    file = "083_vardkontakter"

    async def start(self) -> None:
        """Show the carried patient's contacts, or wait for a number."""
        self._key = self.form("key")
        self._list = self.record_list("contacts")
        self._list.display = False
        self._key.show_button("change", False)
        await self.read_asked_for(
            self._key, "Personnummer: 10 siffror, sekel 19 eller 20, sedan Sök (Enter)."
        )

    async def read(self, form: Form | None) -> None:
        """Sök."""
        values = self._key.values
        card = await self.take_patient(
            values["identity_number"], own=True, century=values["century"].strip()
        )
        self._key.fill({"identity_number": card.identity_text, "century": card.identity_number[:2]})

        async def fetch(**at: Any) -> Batch:
            page = await self.ask(contacts.contacts_page, card.id, count=True, **at)
            return Batch([_row(r) for r in page.rows], page.before, page.after, page.total)

        self._list.display = True
        await self._list.load(fetch)
        self._key.show_button("change", bool(self._list.rows))
        if self._list.rows:
            self.activate(self._list)
            self.say(
                "Enter (eller J/N) öppnar medicinsk registrering 184. Ändra (Alt+N) öppnar 085."
            )
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

    def let_go(self) -> None:
        """Show no contacts without a patient."""
        self._list.display = False
        self._key.show_button("change", False)

    async def button(self, form: Form, name: str) -> None:
        """Sök or Ändra."""
        if name == "search":
            await self.read(form)
        elif self._list.current is not None:
            await self.pasis.open("085", visit=self._list.current.subject)

    async def opened(self, section: RecordList) -> None:
        """Open 184 for the row."""
        if section.current is None:
            return
        if section.current.cells[6] == "-":
            self.say("Besöket är makulerat eller uteblivet: ingen medicinsk registrering behövs.")
            return
        await self.pasis.open("184", visit=section.current.subject)

    async def list_key(self, section: RecordList, character: str) -> bool:
        """J or N opens the medical registration, as pressing the letter does in PASiS."""
        if character.upper() in {"J", "N"}:
            await self.opened(section)
            return True
        return False


def _row(row: ContactRow) -> Row:
    state = "makulerad" if row.cancelled else "uteblev" if row.no_show else ""
    cells = (
        row.date.isoformat(),
        row.time.strftime("%H:%M"),
        row.reception,
        row.reason,
        row.kind,
        row.caregiver,
        row.contact_type,
        f"{row.fee:>4} kr",
        row.dia_reg,
        state,
    )
    key = (row.date, row.time, row.visit_id)  # as contacts.contacts_page orders
    return Row(key, row.visit_id, cells, dim=row.cancelled)
