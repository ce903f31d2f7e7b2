"""Two clerks at one record: innan, mitt and sparat beside each other, and which of them is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.geometry import Offset

from pasis_tui.widgets.cells import clip, wrap
from pasis_tui.widgets.dialogs import WIDTH, Dialog, Otherwise, TextPage, Then
from pasis_tui.widgets.inputs import KeyPress
from pasis_tui.widgets.strips import RowPainter

MINE, SAVED = "mine", "saved"
_WIDEST = 120
_LABEL, _FIRST = 15, 23  # cells of the label, and the first of the values
_HELP = (
    "INNAN är vad som stod när du hämtade uppgiften, MITT vad du har skrivit, SPARAT vad den andra"
    " har sparat sedan dess. Bara fält som skiljer sig visas.",
    "",
    "! Båda har ändrat fältet, till olika värden: där måste du välja.",
    "› Värdet som sparas.",
    "",
    "Siffran eller mellanslag byter fältets värde, vänsterpil tar ditt och högerpil det sparade.",
    "Enter sparar det valda. M behåller allt du har skrivit; vad den andra ändrat i andra fält står"
    " kvar. T tar det sparade, och det du skrev försvinner. Esc går tillbaka till bilden, där allt"
    " du skrev står kvar.",
)


class Difference(NamedTuple):
    """A field: its label, its three values, and whether both have changed it, differently."""

    label: str
    before: str
    mine: str
    saved: str
    collides: bool


class Differences(Dialog):
    """Lets every field be chosen; *then* gets a list of MINE or SAVED, one for each of *fields*.

    What one has changed is chosen for them; where both did nothing is, and Enter waits for it.
    """

    unasked = True

    def __init__(
        self, who: str, fields: Sequence[Difference], then: Then, otherwise: Otherwise
    ) -> None:
        super().__init__("Sparat av annan", then, otherwise)
        self.who = who
        self.fields = fields
        self.chosen = ["" if f.collides else SAVED if f.mine == f.before else MINE for f in fields]
        self.at = next((n for n, f in enumerate(fields) if f.collides), 0)
        self.top = 0

    # --- drawing ----------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """As wide as the terminal lets it be."""
        return max(WIDTH, min(_WIDEST, self.app.size.width - 4))

    @property
    def _column(self) -> int:
        return (self.width - 2 - _FIRST) // 3

    def _intro(self) -> list[str]:
        return wrap(f"{self.who}. Inget av ditt är sparat.", self.width - 6)

    def _whole(self) -> list[str]:
        """Return the marked field's values in full when its row cuts any of them."""
        field, room = self.fields[self.at], self._column - 3
        values = {"Innan": field.before, "Mitt": field.mine, "Sparat": field.saved}
        if all(clip(value, room) == value for value in values.values()):
            return []
        return [
            line
            for word, value in values.items()
            for line in wrap(f"{word}: {value or 'tomt'}", self.width - 6)
        ]

    def _shown(self) -> int:
        # borders, intro, gap, column heads, whole values, note, buttons
        room = self.app.size.height - 2 - len(self._intro()) - 2 - len(self._whole()) - 2
        return max(1, min(len(self.fields), room))

    def rows(self) -> int:
        """Who, a gap, the fields under their heads, the marked field in full, a note, the keys."""
        return len(self._intro()) + 2 + self._shown() + len(self._whole()) + 2

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint a row."""
        palette, intro, whole = self.palette, self._intro(), self._whole()
        shown = self._shown()
        self.top = max(min(self.top, self.at), self.at - shown + 1)
        first = len(intro) + 2
        if row < len(intro):
            painter.to(2)
            painter.put(intro[row], palette.warning)
        elif row == len(intro) + 1:
            painter.to(5)
            painter.put("Fält", palette.label)
            for n, head in enumerate(("Innan", "Mitt", "Sparat")):
                painter.to(_FIRST + n * self._column + 2)
                painter.put(head, palette.label)
            if more := len(self.fields) - shown:
                painter.put(f"   {shown} av {shown + more} fält", palette.note)
        elif first <= row < first + shown:
            self._paint_field(painter, self.top + row - first)
        elif first + shown <= row < first + shown + len(whole):
            painter.to(2)
            painter.put(whole[row - first - shown], palette.note)
        elif row == self.rows() - 2:
            painter.to(2)
            painter.put(self.note, palette.note)
        elif row == self.rows() - 1:
            painter.to(2)
            for word, key in (("Behåll mitt", "M"), ("Ta deras", "T"), ("Spara valt", "Enter")):
                painter.put(f"[{word}]", palette.button)
                painter.put(f" {key}  ", palette.label)
            painter.put("Esc tillbaka", palette.label)

    def _paint_field(self, painter: RowPainter, n: int) -> None:
        palette, field = self.palette, self.fields[n]
        here = n == self.at
        style = palette.row_active if here else palette.text
        painter.put("›" if here else " ", style)
        painter.put(f"{n + 1:2}" if n < 9 else "  ", palette.key)
        painter.put(" !" if field.collides else "  ", palette.fault if field.collides else style)
        painter.put(clip(field.label, _LABEL), style)
        chosen = self.chosen[n]
        values = (("", field.before), (MINE, field.mine), (SAVED, field.saved))
        for number, (which, value) in enumerate(values):
            painter.to(_FIRST + number * self._column)
            kept = bool(which) and which == chosen
            painter.put("› " if kept else "  ", palette.good)
            text = clip(value or "tomt", self._column - 3)
            plain = palette.text if value else palette.label
            painter.put(text, palette.good if kept else plain)

    def caret(self) -> Offset:
        """Return the cell of the marked field."""
        return Offset(1, len(self._intro()) + 3 + self.at - self.top)

    # --- keys -------------------------------------------------------------------------------

    async def do_save(self) -> None:
        """Do nothing: the key may have been meant for the form."""
        self._say("M behåller ditt, T tar det sparade, Enter sparar det valda.")

    async def do_help(self) -> None:
        """Explain the columns and the keys."""
        await self.pasis.open_dialog(TextPage("Hjälp", _HELP))

    async def press(self, pressed: KeyPress) -> None:
        """Mark a field, choose its value, or answer."""
        key, last = pressed.key, len(self.fields) - 1
        character = pressed.character or ""
        steps = {"up": -1, "down": 1, "tab": 1, "shift+tab": -1, "home": -last, "end": last}
        steps |= {"pageup": -self._shown(), "pagedown": self._shown()}
        self.note = ""
        if key in steps:
            self.at = max(0, min(last, self.at + steps[key]))
        elif key == "space":
            self._turn(self.at)
        elif character in set("123456789") and int(character) <= last + 1:
            self.at = int(character) - 1
            self._turn(self.at)
        elif key in {"left", "right"}:
            self.chosen[self.at] = MINE if key == "left" else SAVED
        elif key in {"m", "M"}:
            theirs = [f.mine == f.before and not f.collides for f in self.fields]
            await self.answer([SAVED if moved else MINE for moved in theirs])
            return
        elif key in {"t", "T"}:
            await self.answer([SAVED] * len(self.fields))
            return
        elif key == "enter":
            await self._enter()
            return
        self.redraw()

    def _turn(self, n: int) -> None:
        self.chosen[n] = SAVED if self.chosen[n] == MINE else MINE

    async def _enter(self) -> None:
        if "" not in self.chosen:
            await self.answer(list(self.chosen))
            return
        self.at = self.chosen.index("")
        self._say(
            f"{self.fields[self.at].label}: välj ditt (vänsterpil) eller det sparade (högerpil)."
        )

    def _say(self, note: str) -> None:
        self.note = note
        self.redraw()
