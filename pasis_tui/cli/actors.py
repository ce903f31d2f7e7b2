"""Who does what a command of ``pasis`` asks."""

from __future__ import annotations

import argparse
from datetime import date

from pasis_tui.cli import asking
from pasis_tui.files.wanted import printable
from pasis_tui.services.errors import DateOfPractice, LoginRefused
from pasis_tui.services.users import access
from pasis_tui.store.actor import Actor
from pasis_tui.store.database import Database
from pasis_tui.store.kind import PRACTICE


def check_date(options: argparse.Namespace, mode: str) -> None:
    """Raise DateOfPractice when *options* give a date of their own for what is not practice data."""
    if mode != PRACTICE and (getattr(options, "date", None) or options.edition):
        raise DateOfPractice


def actor_of(database: Database, options: argparse.Namespace, today: date) -> Actor:
    """Return the practice clerk, or the user of *options* once the password is given.

    Raises ForPeople.
    """
    unit, user = options.unit, options.user
    check_date(options, database.mode)
    if user is None:
        if database.mode != PRACTICE:
            raise LoginRefused("I ett register behövs --user SIGN --unit KOD: vem du är, och var.")
        return access.practice_actor(database, unit)
    if not unit:
        raise LoginRefused("Med --user behövs också --unit.")
    password = asking.password(f"Lösenord för {printable(user.upper())}: ")
    return access.log_in(database, user, password, unit, today)
