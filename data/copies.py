"""All that is stored as plain values, table by table, and back: what a backup is made of, alike on both databases."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from itertools import islice
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, func, insert, select, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError, StatementError
from sqlmodel import Session, SQLModel

from data import wholeness
from data.queries import search

Row = dict[str, Any]

# Sessions end with a restore; the full-text index is derived from what is copied.
LEFT_OUT = frozenset({"login_session", "search_state"})
BATCH = 500
# What `fill` raises for what are no rows of its table.
NO_ROWS = (
    *(LookupError, ValueError, TypeError, AttributeError, OverflowError),
    *(DataError, IntegrityError, InterfaceError, ProgrammingError),
)


def tables() -> list[str]:
    """The tables that are copied, each after those that it refers to."""
    return [table.name for table in SQLModel.metadata.sorted_tables if table.name not in LEFT_OUT]


def rows(session: Session, name: str) -> Iterator[Row]:
    """The rows of a table, JSON-ready, in the order of its key; read in batches."""
    table = SQLModel.metadata.tables[name]
    found = session.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH))
    for row in found.mappings():
        yield {str(key): _plain(value) for key, value in row.items()}


def revision(session: Session) -> str:
    """Which version of the schema this is."""
    return MigrationContext.configure(session.connection()).get_current_revision() or ""


def is_empty(session: Session) -> bool:
    """Whether nobody has been here yet."""
    every = [SQLModel.metadata.tables[name] for name in tables()]
    return not any(session.execute(select(func.count()).select_from(table)).scalar_one() for table in every)


@contextmanager
def replacing(session: Session) -> Iterator[None]:
    """Every table is empty and unguarded for the block; afterwards guards, numbering and index are as they must be.

    All of it in the session's transaction, so that nobody else ever sees it.
    """
    postgres = session.get_bind().dialect.name == "postgresql"
    triggers = () if postgres else session.execute(text(_TRIGGERS)).all()
    for name, _ in triggers:
        session.execute(text(f'DROP TRIGGER "{name}"'))
    if postgres:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("DELETE FROM incident_search"))
        _switch(session, "DISABLE")
    wholeness.forget(session.connection())
    for table in reversed(SQLModel.metadata.sorted_tables):
        session.execute(table.delete())
    yield
    wholeness.ensure(session.connection())
    if postgres:
        _switch(session, "ENABLE")
        _renumber(session)
    for _, statement in triggers:
        session.connection().exec_driver_sql(statement)
    search.fill_if_outdated(session.connection())


def fill(session: Session, name: str, given: Iterable[Row]) -> int:
    """The rows are in their table, which was empty; how many. Raises one of `NO_ROWS` for what is no row of it."""
    table = SQLModel.metadata.tables[name]
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    linked: list[tuple[Row, Row]] = []
    count = 0
    for batch in _batches(iter(given)):
        read = [{column.name: _value(column, row[column.name]) for column in table.columns} for row in batch]
        for row in read:
            links = {link.name: row[link.name] for link in own if row[link.name] is not None}
            if links:
                linked.append(({key.name: row[key.name] for key in table.primary_key}, links))
                row.update(dict.fromkeys(links))
        try:
            session.execute(insert(table), read)
        except StatementError as unfit:
            if isinstance(unfit, DBAPIError):
                raise
            raise ValueError(f"{name}: not what its columns hold") from unfit  # the database was not even asked
        count += len(read)
    for key, links in linked:  # now that all are there
        session.execute(update(table).where(*(table.c[part] == value for part, value in key.items())).values(links))
    return count


_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def _switch(session: Session, how: str) -> None:
    for table in SQLModel.metadata.sorted_tables:
        session.execute(text(f'ALTER TABLE "{table.name}" {how} TRIGGER USER'))


def _renumber(session: Session) -> None:
    """New rows get numbers after those that were filled in."""
    for table in SQLModel.metadata.sorted_tables:
        if table.autoincrement_column is not None:
            key, name = table.autoincrement_column.name, table.name
            session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{name}\"', '{key}'), COALESCE(MAX({key}), 1),"  # noqa: S608
                    f' MAX({key}) IS NOT NULL) FROM "{name}"'
                )
            )


def _batches(given: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(given, BATCH)):
        yield batch


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
    return value


def _value(column: Column[Any], plain: Any) -> Any:
    if plain is None:
        return None
    if enum := getattr(column.type, "enum_class", None):
        return enum(plain)
    kind = getattr(column.type, "impl_instance", column.type).python_type
    return kind.fromisoformat(plain) if issubclass(kind, datetime | date) else plain
