"""Bringing the schema up to date, by one process at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from data import wholeness
from data.db import MIGRATION_LOCK, bound
from data.queries.search import fill_if_outdated

if TYPE_CHECKING:  # at run time only where there is something to do: a start that finds all done is shorter without it
    from alembic.config import Config

Seal = Callable[[str, str], str]

FOLDERS = [Path(__file__).parent / "migrations" / "versions"]  # one chain, each file named by its number


def configuration(connection: Connection) -> Config:
    """Alembic's settings for our migrations, on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("version_locations", "\n".join(map(str, FOLDERS)))
    config.set_main_option("path_separator", "newline")
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
        current = stored(connection)
        if current != newest():
            if current is not None and current not in _known():
                raise ValueError(
                    f"The database has the schema {current} of a newer version of Vigie: install that one."
                )
            wholeness.forget(connection)
            _upgrade(connection, seal)
        fill_if_outdated(connection)
        wholeness.ensure(connection)


def is_migrated() -> bool:
    """Whether the database has the newest schema (readiness)."""
    with bound().reader.connect() as connection:
        return stored(connection) == newest()


def newest() -> str:
    """The number of the schema that this program wants."""
    return max(_known())


def stored(connection: Connection) -> str | None:
    """The number of the schema that the database has; None of an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _known() -> set[str]:
    return {file.stem.partition("_")[0] for folder in FOLDERS for file in folder.glob("[0-9]*_*.py")}


def _upgrade(connection: Connection, seal: Seal | None) -> None:
    from alembic import command

    config = configuration(connection)
    config.attributes["seal"] = seal
    command.upgrade(config, "head")
