"""IN Inställningar: the user's own choices."""

from __future__ import annotations

from collections.abc import Sequence

from pasis_tui.commands import key_of
from pasis_tui.services.users import settings
from pasis_tui.shell.view import View
from pasis_tui.validation.findings import refusal
from pasis_tui.widgets.form import Form


class SettingsView(View):
    """Auto-skip, lane, and when the screen locks."""

    file = "in_installningar"

    async def start(self) -> None:
        """Show them as they are."""
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

    async def save(self) -> None:
        """Spara."""
        form = self.form("settings")
        if self.nothing_new():
            return
        values = form.values
        faults = [
            refusal(name, f"{form.spec.field(name).label} saknas. Fyll i fältet.")
            for name, value in values.items()
            if not value.strip()
        ]
        if faults := faults or form.faults(self.pasis.today):
            self.refuse(*faults)
            return
        minutes = int(form.get("lock_minutes"))
        if not 1 <= minutes <= 120:
            text = f"Lås efter {minutes} minuter går inte: ange 1 till 120."
            self.refuse(refusal("lock_minutes", text))
            return
        self.session.settings = await self.ask(
            settings.change,
            auto_skip=values["auto_skip"] == "J",
            lane=values["lane"],
            lock_minutes=minutes,
        )
        form.mark_saved()
        self.say_saved("Inställningarna är sparade.")

    press_save = save
