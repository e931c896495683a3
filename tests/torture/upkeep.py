"""What an operator does, while things go wrong: migrations (K9), backups (K7), a restore drill (K8)."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import event, inspect, text

from data import db
from data.migrate import configuration, is_migrated, migrate, newest
from services import attachments, backup, files, sessions
from tests.bench.archive import fill
from tests.dump import dump, value
from tests.house.tree import ROOT
from tests.personas import PASSWORD, SECRET, an_incident
from tests.storage.test_backup import DERIVED, PICTURE
from tests.storage.test_migrations import triggers
from tests.torture import inside
from tests.torture.bench import ENGINES, Bench, Place
from tests.torture.concurrency import percentile
from tests.torture.load import Caller
from tests.torture.registry import Outcome, at_most, exactly, told, trial

STEPS = 12
NEWEST = newest()
OLDER = ("", "0004", "0012")
BACKUPS = 60
PAST = 1_000  # incidents, in what is saved
COUNTED = "SELECT COALESCE(SUM(last), 0) FROM reference_counter"
NUMBERED = "SELECT COUNT(*) FROM incident"
STORED = 10_000
FILES = 20


NEXT = f'''"""What the next version may do."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{NEWEST}"


def upgrade() -> None:
    op.create_table("next", sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.Text))
    op.execute("INSERT INTO next SELECT id, title FROM incident")
    op.add_column("incident", sa.Column("next", sa.Integer))
    op.execute("UPDATE incident SET next = 1")
    op.create_index("ix_incident_next", "incident", ["next"])
