"""The machine fails under Vigie: PostgreSQL dies (K3), the disk is full (K4)."""

import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT, Signals

import httpx
import psycopg

from data import db
from services import sessions
from tests.browser.conftest import Vigie
from tests.personas import PASSWORD
from tests.storage.cluster import Cluster, program, running_cluster
from tests.storage.test_backup import PICTURE
from tests.torture import wholeness
from tests.torture.bench import Bench
from tests.torture.load import Acks, Caller, a_life, working
from tests.torture.registry import Outcome, Waiting, at_most, exactly, trial

CRASHES = 20
FILLINGS = 3
DISK_MB, FILES_MB = 12, 4
NEW = {"title": "Encore", "description": "…", "category": "network", "priority": "low"}


class Postmaster:
    """The server of a cluster, which can crash and come back, with everything flushed as in production."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        with psycopg.connect(cluster.url("postgres")) as connection:
            (found,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        self.data = Path(found)
        self.end(SIGINT)
        self.start()

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])

    def end(self, how: Signals) -> None:
        """The server is gone, and so are its own children."""
        pid = self.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        os.kill(pid, how)
        for child in children if how is SIGKILL else ():
            with suppress(ProcessLookupError):
                os.kill(int(child), SIGKILL)
        deadline = time.monotonic() + 60
        while any(_runs(int(each)) for each in (pid, *children)) and time.monotonic() < deadline:
            time.sleep(0.01)

    def start(self) -> None:
        """It takes connections again."""
        owner = self.data.stat()
        identity = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"] if os.geteuid() == 0 else []
        where = ["-D", self.data, "-p", str(self.cluster.port), "-k", self.data.parent]
        command = ["setpriv", "--pdeathsig=INT", *identity, program("postgres"), *where, "-clisten_addresses=127.0.0.1"]
        with (self.data.parent / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.data.parent, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                self.cluster.execute("SELECT 1")
                return
            time.sleep(0.02)
        raise TimeoutError("PostgreSQL did not come back")


def _runs(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


@trial("K3", "PostgreSQL stopped at once, or killed, while Vigie works")
def database_crashes(bench: Bench) -> Outcome:
    """Vigie says so, loses nothing, and goes on by itself."""
    count, acks, seen, waits = bench.times(CRASHES, least=2), Acks(), Counter[str](), list[float]()
    with running_cluster() as cluster:
        postmaster = Postmaster(cluster)
        url = cluster.url(cluster.new_database())
        with bench.place("postgresql", url=url) as place:
            tokens = [place.token("diane") for _ in range(3)]
            cookie = sessions.sign_in("alice", PASSWORD).secret
            with place.serving() as server:
                pid = server.pid
                writers = [Caller(server.port, token) for token in tokens[:2]]
                with working(*(lambda call=call: a_life(call, acks) for call in writers)):
                    for number in range(count):
                        time.sleep(1.5)
                        postmaster.end((SIGQUIT, SIGKILL)[number % 2])
                        seen.update(_said(server, cookie, tokens[2]))
                        postmaster.start()
                        waits.append(_until_it_writes(server, tokens[2]))
                alive = server.answers() and server.pid == pid
            lost, faults = wholeness.lost(acks), list(wholeness.faults())
        postmaster.end(SIGINT)
    return Outcome(
        f"{count} crashes under load; writes: {len(acks):,} acknowledged, {acks.refused.get(503, 0):,} refused for now",
        exactly("acknowledged writes lost", len(lost), 0),
        exactly("half changes, broken chains", len(faults), 0),
        exactly("answers 500", acks.refused.get(500, 0) + seen["500"], 0),
        exactly("answers without a sentence, or with a stack trace, while it was down", seen["bad"], 0),
        at_most("slowest first success after it was back", max(waits), 5, "s"),
        exactly("restarts of Vigie by hand", int(not alive), 0),
    )


def _said(server: Vigie, cookie: str, token: str) -> Iterator[str]:
    """What is to be said of the answers to a person and to a script while the database is down."""
    with httpx.Client(base_url=server.url, timeout=20, trust_env=False) as client:
        page = client.get("/incidents", cookies={"vigie_session": cookie}, headers={"Accept": "text/html"})
        call = client.post("/api/v1/incidents", json=NEW, headers={"Authorization": f"Bearer {token}"})
    for answer, wanted in ((page, "vg-empty--page"), (call, "database_unavailable")):
        yield str(answer.status_code)
        if answer.status_code != 503 or wanted not in answer.text or "Traceback" in answer.text:
            yield "bad"


def _until_it_writes(server: Vigie, token: str) -> float:
    """Seconds until an incident can be declared."""
    call, begun = Caller(server.port, token), time.monotonic()
    while time.monotonic() - begun < 60:
        with suppress(OSError, HTTPException):
            if call("POST", "/incidents", NEW)[0] == 201:
                break
        time.sleep(0.05)
    call.close()
    return time.monotonic() - begun


@trial("K4", "disks full: the database's, and that of the files")
def disks_full(bench: Bench) -> Outcome:
    """Nothing by half, reading goes on, and writing too once there is room."""
    rounds, folder, seen, waits = bench.times(FILLINGS), bench.folder(), Counter[str](), list[float]()
    with ExitStack() as stack:
        disk, attached = folder / "db", folder / "attachments"
        stack.enter_context(_small_disk(disk, DISK_MB))
        stack.enter_context(_small_disk(attached, FILES_MB))
        place = stack.enter_context(bench.place("sqlite", folder=folder, url=f"sqlite:///{disk}/vigie.db"))
        token, cookie = place.token("alice"), sessions.sign_in("alice", PASSWORD).secret
        server = stack.enter_context(place.serving())
        api = httpx.Client(base_url=f"{server.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=20)
        stack.enter_context(api)
        first = api.post("/incidents", json=NEW).json()["reference"]
        for _ in range(rounds):
            with _filled(disk):
                seen.update(_while_the_database_cannot_grow(api, server, cookie, first))
            waits.append(_until_it_writes(server, token))
            with _filled(attached):
                seen.update(_attach(api, first, bytes(FILES_MB * 2**20)))
            seen.update(f"after {status}" for status in _attach(api, first, b""))
            seen.update("orphan" for path in attached.rglob("*.part"))
            where = f"/incidents/{first}/attachments"
            for file in api.get(where).json():
                seen["truncated"] += len(api.get(f"{where}/{file['id']}").content) != file["size"]
        faults = list(wholeness.faults())
    return Outcome(
        f"{rounds} × a database of {DISK_MB} MB and files of {FILES_MB} MB on full disks; answers: {_told(seen)}",
        exactly("half changes, bad pages, broken chains", len(faults), 0),
        exactly("answers 500", seen["500"], 0),
        exactly("rounds in which nothing had to be refused", rounds - seen["refused"], 0),
        exactly("readings that failed", seen["unread"], 0),
        exactly("orphan or truncated files", seen["orphan"] + seen["truncated"], 0),
        exactly("files that could not be attached once there was room", rounds - seen["after 201"], 0),
        at_most("slowest first success once there was room", max(waits), 10, "s"),
    )


def _told(seen: Counter[str]) -> str:
    return ", ".join(f"{status} × {count}" for status, count in sorted(seen.items()) if status.isdecimal())


@contextmanager
def _small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "vigie-torture", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise Waiting(f"a small disk cannot be mounted here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        db.dispose()
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    """There is not a byte left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    yield
    ballast.unlink()


def _while_the_database_cannot_grow(api: httpx.Client, server: Vigie, cookie: str, known: str) -> Iterator[str]:
    statuses = [str(api.post("/incidents", json=NEW | {"description": "x" * 15_000}).status_code) for _ in range(20)]
    yield from statuses
    yield from ["refused"] * ("503" in statuses)
    page = httpx.get(f"{server.url}/incidents", cookies={"vigie_session": cookie}, timeout=20, trust_env=False)
    if api.get(f"/incidents/{known}").status_code != 200 or page.status_code != 200:
        yield "unread"


def _attach(api: httpx.Client, reference: str, more: bytes) -> Iterator[str]:
    yield str(api.post(f"/incidents/{reference}/attachments", files={"file": ("p.png", PICTURE + more)}).status_code)
