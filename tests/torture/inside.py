"""What processes of our own do: each function is the whole life of one, which the trial may end at any moment.

They come from a server that has already imported everything, so that many can be started; only what is named here runs
in them.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import event

from data import db
from data import migrate as migration
from data.migrate import migrate
from data.settings import Settings
from services import backup, chain, clock, doctor, incidents, jobs
from services.notifications import mail, outbox, reach
from services.work import Actor
from tests.dump import dump
from tests.personas import SECRET
from tests.torture.bench import not_running_s

# What goes wrong here is meant to; what matters comes out in the figures.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])


@contextmanager
def process(target: Any, *given: Any) -> Iterator[BaseProcess]:
    """A process that does `target`; it has ended when the block has."""
    made = CONTEXT.Process(target=target, args=given, daemon=True)
    made.start()
    try:
        yield made
    finally:
        if made.is_alive():
            made.kill()
        made.join()
        made.close()


def jobs_in_a_hurry(url: str, mail_port: int, begun: datetime, factor: float, ready: Any) -> None:
    """`main.py jobs` on a clock that goes `factor` times as fast since `begun`, until SIGTERM."""

    def hurried() -> datetime:
        return begun + (datetime.now(UTC) - begun) * factor

    chain.use_secret(SECRET)
    reach.allow(["127.0.0.0/8"])
    mail.use(mail.Server("127.0.0.1", mail_port, "Vigie <vigie@acme.example>"))
    outbox.configure(outbox.Terms(ZoneInfo("Europe/Paris"), mail=True, public_url="https://vigie.acme.example"))
    db.bind(url)
    with clock.running_on(hurried):
        runner = jobs.Runner()
        signal.signal(signal.SIGTERM, lambda *_: runner.release())
        runner.start()
        ready.set()
        runner.wait()
        runner.stop()
    db.dispose()


def declare(url: str, user_id: int, count: int, begun: datetime, factor: float, answer: Connection) -> None:
    """Declares so many incidents, on a clock that goes `factor` times as fast; answers references and errors."""
    started = datetime.now(UTC)
    chain.use_secret(SECRET)
    db.bind(url)
    references: list[str] = []
    errors: list[str] = []
    with clock.running_on(lambda: begun + (datetime.now(UTC) - started) * factor):
        for number in range(count):
            new = incidents.NewIncident(title=f"Panne {number}", description="…", category="network", priority="low")
            try:
                references.append(incidents.create(Actor(user_id), new).reference)
            except Exception as error:
                errors.append(repr(error))
    db.dispose()
    answer.send((references, errors))


def write_on(url: str, user_id: int, ready: Any, answer: Connection) -> None:
    """Declares incidents until SIGTERM; answers when each was begun, and how many seconds it took without waiting for a
    processor. The first, for which a process puts its questions together, are none of them."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    chain.use_secret(SECRET)
    db.bind(url)
    new = incidents.NewIncident(title="Panne", description="…", category="network", priority="low")
    for _ in range(3):
        incidents.create(Actor(user_id), new)
    ready.set()
    spent = []
    while not stopped.wait(0.02):
        at, begun = time.monotonic(), time.perf_counter() - not_running_s(os.getpid())
        incidents.create(Actor(user_id), new)
        spent.append((at, time.perf_counter() - not_running_s(os.getpid()) - begun))
    db.dispose()
    answer.send(spent)


def save(url: str, file: Path, folder: Path) -> None:
    """As the command `backup` does."""
    chain.use_secret(SECRET)
    db.bind(url)
    backup.step_back()
    backup.save(file, data_dir=folder)
    db.dispose()


@contextmanager
def next_version(folder: Path) -> Iterator[None]:
    """Migrating goes on to the migrations in `folder`, as the version of Vigie after this one does."""
    migration.FOLDERS.append(folder)
    try:
        yield
    finally:
        migration.FOLDERS.remove(folder)


def migrate_until(url: str, statements: int, folder: Path | None = None) -> None:
    """Brings the schema up to date, or to that of the next version in `folder`; killed after so many statements."""
    left = statements
    database = db.bind(url)

    @event.listens_for(database.writer, "after_cursor_execute")
    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with next_version(folder) if folder else nullcontext():
        migrate()


def hold_lock(file: str, seconds: float, held: Any) -> None:
    """Nobody else writes to the SQLite file for so long."""
    connection = db.sqlite_module().connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    held.set()
    threading.Event().wait(seconds)
    connection.execute("ROLLBACK")
    connection.close()


def answers(of: Sequence[Connection]) -> list[Any]:
    """What each process has answered; waits for it."""
    return [each.recv() for each in of]


def examine(url: str, folder: str, before: dict[str, Any], answer: Connection) -> None:
    """Answers whether what `doctor` says of the database, or Vigie when it starts, is "noticed", "harmless" or
    "unnoticed"."""
    settings = Settings(database_url=url, data_dir=Path(folder), secret_key=SECRET.decode())
    for finding in doctor.examine(settings):
        if finding.state is doctor.State.FAILED and finding.check in ("database", "migrations", "chain"):
            answer.send(f"noticed: {finding.check}")
            return
    chain.use_secret(SECRET)
    try:
        db.bind(url)
        migrate()
        after = dump()
    except Exception as error:
        answer.send(f"noticed: {type(error).__name__}")
        return
    changed = [name for name, rows in before.items() if after[name] != rows]
    answer.send(f"unnoticed: in {changed}" if changed else "harmless")


def declare_aloud(url: str, user_id: str, count: str) -> None:
    """Declares so many incidents, and says the reference of each once it is acknowledged."""
    chain.use_secret(SECRET)
    db.bind(url)
    for number in range(int(count)):
        new = incidents.NewIncident(title=f"Panne {number}", description="…", category="network", priority="low")
        os.write(1, incidents.create(Actor(int(user_id)), new).reference.encode() + b"\n")
    db.dispose()
