"""Everything that a database holds, to see that something has, or has not, changed it."""

from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel

import data.models  # noqa: F401  registers the tables
from data import db

Row = tuple[Any, ...]


def dump() -> dict[str, list[Row]]:
    """Table → its rows, in a fixed order."""
    with db.bound().reader.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def counts() -> dict[str, int]:
    """Table → how many rows it has."""
    return {name: len(rows) for name, rows in dump().items()}


def value(statement: str, **params: Any) -> Any:
    """The one value that the statement asks for."""
    with db.bound().reader.connect() as connection:
        return connection.execute(text(statement), params).scalar_one()


def execute(statement: str, **params: Any) -> None:
    """What an owner of the database does behind Vigie's back, or tries to."""
    with db.bound().writer.begin() as connection:
        connection.execute(text(statement), params)


def drop_the_guards() -> None:
    """What an owner of the database can do, and the services' account on PostgreSQL should not be allowed to."""
    if db.bound().is_sqlite:
        with db.bound().reader.connect() as connection:
            names = [
                row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ]
        for name in names:
            execute(f"DROP TRIGGER {name}")
    else:
        for table in ("history", "incident", "comment", "sla_cycle", "sla_policy"):
            execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    execute("DELETE FROM notification")  # which hold their lines
