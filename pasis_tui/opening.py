"""Opens the database that a clerk will work in; a practice one is made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from pasis_tui.validation.file_faults import in_swedish

if TYPE_CHECKING:
    from pasis_tui.store.database import Database

PRACTICE_PASSWORD = "ovning"  # noqa: S105 - shown on the login screen, opens invented data only


class CannotOpen(Exception):
    """The database cannot be used; the text is a Swedish sentence."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database, and what the login fills in ("" outside practice)."""

    database: Database
    user: str = ""
    password: str = ""
    unit: str = ""


def open_for_clerks(
    target: str, today: date, progress: Callable[[str], None] = lambda text: None
) -> Opened:
    """Open *target*, a path or URL; a new or empty one becomes a practice database.

    Raises CannotOpen.
    """
    from pasis_tui.services import patients
    from pasis_tui.store.database import Database
    from pasis_tui.store.trouble import DatabaseTrouble
    from pasis_tui.training.people import practice_person
    from pasis_tui.training.practice import create_practice

    try:
        database = Database.open(target, create=True)
        if database.is_empty:
            progress("Övningsdatabasen skapas: klinik, patienter och besök …")
            create_practice(database, today=today)
            database.set_fact("instance", uuid4().hex)
        if database.mode != "practice":
            return Opened(database)
        patients.set_population_register(practice_person)
        return Opened(
            database,
            database.fact("practice_user") or "",
            PRACTICE_PASSWORD,
            database.fact("practice_unit") or "",
        )
    except DatabaseTrouble as trouble:
        raise CannotOpen(str(trouble)) from trouble


def reset_practice(target: str, today: date, seed: int) -> str:
    """Make the practice database at *target* anew; returns what it holds, in Swedish.

    The new one is made beside the old and put in its place, so there is always a whole one.
    Raises CannotOpen; a database that is not for practice is never touched.
    """
    from pasis_tui.store.database import Database
    from pasis_tui.store.trouble import DatabaseTrouble
    from pasis_tui.training.practice import create_practice

    if "://" in target:
        raise CannotOpen("reset gäller bara en övningsdatabas i en fil.")
    path = Path(target).expanduser()
    try:
        if path.exists():
            with Database.open(target) as old:
                if old.mode != "practice" and not old.is_empty:
                    raise CannotOpen(f"{path.name} är ingen övningsdatabas och rörs inte.")
        beside = path.with_name(path.name + ".ny")
        for leftover in (beside, *_companions(beside)):
            leftover.unlink(missing_ok=True)
        with Database.open(beside, create=True) as new:
            create_practice(new, seed=seed, today=today)
            new.set_fact("instance", uuid4().hex)
        for leftover in _companions(path):
            leftover.unlink(missing_ok=True)
        beside.replace(path)
    except DatabaseTrouble as trouble:
        raise CannotOpen(str(trouble)) from trouble
    except OSError as error:
        raise CannotOpen(f"{path} kan inte skrivas: {in_swedish(error)}.") from error
    return f"{path.name}, frö {seed}, {today}"


def _companions(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + tail) for tail in ("-wal", "-shm"))
