"""How many of something, as a sentence says it."""

from __future__ import annotations


def counted(count: int, one: str, several: str) -> str:
    """Return *count* and its noun: 1 rad, 2 rader."""
    return f"{count} {one if count == 1 else several}"


def counted_rows(count: int) -> str:
    """Return a number of rows."""
    return counted(count, "rad", "rader")
