"""The database: two engines on one URL, and all that differs between SQLite and PostgreSQL.

The writer begins with `BEGIN IMMEDIATE` on SQLite, so that a transaction holds the write lock before it reads: with
the driver's default, 65 of 100 simultaneous takers won more than once. The reader cannot write at all.
"""

import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Engine, any_, bindparam, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, SQLModel, create_engine

__all__ = [
    "AWAY",
    "Database",
    "DatabaseError",
    "OperationalError",
    "Session",
    "bind",
    "bound",
    "dispose",
    "insert",
    "is_away",
    "lock_chain",
    "notify",
    "read_session",
    "write_session",
]

CHAIN_LOCK = 0x5649_4749_4501  # "VIGIE" 1: who appends to the history
MIGRATION_LOCK = 0x5649_4749_4502
CHANNEL = "vigie"
WRITERS = 4  # connections of the PostgreSQL writer; SQLite has one writer by nature
READERS = 4
POOL_TIMEOUT_S = 120  # threads queue for a connection without being served in turn: one may wait for long

BEGIN = "BEGIN"
# busy_timeout first: of two processes that open a new file together, the second waits until the first has made it WAL.
PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")
WAL_PATIENCE_S = 10.0
# A waiting lock or a runaway query must become an error that people see, not a frozen screen (milliseconds).
POSTGRES_OPTIONS = "-c lock_timeout=10000 -c statement_timeout=60000 -c timezone=UTC"

AWAY = (DBAPIError, PoolTimeout)  # among them what `is_away` recognises
# How SQLite says that it cannot now; what else it calls an operational error (a missing table) is a bug.
SQLITE_AWAY = (
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "unable to open",
    "attempt to write a r",
)


@dataclass(frozen=True)
class Database:
    url: str
    writer: Engine
    reader: Engine

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"


_bound: list[Database] = []


def bind(url: str) -> Database:
    """Connections of this process go to `url` from now on; those to an earlier one are closed."""
    dispose()
    database = _open_sqlite(url) if url.startswith("sqlite") else _open_postgres(url)
    _bound.append(database)
    return database


def is_bound() -> bool:
    """Whether there is a database."""
    return bool(_bound)


def bound() -> Database:
    """The database of this process."""
    return _bound[-1]


def dispose() -> None:
    """No connection is open any more."""
    while _bound:
        database = _bound.pop()
        database.writer.dispose()
        database.reader.dispose()


@contextmanager
def write_session() -> Iterator[Session]:
    """A session that may write; rolled back unless its user committed."""
    with Session(bound().writer, expire_on_commit=False, autoflush=False) as session:
        yield session


@contextmanager
def read_session() -> Iterator[Session]:
    """A session on one consistent state, in which any write fails."""
    with Session(bound().reader, expire_on_commit=False, autoflush=False) as session:
        yield session


def is_away(error: Exception) -> bool:
    """Whether the database does not answer, is held up or is full, for now: no change of ours would mend it."""
    if isinstance(error, DBAPIError) and not error.connection_invalidated:
        if not isinstance(error, OperationalError):
            return False
        return not bound().is_sqlite or str(error.orig).startswith(SQLITE_AWAY)
    return True


def insert(session: Session, table: type[SQLModel]) -> Any:
    """An INSERT into the table that knows ON CONFLICT; both databases spell it alike."""
    return insert_of(session.get_bind().dialect.name, table)


def insert_of(dialect: str, table: type[SQLModel]) -> Any:
    """The same for the database of this name, to be put together once."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def among(session: Session, column: Any, keys: Sequence[int]) -> ColumnElement[bool]:
    """Whether the column has one of these numbers.

    PostgreSQL's driver reads every sign of a statement that it has not seen: there it is the same for however many.
    """
    if session.get_bind().dialect.name == "postgresql":
        return cast("ColumnElement[bool]", column == any_(bindparam(None, list(keys), postgresql.ARRAY(BigInteger))))
    return cast("ColumnElement[bool]", column.in_(keys))


def lock_chain(session: Session) -> None:
    """Nobody else appends to the history until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})


def notify(session: Session) -> None:
    """Other processes on this database look at the history once the transaction is committed (see `data.relay`)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def sqlite_module() -> ModuleType:
    """The SQLite that comes with the `pysqlite3` wheel where there is one, else Python's own.

    SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when it is reset (fixed in 3.51.3); Debian 12's is affected.
    """
    try:
        module = import_module("pysqlite3.dbapi2")
    except ImportError:
        module = import_module("sqlite3.dbapi2")
    if module.sqlite_version_info < (3, 51, 3):
        warnings.warn(
            f"SQLite {module.sqlite_version} has a known corruption bug in WAL mode; install pysqlite3 0.6.1 or newer",
            RuntimeWarning,
            stacklevel=2,
        )
    return module


def _open_sqlite(url: str) -> Database:
    file = make_url(url).database
    if not file or file == ":memory:":
        raise ValueError("SQLite needs a file: readers and the writer must see the same database")
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    module = sqlite_module()

    def engine(begin: str, pool_size: int, *pragmas: str) -> Engine:
        made = create_engine(
            url,
            module=module,
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )

        @event.listens_for(made, "connect")
        def configure(connection: Any, _: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            # SQLite's own knows ASCII only, so that « Émile » would not be « émile » as it is for PostgreSQL.
            connection.create_function("lower", 1, _lower, deterministic=True)
            for pragma in (*PRAGMAS, *pragmas):
                _set(connection, pragma, module.OperationalError)

        @event.listens_for(made, "begin")
        def on_begin(connection: Any) -> None:
            # Two ways, as measured: through SQLAlchemy a BEGIN takes 10 µs more, a fifth of a short read. The writer's
            # takes them, since BEGIN IMMEDIATE may find the lock held: callers know that error as SQLAlchemy's alone.
            if begin == BEGIN:
                connection.connection.driver_connection.execute(begin)
            else:
                connection.exec_driver_sql(begin)

        return made

    return Database(url, engine("BEGIN IMMEDIATE", 1), engine(BEGIN, READERS, "query_only=ON"))


def _set(connection: Any, pragma: str, operational: type[Exception]) -> None:
    """A new file is turned to WAL by the first connection; of two that do it at once SQLite lets neither wait for the
    other as it does for any other lock, so the later one asks again, as long as it would wait."""
    deadline = time.monotonic() + WAL_PATIENCE_S
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
            return
        except operational as error:
            if not str(error).startswith("database is locked") or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _lower(value: Any) -> str | None:
    return None if value is None else str(value).lower()


def _open_postgres(url: str) -> Database:
    driver_url = make_url(url).set(drivername="postgresql+psycopg")

    def engine(pool_size: int, isolation: IsolationLevel, options: str) -> Engine:
        return create_engine(
            driver_url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_S,
            pool_pre_ping=True,
            isolation_level=isolation,
            connect_args={"options": options, "connect_timeout": 5},
        )

    # A writer that has waited for a lock must see what its holder has left; a reader, one state from end to end.
    writer = engine(WRITERS, "READ COMMITTED", POSTGRES_OPTIONS)
    reader = engine(READERS, "REPEATABLE READ", f"{POSTGRES_OPTIONS} -c default_transaction_read_only=on")
    return Database(url, writer, reader)
