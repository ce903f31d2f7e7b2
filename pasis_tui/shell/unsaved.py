"""The question before leaving something unsaved: save it, throw it away, or stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from textual.geometry import Offset

from pasis_tui.commands import keys_in_text
from pasis_tui.shell.page import Page
from pasis_tui.widgets.dialogs import Dialog, Then
from pasis_tui.widgets.inputs import KeyPress
from pasis_tui.widgets.strips import RowPainter


class _Way(NamedTuple):
    """A button: its word, the key that presses it, what it answers."""

    word: str
    key: str
    answer: str


_WAYS = (_Way("Spara", "{save}", "save"), _Way("Kasta", "K", "drop"), _Way("Stanna", "Esc", ""))


def _button(way: _Way, marked: bool = False) -> str:
    return f"{'›' if marked else ' '}[{way.word}]"


def _key(way: _Way) -> str:
    return f" {keys_in_text(way.key)}   "


class Unsaved(Dialog):
    """Spara (its key, J), Kasta (K) or Stanna (Esc, N); Enter presses the marked button."""

    unasked = True

    def __init__(self, then: Then) -> None:
        super().__init__("Osparade uppgifter", then)
        self.marked = 0

    def rows(self) -> int:
        """The question, a gap, the buttons."""
        return 3

    def paint(self, painter: RowPainter, row: int) -> None:
        """Paint the question, a word on what was typed ahead, or the buttons."""
        palette = self.palette
        painter.to(2)
        if row == 0:
            painter.put("Det du skrivit är inte sparat.", palette.text)
        elif row == 1:
            painter.put(self.note, palette.note)
        else:
            for index, way in enumerate(_WAYS):
                here = index == self.marked
                painter.put(_button(way, here), palette.button_active if here else palette.button)
                painter.put(_key(way), palette.label)
            painter.put("Enter väljer", palette.label)

    def caret(self) -> Offset:
        """Return the cell of the marked button."""
        before = _WAYS[: self.marked]
        return Offset(3 + sum(len(_button(w)) + len(_key(w)) for w in before), 3)

    async def do_save(self) -> None:
        """Save."""
        await self.answer("save")

    async def press(self, pressed: KeyPress) -> None:
        """Answer, or mark another button."""
        if pressed.key in {"j", "J"}:
            await self.answer("save")
        elif pressed.key in {"k", "K"}:
            await self.answer("drop")
        elif pressed.key in {"n", "N"}:
            await self.answer("")
        elif pressed.key == "enter":
            await self.answer(_WAYS[self.marked].answer)
        elif pressed.key in {"tab", "right", "shift+tab", "left"}:
            step = 1 if pressed.key in {"tab", "right"} else -1
            self.marked = (self.marked + step) % len(_WAYS)
            self.redraw()


async def if_saved(view: Page, then: Callable[[], Awaitable[None]]) -> None:
    """Do *then*; when something in *view* is unsaved, ask first and save or drop it."""

    async def answered(answer: str) -> None:
        if answer == "save":
            await view.save_and(then)
        elif answer == "drop":
            view.pasis.drafting.drop(view)
            await then()

    if view.dirty:
        await view.pasis.open_dialog(Unsaved(answered))
    else:
        await then()
