"""IN Inställningar: the user's own choices."""

from __future__ import annotations

from pasis_tui.services import settings
from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.view import View


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
        self.say("Ändra och tryck Spara (F10).")

    async def button(self, form: Form, name: str) -> None:
        """Spara."""
        await self.save()

    async def save(self) -> None:
        """Spara."""
        form = self.form("settings")
        values = form.values
        for name, value in values.items():
            if not value.strip():
                label = form.spec.field(name).label
                self.refuse(Finding("", Level.BLOCK, name, f"{label} saknas. Fyll i fältet."))
                return
        if fault := form.fault(self.pasis.today):
            self.refuse(fault, form)
            return
        minutes = int(form.get("lock_minutes"))
        if not 1 <= minutes <= 120:
            text = f"Lås efter {minutes} minuter går inte: ange 1 till 120."
            self.refuse(Finding("", Level.BLOCK, "lock_minutes", text))
            return
        self.session.settings = await self.ask(
            settings.change,
            auto_skip=values["auto_skip"] == "J",
            lane=values["lane"],
            lock_minutes=minutes,
        )
        form.mark_saved()
        self.say("Inställningarna är sparade.", good=True)
