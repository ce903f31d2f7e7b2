"""Numbers that change by year, from ``data/parameters.toml``."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated

from pasis_tui.resources import folder
from pasis_tui.validation import toml_files

_NAMES = (
    "visit_fee",
    "no_show_fee",
    "no_show_fee_exempt",
    "free_below_age",
    "free_from_age",
    "cost_ceiling",
    "visits_allowed",
    "visits_allowed_double",
    "follow_up_earliest_months",
    "follow_up_latest_months",
    "close_within_months",
    "minimum_age",
)
Parameters = dict[Annotated[str, toml_files.EachOf(_NAMES)], dict[date, int]]
"""What ``data/parameters.toml`` holds: {name: {valid from: value}}."""


@cache
def parameters() -> dict[str, tuple[tuple[date, int], ...]]:
    """Return every parameter: (valid from, value), earliest first, by its name.  Raises BadFile."""
    file = toml_files.TomlFile(folder("data") / "parameters.toml")
    read = file.read(Parameters)
    file.refuse([file.problem((name,), "har inget värde") for name in read if not read[name]])
    return {name: tuple(sorted(values.items())) for name, values in read.items()}


def dated(name: str) -> tuple[tuple[date, int], ...]:
    """Return every (valid from, value) of *name*, earliest first; KeyError for no such name."""
    return parameters()[name]


def parameter_or_none(name: str, on: date) -> int | None:
    """Return the value of *name* in force on *on*, None before its first date.

    Raises KeyError when no parameter has that name.
    """
    latest = None
    for valid_from, value in parameters()[name]:
        if valid_from > on:
            break
        latest = value
    return latest


def parameter(name: str, on: date) -> int:
    """Return the value of *name* in force on *on*; before its first date, the first value."""
    in_force = parameter_or_none(name, on)
    return parameters()[name][0][1] if in_force is None else in_force
