"""On which line of a TOML file something stands: tomllib does not say."""

from __future__ import annotations

import re
import tomllib
from collections import deque
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys, and numbers from 0 in lists."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?""""{0,2}|\'\'\'.*?\'\'\'\'{0,2}'  # texts of several lines
    r'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#[^\n]*|[\[\]{}=,.\n]|[^\s\[\]{}=,.#"\']+',
    re.DOTALL,
)


def lines_of(text: str) -> dict[Place, int]:
    """Return the line, from 1, of every key and value of *text*, which tomllib has read."""
    return _Lines(text).lines


class _Lines:
    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._tokens: deque[tuple[str, int]] = deque()
        self._rows: dict[Place, int] = {}  # the last number in an array of tables
        line, end = 1, 0
        for match in _TOKEN.finditer(text):
            line += text.count("\n", end, match.start())
            if match[0][0] != "#":
                self._tokens.append((match[0], line))
            end = match.start()
        self._document()

    def _document(self) -> None:
        table: Place = ()
        while self._skip_newlines():
            if self._next != "[":
                self._pair(table)
                continue
            self._take()
            if many := self._next == "[":
                self._take()
            line = self._tokens[0][1]
            *way, last = self._dotted()
            table = (*self._standing(way), last)
            if many:
                self._rows[table] = self._rows.get(table, -1) + 1
                self.lines.setdefault(table, line)
                table = (*table, self._rows[table])
                self._take()
            elif table in self._rows:
                table = (*table, self._rows[table])
            self._take()
            self.lines[table] = line

    def _standing(self, way: list[str]) -> Place:
        """Return the place of the tables *way*: in arrays of tables, of the last one."""
        place: Place = ()
        for key in way:
            place = (*place, key)
            if place in self._rows:
                place = (*place, self._rows[place])
        return place

    def _pair(self, table: Place) -> None:
        line = self._tokens[0][1]
        for key in self._dotted():
            table = (*table, key)
            self.lines.setdefault(table, line)
        self._take()  # =
        self._value(table)

    def _value(self, place: Place) -> None:
        self.lines.setdefault(place, self._tokens[0][1])
        if self._next == "[":
            self._take()
            row = 0
            while self._skip_newlines() and self._next != "]":
                if self._next == ",":
                    self._take()
                    continue
                self._value((*place, row))
                row += 1
            self._take()
        elif self._next == "{":
            self._take()
            while self._next != "}":
                if self._next == ",":
                    self._take()
                else:
                    self._pair(place)
            self._take()
        else:
            while self._tokens and self._next not in {",", "]", "}", "\n"}:
                self._take()  # a date, a point and what follows it

    def _dotted(self) -> list[str]:
        keys = [_plain(self._take())]
        while self._next == ".":
            self._take()
            keys.append(_plain(self._take()))
        return keys

    @property
    def _next(self) -> str:
        return self._tokens[0][0] if self._tokens else ""

    def _take(self) -> str:
        return self._tokens.popleft()[0]

    def _skip_newlines(self) -> bool:
        while self._next == "\n":
            self._take()
        return bool(self._tokens)


def _plain(key: str) -> str:
    """Return a key as it is, without the quotes it may stand in."""
    return key if key[0] not in "\"'" else next(iter(tomllib.loads(f"{key} = 0")))
