"""What ``pasis import`` does, apart from the door so that nothing of it is read before it must."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from pasis_tui.exports.tables import BadTable, printable
from pasis_tui.services import access, imports, pmo_transfer
from pasis_tui.services.errors import LoginRefused, NoRight
from pasis_tui.services.imports import BadRows, Imported
from pasis_tui.store.actor import Actor, Context
from pasis_tui.store.trouble import DatabaseTrouble

if TYPE_CHECKING:
    from pasis_tui.store.database import Database

_REFUSED, _CANNOT = 1, 2
_WHOLE: dict[str, Callable[[Context, Path], Imported]] = {
    "invoice-specification": imports.import_invoice_specification,
    "icd10": lambda context, path: imports.import_codes(context, "ICD10", path),
    "kva": lambda context, path: imports.import_codes(context, "KVA", path),
    "referring-units": imports.import_referring_units,
    "test-numbers": imports.import_test_numbers,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door prints: *done* to the output, *trouble* as a fault, and the exit code."""

    done: tuple[str, ...]
    trouble: tuple[str, ...]
    code: int


def run(
    database: Database, what: str, file: str, today: date, *, unit: str | None, user: str | None
) -> Answer:
    """Read *file* in as *what*; who does it is the practice clerk, or *user* with a password."""
    try:
        actor = _actor(database, unit, user, today)
        context = Context(database, actor, today, "import")
        path = _path(file)
        if what == "pmo":
            found, refused = pmo_transfer.import_pmo(context, path)
            return Answer((found.summary, *found.remarks), refused, _REFUSED if refused else 0)
        found = _WHOLE[what](context, path)
        return Answer((found.summary, *found.remarks), (), 0)
    except BadTable as bad:
        return Answer((), (str(bad),), _CANNOT)
    except BadRows as bad:
        return Answer((), (str(bad), *bad.lines), _REFUSED)
    except (LoginRefused, NoRight) as refusal:
        return Answer((), (str(refusal),), _REFUSED)
    except DatabaseTrouble as trouble:
        return Answer((), (str(trouble),), _CANNOT)


def _path(file: str) -> Path:
    try:
        return Path(file).expanduser()
    except RuntimeError as error:  # ~somebody whom the system does not know
        raise BadTable(f"{printable(file, 200)} finns inte.") from error


def _actor(database: Database, unit: str | None, user: str | None, today: date) -> Actor:
    if user is None:
        return access.practice_actor(database, unit)
    if not unit:
        raise LoginRefused("Med --user behövs också --unit.")
    password = os.environ.get("PASIS_PASSWORD") or getpass(f"Lösenord för {user.upper()}: ")
    return access.log_in(database, user, password, unit, today)
