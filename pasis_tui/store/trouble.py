"""What can be wrong with a database, in Swedish sentences for the clerk.

Errors are known by their codes: a server speaks the language that it was set up with.
"""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pasis_tui.validation.for_people import ForPeople

# Each is its kind and what is said.
_FULL = (
    "full",
    "Det finns ingen plats kvar för databasen {name}. Inget sparades. "
    "Frigör utrymme på disken och spara igen.",
)
_BUSY = ("busy", "Databasen {name} är upptagen av någon annan. Inget sparades. Försök igen.")
_READ_ONLY = (
    "read-only",
    "Databasen {name} får inte ändras av dig: filen eller mappen är skrivskyddad. "
    "Med pasis --read-only kan den läsas.",
)
_CLOSED = (
    "read-only",
    "Databasen {name} går inte att öppna: filen eller mappen får inte läsas eller ändras av dig.",
)
_ONLY_READ = (
    "read-only",
    "Databasen {name} tar bara emot läsning just nu: servern är en kopia som bara kan läsas, eller "
    "ställd så. Inget sparades. Försök igen; kommer felet tillbaka, kontrollera vilken server "
    "adressen leder till.",
)
_NOT_GRANTED = (
    "read-only",
    "Databasen {name} låter inte din databasinloggning göra det. Inget sparades. "
    "Be systemansvarig.",
)
_ONLY_COPIES = (
    "read-only",
    "Databasen {name} är en kopia som bara kan läsas. Ange servern som tar emot ändringar, eller "
    "alla servrar i adressen med komma emellan; programmet väljer då den som gör det. "
    "Med pasis --read-only kan kopian läsas.",
)
_DISK = (
    "disk",
    "Disken med databasen {name} svarade med ett fel. Inget sparades. "
    "Försök igen; kommer felet tillbaka, låt någon se över disken.",
)
_DAMAGED = (
    "corrupt",
    "Filen {name} går inte att läsa: den är skadad eller ingen databas. "
    "Återställ den från säkerhetskopian.",
)
_BROKEN_OFF = (
    "unreachable",
    "Förbindelsen med databasen {name} bröts. Inget sparades. Försök igen.",
)

# SQLite's primary result codes: https://sqlite.org/rescode.html
_BY_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
# PostgreSQL's: https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE = {
    "53100": _FULL,
    "40001": _BUSY,  # serialization failure
    "40P01": _BUSY,  # deadlock
    "55P03": _BUSY,  # lock not available, or not in time
    "57014": _BUSY,  # cancelled, as by a statement's longest time
    "25006": _ONLY_READ,
    "42501": _NOT_GRANTED,
    "58030": _DISK,
    "57P01": _BROKEN_OFF,  # the server is shut down
    "57P02": _BROKEN_OFF,  # or has crashed
    "57P03": _BROKEN_OFF,  # or is starting
}
# The same by class: no room for more connections or memory, connection exceptions.
_BY_CLASS = {"53": _BUSY, "08": _BROKEN_OFF}
_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _DISK,
}


REPLACED = "replaced"  # the kind that ends the program: its open file is no longer the database


class DatabaseTrouble(ForPeople):
    """The database cannot be used.

    ``kind`` is missing, missing folder, read-only, network, memory, corrupt, foreign, newer,
    older, unreachable, driver, full, disk, busy, not empty, replaced, uncertain, given up or other.
    """

    def __init__(self, message: str, kind: str = "other") -> None:
        super().__init__(message)
        self.kind = kind
        self.ends_program = kind == REPLACED


def trouble_from(error: BaseException, name: str) -> DatabaseTrouble | None:
    """Return *error* of the database *name* as a sentence, None for a fault of the program."""
    known = _known(error.orig if isinstance(error, DBAPIError) else error)
    if isinstance(error, PoolTimeout):
        known = _BUSY
    if known is None and isinstance(error, DBAPIError) and error.connection_invalidated:
        known = _BROKEN_OFF
    return None if known is None else _trouble(known, name)


def damaged(name: str) -> DatabaseTrouble:
    """Return the trouble with a file that is not, or no longer, a database."""
    return _trouble(_DAMAGED, name)


def only_copies(name: str) -> DatabaseTrouble:
    """Return the trouble with a server that copies another and takes no changes."""
    return _trouble(_ONLY_COPIES, name)


def _trouble(known: tuple[str, str], name: str) -> DatabaseTrouble:
    kind, message = known
    return DatabaseTrouble(message.format(name=name), kind)


def _known(driver: BaseException | None) -> tuple[str, str] | None:
    if isinstance(state := getattr(driver, "sqlstate", None), str):
        return _BY_SQLSTATE.get(state) or _BY_CLASS.get(state[:2])
    if isinstance(code := getattr(driver, "sqlite_errorcode", None), int):
        return _BY_SQLITE.get(code & 0xFF)  # the extended part of the code is of no use to a clerk
    if isinstance(driver, OSError):
        return _BY_ERRNO.get(driver.errno or 0)
    # Python's own, without a code: what the file holds, or SQLite says of it, is not UTF-8.
    if isinstance(driver, UnicodeDecodeError | sqlite3.OperationalError):
        return _DAMAGED
    return None


def trouble_at_opening(error: BaseException, name: str, dialect: str) -> DatabaseTrouble | None:
    """Return what ``trouble_from`` does, and any other error of a server with its own first line."""
    known = trouble_from(error, name)
    if known is not None or dialect != "postgresql" or not isinstance(error, DBAPIError):
        return known
    said = (str(error.orig).strip().splitlines() or [""])[0]
    return DatabaseTrouble(
        f"Når inte databasen {name}. Kontrollera adressen, att servern är igång och att du får "
        f"logga in där. Servern svarade: {said}",
        "unreachable",
    )
