"""How many cells a text takes on the screen, the same in every terminal.

Terminals disagree about joined emoji and variation selectors, so neither is painted: a character
is its base with the marks on it, and takes as many cells as its base.
"""

from __future__ import annotations

import textwrap

from rich.cells import cell_len, get_character_cell_size

from pasis_tui.validation.unseen import seen

_JOINING = dict.fromkeys((0x200C, 0x200D, *range(0xFE00, 0xFE10)))  # with the variation selectors


def visible(text: str) -> str:
    """Return *text* as it may be painted: no control, format or joining character.

    Names come from other systems too; an escape sequence in one must not reach the terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    return seen(text).translate(_JOINING)


def graphemes(text: str) -> list[tuple[int, int, int]]:
    """Return (start, end, cells) of everything that a reader sees as one character."""
    if text.isascii():
        return [(at, at + 1, 1) for at in range(len(text))]
    spans: list[tuple[int, int, int]] = []
    for at, character in enumerate(text):
        cells = get_character_cell_size(character) if visible(character) else 0
        if cells == 0 and spans:
            start, _, whole = spans[-1]
            spans[-1] = start, at + 1, whole
        else:
            spans.append((at, at + 1, cells))
    return spans


def clip(text: str, width: int) -> str:
    """Return *text* in at most *width* cells, with … where it was cut.

    The cut is never within a character, and never within a word with a digit in it, such as a
    date or a number, unless it is the first.
    """
    text = visible(text)
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    end = _end(text, width - 1)
    blank = text.rfind(" ", 0, end + 1)
    if blank > 0 and any(map(str.isdigit, text[blank:].split(" ", 2)[1])):
        end = blank
    return text[:end].rstrip() + "…"


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return *text* in exactly *width* cells, clipped or with blanks after it (*right*: before it)."""
    text = clip(text, width)
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def break_at(text: str, width: int) -> int:
    """Return where to break *text* into at most *width* cells: at a blank in the second half.

    A long word, such as a path, is broken anywhere rather than leaving half the line empty.
    """
    end = _end(text, width)
    blank = text.rfind(" ", 0, end + 1)
    return blank if cell_len(text[: max(0, blank)]) > width // 2 else end


def wrap(text: str, width: int) -> list[str]:
    """Return *text* in lines of at most *width* cells, broken at blanks."""
    text = visible(text.replace("\n", " ").replace("\t", " "))
    if all((end - begin, cells) == (1, 1) for begin, end, cells in graphemes(text)):
        return textwrap.wrap(text, width) or [""]
    lines: list[str] = []
    while cell_len(text) > width:
        at = break_at(text, width) or len(text)
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text]


def _end(text: str, width: int) -> int:
    """Return the end of the characters that fit into *width* cells."""
    for begin, _, cells in graphemes(text):
        width -= cells
        if width < 0:
            return begin
    return len(text)
