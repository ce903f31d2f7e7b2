"""How long the keys of a solution take someone who knows them: the keystroke-level model.

Its operators and times stand in ``data/keystrokes.toml`` with their source.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, Protocol

from pasis_tui.resources import folder
from pasis_tui.validation import toml_files


class KeystrokeTable(NamedTuple):
    """The file: seconds of a keystroke (K) and of preparing one (M)."""

    source: str
    key: float
    prepare: float


class Keyed(Protocol):
    """A key as pressed: Textual's name of it, and the character that it types if it types one."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def character(self) -> str | None: ...  # noqa: D102


@cache
def table() -> KeystrokeTable:
    """Return the table, read once; raises BadFile."""
    return toml_files.read(folder("data") / "keystrokes.toml", KeystrokeTable)


def types(stroke: Keyed) -> bool:
    """Whether a key types a character into a text."""
    character = stroke.character
    return bool(character) and character is not None and character.isprintable()


def predicted_seconds(strokes: Iterable[Keyed]) -> float:
    """Return how many seconds *strokes* take by the model."""
    times = table()
    seconds, last = 0.0, ""
    for stroke in strokes:
        if types(stroke):
            last = ""
            seconds += times.key
            continue
        if stroke.key != last:
            seconds += times.prepare
        last = stroke.key
        seconds += times.key * len(stroke.key.split("+"))
    return seconds