'''


class Interrupted(Exception):
    """Instead of the statement that was about to be executed."""


@trial("K9", "migrations that fail or are killed in the middle")
def migrations(bench: Bench) -> Outcome:
    """The database is as it was before, and the next try succeeds."""
    killed, failed, changed, stuck, begun, back = 0, 0, 0, 0, 0, 0
    for engine in ENGINES:
        for start in OLDER:
            total = _statements(bench, engine, start)
            url = _older(bench, engine, start)
            before = _state(engine)
            steps = sorted({max(1, total * n // bench.times(STEPS)) for n in range(1, bench.times(STEPS) + 1)})
            for step in steps:
                failed += _fails_at(step)
                changed += _state(engine) != before
                db.dispose()
                with inside.process(inside.migrate_until, url, step) as process:
                    process.join(120)
                    killed += process.exitcode == -signal.SIGKILL
                db.bind(url)
                changed += _state(engine) != before
            migrate()
            stuck += not is_migrated()
            db.dispose()
        starts = list(_after_the_next_version(bench, engine))
        begun, back = begun + len(starts), back + sum(starts)
    return Outcome(
        f"{killed} kills and {failed} failures between two statements, from nothing and from older schemas, on both",
        exactly("databases changed by half", changed, 0),
        exactly("next tries that did not succeed", stuck, 0),
        exactly("after it, this version starts and works, or refuses what the next one has finished", back, begun),
    )


def _after_the_next_version(bench: Bench, engine: str) -> Iterator[bool]:
    """Whether this version is what it was after the next one's migration failed, and after it was killed; and whether
    it leaves alone what the next one has finished."""
    with bench.place(engine) as place:
        reference, token, folder = an_incident(place.cast.diane).reference, place.token("diane"), bench.folder()
        (folder / "9999_next.py").write_text(NEXT, encoding="utf-8")
        with inside.next_version(folder):
            total = _statements_of_next()
            assert _fails_at(total - 2)
        yield _works(place, reference, token)
        db.dispose()
        with inside.process(inside.migrate_until, place.url, total - 1, folder) as process:
            process.join(120)
            assert process.exitcode == -signal.SIGKILL
        db.bind(place.url)
        yield _works(place, reference, token)
        with inside.next_version(folder):
            migrate()
            finished = _state(engine)
        refused = _run(place.url, place.folder, "migrate")
        yield refused.returncode != 0 and b"Traceback" not in refused.stderr and _state(engine) == finished


def _statements_of_next() -> int:
    """How many migrating takes: it is undone at its very end."""
    count, writer = 0, db.bound().writer

    def counted(*_: Any) -> None:
        nonlocal count
        count += 1

    def undone(*_: Any) -> None:
        raise Interrupted

    event.listen(writer, "before_cursor_execute", counted)
    event.listen(writer, "commit", undone)
    try:
        migrate()
    except Interrupted:
        return count
    finally:
        event.remove(writer, "before_cursor_execute", counted)
        event.remove(writer, "commit", undone)
    raise AssertionError("it was not undone")


def _works(place: Place, reference: str, token: str) -> bool:
    """Whether Vigie starts, reads and writes."""
    with place.serving() as server:
        call = Caller(server.port, token)
        read, _ = call("GET", f"/incidents/{reference}")
        written, _ = call("POST", f"/incidents/{reference}/comments", {"body": "Toujours là."})
        call.close()
    return (read, written) == (200, 201)


def _older(bench: Bench, engine: str, revision: str) -> str:
    """A bound database with the schema of then and a team in it; its address."""
    url = bench.empty(engine, bench.folder())
    db.bind(url)
    if revision:
        with db.bound().writer.begin() as connection:
            command.upgrade(configuration(connection), revision)
            connection.execute(text("INSERT INTO team (name, code, external) VALUES ('Support N1', 'N1', false)"))
    return url


def _statements(bench: Bench, engine: str, start: str) -> int:
    """How many it takes to the newest schema."""
    _older(bench, engine, start)
    count = 0

    @event.listens_for(db.bound().writer, "after_cursor_execute")
    def counted(*_: Any) -> None:
        nonlocal count
        count += 1

    migrate()
    db.dispose()
    return count


def _fails_at(step: int) -> bool:
    """Whether migrating was interrupted at that statement."""
    count = 0
    writer = db.bound().writer

    def interrupted(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == step:
            raise Interrupted

    event.listen(writer, "before_cursor_execute", interrupted)
    try:
        migrate()
    except Interrupted:
        return True
    finally:
        event.remove(writer, "before_cursor_execute", interrupted)
    return False


def _state(engine: str) -> object:
    """Tables, columns, triggers and rows."""
    looked = inspect(db.bound().writer)
    with db.bound().reader.connect() as connection:
        return triggers(engine), {
            name: (
                [(column["name"], str(column["type"])) for column in looked.get_columns(name)],
                sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"'))),
            )
            for name in sorted(looked.get_table_names())
        }


@trial("K7", "backups while two others write", minutes=10)
def backups(bench: Bench) -> Outcome:
    """Each is one whole state that has everything from before it began; what is written meanwhile hardly waits."""
    count, unwhole, incomplete = bench.times(BACKUPS), 0, 0
    met, others = list[float](), list[float]()
    for engine in ENGINES:
        with bench.place(engine) as place:
            assert place.cast.alice.user_id is not None
            fill(PAST, person_id=place.cast.alice.user_id, until=datetime.now(UTC))
            made, during, between = _saved_while_writing(place, count)
        met += during
        others += between
        db.bind(f"sqlite:///{bench.folder()}/vigie.db")
        migrate()
        for file, before in made:
            restored = backup.restore(file, data_dir=bench.folder(), force=True)
            unwhole += restored.chain_broken_at is not None or value("PRAGMA integrity_check") != "ok"
            incomplete += value("SELECT MAX(seq) FROM history") < before
            unwhole += value(COUNTED) + PAST != value(NUMBERED)
        db.dispose()
    return Outcome(
        f"{count} backups on each of both databases, {len(met):,} writes during them",
        exactly("backups that are not whole", unwhole, 0),
        exactly("backups without a commit from before", incomplete, 0),
        at_most("p99 of a write, without waiting for a processor", percentile(met, 99) * 1000, 100, "ms"),
        told("median of a write, likewise", percentile(met, 50) * 1000, "ms"),
        told("p99 of a write between two backups, likewise", percentile(others, 99) * 1000, "ms"),
    )


def _saved_while_writing(place: Place, count: int) -> tuple[list[tuple[Path, int]], list[float], list[float]]:
    """Backups with the last line of the history before each; the seconds of each write that met one, and of others."""
    made, spans = [], []
    with ExitStack() as stack:
        pipes, writers = [], []
        for actor in (place.cast.alice, place.cast.bruno):
            mine, theirs = inside.CONTEXT.Pipe()
            ready = inside.CONTEXT.Event()
            writing = inside.process(inside.write_on, place.url, actor.user_id, ready, theirs)
            writers.append(stack.enter_context(writing))
            pipes.append(mine)
            assert ready.wait(60)
        for number in range(count):
            time.sleep(0.3)
            before = value("SELECT MAX(seq) FROM history")
            file = place.folder / f"{number}.backup"
            begun = time.monotonic()
            with inside.process(inside.save, place.url, file, place.folder) as saving:
                saving.join()
                assert saving.exitcode == 0
            spans.append((begun, time.monotonic()))
            made.append((file, before))
        for writer in writers:
            writer.terminate()
        took = [write for answer in inside.answers(pipes) for write in answer]
    met, others = list[float](), list[float]()
    for at, spent in took:
        (met if any(at < end and at + spent > begun for begun, end in spans) else others).append(spent)
    return made, met, others


@trial("K8", "restore drill: the documented commands, on an empty machine", minutes=12)
def restore_drill(bench: Bench) -> Outcome:
    """What was there is there again, on either database."""
    count, differing, foreign, alive, unverified, slowest = bench.times(STORED, least=500), 0, 0, 0, 0, 0.0
    with bench.place("sqlite") as place:
        assert place.cast.alice.user_id is not None
        for _ in range(FILES):
            _attach(place)
        fill(count, person_id=place.cast.alice.user_id, until=datetime.now(UTC))
        sessions.sign_in("alice", PASSWORD)
        before, held = _stored(), _digests(place.folder)
        file = place.folder / "desk.backup"
        db.dispose()
        saving = _command(place.url, place.folder, "backup", str(file))
        for engine in ENGINES:
            there = bench.folder()
            url = bench.empty(engine, there)
            starting = _command(url, there, "migrate")
            slowest = max(slowest, saving + _command(url, there, "restore", str(file)) - starting)
            unverified += _command(url, there, "audit", "verify") < 0
            db.bind(url)
            differing += sum(before[table] != rows for table, rows in _stored().items())
            alive += value("SELECT COUNT(*) FROM login_session")
            foreign += _digests(there) != held
            db.dispose()
    return Outcome(
        f"{count:,} incidents and {FILES} files by `backup` and `restore`, from SQLite to each of both databases",
        exactly("tables that differ", differing, 0),
        exactly("folders of files that differ", foreign, 0),
        exactly("chains that do not verify", unverified, 0),
        exactly("sessions that are still alive", alive, 0),
        at_most("minutes for 100,000 incidents at this rate", slowest / 60 * 100_000 / count, 10, "min"),
    )


def _attach(place: Place) -> None:
    reference = an_incident(place.cast.alice).reference
    writing = files.Writing()
    writing.add(PICTURE + os.urandom(5_000))
    attachments.add(place.cast.alice, reference, writing, "photo.png")
    writing.close()


def _stored() -> dict[str, object]:
    return {table: rows for table, rows in dump().items() if table not in DERIVED}


def _digests(folder: Path) -> dict[str, str]:
    """Path → SHA-256 of every attached file."""
    found = (path for path in (folder / "attachments").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def _command(url: str, folder: Path, *words: str) -> float:
    """Seconds that `main.py` took, negative when it refused."""
    begun = time.monotonic()
    done = _run(url, folder, *words)
    assert words[0] == "audit" or done.returncode == 0, words
    return (time.monotonic() - begun) * (1 if done.returncode == 0 else -1)


def _run(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """What `main.py` did."""
    settings = {"VIGIE_DATABASE_URL": url, "VIGIE_DATA_DIR": str(folder), "VIGIE_SECRET_KEY": SECRET.decode()}
    command_line = [sys.executable, str(ROOT / "main.py"), *words]
    return subprocess.run(command_line, cwd=folder, env=os.environ | settings, capture_output=True, check=False)
