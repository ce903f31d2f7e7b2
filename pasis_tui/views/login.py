"""Login.  It is painted before the store is imported, and the database opened meanwhile."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from pasis_tui.shell.calls import in_daemon
from pasis_tui.shell.view import View
from pasis_tui.terminal import heap, workers
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.form import Form

if TYPE_CHECKING:
    from pasis_tui.opening import Opened
    from pasis_tui.store.database import Database


def failed_before(count: int) -> str:
    """Return what a user is told of *count* refused logins since they last logged on, "" of none."""
    if not count:
        return ""
    times = "1 felaktig inloggning" if count == 1 else f"{count} felaktiga inloggningar"
    return f"{times} sedan du sist loggade in. Var det inte du: säg till en administratör."


class LoginView(View):
    """Användare, Lösenord, Enhet.  In practice they are filled in and Enter goes in."""

    file = "login"

    def __init__(self, database: Database | None = None) -> None:
        super().__init__()
        self._database = database  # one that is open already
        self._opened: Opened | None = None
        self._ready = asyncio.Event()

    async def start(self) -> None:
        """Begin to make the database ready; keys are taken at once."""
        if self._database is None:
            self.say("Databasen öppnas …")
            return
        from pasis_tui.opening import what_is_filled_in

        self._opened = await asyncio.to_thread(what_is_filled_in, self._database)
        self._fill(self._opened)
        self._ready.set()

    def open_database(self) -> None:
        """Make the database ready in the background."""
        workers.begin(self, self._prepare, name="database", group="database")

    async def _prepare(self) -> None:
        class Left(Exception):
            """The program was left while another one made the database ready."""

        def progress(text: str) -> None:
            if not self.app.is_running:
                raise Left
            self.app.call_from_thread(self.say, text)

        def prepare() -> Opened:
            from pasis_tui import opening
            from pasis_tui.files import run_folder

            name, home = self.pasis.database_name, self.pasis.home
            if self.pasis.read_only:
                opened = opening.open_to_read(name, home)
            else:
                opened = opening.open_for_clerks(name, self.pasis.today, progress)
            run_folder.begin(self.pasis.home)  # sweeps in the background
            return opened

        try:
            opened = await in_daemon(prepare)
        except Left:
            return
        except ForPeople as trouble:
            self.pasis.fail(trouble)
            return
        from pasis_tui.store.kind import PRACTICE

        if self.pasis.standing().simulated and opened.database.mode != PRACTICE:
            from pasis_tui.services.errors import DateOfPractice

            opened.database.dispose()
            self.pasis.fail(DateOfPractice())
            return
        self._opened = opened
        self._fill(opened)
        self._ready.set()
        from pasis_tui.opening import read_own_files

        await asyncio.to_thread(read_own_files)
        heap.give_back()

    def _fill(self, opened: Opened) -> None:
        form = self.form("login")
        if opened.user:
            if not form.dirty:
                form.fill({name: getattr(opened, name) for name in ("user", "password", "unit")})
                form.go("user")
                self.place_cursor()
            what = f"Övning: {opened.user} är ifylld. Tryck Enter för att logga in."
        else:
            what = "Skriv användare, lösenord och enhet."
        self.say(" ".join([*opened.database.notes, what]))

    async def read(self, form: Form | None) -> None:
        """Enter in a field: go in when everything is filled in, else to what is empty."""
        await self.store_imported()
        login = self.form("login")
        for name, text in login.values.items():
            if not text.strip():
                login.go(name)
                self.say("Skriv användare, lösenord och enhet.")
                return
        await self._log_in()

    async def store_imported(self) -> None:
        """Wait for the database: the thread that opens it imports the store."""
        await self.pasis.calls.until(self._ready)

    async def save(self) -> None:
        """Spara does what Enter does."""
        await self.read(None)

    press_log_in = save

    async def _log_in(self) -> None:
        from pasis_tui.services.users import access

        if self._opened is None:
            return
        database = self._opened.database
        login = self.form("login")
        values = login.values
        self.say("Loggar in …")
        try:
            actor = await self.pasis.calls.run(
                database,
                partial(
                    access.log_in,
                    database,
                    values["user"].strip(),
                    values["password"],
                    values["unit"].strip(),
                    self.pasis.today,
                ),
            )
            await self.pasis.logged_in(database, actor)
        except ForPeople as refusal:
            # A refused password is typed anew; after any other trouble all is tried again.
            if refusal.field:
                login.fill({refusal.field: ""})
            else:
                login.go("user")
            raise
