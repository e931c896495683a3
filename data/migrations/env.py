"""Alembic's entry: runs on the connection, and in the transaction, of `data.migrate.migrate`."""

from alembic import context
from sqlmodel import SQLModel

import data.models  # noqa: F401  registers the tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    # The driver does not commit around DDL, because we begin by hand: a failed migration leaves nothing behind.
    transactional_ddl=True,
    render_as_batch=False,
    # The full-text index is a virtual table with tables of its own on SQLite: no model describes it.
    include_name=lambda name, kind, _: not (kind == "table" and str(name).startswith("incident_search")),
)
with context.begin_transaction():
    context.run_migrations()
