"""Alembic's environment: always on a connection that the caller gives, in its transaction."""

from alembic import context

from pasis_tui.models import Unit

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Unit.metadata,
    render_as_batch=True,  # SQLite cannot alter a table: Alembic copies it
)
with context.begin_transaction():
    context.run_migrations()
