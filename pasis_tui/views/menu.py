"""Menyval: every screen the clerk has a right to, in groups."""

from __future__ import annotations

from pasis_tui.commands import key_of
from pasis_tui.display.display_files import choosable
from pasis_tui.shell.view import View
from pasis_tui.widgets.record_list import RecordList, Row


class MenuView(View):
    """The start screen after login, and F12."""

    file = "menu"

    async def start(self) -> None:
        """List the screens."""
        await self.record_list("menu").load_all(_rows(self.session.actor.rights))
        self.say(
            f"Skriv bildens nummer i Snabbval ({key_of('quick')}), t.ex. 40. Enter öppnar raden. {key_of('help')} hjälp."
        )

    async def opened(self, section: RecordList) -> None:
        """Open the screen of the row."""
        if section.current is not None:
            await self.pasis.open(section.current.subject)

    async def list_key(self, section: RecordList, character: str) -> bool:
        """A digit typed here is the beginning of a number: it goes to Snabbval."""
        self.enter_box()
        self.head.box.load("")
        self.head.box.insert(character)
        self.head.refresh_box()
        return True


def _rows(rights: frozenset[str]) -> list[Row]:
    rows = []
    group = ""
    for shown in sorted(choosable(rights), key=lambda d: (_group_order(d.menu[0]), d.order)):
        head = shown.menu[0] if shown.menu[0] != group else ""
        group = shown.menu[0]
        title = shown.title.removeprefix(f"{shown.code.split()[0]} ")
        rows.append(
            Row(shown.code, shown.code, {"group": head, "code": shown.code, "title": title})
        )
    return rows


_GROUPS = (
    "Patient",
    "Bokning",
    "Besök",
    "Psykoterapi/MMS",
    "Listor/Filutplock",
    "Övning",
    "System",
)


def _group_order(group: str) -> int:
    return _GROUPS.index(group) if group in _GROUPS else len(_GROUPS)
