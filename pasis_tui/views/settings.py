"""IN Inställningar: the user's own choices, and their password."""

from __future__ import annotations

from collections.abc import Sequence

from pasis_tui.commands import key_of
from pasis_tui.services.users import accounts, settings
from pasis_tui.shell.view import View
from pasis_tui.validation.findings import Finding, refusal
from pasis_tui.validation.typed import composed
from pasis_tui.widgets.form import Form


class SettingsView(View):
    """Auto-skip, lane, and when the screen locks; below it one's own password, except in practice.

    What is typed of a password is in no draft, but not left without a question either.
    """

    file = "in_installningar"

    async def start(self) -> None:
        """Show them as they are."""
        self.show_section(self.form("password"), not self.session.actor.practice)
        chosen = self.session.settings
        self.form("settings").fill(
            {
                "auto_skip": "J" if chosen.auto_skip else "N",
                "lane": chosen.lane,
                "lock_minutes": str(chosen.lock_minutes),
            }
        )
        self.say(f"Ändra och tryck Spara ({key_of('save')}).")

    def draft_forms(self) -> Sequence[Form]:
        """The choices being typed."""
        return (self.form("settings"),)

    @property
    def dirty(self) -> bool:
        """Whether a choice or a new password is not saved."""
        return any(form.dirty for form in self.forms())

    async def save(self) -> None:
        """Spara: what was changed of the choices, and the password when one was typed."""
        if self.nothing_new():
            return
        if self.form("settings").dirty and not await self._save_choices():
            return
        if self.form("password").dirty:
            await self._change_password()

    press_save = save

    async def press_change_password(self) -> None:
        """Change the password alone."""
        await self._change_password()

    async def _save_choices(self) -> bool:
        """Save the choices and return True; False when they were refused."""
        form = self.form("settings")
        values = form.values
        if faults := _empty(form) or form.faults(self.pasis.today):
            self.refuse(*faults)
            return False
        minutes = int(form.get("lock_minutes"))
        if not 1 <= minutes <= 120:
            text = f"Lås efter {minutes} minuter går inte: ange 1 till 120."
            self.refuse(refusal("lock_minutes", text))
            return False
        self.session.settings = await self.ask(
            settings.change,
            auto_skip=values["auto_skip"] == "J",
            lane=values["lane"],
            lock_minutes=minutes,
        )
        form.mark_saved()
        self.say_saved("Inställningarna är sparade.")
        return True

    async def _change_password(self) -> None:
        form = self.form("password")
        values = form.values
        if faults := _empty(form):
            self.refuse(*faults)
            return
        if composed(values["password"]) != composed(values["again"]):
            self.refuse(refusal("again", "De två nya lösenorden är inte lika. Skriv det igen."))
            return
        self.session.actor = await self.ask(
            accounts.change_own_password, values["current"], values["password"]
        )
        form.fill(dict.fromkeys(values, ""))
        self.say_saved("Lösenordet är bytt. Dina andra fönster har loggats ut.")


def _empty(form: Form) -> list[Finding]:
    return [
        refusal(name, f"{form.spec.field(name).label} saknas. Fyll i fältet.")
        for name, value in form.values.items()
        if not value.strip()
    ]
