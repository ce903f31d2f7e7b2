"""The value of a field, if it has one: a field that was left backwards may hold anything."""

from __future__ import annotations

from datetime import date, time


def start_of(text: str) -> time | None:
    """Return a start time as the form writes it, None for anything else."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """Return a day as the form writes it, None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
