"""Who acts, where, on which working date and from which screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pasis_tui.store.database import Database
from pasis_tui.validation.for_people import ForPeople


@dataclass(frozen=True, slots=True)
class Actor:
    """A logged-on user at one unit; ``rights`` are the display files' right names.

    ``access`` is what ``access_of`` said at the login: another answer ends the session.
    ``failed_before`` are the refused logins since the one before this.
    """

    user_id: int
    signature: str
    name: str
    unit_id: int
    unit_code: str
    unit_name: str
    rights: frozenset[str]
    practice: bool
    access: str
    failed_before: int = 0

    def may(self, right: str) -> bool:
        """Say whether the actor holds *right* at this unit."""
        return right in self.rights


def access_of(access_version: int, roles: str) -> str:
    """Return what a session's access rests on, as one text to compare."""
    return f"{access_version} {roles}"


class SessionEnded(ForPeople):
    """The user's account or roles were changed since they logged on: they must log on again."""

    exit_code = 1
    ends_session = True

    def __init__(self, actor: Actor, *, gone: bool) -> None:
        if gone:
            text = f"{actor.signature} har inte längre tillträde till {actor.unit_code}."
        else:
            text = f"Lösenord eller roller för {actor.signature} är ändrade. Logga in igen."
        super().__init__(text)


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
