"""Damage that SQLite would not see by itself: it has no checksums of its pages, as PostgreSQL has.

Each table has an index of all its columns, which no query uses: `PRAGMA integrity_check` compares every row with its
entry there, so that a bit that has changed in the one or the other is found (K11). What is checked by other means, and
would be large, is left out.
"""

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

PREFIX = "whole_"
# The chain seals every line; it has the digest of each comment; the search's text is made of title and description.
ELSEWHERE = {"history": None, "comment": {"body"}, "incident": {"search_text"}}
_EXISTING = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'whole\\_%' ESCAPE '\\'")


def ensure(connection: Connection) -> None:
    """Every table of SQLite has its index, of the columns that it has now. PostgreSQL needs none."""
    if connection.dialect.name != "sqlite":
        return
    wanted = dict(_wanted(connection, name) for name in SQLModel.metadata.tables if ELSEWHERE.get(name, ()) is not None)
    existing: dict[str, str] = {row.name: row.sql for row in connection.execute(_EXISTING)}
    for name, statement in existing.items():
        if wanted.get(name) != statement:
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
    for name, statement in wanted.items():
        if existing.get(name) != statement:
            connection.exec_driver_sql(statement)


def forget(connection: Connection) -> None:
    """No such index stands in the way of a change of the tables, or of filling them."""
    if connection.dialect.name == "sqlite":
        for name, _ in connection.execute(_EXISTING).all():
            connection.exec_driver_sql(f'DROP INDEX "{name}"')


def _wanted(connection: Connection, table: str) -> tuple[str, str]:
    """Name and statement. The condition holds for every row, and for no query, so that none is answered from here."""
    found = [row[1] for row in connection.exec_driver_sql(f'PRAGMA table_info("{table}")')]
    columns = [f'"{column}"' for column in found if column not in (ELSEWHERE.get(table) or ())]
    name = f"{PREFIX}{table}"
    return name, f'CREATE INDEX "{name}" ON "{table}" ({", ".join(columns)}) WHERE typeof({columns[0]}) <> \'none\''
