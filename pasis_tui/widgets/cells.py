"""What a text takes on the screen, the same in every terminal.

Terminals disagree about joined emoji and variation selectors, so what is painted has neither: a
character is its base and the marks that stand on it, and takes its base's cells.
"""

from __future__ import annotations

import unicodedata

from rich.cells import get_character_cell_size

_SELECTORS = frozenset(chr(code) for code in range(0xFE00, 0xFE10))


def visible(text: str) -> str:
    """Return *text* as it may be painted: no control, format or joining character.

    Names come from other systems too; an escape sequence in one must not reach the terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if unicodedata.category(c) == "Zs" else c
        for c in text
        if (c.isprintable() and c not in _SELECTORS) or unicodedata.category(c) == "Zs"
    )


def graphemes(text: str) -> list[tuple[int, int, int]]:
    """Return what a reader sees as one character each, as (start, end, cells)."""
    if text.isascii():
        return [(at, at + 1, 1) for at in range(len(text))]
    found: list[tuple[int, int, int]] = []
    for at, character in enumerate(text):
        cells = get_character_cell_size(character) if visible(character) else 0
        if cells == 0 and found:
            start, _, whole = found[-1]
            found[-1] = start, at + 1, whole
        else:
            found.append((at, at + 1, cells))
    return found
