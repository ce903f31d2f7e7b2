"""Cleans text that leaves the program: no character may steer a terminal or a printer.

Texts come from other systems, from files and from command lines.  Escape and control characters,
marks that reverse the writing direction, line separators and lone surrogates are removed, or shown
as � where a reader must see that something was there; in JSON they are escaped.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_JOINERS = "\u200c\u200d"  # some languages' names are written with them
_REPLACEMENT = "\ufffd"
_RAW = re.compile(r"[^\n -~\u00a1-\u00ac\u00ae-\u02ff]")  # all that may need an escape


def seen(text: str, instead: str = "") -> str:
    """Return *text* with *instead* for each invisible character, and a space for any blank."""
    if text.isprintable():
        return text
    return "".join(
        c
        if c.isprintable() or c in _JOINERS
        else " "
        if unicodedata.category(c) == "Zs"
        else instead
        for c in text
    )


def marked(text: str) -> str:
    """Return *text* with � for each invisible character."""
    return seen(text, _REPLACEMENT)


def shortened(text: str, most: int) -> str:
    """Return *text* as a message quotes it: what is seen of it, at most *most* characters."""
    shown = seen(text).replace("\u200c", "").replace("\u200d", "")
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def as_json(value: Any) -> str:
    """Return *value* as JSON for people and programs: unseen characters stand as ``\\u202e``."""
    import json  # imported only when used: every start imports this module

    return _RAW.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=2))


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character.isprintable():
        return character
    halves = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{halves[at : at + 4]}" for at in range(0, len(halves), 4))
