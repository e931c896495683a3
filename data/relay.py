"""Following the history, which every process on this database appends to: what another one did shows here too.

PostgreSQL says by NOTIFY that there is something to read, and is asked each second all the same; SQLite is only asked.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from sqlalchemy.engine import make_url

from data.db import CHANNEL, bound, read_session
from data.models import History
from data.queries import history

log = structlog.get_logger()

PERIOD_S = 1.0
BATCH = 500  # more than this at once is not news but another state
KEEPALIVES = "keepalives_idle=10&keepalives_interval=5&keepalives_count=2&connect_timeout=5"

Wait = Callable[[], None]


class Relay:
    """A thread that calls `told` with each new lines, and `missed` when some may never have come.

    Both are called from that thread, with lines of this process and of others alike.
    """

    def __init__(self, told: Callable[[Sequence[History]], None], missed: Callable[[], None]) -> None:
        self._told = told
        self._missed = missed
        self._seq = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def start(self) -> None:
        """Whatever is written after this call has returned will be told."""
        self._seq = _head()
        self._thread.start()

    def stop(self) -> None:
        """The thread has ended."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        interrupted = False
        while not self._stopped.is_set():
            try:
                with self._listening() as wait:
                    if interrupted:
                        self._look_anew()
                        interrupted = False
                    while not self._stopped.is_set():
                        self._tell()
                        wait()
            except Exception as cause:  # the database is away: whatever the driver says about it
                if not interrupted:
                    log.warning("the history cannot be followed", cause=str(cause).strip())
                interrupted = True
                self._stopped.wait(PERIOD_S)

    def _tell(self) -> None:
        with read_session() as session:
            lines = history.after(session, self._seq, limit=BATCH)
        if len(lines) == BATCH:
            self._look_anew()
        elif lines:
            self._seq = lines[-1].seq
            self._told(lines)

    def _look_anew(self) -> None:
        self._seq = _head()
        self._missed()

    @contextmanager
    def _listening(self) -> Iterator[Wait]:
        """A way to wait for news, at most a period."""
        if bound().is_sqlite:
            yield lambda: (self._stopped.wait(PERIOD_S), None)[1]
            return
        url = make_url(bound().url).set(drivername="postgresql").render_as_string(hide_password=False)
        address = f"{url}{'&' if '?' in url else '?'}{KEEPALIVES}"
        import psycopg  # here: SQLite need not wait for it

        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")

            def wait() -> None:
                for _ in connection.notifies(timeout=PERIOD_S, stop_after=1):
                    pass

            yield wait


def _head() -> int:
    with read_session() as session:
        return (history.head(session) or (0, ""))[0]
