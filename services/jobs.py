"""What Vigie does by itself: a table of jobs, each on threads of its own.

A body does what is next and says whether there may be more. Any number of processes may run the same jobs: what is to
be done is claimed in the database.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from data import db
from data.vocabulary import Medium
from services import anchors, attachments, closing, watcher
from services.errors import DatabaseUnavailable
from services.intake.mail import fetching
from services.notifications import delivery

log = structlog.get_logger()

Body = Callable[[], int]

AFTER_A_FAULT_S = 5.0
PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Job:
    """`body` is asked `every` so many seconds, and again at once while it says that there is more.

    With several threads, `due` says whether there is anything to do: one thread asks for all that have nothing to do.
    """

    name: str
    every: float
    body: Body
    threads: int = 1
    due: Body | None = None


def _sending(name: str, medium: Medium, threads: int) -> Job:
    return Job(name, 1, partial(delivery.send_one, medium), threads, partial(delivery.is_due, medium))


JOBS: Sequence[Job] = (
    Job("sla watcher", 2, watcher.tell_crossings),
    Job("hold reminders", 10, watcher.tell_holds_over),
    Job("files", 600, attachments.sweep_one),
    Job("automatic closing", 60, closing.close_one),
    Job("letters", 30, fetching.fetch),
    Job("old letters", 3600, fetching.forget),
    Job("history anchor", 300, anchors.anchor_one),
    _sending("mail", Medium.EMAIL, threads=2),
    # Each receiver has one call at a time: as many as these may hang before others wait.
    _sending("chat", Medium.APPRISE, threads=4),
    _sending("webhooks", Medium.WEBHOOK, threads=6),
)


class Runner:
    """The jobs at work, from `start` to `stop`."""

    def __init__(self, jobs: Sequence[Job] = JOBS) -> None:
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(job, watch), name=f"job {job.name}", daemon=True)
            for job in jobs
            for watch in [threading.Lock()] * job.threads
        ]

    def start(self) -> None:
        """Every job is being done."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No job is being done any more; one that does not end in time is left to its lease."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def wait(self) -> None:
        """Returns once somebody has called `release`."""
        self._stopped.wait()

    def release(self) -> None:
        """`wait` returns; safe in a signal handler."""
        self._stopped.set()

    def _run(self, job: Job, watch: threading.Lock) -> None:
        while not self._stopped.is_set():
            with watch:
                found = self._await(job)
            while found and not self._stopped.is_set():
                found = self._attempt(job, job.body)

    def _await(self, job: Job) -> bool:
        """Returns once there is something to do, or nothing any more."""
        while not self._stopped.is_set():
            if self._attempt(job, job.due or job.body):
                return True
            self._stopped.wait(job.every)
        return False

    def _attempt(self, job: Job, body: Body) -> bool:
        try:
            return bool(body())
        except Exception as error:  # a database that is away, a bug: the others go on, and this one tries again
            _tell(job, error)
            self._stopped.wait(AFTER_A_FAULT_S)
            return False


def _tell(job: Job, error: Exception) -> None:
    """A database that is away is a line for each job and try; anything else is a bug, with where it was."""
    if isinstance(error, DatabaseUnavailable) or (isinstance(error, db.AWAY) and db.is_away(error)):
        log.warning("job waits for the database", job=job.name)
    else:
        log.error("job failed", job=job.name, exc_info=error)
