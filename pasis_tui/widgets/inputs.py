"""What reaches a screen: a key, a paste, a click, nothing for a long time, the end of a job, a wish."""

from __future__ import annotations

from typing import NamedTuple


class KeyPress(NamedTuple):
    """A key in Textual's spelling, and the character it types if it types one."""

    key: str
    character: str | None = None


class Pasted(NamedTuple):
    """Text from a bracketed paste."""

    text: str


class Clicked(NamedTuple):
    """A mouse click at a screen cell."""

    x: int
    y: int


class Idle(NamedTuple):
    """Nobody has pressed a key: for so long that the screen is locked, or until another day."""

    lock: bool = True


class Done(NamedTuple):
    """A job in the background has ended: what it says of it, or the exception that ended it.

    It is told in the *sitting* that began it, not to who has logged on since.
    """

    sitting: object
    said: str = ""
    error: Exception | None = None


class Wished(NamedTuple):
    """The trainer wishes the class to open an exercise, by its file's name."""

    exercise: str


Input = KeyPress | Pasted | Clicked | Idle | Done | Wished


def dropped_text(count: int) -> str:
    """Return what is said of *count* inputs that were dropped, without a full stop."""
    return f"{count} tangent{'er' if count > 1 else ''} i förväg kastad{'e' if count > 1 else ''}"
