"""Editing one line of text, in a field, the Snabbval box or a filter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from pasis_tui.validation.typed import composed
from pasis_tui.widgets.cells import graphemes

_BREAKS = re.compile(r"[\r\n\t]+|[^\S ]")  # each is one space in a line


def printable(text: str) -> str:
    """Return *text* without characters that must never reach a screen or a file."""
    return "".join(
        c for c in text if c == " " or unicodedata.category(c)[0] not in "CZ" or c in "\u200d"
    )


class LineEditor:
    """A text, a cursor and perhaps a selection.

    ``cursor`` and ``anchor`` count code points, and move by what a reader sees as one character; the
    selection lies between them.  ``limit`` is the greatest length in code points; ``press`` and
    ``insert`` return False when something did not fit.
    """

    def __init__(self, text: str = "", limit: int = 200, *, upper: bool = False) -> None:
        self.text = text
        self.cursor = len(text)
        self.anchor: int | None = None
        self.limit = limit
        self.upper = upper
        self.overwrite = False

    def load(self, text: str) -> None:
        """Replace the text; the cursor goes to its end."""
        self.text = text
        self.cursor = len(text)
        self.anchor = None

    def select_all(self) -> None:
        """Select the whole text, so that typing replaces it."""
        self.anchor = 0 if self.text else None
        self.cursor = len(self.text)

    @property
    def selection(self) -> tuple[int, int]:
        """The selected characters as (start, end); empty when start == end."""
        anchor = self.cursor if self.anchor is None else self.anchor
        return min(anchor, self.cursor), max(anchor, self.cursor)

    @property
    def selected(self) -> str:
        """The selected text."""
        start, end = self.selection
        return self.text[start:end]

    def insert(self, text: str) -> bool:
        """Put *text* at the cursor in place of the selection.

        When it does not fit, nothing is inserted and False returned: nothing is cut silently.  Line
        breaks become spaces, and a letter in two parts (A and its ring) becomes one.
        """
        text = printable(_BREAKS.sub(" ", text.strip("\r\n")))
        if not text:
            return True
        if self.upper:
            text = text.upper()
        start, end = self.selection
        if start == end and self.overwrite:
            end = min(len(self.text), end + len(text))
        head = composed(self.text[:start] + text)
        if len(head) + len(self.text) - end > self.limit:
            return False
        self.text = head + self.text[end:]
        self.cursor = len(head)
        self.anchor = None
        return True

    @property
    def state(self) -> tuple[str, int, int | None, bool]:
        """Everything that a key can change."""
        return self.text, self.cursor, self.anchor, self.overwrite

    def press(self, key: str, character: str | None) -> bool | None:
        """Do what *key* means while editing.

        Returns True when done, False for a character that there is no room for, None for a key
        with no meaning here.
        """
        if act := _ACTS.get(key):
            act(self)
            return True
        if character == "\u00a0":  # AltGr+space is one slip of the thumb away
            character = " "
        if character and printable(character) == character:
            return self.insert(character)
        return None

    def _go(self, cursor: int, *, select: bool = False) -> None:
        if select:
            self.anchor = self.cursor if self.anchor is None else self.anchor
        else:
            self.anchor = None
        self.cursor = max(0, min(len(self.text), cursor))

    def _cut(self, start: int, end: int) -> None:
        if self.anchor is not None and self.selected:
            start, end = self.selection
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start
        self.anchor = None

    def _before(self) -> int:
        if self.text.isascii():
            return max(0, self.cursor - 1)
        return max(
            (start for start, _, _ in graphemes(self.text) if start < self.cursor), default=0
        )

    def _after(self) -> int:
        whole = len(self.text)
        if self.text.isascii():
            return min(whole, self.cursor + 1)
        return min((end for _, end, _ in graphemes(self.text) if end > self.cursor), default=whole)

    def _left_word(self) -> int:
        at = self.cursor
        while at and not self.text[at - 1].isalnum():
            at -= 1
        while at and self.text[at - 1].isalnum():
            at -= 1
        return at

    def _right_word(self) -> int:
        at = self.cursor
        while at < len(self.text) and not self.text[at].isalnum():
            at += 1
        while at < len(self.text) and self.text[at].isalnum():
            at += 1
        return at

    def _toggle(self) -> None:
        self.overwrite = not self.overwrite


_ACTS: dict[str, Callable[[LineEditor], None]] = {
    "left": lambda e: e._go(e.selection[0] if e.selected else e._before()),
    "right": lambda e: e._go(e.selection[1] if e.selected else e._after()),
    "ctrl+b": lambda e: e._go(e._before()),
    "ctrl+f": lambda e: e._go(e._after()),
    "home": lambda e: e._go(0),
    "ctrl+a": lambda e: e._go(0),
    "end": lambda e: e._go(len(e.text)),
    "ctrl+e": lambda e: e._go(len(e.text)),
    "ctrl+left": lambda e: e._go(e._left_word()),
    "ctrl+right": lambda e: e._go(e._right_word()),
    "shift+left": lambda e: e._go(e._before(), select=True),
    "shift+right": lambda e: e._go(e._after(), select=True),
    "shift+home": lambda e: e._go(0, select=True),
    "shift+end": lambda e: e._go(len(e.text), select=True),
    "backspace": lambda e: e._cut(e._before(), e.cursor),
    "delete": lambda e: e._cut(e.cursor, e._after()),
    "ctrl+d": lambda e: e._cut(e.cursor, e._after()),
    "ctrl+k": lambda e: e._cut(e.cursor, len(e.text)),
    "ctrl+u": lambda e: e._cut(0, e.cursor),
    "ctrl+w": lambda e: e._cut(e._left_word(), e.cursor),
    "insert": LineEditor._toggle,
}
