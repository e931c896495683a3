"""Alembic's entry: runs on the connection, and in the transaction, of `data.migrate.migrate`."""

from alembic import context
from sqlmodel import SQLModel

import data.models  # noqa: F401  registers the tables
from data.wholeness import PREFIX

UNMODELLED = {"table": "incident_search", "index": PREFIX}
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    # The driver does not commit around DDL, because we begin by hand: a failed migration leaves nothing behind.
    transactional_ddl=True,
    render_as_batch=False,
    # No model describes the full-text index, on SQLite a virtual table with tables of its own, nor `data.wholeness`.
    include_name=lambda name, kind, _: not str(name).startswith(UNMODELLED.get(kind, " ")),
)
with context.begin_transaction():
    context.run_migrations()
