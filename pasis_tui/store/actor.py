"""Who acts, where, on which working date and from which screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pasis_tui.store.database import Database


@dataclass(frozen=True, slots=True)
class Actor:
    """A logged-on user at one unit; ``rights`` are the display files' right names."""

    user_id: int
    signature: str
    name: str
    unit_id: int
    unit_code: str
    unit_name: str
    rights: frozenset[str]
    practice: bool

    def may(self, right: str) -> bool:
        """Say whether the actor holds *right* at this unit."""
        return right in self.rights


@dataclass(frozen=True, slots=True)
class Context:
    """What every service needs: the database, the actor, the working date and the screen.

    ``reasons`` say why patients with protected identity are looked at, by the patient's id;
    ``reason`` says so of all of them, where there is nobody to ask.
    """

    database: Database
    actor: Actor
    today: date
    screen: str
    reasons: Mapping[int, str] = field(default_factory=dict)
    reason: str = ""
    admitted: bool = False  # through a service that declares the right it needs

    def on(self, screen: str) -> Context:
        """Return the same context as seen from *screen*, for the audit log."""
        return replace(self, screen=screen)
