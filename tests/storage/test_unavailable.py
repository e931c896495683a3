"""A database that is away, held up or full is said so, and forgotten once it is back."""

import socket
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from data import db
from services import incidents, jobs
from services.errors import DatabaseUnavailable
from services.incidents import NewIncident
from services.work import begin, look
from tests.personas import Cast, an_incident


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_write_that_waits_too_long_for_another_is_refused_and_works_afterwards(cast: Cast, tmp_path: Path) -> None:
    with db.bound().writer.connect() as connection:
        connection.execute(text("PRAGMA busy_timeout=50"))
        connection.rollback()
    other = db.sqlite_module().connect(str(tmp_path / "vigie.db"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        an_incident(cast.alice)
    other.execute("ROLLBACK")
    other.close()
    assert an_incident(cast.alice).reference.endswith("000001")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_full_disk_leaves_nothing_half_done(cast: Cast) -> None:
    with db.bound().writer.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
        connection.rollback()
    new = NewIncident(title="Gros", description="x" * 20_000, category="other", priority="low")
    with pytest.raises(DatabaseUnavailable):
        incidents.create(cast.alice, new)
    with db.bound().writer.connect() as connection:
        connection.execute(text("PRAGMA max_page_count=1000000"))
        connection.rollback()
    assert incidents.create(cast.alice, new).reference.endswith("000001")


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_connection_that_is_cut_in_the_middle_is_refused_and_the_next_one_works(cast: Cast) -> None:
    def cut_in_the_middle() -> None:
        with begin(cast.alice) as work:
            own = work.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with db.bound().reader.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            work.session.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        cut_in_the_middle()
    assert an_incident(cast.alice).reference.endswith("000001")


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_server_that_is_not_there_is_refused(cast: Cast) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = probe.getsockname()[1]
    db.bind(f"postgresql://vigie@127.0.0.1:{nobody}/vigie")
    with pytest.raises(DatabaseUnavailable), look(cast.alice):
        pass


def test_a_job_says_in_one_line_that_the_database_is_away_and_tries_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine jobs ask again and again: a traceback for each would hold up everybody who has something to log (K3)."""
    assert cast
    monkeypatch.setattr(jobs, "AFTER_A_FAULT_S", 0)
    faults = iter([DatabaseUnavailable(), PoolTimeout("no connection"), ValueError("a bug")])

    def body() -> bool:
        for fault in faults:
            raise fault
        runner.release()
        return False

    runner = jobs.Runner([jobs.Job("files", 0, body)])
    with capture_logs() as said:
        runner.start()
        runner.wait()
        runner.stop()
    assert [(line["log_level"], "exc_info" in line) for line in said] == [("warning", False)] * 2 + [("error", True)]


def test_a_bug_stays_a_bug(cast: Cast) -> None:
    with pytest.raises(db.AWAY) as bug, look(cast.alice) as reading:
        reading.session.execute(text("SELECT nothing FROM nowhere"))
    assert not isinstance(bug.value, DatabaseUnavailable)
