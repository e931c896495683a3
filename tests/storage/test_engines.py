"""How each connection is set: measured differences, not preferences (D6, D8, C5)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from data import db
from data.models import Team
from tests.storage.cluster import Cluster

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)

pytestmark = pytest.mark.usefixtures("desk")


@contextmanager
def every_connection(pool: str) -> Iterator[list[Connection]]:
    """All connections that the pool can have, at once."""
    engine = getattr(db.bound(), pool)
    with ExitStack() as stack:
        yield [stack.enter_context(engine.connect()) for _ in range(engine.pool.size())]


def pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@ON_SQLITE
def test_those_who_open_a_new_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """Six who turned it to WAL at the same time: in one of seven rounds one of them was told that it is locked."""
    for number in range(40):
        databases = [db._open_sqlite(f"sqlite:///{tmp_path}/{number}.db") for _ in range(6)]
        together = Barrier(len(databases))

        def write(database: db.Database, together: Barrier = together) -> None:
            together.wait()
            with database.writer.begin() as connection:
                connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS one (x)")

        with ThreadPoolExecutor(len(databases)) as pool:
            list(pool.map(write, databases))
        for database in databases:
            database.writer.dispose()


@ON_SQLITE
@pytest.mark.parametrize(("pool", "size"), [("writer", 1), ("reader", db.READERS)])
def test_every_sqlite_connection_is_durable_strict_and_patient(pool: str, size: int) -> None:
    with every_connection(pool) as connections:
        assert len(connections) == size
        for connection in connections:
            assert connection.connection.dbapi_connection.isolation_level is None  # type: ignore[union-attr]
            found = {
                name: pragma(connection, name)
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "recursive_triggers")
            }
            assert found == {
                "journal_mode": "wal",
                "synchronous": 2,  # FULL: NORMAL lost acknowledged commits in a power cut
                "foreign_keys": 1,
                "busy_timeout": 10_000,
                "recursive_triggers": 1,
            }
            assert pragma(connection, "query_only") == (pool == "reader")


@ON_SQLITE
def test_a_writer_has_the_lock_before_it_reads() -> None:
    """BEGIN IMMEDIATE: else 65 of 100 simultaneous takers won more than once."""
    seen: list[str] = []
    raw = db.bound().writer.raw_connection()
    raw.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
    raw.close()
    with db.write_session() as session:
        session.execute(text("SELECT 1"))
    assert seen[0] == "BEGIN IMMEDIATE"


@ON_SQLITE
def test_sqlite_is_a_version_without_the_wal_corruption_bug() -> None:
    """D8: 3.7.0 to 3.51.2 can corrupt a database when its log is reset."""
    assert db.sqlite_module().sqlite_version_info >= (3, 51, 3)  # type: ignore[attr-defined]


@ON_SQLITE
def test_a_reader_is_not_held_up_by_a_writer() -> None:
    with db.write_session() as writing:
        writing.add(Team(name="N1", code="N1"))
        writing.flush()
        with db.read_session() as reading:
            assert reading.execute(text("SELECT COUNT(*) FROM team")).scalar() == 0


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
@ON_SQLITE
def test_a_database_in_memory_is_refused(url: str) -> None:
    """Readers and the writer would each have one of their own."""
    with pytest.raises(ValueError, match="needs a file"):
        db.bind(url)


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("pool", "size", "isolation", "read_only"),
    [("writer", db.WRITERS, "read committed", "off"), ("reader", db.READERS, "repeatable read", "on")],
)
def test_every_postgresql_connection_is_bounded_and_in_utc(
    pool: str, size: int, isolation: str, read_only: str
) -> None:
    with every_connection(pool) as connections:
        assert len(connections) == size
        for connection in connections:
            shown = {
                name: connection.execute(text(f"SHOW {name}")).scalar()
                for name in ("lock_timeout", "statement_timeout", "timezone", "transaction_isolation")
            }
            assert shown == {
                "lock_timeout": "10s",
                "statement_timeout": "1min",
                "timezone": "UTC",
                "transaction_isolation": isolation,
            }
            assert connection.execute(text("SHOW transaction_read_only")).scalar() == read_only


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO team (name, code, external) VALUES ('x', 'X', false)",
        "UPDATE team SET name = 'x'",
        "DELETE FROM team",
        "CREATE TABLE other (id INTEGER)",
    ],
)
def test_a_reader_cannot_write(statement: str) -> None:
    with db.read_session() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text(statement))


def test_a_reader_sees_one_state_from_its_first_look_to_its_last() -> None:
    """A list and its count, an incident and its clocks, belong together."""
    count = text("SELECT COUNT(*) FROM team")
    with db.read_session() as reading:
        assert reading.execute(count).scalar() == 0
        with db.write_session() as writing:
            writing.add(Team(name="N1", code="N1"))
            writing.commit()
        assert reading.execute(count).scalar() == 0
    with db.read_session() as reading:
        assert reading.execute(count).scalar() == 1


def test_what_is_not_committed_is_gone() -> None:
    with db.write_session() as session:
        session.add(Team(name="N1", code="N1"))
        session.flush()
    with db.read_session() as session:
        assert session.execute(text("SELECT COUNT(*) FROM team")).scalar() == 0


def test_a_key_that_leads_nowhere_is_refused() -> None:
    with db.write_session() as session:
        session.add(Team(name="N1", code="N1", parent_id=99))
        with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
            session.flush()


def test_writers_of_many_threads_wait_for_each_other_and_none_fails() -> None:
    """No « database is locked » is ever shown to somebody."""
    start = Barrier(12)

    def write(number: int) -> None:
        start.wait()
        for turn in range(5):
            with db.write_session() as session:
                session.add(Team(name=f"{number}-{turn}", code="X"))
                session.commit()

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(write, range(12)))
    with db.read_session() as session:
        assert session.execute(text("SELECT COUNT(*) FROM team")).scalar() == 60


@ON_POSTGRESQL
def test_a_connection_that_the_server_has_closed_is_replaced(cluster: Cluster, desk: str) -> None:
    """K3: the first thing after a restart of the database works."""
    for session in (db.read_session, db.write_session):
        with session() as opened:
            opened.execute(text("SELECT 1"))
    name = desk.rsplit("/", 1)[1]
    cluster.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for session in (db.read_session, db.write_session):
        with session() as opened:
            assert opened.execute(text("SELECT 1")).scalar() == 1


@ON_SQLITE
def test_a_new_file_s_folder_is_made(tmp_path: Path) -> None:
    db.bind(f"sqlite:///{tmp_path}/var/desk/vigie.db")
    with db.write_session() as session:
        session.execute(text("SELECT 1"))
    assert (tmp_path / "var" / "desk" / "vigie.db").is_file()
