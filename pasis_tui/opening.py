"""Opens the database that a clerk will work in; a new one becomes a practice database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pasis_tui.display.display_files import displays
from pasis_tui.services.patients import patients
from pasis_tui.services.register.support import support
from pasis_tui.store.addresses import address_of
from pasis_tui.store.database import Database, alone_with
from pasis_tui.store.reading_log import ReadingLog
from pasis_tui.store.trouble import DatabaseTrouble
from pasis_tui.training import grading_table, keystrokes
from pasis_tui.training.people import PASSWORD, invented_world, practice_person
from pasis_tui.validation import codes, parameters, rules
from pasis_tui.validation.file_faults import in_swedish


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database, and what the login screen fills in ("" outside practice)."""

    database: Database
    user: str = ""
    password: str = ""
    unit: str = ""


def read_own_files() -> None:
    """Read the program's own data files once, so that a fault in one shows at the start.

    Raises BadFile.
    """
    displays()
    rules.rules()
    rules.shared_messages()
    codes.tables()
    parameters.parameters()
    support()
    invented_world()
    grading_table.table()
    keystrokes.table()


def open_for_clerks(
    target: str, today: date, progress: Callable[[str], None] = lambda text: None
) -> Opened:
    """Open *target*, a path or URL; a new or empty one becomes a practice database.

    When several programs do so at once, one makes it; *progress* is called with what is waited for.
    Raises DatabaseTrouble.
    """

    def fill(database: Database) -> None:
        progress("Övningsdatabasen skapas: klinik, patienter och besök …")
        _create_practice(database, today)

    database = Database.open(target, create=True, fill=fill, waiting=progress)
    if database.dialect == "sqlite":
        _clear(_beside(Path(database.name).resolve()))  # left by a reset that was killed
    return what_is_filled_in(database)


def open_to_read(target: str, home: Path) -> Opened:
    """Open *target* for reading alone, with its log in the folder *home*.  Raises DatabaseTrouble."""
    return what_is_filled_in(Database.open_to_read(target, ReadingLog(home)))


def what_is_filled_in(database: Database) -> Opened:
    """Return *database* with what its login fills in.

    Raises DatabaseTrouble, and closes it, when it is neither a register nor practice data.
    """
    try:
        practice = database.mode == "practice"
    except DatabaseTrouble:
        database.dispose()
        raise
    if not practice:
        return Opened(database)
    patients.set_population_register(practice_person)
    return Opened(
        database,
        database.fact("practice_user") or "",
        PASSWORD,
        database.fact("practice_unit") or "",
    )


def reset_practice(target: str, today: date, seed: int) -> str:
    """Make the practice database at *target* afresh; return what it holds, in Swedish.

    The new one is made beside the old and then replaces it, so there is always a whole one.
    Raises DatabaseTrouble: while another program has it open, and for one that is not for practice,
    which is never touched.
    """
    path = address_of(target)
    if not isinstance(path, Path):
        raise DatabaseTrouble("reset gäller bara en övningsdatabas i en fil.")
    path = path.resolve()
    try:
        with alone_with(path) as hold:
            if path.exists():
                # Closing it moves its WAL into the file, so that nothing is left beside it.
                with Database.open(path, hold=hold) as old:
                    if old.mode != "practice" and not old.is_empty:
                        raise DatabaseTrouble(f"{path.name} är ingen övningsdatabas och rörs inte.")
            beside = _beside(path)
            _clear(beside)
            with Database.open(beside, create=True, hold=hold) as new:
                _create_practice(new, today, seed)
            for leftover in _companions(path):
                leftover.unlink(missing_ok=True)
            beside.replace(path)
    except OSError as error:
        raise DatabaseTrouble(f"{path} kan inte skrivas: {in_swedish(error)}.") from error
    return f"{path.name}, frö {seed}, {today}"


def _create_practice(database: Database, today: date, seed: int = 1) -> None:
    from pasis_tui.training import practice  # only now: few starts make one

    practice.create_practice(database, today, seed)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".ny")


def _companions(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + tail) for tail in ("-wal", "-shm", "-journal"))


def _clear(path: Path) -> None:
    for leftover in (path, *_companions(path)):
        leftover.unlink(missing_ok=True)
