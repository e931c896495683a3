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
from typing import Any

import psycopg

from tests.memory_disk import temporary_root

MISSING = (
    "PostgreSQL's initdb was not found; the storage rules are tested on both databases: run `make test`, "
    "or install it: apt-get install postgresql"
)
START_SECONDS = 60
# Its databases live for one test each: nothing of them need outlive the machine's power.
OPTIONS = ("listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off", "autovacuum=off", "jit=off")


# What a test that works on the schema itself leaves changed.
_SHAPE = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
  SELECT concat('c', oid, relname, relnatts, relchecks) FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat('t', tgrelid, tgname, tgenabled, tgfoid) FROM pg_trigger
  UNION ALL SELECT concat('k', oid, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat('f', oid, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS shape (line)"""
MOST_USES = 60  # what was deleted is not swept up


@dataclass
class Used:
    """A database that tests use one after the other: to copy its template costs far more than to put its rows back."""

    name: str
    uses: int = 0
    shape: str = ""
    script: str = ""

    def remember(self, connection: psycopg.Connection[Any]) -> None:
        """What it is like before a test is what it will be like afterwards."""
        self.uses += 1
        if self.script:
            return
        connection.execute("CREATE SCHEMA kept")
        restore = ["BEGIN", "SET LOCAL session_replication_role = replica"]
        for (table,) in connection.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"):
            restore.append(f"DELETE FROM public.{table}")
            if connection.execute(f"SELECT EXISTS (SELECT FROM public.{table})".encode()).fetchone() == (True,):
                connection.execute(f"CREATE TABLE kept.{table} AS TABLE public.{table}".encode())
                restore.append(f"INSERT INTO public.{table} SELECT * FROM kept.{table}")
        for (name,) in connection.execute(
            "SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'"
        ):
            last, called = connection.execute(f"SELECT last_value, is_called FROM {name}".encode()).fetchone() or (
                1,
                False,
            )
            restore.append(f"SELECT setval('public.{name}', {last}, {called})")
        self.script = ";".join([*restore, "COMMIT"])
        self.shape = self._shape(connection)

    def clean(self, connection: psycopg.Connection[Any]) -> bool:
        """Whether it is again as it was: nobody is connected, every row is the one that was remembered."""
        if self.uses >= MOST_USES or self._shape(connection) != self.shape:
            return False
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(self.script.encode())
        return True

    def _shape(self, connection: psycopg.Connection[Any]) -> str:
        found = connection.execute(_SHAPE).fetchone()
        assert found
        return str(found[0])


@dataclass(frozen=True)
class Cluster:
    """A running server on 127.0.0.1, reachable with `password` only."""

    port: int
    password: str
    _numbers: Iterator[int] = field(default_factory=count)
    _used: dict[str, list[Used]] = field(default_factory=dict)

    def url(self, database: str) -> str:
        return f"postgresql://vigie:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template0") -> str:
        """A database like `template`, to which nobody is connected; returns its name."""
        name = f"vigie_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return name

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """A database like `template` for one test: one that an earlier test had, put back as it was, if any."""
        pool = self._used.setdefault(template, [])
        used = pool.pop() if pool else Used(self.new_database(template))
        with psycopg.connect(self.url(used.name), autocommit=True) as connection:
            used.remember(connection)
        yield used.name
        with psycopg.connect(self.url(used.name), autocommit=True) as connection:
            clean = used.clean(connection)
        if clean:
            pool.append(used)
        else:
            self.drop(used.name)

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
    home = Path(tempfile.mkdtemp(prefix="vigie-pg-", dir=temporary_root()))
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
                "--data-checksums",
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
