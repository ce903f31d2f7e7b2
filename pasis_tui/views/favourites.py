"""Favoriter: 1-9 opens; rename, move, remove; the instruction's set; to and from a file."""

from __future__ import annotations

from pasis_tui.display.display_files import choosable
from pasis_tui.files.whole import shown_path, typed_path
from pasis_tui.services.users import favourites
from pasis_tui.services.users.favourites import FavouriteRow
from pasis_tui.shell.view import View
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.widgets.dialogs import Confirm, Prompt
from pasis_tui.widgets.record_list import RecordList, Row


class FavouritesView(View):
    """The actor's favourites in order."""

    file = "favourites"

    async def start(self) -> None:
        """List them."""
        self._list = self.record_list("favourites")
        await self._load()
        if not self._list.rows:
            self.activate(self.form("acts"))

    async def _load(self, code: str = "") -> None:
        """Show them, the cursor on *code* or on the first."""
        listed = await self.ask(favourites.listing)
        rows = [_row(each) for each in listed]
        await self._list.load_all(rows)
        if rows:
            self._list.stand_on(code)
            more = " De andra: pil och Enter, eller Snabbval f10." if len(rows) > 9 else ""
            self.say(f"1–9 eller Enter öppnar.{more} Alt+U/Alt+N flyttar upp och ned.")

    async def opened(self, section: RecordList) -> None:
        """Open the favourite under the cursor."""
        if section.current is not None:
            await self._go(section.current.subject.code)

    async def _go(self, code: str) -> None:
        if code in {d.code for d in choosable(self.session.actor.rights)}:
            await self.pasis.open(code)
        else:
            self.deny(f"Bild {code} finns inte i den här versionen, eller du saknar behörighet.")

    async def list_key(self, section: RecordList, character: str) -> bool:
        """A digit opens its favourite."""
        if character.isdecimal() and 1 <= int(character) <= len(section.rows):
            await self._go(section.rows[int(character) - 1].subject.code)
            return True
        return False

    def _current(self) -> FavouriteRow | None:
        """Return the favourite under the cursor; say so when there is none."""
        if self._list.current is None:
            self.say("Inga favoriter ännu. Alt+F hämtar anvisningens förslag.")
            return None
        shown: FavouriteRow = self._list.current.subject
        return shown

    def _activate_list(self) -> None:
        self.activate(self._list if self._list.rows else self.form("acts"))

    async def press_suggested(self) -> None:
        """Take the instruction's set."""
        await self.ask(favourites.load, favourites.suggested())
        await self._load()
        self.activate(self._list)
        self.say("Anvisningens föreslagna favoriter är hämtade.", good=True)

    async def press_up(self) -> None:
        """Move the favourite one place up."""
        await self._move(-1)

    async def press_down(self) -> None:
        """Move the favourite one place down."""
        await self._move(1)

    async def _move(self, by: int) -> None:
        if (shown := self._current()) is not None:
            await self.ask(favourites.move, shown.code, by)
            await self._load(shown.code)
            self._activate_list()

    async def press_remove(self) -> None:
        """Ask whether the favourite is to go."""
        if (shown := self._current()) is None:
            return
        near = self._list.rows[self._list.cursor + 1 :][:1] or self._list.rows[-2:-1]

        async def remove(_: bool) -> None:
            await self.ask(favourites.remove, shown.code)
            await self._load(near[0].key if near else "")
            self._activate_list()
            self.say(f"{_words(shown)} är inte längre favorit.")

        lines = [f"{_words(shown)} är favorit. Ta bort den?"]
        await self.pasis.open_dialog(Confirm("Favorit", lines, "Ta bort", "Behåll", remove))
        self._activate_list()

    async def press_rename(self) -> None:
        """Ask for the favourite's new name."""
        if (shown := self._current()) is None:
            return

        async def rename(text: str) -> None:
            await self.ask(favourites.rename, shown.code, text)
            await self._load(shown.code)

        await self.pasis.open_dialog(
            Prompt(
                "Byt namn",
                [f"Nytt namn för {_words(shown)}."],
                "Namn",
                rename,
                text=_words(shown),
                limit=favourites.LONGEST,
            )
        )
        self._activate_list()

    async def press_export(self) -> None:
        """Write the favourites to a file."""
        await self._file("export")

    async def press_import(self) -> None:
        """Read favourites from a file."""
        await self._file("import")

    async def _file(self, name: str) -> None:
        path = self.pasis.home / "favoriter.toml"
        count = 0

        async def done(text: str) -> str:
            """Write or read the file; return why it cannot be."""
            nonlocal count
            known = {d.code for d in choosable(self.session.actor.rights)}
            try:
                chosen = typed_path(text)
                if name == "export":
                    count = await self.ask(favourites.export_file, chosen)
                else:
                    count = await self.ask(favourites.import_file, chosen, known)
            except ForPeople as trouble:
                return trouble.said_in_place()
            return ""

        async def accepted(text: str) -> None:
            if name == "export":
                self.say(f"{count} favoriter sparade i {shown_path(typed_path(text))}.", good=True)
            else:
                await self._load()
                self._activate_list()
                self.say(f"{count} favoriter hämtade.", good=True)

        heading = "Favoriter till fil" if name == "export" else "Favoriter från fil"
        lines = ["Filens namn. Andra kan hämta favoriterna ur den."]
        await self.pasis.open_dialog(
            Prompt(heading, lines, "Fil", accepted, text=shown_path(path), check=done)
        )


def _row(shown: FavouriteRow) -> Row:
    reached = str(shown.position) if shown.position <= 9 else f"f{shown.position}"
    cells = {"position": reached, "code": shown.code, "label": _words(shown)}
    return Row(shown.code, shown, cells)


def _words(shown: FavouriteRow) -> str:
    return shown.label.removeprefix(f"{shown.code.split()[0]} ")
