"""Tells Alembic which connection and which tables a migration is about."""

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by writing it anew
    transaction_per_migration=False,
)
context.run_migrations()
