"""What a call costs the server, and whether it grows with the archive: a real server, SQLite with synchronous=FULL."""

import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from data import db
from data.migrate import migrate
from services import audit, chain, organisation, tokens
from tests.bench.archive import fill
from tests.house.tree import ROOT

STORED = (10_000, 100_000)
ROUNDS = 6  # both servers in turn, so that what else the machine does falls on both alike
CALLS = 50
SECRET = "a secret for the bench"
CPU_MS = {"create": 10.0, "transition": 10.0, "statistics": 50.0}
GROWTH = 1.3
BARRED = ("create", "transition")
NEW = {"title": "Le VPN tombe", "description": "Depuis 9 h.", "category": "network", "priority": "high"}


def test_what_a_call_costs(tmp_path: Path) -> None:
    with ExitStack() as running:
        servers = {stored: running.enter_context(_serving(tmp_path / str(stored), stored)) for stored in STORED}
        for server in servers.values():
            server.measure(20)  # caches and compiled statements are warm
            server.spent.clear()
        for _ in range(ROUNDS):
            for server in servers.values():
                server.measure(CALLS)
    rows = [
        (f"{name}, {stored:,} stored: CPU ms a call", server.cost(name), CPU_MS.get(name))
        for name in server.spent
        for stored, server in servers.items()
    ]
    few, many = (servers[stored] for stored in STORED)
    rows += [(f"{name}, growth to {STORED[1]:,}", many.cost(name) / few.cost(name), GROWTH) for name in BARRED]
    _print(rows)
    assert all(bar is None or figure <= bar for _, figure, bar in rows)


class Server:
    """A running server, a connection to it that stays open, and the CPU time that each kind of call has used."""

    def __init__(self, pid: int, connection: http.client.HTTPConnection, token: str) -> None:
        self.pid, self.connection, self.token = pid, connection, token
        self.spent: dict[str, list[float]] = {}

    def cost(self, name: str) -> float:
        """CPU milliseconds of the server for one call."""
        return statistics.mean(self.spent[name]) * 1000

    def measure(self, calls: int) -> None:
        """So many calls of the common kinds, fewer of the heavy ones."""
        self.connection.close()  # idle while the other server was measured, the server may have ended it
        created = self._round("create", [("POST", "/incidents", NEW)] * calls)
        references = [each["reference"] for each in created]
        self._round("transition", [("POST", f"/incidents/{each}/actions/take", None) for each in references])
        self._round("read", [("GET", f"/incidents/{each}", None) for each in references])
        self._round("page of 50 by urgency", [("GET", "/incidents", None)] * 5)
        self._round("page of 50 open by urgency", [("GET", "/incidents?status=open", None)] * 5)
        self._round("search", [("GET", "/incidents?q=imprimante+bureau", None)] * 2)
        self._round("statistics", [("GET", "/stats", None)] * 2)

    def _round(self, name: str, calls: list[tuple[str, str, Any]]) -> list[Any]:
        before = self._cpu_s()
        answers = [self._call(*call) for call in calls]
        self.spent.setdefault(name, []).append((self._cpu_s() - before) / len(calls))
        return answers

    def _call(self, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status < HTTPStatus.MULTIPLE_CHOICES, content
        return json.loads(content)

    def _cpu_s(self) -> float:
        """User and system time; the scheduler's own count, in nanoseconds, of all threads."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text(encoding="utf-8").split()[0]) for task in tasks) / 1e9


@contextmanager
def _serving(folder: Path, stored: int) -> Iterator[Server]:
    """Vigie on a database with so many incidents, whose history is whole."""
    url = f"sqlite:///{folder}/vigie.db"
    db.bind(url)
    migrate()
    chain.use_secret(SECRET.encode())
    emile = organisation.set_up(
        organisation="Acme", login="emile", admin_name="Émile", email=None, password="correct horse battery"
    )
    assert emile.user_id is not None
    token = tokens.issue(emile, "emile", name="bench")
    fill(stored, person_id=emile.user_id, until=datetime.now(UTC))
    assert audit.verify_chain().broken_at is None
    db.dispose()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "VIGIE_DATABASE_URL": url,
        "VIGIE_DATA_DIR": str(folder),
        "VIGIE_SECRET_KEY": SECRET,
        "VIGIE_API_RATE": "0",
    }
    # Without the jobs: nobody has been told of what ran out in the archive, and telling it takes a core for minutes.
    command = [sys.executable, str(ROOT / "main.py"), "serve", "--no-jobs", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=os.environ | settings, stdout=log, stderr=log)
    try:
        _await(port)
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            yield Server(process.pid, connection, token)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _await(port: int) -> None:
    deadline = time.monotonic() + 60
    while not _ready(port):
        assert time.monotonic() < deadline, "Vigie did not start"
        time.sleep(0.1)


def _ready(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            return False


def _print(rows: list[tuple[str, float, float | None]]) -> None:
    print("\nname | figure | bar | ok")
    for name, figure, bar in rows:
        ok = "" if bar is None else "yes" if figure <= bar else "NO"
        print(f"{name} | {figure:.2f} | {'' if bar is None else bar} | {ok}")
