"""Favoriter: 1-9 opens; rename, move, remove; the instruction's set; to and from a file."""

from __future__ import annotations

from typing import Any

from pasis_tui.display import choosable
from pasis_tui.exports.whole import typed_path
from pasis_tui.services import favourites
from pasis_tui.widgets.dialogs import Prompt
from pasis_tui.widgets.form import Form
from pasis_tui.widgets.record_list import Batch, RecordList, Row
from pasis_tui.widgets.view import View


class FavouritesView(View):
    """The actor's favourites in order."""

    file = "favourites"

    async def start(self) -> None:
        """List them."""
        self._list = self.record_list("favourites")
        await self._load(0)
        if not self._list.rows:
            self.activate(self.form("acts"))

    async def _load(self, cursor: int) -> None:
        found = await self.ask(favourites.listing)
        rows = [
            Row(
                f.code,
                f.code,
                (
                    str(f.position) if f.position <= 9 else "",
                    f.code,
                    f.label.removeprefix(f"{f.code.split()[0]} "),
                ),
            )
            for f in found
        ]

        async def fetch(**wanted: Any) -> Batch:
            return Batch(rows, total=len(rows))

        await self._list.load(fetch)
        if rows:
            await self._list.choose(max(1, min(len(rows), cursor + 1)))
            self.say("1–9 eller Enter öppnar. Alt+U/Alt+N flyttar upp och ned.")

    async def opened(self, section: RecordList) -> None:
        """Open the favourite under the cursor."""
        if section.current is not None:
            await self._go(section.current.subject)

    async def _go(self, code: str) -> None:
        if code in {d.code for d in choosable(self.session.actor.rights)}:
            await self.pasis.open(code)
        else:
            self.say(f"Bild {code} finns inte i den här versionen, eller du saknar behörighet.")

    async def list_key(self, section: RecordList, character: str) -> bool:
        """A digit opens its favourite."""
        if character.isdecimal() and 1 <= int(character) <= len(section.rows):
            await self._go(section.rows[int(character) - 1].subject)
            return True
        return False

    async def button(self, form: Form, name: str) -> None:
        """Change the list."""
        if name == "suggested":
            await self.ask(favourites.load, favourites.SUGGESTED)
            await self._load(0)
            self.activate(self._list)
            self.say("Anvisningens föreslagna favoriter är hämtade.", good=True)
            return
        if name in {"export", "import"}:
            await self._file(name)
            return
        row = self._list.current
        if row is None:
            self.say("Inga favoriter ännu. Alt+F hämtar anvisningens förslag.")
            return
        at = self._list.cursor
        if name == "up":
            await self.ask(favourites.move, row.subject, -1)
            await self._load(at - 1)
        elif name == "down":
            await self.ask(favourites.move, row.subject, 1)
            await self._load(at + 1)
        elif name == "remove":
            await self.ask(favourites.remove, row.subject)
            await self._load(at)
            self.say(f"{row.cells[2]} är inte längre favorit.")
        elif name == "rename":
            await self._rename(row, at)
        self.activate(self._list if self._list.rows else self.form("acts"))

    async def _rename(self, row: Row, at: int) -> None:
        async def given(text: str | None) -> None:
            if text:
                await self.ask(favourites.rename, row.subject, text)
                await self._load(at)

        await self.pasis.open_dialog(
            Prompt(
                "Byt namn",
                [f"Nytt namn för {row.cells[2]}."],
                "Namn",
                given,
                text=row.cells[2],
                limit=favourites.LONGEST,
            )
        )

    async def _file(self, name: str) -> None:
        folder = self.pasis.home
        path = folder / "favoriter.toml"

        async def given(text: str | None) -> None:
            if not text:
                return
            chosen = typed_path(text)
            if name == "export":
                count = await self.ask(favourites.export_file, chosen)
                self.say(f"{count} favoriter sparade i {chosen}.", good=True)
                return
            known = {d.code for d in choosable(self.session.actor.rights)}
            try:
                count = await self.ask(favourites.import_file, chosen, known)
            except favourites.BadFavouritesFile as error:
                self.say(str(error))
                return
            await self._load(0)
            self.say(f"{count} favoriter hämtade.", good=True)

        heading = "Favoriter till fil" if name == "export" else "Favoriter från fil"
        await self.pasis.open_dialog(
            Prompt(
                heading,
                ["Filens namn. Andra kan hämta favoriterna ur den."],
                "Fil",
                given,
                text=str(path),
            )
        )
