"""``data/grading.toml``: what follows from what, and what the screens fill in by themselves.

It stands apart from the grading, so that it is checked at the start without importing that.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, NamedTuple

from pasis_tui.resources import folder
from pasis_tui.validation import toml_files


class Consequence(NamedTuple):
    """A row of the table: a fault in one of ``causes`` explains one in ``effects``.

    Both are ``kind.field``, or a kind alone for a record that is missing or one too many, and
    ``within`` says what they must both belong to.  With ``same`` the effect is explained only when
    it has the cause's wrong value; with ``codes`` only those of a field with several; with
    ``undone`` only when both are as they were before, or empty.
    """

    causes: tuple[str, ...]
    effects: tuple[str, ...]
    within: Annotated[str, toml_files.OneOf(("visit", "commitment", "patient", "any"))]
    same: bool = False
    undone: bool = False
    codes: tuple[str, ...] = ()


class GradingTable(NamedTuple):
    """The file.

    ``harmless`` are kinds that cost nothing on top, ``proposed`` the fields that screens fill in,
    ``acts`` those whose change is an act of its own, though nobody need type it,
    ``missing`` the rule that a missing record breaks, ``said`` the beginnings of words by which a
    story tells a field's value.
    """

    harmless: tuple[str, ...]
    proposed: tuple[str, ...]
    acts: tuple[str, ...]
    missing: dict[str, str]
    said: dict[str, tuple[str, ...]]
    consequences: Annotated[tuple[Consequence, ...], toml_files.Key("consequence")]


@cache
def table() -> GradingTable:
    """Return the grading table, read once; raises BadFile."""
    return toml_files.read(folder("data") / "grading.toml", GradingTable)
