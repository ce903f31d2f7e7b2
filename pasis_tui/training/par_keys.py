"""The words of a solution's keys: names are keys, quoted text is typed, # is what is said of it.

    F2 "85 9307142381" ENTER      # till besöksregistreringen
    "1000" TAB TAB*3 "J"          # distans
    ALT+A                         # spara allt

A name may be followed by ``*4``, for four of them.  Within quotes "" is a quotation mark.  What is
said stands for its whole line; on a line of its own it is said of the next one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_MOST_STROKES = 5000
_MOST_TIMES = 99
_ITEM = re.compile(
    r'\s*(?:(?P<comment>#.*)|"(?P<text>(?:[^"]|"")*)"|(?P<name>[^\s"#]+)|(?P<open>"))'
)
_NAMES = {
    "ENTER": "enter",
    "TAB": "tab",
    "ESC": "escape",
    "UP": "up",
    "DOWN": "down",
    "LEFT": "left",
    "RIGHT": "right",
    "HOME": "home",
    "END": "end",
    "PGUP": "pageup",
    "PGDN": "pagedown",
    "BACKSPACE": "backspace",
    "DELETE": "delete",
    "INSERT": "insert",
    "SHIFT+TAB": "shift+tab",
    **{f"F{number}": f"f{number}" for number in range(1, 13)},
}
_SHOWN = {key: name for name, key in _NAMES.items()}
_CHORD = re.compile(r"(ALT|CTRL)\+([A-ZÅÄÖ0-9])")
_TIMES = re.compile(r"(.+)\*([0-9]+)")
# What Textual calls characters that are neither letters nor digits, where it is not Unicode's name.
_CALLED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


class Stroke(NamedTuple):
    """A key in Textual's spelling, and the character it types if it types one.

    ``line`` is the line of the solution, from 1, and ``comment`` what is said of that line.
    """

    key: str
    character: str | None
    line: int
    comment: str = ""


class BadKeys(ValueError):
    """Keys that cannot be pressed; ``problems`` are (line, reason in Swedish)."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"rad {line}: {reason}" for line, reason in problems))


def key_names() -> tuple[str, ...]:
    """Return the names of keys, besides those with ALT+ and CTRL+."""
    return tuple(_NAMES)


def strokes(text: str) -> tuple[Stroke, ...]:
    """Return the keys of *text* in order; raises BadKeys with every fault."""
    made: list[Stroke] = []
    problems: list[tuple[int, str]] = []
    pending = ""
    for number, line in enumerate(text.split("\n"), 1):
        keys, comment = _line(number, line, problems)
        if not keys:
            pending = f"{pending} {comment}".strip()
            continue
        comment = comment or pending
        pending = ""
        made += (Stroke(key, character, number, comment) for key, character in keys)
        if len(made) > _MOST_STROKES:
            problems.append((number, f"det är fler än {_MOST_STROKES} tangenter"))
            break
    if problems:
        raise BadKeys(problems)
    return tuple(made)


def _line(
    number: int, line: str, problems: list[tuple[int, str]]
) -> tuple[list[tuple[str, str | None]], str]:
    keys: list[tuple[str, str | None]] = []
    at = 0
    line = line.rstrip()
    while at < len(line) and (match := _ITEM.match(line, at)):
        at = match.end()
        if match["comment"] is not None:
            return keys, match["comment"].lstrip("#").strip()
        if match["open"] is not None:
            problems.append((number, "texten saknar sitt avslutande citattecken"))
            return keys, ""
        if match["text"] is not None:
            keys += (typed(character) for character in match["text"].replace('""', '"'))
        else:
            keys += _named(number, match["name"], problems)
    return keys, ""


def _named(
    number: int, written: str, problems: list[tuple[int, str]]
) -> list[tuple[str, str | None]]:
    name, times = written.upper(), 1
    if repeated := _TIMES.fullmatch(name):
        name, times = repeated[1], int(repeated[2][:4])
        if not 1 <= times <= _MOST_TIMES:
            problems.append(
                (number, f"”{written[:20]}”: en tangent upprepas 1–{_MOST_TIMES} gånger")
            )
            return []
    chord = _CHORD.fullmatch(name)
    key = f"{chord[1]}+{chord[2]}".lower() if chord else _NAMES.get(name)
    if key is None:
        reason = f"”{written[:20]}” är ingen tangent; text som ska skrivas står inom citattecken"
        problems.append((number, reason))
        return []
    return [(key, None)] * times


def typed(character: str) -> tuple[str, str]:
    """Return what Textual calls the key that types *character*, and the character."""
    if character.isalnum():
        return character, character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _CALLED.get(name, name), character


def as_written(key: str, character: str | None) -> str:
    """Return a key as a solution writes it: ``F2``, ``ALT+A``, or the character in quotes."""
    if character is not None and character.isprintable():
        return '"{}"'.format(character.replace('"', '""'))
    return _SHOWN.get(key, key.upper())


def notation(pressed: list[tuple[str, str | None]]) -> str:
    """Return keys as a solution writes them, without line breaks: text together, ``TAB*3``."""
    words: list[str] = []
    text = ""
    last, times = "", 0

    def end() -> None:
        nonlocal text, last, times
        if text:
            words.append('"{}"'.format(text.replace('"', '""')))
        elif last:
            words.append(last if times == 1 else f"{last}*{times}")
        text, last, times = "", "", 0

    for key, character in pressed:
        if character is not None and character.isprintable():
            if last:
                end()
            text += character
            continue
        name = as_written(key, None)
        if text or name != last or times == _MOST_TIMES:
            end()
        last, times = name, times + 1
    end()
    return " ".join(words)
