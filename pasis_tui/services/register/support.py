"""Who helps, and what changed in the instruction from 2025 to 2026 (``data/support.toml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, NamedTuple

from pasis_tui.resources import folder
from pasis_tui.validation import toml_files


@dataclass(frozen=True, slots=True)
class SupportContact:
    """A support desk; ``who`` it is for."""

    name: str
    phone: str
    who: str


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the instruction's change list; ``before`` (2025) or ``after`` (2026) may be "".

    ``exercise`` is the name of the shipped exercise that shows it ("" for none).
    """

    before: str
    after: str
    comment: str
    exercise: str = ""


class Support(NamedTuple):
    """The contacts and the changes, in the instruction's order."""

    contacts: Annotated[tuple[SupportContact, ...], toml_files.Key("contact")]
    changes: Annotated[tuple[Change, ...], toml_files.Key("change")]


@cache
def support() -> Support:
    """Return what the instruction says of support and changes.  Raises BadFile."""
    return toml_files.read(folder("data") / "support.toml", Support)
