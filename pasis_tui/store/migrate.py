"""Brings a database to the schema of this program, with Alembic and without its ini file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text

from pasis_tui.store.schema import HEAD

_SCRIPTS = Path(__file__).resolve().parent / "migrations"


def configuration() -> Config:
    """Return Alembic's configuration; the connection comes as its attribute ``connection``."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def upgrade(engine: Engine, revision: str = HEAD) -> None:
    """Bring the database up to *revision* in one transaction: wholly, or not at all."""
    config = configuration()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))  # as long as it takes
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def current_revision(engine: Engine) -> str | None:
    """Return the revision the database is at, or None when it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


__all__ = ["HEAD", "configuration", "current_revision", "upgrade"]
