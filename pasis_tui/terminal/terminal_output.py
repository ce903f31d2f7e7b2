"""Sends the terminal only what it does not show already.

Textual sends whole rows where one cell has changed: 400 bytes a key on a form, 5 KiB where a
screen is painted twice.  ``Shown`` remembers what each cell holds and cuts a frame down to the
cells that differ, a byte or two for a key.  It understands what Textual 8 writes: cursor
positions, colours and text.  Anything else is sent unchanged, and if that may have altered the
screen, everything remembered is forgotten.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PLACE = re.compile(r"\x1b\[(\d+);(\d+)H")
_PIECE = re.compile(r"\x1b\[([\d;]*)m|([^\x1b\x00-\x1f\x7f]+)")
# What does not alter the picture: modes of cursor, mouse, paste, focus and synchronised output,
# queries, keyboard protocol, pointer shape, clipboard, bell.
_HARMLESS = re.compile(
    r"(?:\x1b\[\?(?:25|2026|2004|1004|1000|1003|1006|1015|1016|2048|7)(?:[hl]|\$p)"
    r"|\x1b\[[<>=]\d*(?:;\d+)?u|\x1b\](?:22|52);[^\x07\x1b]*(?:\x07|\x1b\\)|\x07)+"
)
# One cell wide in every terminal: Latin letters.  Box drawing should be, but not in every font.
_SURE = re.compile(r"[ -~\xa0-\u02ff]*")
_NARROW = re.compile(r"[ -~\xa0-\u02ff\u2010-\u203a\u2500-\u257f]*")

_COLOUR = re.compile(r"\b(?:[34]8;(?:2;\d+;\d+;\d+|5;\d+)|[349][0-7]|10[0-7])\b")
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}

Cell = tuple[str, str]  # colours as the numbers of an SGR sequence, character


class Shown:
    """The cells of the terminal, as far as known."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell | None]] = {}
        self._sent: dict[int, str] = {}  # each row's text when last drawn whole
        self._cursor: tuple[int, int] | None = None  # where the terminal's cursor is
        self._colours: str | None = None  # the colours that the terminal draws with now

    def forget(self) -> None:
        """Forget everything: the terminal was resized, or another program has drawn on it."""
        self._rows = {}
        self._sent = {}
        self._cursor = self._colours = None

    def difference(self, data: str) -> str:
        """Return what must be sent for the terminal to show the same as after *data*."""
        first, *places = _PLACE.split(data)
        if first or not places:
            return self._foreign(data)
        rows = [
            (int(places[i]) - 1, int(places[i + 1]) - 1, places[i + 2].rstrip("\r\n"))
            for i in range(0, len(places), 3)
        ]
        out: list[str] = []
        for row, column, text in rows:
            if text and not self._draw(row, column, text, out):
                return self._foreign(data)
        row, column, text = rows[-1]
        if not text:
            self._move(row, column, out)
        return "".join(out)

    def _foreign(self, data: str) -> str:
        """Return *data* unchanged, with the colours reset before it."""
        known = self._colours in (None, "")
        self._colours = ""
        if not _HARMLESS.fullmatch(data):
            self.forget()
        return data if known else f"\x1b[0m{data}"

    def _draw(self, row: int, column: int, text: str, out: list[str]) -> bool:
        """Draw *text* with its colours; False when it holds anything but colours and text."""
        if column == 0 and self._sent.get(row) == text:
            return True
        cells, sure = _cells(text)
        if cells is None:
            return False
        known = self._rows.setdefault(row, [])
        if sure is None:  # terminals disagree how wide some of its characters are
            self._move(row, column, out)
            out.append(f"\x1b[0m{text}")
            self._colours, self._cursor = None, None
            known.clear()
        else:
            known += [None] * (column + len(cells) - len(known))
            self._write(row, column, cells, known, out)
        self._sent.pop(row, None)
        if column == 0:
            self._sent[row] = text
        return True

    def _write(
        self, row: int, column: int, cells: list[Cell], known: list[Cell | None], out: list[str]
    ) -> None:
        for at, cell in enumerate(cells, column):
            if known[at] == cell:
                continue
            known[at] = cell
            colours, character = cell
            self._move(row, at, out)
            if colours != self._colours:
                out.append(_turn(self._colours, colours))
                self._colours = colours
            out.append(character)
            self._cursor = (row, at + 1) if _SURE.fullmatch(character) else None

    def _move(self, row: int, column: int, out: list[str]) -> None:
        if self._cursor != (row, column):
            out.append(f"\x1b[{row + 1};{column + 1}H")
            self._cursor = (row, column)


def _cells(text: str) -> tuple[list[Cell] | None, bool | None]:
    """Return the cells of *text* (None when it holds anything but colours and text), and whether
    each is one cell wide (None: not in every terminal)."""
    cells: list[Cell] = []
    colours = ""
    at = 0
    narrow: bool | None = True
    for match in _PIECE.finditer(text):
        if match.start() != at:
            return None, None
        at = match.end()
        codes, words = match.groups()
        if words is None:
            if colours and codes not in ("", "0"):
                return None, None  # colours added to others: Textual never writes that
            colours = "" if codes == "0" else codes
        else:
            cells += [(colours, character) for character in words]
            if not _NARROW.fullmatch(words):
                narrow = None
    return (cells, narrow) if at == len(text) else (None, None)


@lru_cache(512)
def _turn(old: str | None, new: str) -> str:
    """Return the shortest sequence that turns the colours *old* (None: unknown) into *new*."""
    whole = f"\x1b[0;{new}m" if new else "\x1b[0m"
    if not old or not new:
        return whole
    had, front, back = _parts(old)
    wanted, new_front, new_back = _parts(new)
    gone = had - wanted
    if not wanted | had <= _OFF.keys() or gone & {"1", "2"}:
        return whole
    codes = [_OFF[code] for code in sorted(gone)] + sorted(wanted - had)
    if front != new_front:
        codes.append(new_front or "39")
    if back != new_back:
        codes.append(new_back or "49")
    return min(f"\x1b[{';'.join(codes)}m", whole, key=len)


def _parts(colours: str) -> tuple[frozenset[str], str, str]:
    """Return the attributes besides colours, the foreground and the background ("" for default)."""
    front = back = ""
    for colour in _COLOUR.findall(colours):
        if colour[0] == "4" or colour.startswith("10"):
            back = colour
        else:
            front = colour
    rest = _COLOUR.sub("", colours)
    return frozenset(code for code in rest.split(";") if code), front, back
