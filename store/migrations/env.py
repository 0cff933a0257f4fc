"""Runs the migrations with foreign keys off and one transaction each; called by `store/migrate.py` only."""

from alembic import context

from store import tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=tables.metadata, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
