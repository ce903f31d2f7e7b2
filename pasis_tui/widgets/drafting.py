"""Drafts: what is typed survives leaving the screen, and the program's death."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.widgets.dialogs import Confirm
from pasis_tui.widgets.meanings import show_meanings

if TYPE_CHECKING:
    from pasis_tui.services.drafts import DraftBox
    from pasis_tui.widgets.host import Host
    from pasis_tui.widgets.view import View


class Drafting:
    """Keeps the unsaved text of the open view.

    *instance* names the database, so that a remade one never meets the old one's drafts;
    *write_later* is called when something is due for the disk; ``write`` puts it there.
    """

    def __init__(
        self, host: Host, box: DraftBox, instance: str, write_later: Callable[[], None]
    ) -> None:
        self._host = host
        self._instance = instance
        self._box = box
        self._write_later = write_later

    @property
    def _owner(self) -> str:
        actor = self._host.session.actor
        return f"{self._instance}|{actor.signature}|{actor.unit_code}|"

    def _name(self, view: View) -> str:
        return f"{self._owner}{view.file}|{view.draft_subject()}"

    def keep(self, view: View) -> None:
        """Keep what stands unsaved in *view*; written to disk a moment later."""
        forms = view.draft_forms()
        if not forms:
            return
        if not view.dirty:
            self._box.drop(self._name(view))
            return
        active = next((form for form in forms if form is view.active), None)
        if active is not None:
            cursor = [active.spec.name, active.stop, active.editor.cursor]
        else:  # in Snabbval or a list: typing goes on where it was
            cursor = (self._box.get(self._name(view)) or {}).get("cursor", [])
        patient = self._host.session.patient
        draft = {
            "fields": {
                form.spec.name: {n: v for n, v in form.values.items() if form.is_changed(n)}
                for form in forms
            },
            "cursor": cursor,
            "state": view.draft_state(),
            "code": view.display_file.code,
            "title": view.display_file.title,
            "who": f"för {patient.identity_text} {patient.name}" if patient else "",
            "patient": patient.identity_number if patient else "",
            "arguments": view.draft_arguments(),
        }
        if self._box.keep(self._name(view), draft):
            self._write_later()

    async def write(self) -> None:
        """Put what changed on disk, or say why not: typing and saving go on all the same."""
        try:
            await asyncio.to_thread(self._box.write)
        except OSError as error:
            if self._host.view is not None:
                self._host.view.say(
                    f"Utkastet kan inte sparas på disken: {in_swedish(error)}."
                    " Det finns kvar tills programmet avslutas."
                )

    def drop(self, view: View) -> None:
        """Forget the draft of *view*: it was saved, or let go on purpose."""
        self._box.drop(self._name(view))
        for form in view.draft_forms():
            form.mark_saved()

    async def restore(self, view: View) -> None:
        """Put back what was typed in *view* and never saved; the cursor too."""
        if not view.draft_forms() and not view.may_have_draft:
            return
        draft = self._box.get(self._name(view))
        if not draft or not await view.enter_draft_state(draft["state"]):
            return
        for form in view.draft_forms():
            form.fill(draft["fields"].get(form.spec.name, {}), saved=False)
            typing = draft["cursor"][1] if draft["cursor"][:1] == [form.spec.name] else ""
            await show_meanings(view, form, typing)
        view.draft_restored()
        self._restore_cursor(view, draft["cursor"])
        view.say("Utkastet är tillbaka: det du skrev och inte hann spara. Alt+R kastar det.")

    def _restore_cursor(self, view: View, cursor: list[Any]) -> None:
        for form in view.draft_forms():
            if cursor and cursor[0] == form.spec.name and form.go(cursor[1]):
                form.place_caret(cursor[2])
                view.activate(form)

    async def offer(self) -> None:
        """Say what was left unsaved when the program last ended, and offer to open it."""
        pending = await asyncio.to_thread(self._box.pending, self._owner)
        if not pending:
            return
        draft = pending[0]

        async def answered(yes: bool | None) -> None:
            if yes:
                patient = {"identity": draft["patient"]} if draft["patient"] else {}
                await self._host.open(draft["code"], **draft["arguments"], **patient)

        what = f"{draft['title']} {draft['who']}".strip()
        lines = [f"{what} blev inte sparad.", "Vill du öppna den och fortsätta?"]
        await self._host.open_dialog(Confirm("Osparat utkast", lines, "Öppna", "Senare", answered))
