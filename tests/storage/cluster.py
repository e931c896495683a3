"""A PostgreSQL cluster of the tests' own: made, used and removed by one test session, and by nobody else."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

MISSING = (
    "PostgreSQL's initdb was not found; the storage rules are tested on both databases: run `make test`, "
    "or install it: apt-get install postgresql"
)
START_SECONDS = 60
# Its databases live for one test each: nothing of them need outlive the machine's power.
OPTIONS = ("listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off", "autovacuum=off", "jit=off")


@dataclass(frozen=True)
class Cluster:
    """A running server on 127.0.0.1, reachable with `password` only."""

    port: int
    password: str
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        return f"postgresql://vigie:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template0") -> str:
        """A database like `template`, to which nobody is connected; returns its name."""
        name = f"vigie_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return name

    def drop(self, database: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


def program(name: str) -> str:
    """The newest PostgreSQL's program: Debian keeps the server's out of PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which(name)
    assert found, MISSING
    return found


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A new cluster, stopped and deleted afterwards; it stops too when this process dies."""
    initdb, postgres = program("initdb"), program("postgres")
    # Short, because a socket's path is limited to 107 bytes; and where the owner may enter, unlike root's own folders.
    home = Path(tempfile.mkdtemp(prefix="vigie-pg-", dir="/tmp"))
    password = secrets.token_urlsafe(16)
    secret = home / "password"
    secret.write_text(password, encoding="utf-8")
    identity: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = _unprivileged()
        identity = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        for path in (home, secret):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    as_owner = ["setpriv", "--pdeathsig=INT", *identity]
    data = home / "data"
    try:
        subprocess.run(
            [
                *(*as_owner, initdb, f"--pgdata={data}", "--username=vigie", f"--pwfile={secret}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", "--no-sync"),
            ],
            cwd=home,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        port = _free_port()
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [*as_owner, postgres, "-D", data, "-p", str(port), "-k", home, *(f"-c{option}" for option in OPTIONS)],
                cwd=home,
                stdout=log,
                stderr=log,
            )
        try:
            cluster = Cluster(port, password)
            _wait_for(cluster, server, home / "log")
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # "fast": connections that a failed test left open do not hold it up
            server.wait(60)
    finally:
        shutil.rmtree(home)


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            cluster.execute("SELECT 1")
        except psycopg.OperationalError:
            ended = server.poll() is not None
            assert not ended, f"PostgreSQL ended at its start:\n{log.read_text(encoding='utf-8')}"
            assert time.monotonic() < deadline, f"PostgreSQL did not start in {START_SECONDS} s"
            time.sleep(0.05)
        else:
            return
