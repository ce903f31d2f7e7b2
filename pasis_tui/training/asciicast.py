"""What a terminal got, as an asciicast v2: any player of the format shows it.

https://docs.asciinema.org/manual/asciicast/v2/ : a header of JSON, then a line [seconds, kind, text]
for each event: "o" output, "m" a marker, "r" a new size.
"""

from __future__ import annotations

import json

SUFFIX = ".cast"
# A terminal's other screen, empty: the frame that follows is a whole one.
_EMPTY = "\x1b[?1049h\x1b[0m\x1b[H\x1b[2J"


def header(columns: int, rows: int, began: float, title: str) -> str:
    """Return the header and the first event; *began* is in seconds since 1970."""
    known = {
        "version": 2,
        "width": columns,
        "height": rows,
        "timestamp": int(began),
        "title": title,
        "env": {"TERM": "xterm-256color"},
    }
    return json.dumps(known, ensure_ascii=False) + "\n" + output(0.0, _EMPTY)


def output(at: float, text: str) -> str:
    """Return the line of what the terminal got."""
    return _event(at, "o", text)


def marker(at: float, label: str) -> str:
    """Return the line of a marker."""
    return _event(at, "m", label)


def resized(at: float, columns: int, rows: int) -> str:
    """Return the line of a new size."""
    return _event(at, "r", f"{columns}x{rows}")


def _event(at: float, kind: str, text: str) -> str:
    return json.dumps([round(at, 6), kind, text], ensure_ascii=False) + "\n"
