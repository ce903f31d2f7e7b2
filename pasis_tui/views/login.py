"""Login.  It is painted before the store is imported: the database is made ready meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pasis_tui.validation.findings import Finding, Level
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.view import View

if TYPE_CHECKING:
    from pasis_tui.store.database import Database


class LoginView(View):
    """Användare, Lösenord, Enhet.  In practice they are filled in and Enter goes in."""

    file = "login"

    def __init__(self) -> None:
        super().__init__()
        self._database: Database | None = None
        self._ready = asyncio.Event()
        self._proposed = ("", "", "")

    async def start(self) -> None:
        """Begin to make the database ready; keys are taken at once."""
        self.say("Databasen öppnas …")
        self.call_after_refresh(self._open_database)

    def _open_database(self) -> None:
        # Once the login is painted: importing the store takes turns with everything else.
        self.run_worker(self._prepare(), name="database", group="database")

    async def _prepare(self) -> None:
        from pasis_tui import opening

        def progress(text: str) -> None:
            self.app.call_from_thread(self.say, text)

        try:
            opened = await asyncio.to_thread(
                opening.open_for_clerks, self.pasis.database_name, self.pasis.today, progress
            )
        except opening.CannotOpen as trouble:
            self.pasis.leave_with(str(trouble))
            return
        self._database = opened.database
        self._proposed = (opened.user, opened.password, opened.unit)
        self._fill()
        self._ready.set()

    def _fill(self) -> None:
        form = self.form("login")
        if opened := self._proposed[0]:
            if not form.dirty:
                form.fill(dict(zip(("user", "password", "unit"), self._proposed, strict=True)))
                form.go("user")
                self.place_cursor()
            self.say(f"Övning: {opened} är ifylld. Tryck Enter för att logga in.")
        else:
            self.say("Skriv användare, lösenord och enhet.")

    async def read(self, form: Form | None) -> None:
        """Enter in a field: go in when everything is filled in, else to what is empty."""
        await self._ready.wait()
        login = self.form("login")
        for name, text in login.values.items():
            if not text.strip():
                login.go(name)
                self.say("Skriv användare, lösenord och enhet.")
                return
        await self._log_in()

    async def save(self) -> None:
        """Spara does what Enter does."""
        await self.read(None)

    async def button(self, form: Form, name: str) -> None:
        """Logga in."""
        await self.read(form)

    async def _log_in(self) -> None:
        from pasis_tui.services import access
        from pasis_tui.services.errors import LoginRefused
        from pasis_tui.store.trouble import DatabaseTrouble

        if self._database is None:
            return
        values = self.form("login").values
        self.say("Loggar in …")
        try:
            actor = await asyncio.to_thread(
                access.log_in,
                self._database,
                values["user"].strip(),
                values["password"],
                values["unit"].strip(),
                self.pasis.today,
            )
            await self.pasis.logged_in(self._database, actor)
        except LoginRefused as refusal:
            self.refuse(Finding("", Level.BLOCK, "password", str(refusal)))
            self.form("login").fill({"password": ""})
            return
        except DatabaseTrouble as trouble:
            self.refuse(Finding("", Level.BLOCK, "user", str(trouble)))
            return
