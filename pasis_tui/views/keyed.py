"""The base of screens that read a patient by number and list what the patient has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pasis_tui.commands import keys_in_text
from pasis_tui.services.patients.patients import PatientCard
from pasis_tui.shell.conflicts import first_saver
from pasis_tui.shell.view import WAITING, View
from pasis_tui.store.conflict import Conflict
from pasis_tui.widgets.dialogs import Prompt
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import RecordList


class KeyedView(View):
    """A number in the form ``key``; the list and all else are shown with a patient only.

    The first button of ``key`` reads, so it is there always.
    """

    waiting: ClassVar[str] = WAITING

    async def start(self) -> None:
        """Show what the carried patient has, or wait for a number."""
        self._key = self.form("key")
        self._list = next(s for s in self.sections if isinstance(s, RecordList))
        self.let_go()
        await self.read_asked_for(self._key, self.waiting)

    def let_go(self) -> None:
        """Show nothing without a patient."""
        self._patient_id: int | None = None
        self._show_rest(shown=False)

    def _show_rest(self, *, shown: bool) -> None:
        for section in self.sections:
            if section is not self._key:
                self.show_section(section, shown)
        for button in self._key.spec.buttons[1:]:
            self._key.show_button(button.name, shown)

    async def read(self, form: Form | None) -> None:
        """Läs, after asking about unsaved text."""
        await self.pasis.if_saved(self, self._read)

    async def press_read(self) -> None:
        """Read the patient."""
        await self.read(self._key)

    async def _read(self) -> None:
        card = await self._take()
        self._patient_id = card.id
        self._show_rest(shown=True)
        try:
            await self._load(card.id)
        except Exception:
            self.let_go()  # nothing of the former patient may be shown under this number
            raise
        self._begin()

    async def _take(self) -> PatientCard:
        """Read the patient of the number; it stands as all numbers do from now on."""
        card = await self.take_patient(self._key.get("identity_number"), own=True)
        self._key.fill({"identity_number": card.identity_text})
        return card

    async def _load(self, patient_id: int) -> None:
        """Fill the list, and show the buttons that depend on it."""
        raise NotImplementedError

    def _begin(self) -> None:
        """Put the cursor where work begins, and say what the clerk can do."""
        raise NotImplementedError


class EntryView(KeyedView):
    """One more row is typed in the form ``entry``; a row of the list is taken away with a reason."""

    add_row: ClassVar[Callable[..., tuple[str, ...]]]
    remove_row: ClassVar[Callable[..., tuple[str, ...]]]
    guide: ClassVar[str]

    async def start(self) -> None:
        """Show what the carried patient has, or wait for a number."""
        self._entry = self.form("entry")
        await super().start()

    def _begin(self) -> None:
        self._entry.clear()
        self._stand_in_entry()
        self.say(keys_in_text(self.guide))

    def _stand_in_entry(self) -> None:
        self._entry.go_first()
        self.activate(self._entry)

    async def save(self) -> None:
        """Spara."""
        if self.saved_message and self.nothing_new():
            return
        if self._patient_id is None:
            self.deny("Läs patienten först: personnummer och Enter.")
            return
        await self.attempt(
            type(self).add_row, self._patient_id, self._entry.values, done=self._saved
        )

    press_save = save

    async def _saved(self, followed: tuple[str, ...]) -> None:
        added = self._added(self._entry.values)
        self.remember(self._entry)
        self._entry.clear()
        await self._show_changed(f"Sparat: {added}.", followed)
        self.say_saved(self.foot.message)
        self._stand_in_entry()

    async def _show_changed(self, said: str, followed: Sequence[str]) -> None:
        """Show the rows as they are now, and say what was done and what *followed* from it."""
        if self._patient_id is not None:
            await self._load(self._patient_id)
        self._stand_in_entry()
        self.say(" ".join([said, *followed]).strip(), good=True)

    async def press_remove(self) -> None:
        """Ask why the row under the cursor is taken away."""
        if self._list.current is None:
            return
        subject = self._list.current.subject
        consequence, removed = self._removal(subject)

        async def remove(reason: str) -> None:
            try:
                followed = await self.ask(
                    type(self).remove_row, subject.id, subject.version, reason
                )
            except Conflict as conflict:  # a row is never changed: it was taken away
                await self._show_changed("", ())
                self.deny(f"{first_saver(conflict)}: {removed} finns inte längre.")
                return
            await self._show_changed(f"Borttaget: {removed}.", followed)

        await self.pasis.open_dialog(Prompt("Ta bort", [consequence], "Orsak", remove))

    def _added(self, values: dict[str, str]) -> str:
        """Return what was typed, in a few words."""
        raise NotImplementedError

    def _removal(self, subject: Any) -> tuple[str, str]:
        """Return what it means to take *subject* away, and its few words."""
        raise NotImplementedError

    def draft_forms(self) -> Sequence[Form]:
        """The row being typed."""
        return (self._entry,) if self._patient_id is not None else ()
