"""Who helps, and what changed in the instruction from 2025 to 2026 (``data/support.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from pasis_tui.resources import folder


@dataclass(frozen=True, slots=True)
class SupportContact:
    """A support desk; ``who`` it is for."""

    name: str
    phone: str
    who: str


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the instruction's change list; ``before`` (2025) or ``after`` (2026) may be ""."""

    before: str
    after: str
    comment: str


@cache
def support() -> tuple[tuple[SupportContact, ...], tuple[Change, ...]]:
    """Return the contacts and the changes, in the instruction's order."""
    with (folder("data") / "support.toml").open("rb") as file:
        raw = tomllib.load(file)
    contacts = tuple(SupportContact(**each) for each in raw["contact"])
    return contacts, tuple(Change(**each) for each in raw["change"])
