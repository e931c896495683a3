"""What state the database is in, whatever is stored in it. Nothing here makes or changes anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from data import copies
from data.db import bound, read_session
from data.migrate import newest, stored

LEAST_SQLITE = (3, 51, 3)  # before it, resetting the WAL could corrupt the file
LEAST_POSTGRESQL = 15


@dataclass(frozen=True, slots=True)
class Engine:
    """`current`: a version that Vigie can rely on. `size` in bytes."""

    name: str
    version: str
    current: bool
    size: int


def file_of(url: str) -> Path | None:
    """The file that SQLite works on; None for a server."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def engine() -> Engine:
    """Which database answers. Raises what the database raises when it does not."""
    database = bound()
    with database.reader.connect() as connection:
        if database.is_sqlite:
            version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar_one())
            size = _number(connection, "PRAGMA page_count") * _number(connection, "PRAGMA page_size")
            return Engine("SQLite", version, tuple(map(int, version.split("."))) >= LEAST_SQLITE, size)
        version = str(connection.exec_driver_sql("SHOW server_version").scalar_one()).partition(" ")[0]
        size = _number(connection, "SELECT pg_database_size(current_database())")
        return Engine("PostgreSQL", version, int(version.partition(".")[0]) >= LEAST_POSTGRESQL, size)


def risks() -> Iterator[str]:
    """Settings of the database, as `name=value`, with which a power cut can lose what was acknowledged."""
    database = bound()
    with database.writer.connect() as connection:
        if database.is_sqlite:
            mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
            synchronous = _number(connection, "PRAGMA synchronous")
            found = {"journal_mode": (mode, mode == "wal"), "synchronous": (str(synchronous), synchronous >= 2)}
        else:
            names = ("fsync", "full_page_writes", "synchronous_commit")
            values = {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in names}
            found = {name: (value, value != "off") for name, value in values.items()}
        yield from (f"{name}={value}" for name, (value, safe) in found.items() if not safe)


def is_checked() -> bool:
    """Whether a bit that changes on the disk would be noticed: PostgreSQL has sums of its pages, if it was told to."""
    database = bound()
    if database.is_sqlite:  # data.wholeness
        return True
    with database.reader.connect() as connection:
        return str(connection.exec_driver_sql("SHOW data_checksums").scalar_one()) == "on"


def faults(*, most: int = 3) -> Sequence[str]:
    """What the database finds wrong with its own pages, indexes and links: the first few, none where all is whole."""
    database = bound()
    with database.reader.connect() as connection:
        if not database.is_sqlite:
            failures = "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
            count = _number(connection, failures)
            return [f"checksum_failures={count}"] if count else []
        checked = connection.exec_driver_sql(f"PRAGMA integrity_check({most})").scalars()
        found = [line for said in checked for line in str(said).splitlines() if said != "ok"]
        if not found:
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            found = [f"{table}, row {row}: no such {parent}" for table, row, parent, _ in islice(orphans, most)]
        return found[:most]


def read_everything() -> int:
    """How many rows there are: each has been read. Raises what reading it raises."""
    with read_session() as session:
        return sum(1 for table in copies.tables() for _ in copies.rows(session, table))


def revisions() -> tuple[str, str]:
    """Which version of the schema the database has (empty: none), and which one this program wants."""
    with bound().reader.connect() as connection:
        return stored(connection) or "", newest()


def server_time() -> datetime | None:
    """What time it is for a server; None for a file, which has no clock of its own."""
    if bound().is_sqlite:
        return None
    with bound().reader.connect() as connection:
        at: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return at.astimezone(UTC)


def _number(connection: Connection, statement: str) -> int:
    return int(connection.exec_driver_sql(statement).scalar_one())
