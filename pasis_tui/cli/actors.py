"""Who does what a command of ``pasis`` asks."""

from __future__ import annotations

from datetime import date

from pasis_tui.cli import asking
from pasis_tui.files.wanted import printable
from pasis_tui.services.errors import LoginRefused
from pasis_tui.services.users import access
from pasis_tui.store.actor import Actor
from pasis_tui.store.database import Database


def actor_of(database: Database, unit: str | None, user: str | None, today: date) -> Actor:
    """Return the practice clerk, or *user* once the password is given.  Raises ForPeople."""
    if user is None:
        if database.mode != "practice":
            raise LoginRefused("I ett register behövs --user SIGN --unit KOD: vem du är, och var.")
        return access.practice_actor(database, unit)
    if not unit:
        raise LoginRefused("Med --user behövs också --unit.")
    password = asking.password(f"Lösenord för {printable(user.upper())}: ")
    return access.log_in(database, user, password, unit, today)
