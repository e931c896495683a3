"""Bringing the schema up to date, by one process at a time."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from data import wholeness
from data.db import MIGRATION_LOCK, bound
from data.queries.search import fill_if_outdated

Seal = Callable[[str, str], str]


def configuration(connection: Connection) -> Config:
    """Alembic's settings for our migrations, on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(seal: Seal | None = None) -> None:
    """The schema is the newest one, and the search knows every incident. A failure leaves all exactly as it was.

    One transaction on both databases: the writer's BEGIN IMMEDIATE on SQLite, an advisory lock on PostgreSQL, so that
    of two processes that start together one waits and then finds nothing to do. Moving much data may take long; tables
    that somebody else holds are waited for as briefly as ever. `seal` makes of (purpose, secret) what may be stored;
    raises RuntimeError where a secret is found in plain letters and there is no `seal`, ValueError for a database of a
    newer version of Vigie.
    """
    database = bound()
    with database.writer.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = '10min'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        config = configuration(connection)
        config.attributes["seal"] = seal
        current = MigrationContext.configure(connection).get_current_revision()
        if current != _newest(config):
            if current is not None and current not in _known(config):
                raise ValueError(
                    f"The database has the schema {current} of a newer version of Vigie: install that one."
                )
            wholeness.forget(connection)
            command.upgrade(config, "head")
        fill_if_outdated(connection)
        wholeness.ensure(connection)


def is_migrated() -> bool:
    """Whether the database has the newest schema (readiness)."""
    with bound().reader.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        return current == _newest(configuration(connection))


def _newest(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _known(config: Config) -> set[str]:
    return {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
