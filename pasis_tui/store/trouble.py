"""What can be wrong with a database, in words for the person at the screen."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

# SQLite and PostgreSQL say these in English; the first that fits decides.
_KNOWN: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("database or disk is full", "no space left", "disk full", "file too large"),
        "full",
        "Det finns ingen plats kvar för databasen {name}. Inget sparades. "
        "Frigör utrymme på disken och spara igen.",
    ),
    (
        ("database is locked", "database table is locked", "lock timeout", "deadlock detected"),
        "busy",
        "Databasen {name} är upptagen av någon annan. Inget sparades. Försök igen.",
    ),
    (
        ("readonly database", "read-only transaction", "read-only file system"),
        "read-only",
        "Databasen {name} får inte ändras av dig: filen eller mappen är skrivskyddad.",
    ),
    (
        ("disk i/o error",),
        "disk",
        "Disken med databasen {name} svarade med ett fel. Inget sparades. "
        "Försök igen; kommer felet tillbaka, låt någon se över disken.",
    ),
    (
        (
            "file is not a database",
            "malformed",
            "file is encrypted",
            "unsupported file format",
            "codec can't decode",  # Python, of SQLite's own words about a damaged schema
            "could not decode to utf-8",
        ),
        "corrupt",
        "Filen {name} går inte att läsa: den är skadad eller ingen databas. "
        "Återställ den från säkerhetskopian.",
    ),
    (
        ("unable to open database file",),
        "read-only",
        "Databasen {name} går inte att öppna: filen eller mappen får inte läsas eller ändras av "
        "dig.",
    ),
)


class DatabaseTrouble(Exception):
    """The database cannot be used; the message is a Swedish sentence that says what to do.

    ``kind`` is missing, missing folder, read-only, network, memory, corrupt, foreign, newer,
    older, unreachable, driver, full, disk, busy, not empty or other.
    """

    def __init__(self, message: str, kind: str = "other") -> None:
        super().__init__(message)
        self.kind = kind


def trouble_from(error: BaseException, name: str) -> DatabaseTrouble | None:
    """Return *error* of the database *name* in words, or None when it is a fault of the program."""
    words = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    for signs, kind, message in _KNOWN:
        if any(sign in words for sign in signs):
            return DatabaseTrouble(message.format(name=name), kind)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return DatabaseTrouble(
            f"Förbindelsen med databasen {name} bröts. Inget sparades. Försök igen.",
            "unreachable",
        )
    return None


def unreachable(error: BaseException, name: str) -> DatabaseTrouble | None:
    """Return a server's *error* at connecting in words, its own first line included."""
    if not isinstance(error, DBAPIError):
        return None
    said = (str(error.orig).strip().splitlines() or [""])[0]
    return DatabaseTrouble(
        f"Når inte databasen {name}. Kontrollera adressen, att servern är igång och att du får "
        f"logga in där. Servern svarade: {said}",
        "unreachable",
    )
