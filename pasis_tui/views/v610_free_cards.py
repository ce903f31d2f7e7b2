"""610 Frikortsregistrering: frikort from elsewhere registered, those issued here shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pasis_tui.services import cost_protection, papers
from pasis_tui.services.cost_protection import CardRow
from pasis_tui.views.papers import paper_to_file, show_paper
from pasis_tui.widgets.dialogs import Prompt
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View


class FreeCardsView(View):
    """A number; then a frikort to fill in and those that stand there."""

    file = "610_frikortsregistrering"

    async def start(self) -> None:
        """Show the carried patient's frikort, or wait for a number."""
        self._key = self.form("key")
        self._entry = self.form("entry")
        self._list = self.record_list("cards")
        self._patient_id: int | None = None
        self._list.display = False
        self._key.show_button("issue", False)
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
        self._key.show_button("issue", True)
        self._entry.go("number")
        self.activate(self._entry)
        self.say("Nummer, utfärdare, från och till, sedan Spara (F10). Enter på en rad: kopia.")

    async def _load(self, patient_id: int) -> None:
        rows = [_row(r) for r in await self.ask(cost_protection.free_cards, patient_id)]

        async def fetch(**at: Any) -> Batch:
            return Batch(rows, total=len(rows))

        self._list.display = True
        await self._list.load(fetch)
        for name in ("remove", "file"):
            self._entry.show_button(name, bool(rows))

    async def save(self) -> None:
        """Spara."""
        if self._patient_id is None:
            self.say("Läs patienten först: personnummer och Enter.")
            return
        await self.attempt(
            cost_protection.add_card, self._patient_id, self._entry.values, done=self._saved
        )

    async def _saved(self, followed: tuple[str, ...]) -> None:
        number = self._entry.get("number")
        self.remember(self._entry)
        self._entry.clear()
        await self._follow(f"Sparat: frikort {number}.", followed)

    async def _follow(self, said: str, followed: tuple[str, ...]) -> None:
        if self._patient_id is not None:
            await self._load(self._patient_id)
        self.activate(self._list if self._list.rows else self._entry)
        self.say(" ".join([said, *followed]).strip(), good=True)

    async def button(self, form: Form, name: str) -> None:
        """Läs, Utfärda, Spara, Ta bort or Till fil."""
        row = self._list.current
        if name == "read":
            await self.pasis.if_saved(self, self._read)
        elif name == "save":
            await self.save()
        elif name == "issue" and self._patient_id is not None:
            done = await self.ask(cost_protection.issue, self._patient_id)
            await self._follow("", done or ("Inget frikort att utfärda.",))
        elif name == "remove":
            await self._remove()
        elif name == "file" and row is not None:
            await paper_to_file(self, await self.ask(papers.card_copy, row.subject.id))

    async def _read(self) -> None:
        await self.read(self._key)

    async def opened(self, section: RecordList) -> None:
        """Show a copy of the frikort under the cursor."""
        if section.current is not None:
            await show_paper(self, await self.ask(papers.card_copy, section.current.subject.id))

    async def _remove(self) -> None:
        if self._list.current is None:
            return
        card: CardRow = self._list.current.subject

        async def given(reason: str | None) -> None:
            if reason:
                followed = await self.ask(
                    cost_protection.remove_card, card.id, card.version, reason
                )
                await self._follow(f"Borttaget: frikort {card.number}.", followed)

        lines = [f"Frikort {card.number} {card.valid_from}–{card.valid_to} gäller inte längre."]
        await self.pasis.open_dialog(Prompt("Ta bort", lines, "Orsak", given))

    def draft_forms(self) -> Sequence[Form]:
        """The frikort being typed."""
        return (self._entry,) if self._patient_id is not None else ()


def _row(row: CardRow) -> Row:
    source = "här" if row.issued_here else "registrerat"
    cells = (
        row.number,
        row.issuer,
        row.valid_from.isoformat(),
        row.valid_to.isoformat(),
        source,
    )
    return Row(row.id, row, cells)
