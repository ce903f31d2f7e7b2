"""Numbers that change by year, from ``data/parameters.toml``."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache

from pasis_tui.resources import folder


@cache
def _parameters() -> dict[str, list[tuple[date, int]]]:
    with (folder("data") / "parameters.toml").open("rb") as file:
        raw = tomllib.load(file)
    return {
        name: sorted((date.fromisoformat(day), value) for day, value in values.items())
        for name, values in raw.items()
    }


def dated(name: str) -> tuple[tuple[date, int], ...]:
    """Return every (valid from, value) of *name*, earliest first; KeyError for no such name."""
    return tuple(_parameters()[name])


def parameter_or_none(name: str, on: date) -> int | None:
    """Return the value of *name* in force on *on*, None before its first date.

    Raises KeyError when no parameter has that name.
    """
    found = None
    for valid_from, value in _parameters()[name]:
        if valid_from > on:
            break
        found = value
    return found


def parameter(name: str, on: date) -> int:
    """Return the value of *name* in force on *on*; before its first date, the first value."""
    found = parameter_or_none(name, on)
    return _parameters()[name][0][1] if found is None else found
