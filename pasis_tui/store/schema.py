"""Which schema the program needs, and whether a database has it; no Alembic here."""

from __future__ import annotations

from sqlalchemy import Connection, text

from pasis_tui.store.trouble import DatabaseTrouble

REVISIONS = ("0001", "0002", "0003")  # every released revision, oldest first
HEAD = REVISIONS[-1]


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the database, None of an empty one; refuse one that is not ours."""
    names = table_names(connection)
    if not names:
        return None
    if not {"alembic_version", "database_fact"} <= names:
        raise DatabaseTrouble(
            "Databasen är inte gjord av pasis_tui: den innehåller andra tabeller. "
            "Välj en annan fil.",
            "foreign",
        )
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if revision is None else str(revision)


def table_names(connection: Connection) -> set[str]:
    """Return the tables of the database that are not SQLite's own."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        )
    else:
        rows = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        )
    return {row[0] for row in rows}


def check_revision(revision: str, name: str) -> None:
    """Raise DatabaseTrouble unless *revision* is what this program works with."""
    if revision == HEAD:
        return
    if revision in REVISIONS:
        raise DatabaseTrouble(
            f"Databasen {name} är gjord av en äldre version av pasis_tui. "
            "Säkerhetskopiera den och kör: pasis db upgrade",
            "older",
        )
    raise DatabaseTrouble(
        f"Databasen {name} är gjord av en nyare version av pasis_tui. "
        "Uppdatera programmet innan du öppnar den.",
        "newer",
    )


def read_facts(connection: Connection) -> dict[str, str]:
    """Return the database's facts about itself."""
    rows = connection.execute(text("SELECT name, value FROM database_fact"))
    return {row.name: row.value for row in rows}
