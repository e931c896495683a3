"""A real Vigie in a process of its own, and people who look at it in Chromium.

    def test_something(vigie, page_as):
        alice = page_as("alice")
        alice.goto("/incidents")

`vigie` is one server on one SQLite file for each test module; `page_as` opens a browser of its own for a persona,
signed in, and fails the test at its end when a script of the page raised an error.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from data import db
from services import chain, incidents, organisation, people, tokens
from services.views import IncidentView
from services.work import Actor
from tests.browser.program import browser_program
from tests.house.tree import ROOT
from tests.processes import Process, Processes, processes

PASSWORD = "correct horse battery"
SECRET = "a secret for the tests in the browser"
# login → (name, role, teams, the main one first); émile is made by the set-up.
PERSONAS = {
    "alice": ("Alice Martin", "technician", ["Support N1"]),
    "bruno": ("Bruno Keller", "technician", ["Support N2"]),
    "chloe": ("Chloé Dubois", "requester", []),
    "diane": ("Diane Leroy", "dispatcher", ["Support N1"]),
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STILL = "--force-prefers-reduced-motion"  # nothing slides or fades while a test waits for it
SECONDS_TO_START = 60
SECONDS_TO_APPEAR = 15


class Vigie:
    """A server that can be stopped, killed and started again, at the same address, on the same database.

    Without `servers`, each start is a new interpreter's: so it is measured.
    """

    def __init__(self, folder: Path, servers: Processes | None = None) -> None:
        self._servers = servers
        self.folder = folder
        self.database_url = f"sqlite:///{folder}/vigie.db"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.actors: dict[str, Actor] = {}
        self.settings: dict[str, str] = {}  # beside its own, by their names in the environment
        self._process: Process | subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """The server answers; `options` as of the command line."""
        settings = {
            "VIGIE_DATABASE_URL": self.database_url,
            "VIGIE_DATA_DIR": str(self.folder),
            "VIGIE_SECRET_KEY": SECRET,
            "VIGIE_BASE_URL": self.url,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
        words = ["serve", "--host", "127.0.0.1", "--port", str(self.port), *options]
        environment = kept | settings | self.settings
        with self.log.open("ab") as log, Path(os.devnull).open("rb") as nothing:
            if self._servers:
                out = log.fileno()
                self._process = self._servers.start(words, self.folder, environment, typed=nothing, out=out, err=out)
            else:
                command = [sys.executable, str(ROOT / "main.py"), *words]
                self._process = subprocess.Popen(
                    command, cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT
                )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                pytest.fail(f"Vigie did not start:\n{self.log.read_text(encoding='utf-8')[-4000:]}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether the server is ready."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """The server has ended as on SIGTERM."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """The server is gone from one moment to the next."""
        self._end(signal.SIGKILL)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def pid(self) -> int:
        """The server's process, to measure it."""
        assert self._process is not None
        return self._process.pid

    def create(self, title: str, *, by: str = "alice", **fields: Any) -> IncidentView:
        """An incident, declared in this process: to the server it is news from elsewhere."""
        new = {"title": title, "description": "…", "category": "network", "priority": "medium"} | fields
        return incidents.create(self.actors[by], incidents.NewIncident(**new))

    def api(self, login: str) -> httpx.Client:
        """The REST API, for `login`; paths begin after /api/v1."""
        headers = self.authorization(login)
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=10, trust_env=False)

    def authorization(self, login: str) -> dict[str, str]:
        """The header that a call of the API needs."""
        token = tokens.issue(self.actors["emile"], login, name="test")
        return {"Authorization": f"Bearer {token}"}

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


PageAs = Callable[..., Page]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Processes that have loaded what a server loads."""
    with processes(tmp_path_factory.mktemp("servers"), "main", "ui.server") as starts:
        yield starts


@pytest.fixture(scope="module")
def empty_vigie(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[Vigie]:
    """A server that nobody has set up; like every one in production, it begins with a new interpreter."""
    running = Vigie(tmp_path_factory.mktemp("vigie"))
    with _served(running, _sqlite_template):
        yield running


@pytest.fixture(scope="module")
def vigie(
    servers: Processes, tmp_path_factory: pytest.TempPathFactory, _founded: tuple[Path, dict[str, Actor]]
) -> Iterator[Vigie]:
    """A server with the personas, and no incident; the services work on its database in this process too."""
    running = Vigie(tmp_path_factory.mktemp("vigie"), servers)
    file, actors = _founded
    running.actors = dict(actors)
    with _served(running, file):
        yield running


@pytest.fixture(scope="session")
def _founded(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> tuple[Path, dict[str, Actor]]:
    """Made once: each module's server gets a copy."""
    file = tmp_path_factory.mktemp("founded") / "vigie.db"
    shutil.copy(_sqlite_template, file)
    chain.use_secret(SECRET.encode())
    db.bind(f"sqlite:///{file}")
    actors = founded_people()
    db.dispose()
    return file, actors


@contextmanager
def _served(vigie: Vigie, database: Path) -> Iterator[None]:
    shutil.copy(database, vigie.folder / "vigie.db")
    chain.use_secret(SECRET.encode())
    db.bind(vigie.database_url)
    vigie.start()
    yield
    vigie.stop()
    db.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; fails, and never skips, where it is not installed."""
    expect.set_options(timeout=SECONDS_TO_APPEAR * 1000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser_program(), args=[*FLAGS, STILL])
        yield started
        started.close()


@pytest.fixture
def page_of(browser: Browser) -> Iterator[PageAs]:
    """A new browser of nobody: `page_of(vigie)`; options as for Playwright's `new_context` (viewport, locale…)."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(vigie: Vigie, **options: Any) -> Page:
        size = {"width": 1440, "height": 900}
        context = browser.new_context(**({"base_url": vigie.url, "viewport": size, "locale": "fr-FR"} | options))
        context.set_default_timeout(SECONDS_TO_APPEAR * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page_as(vigie: Vigie, page_of: PageAs) -> PageAs:
    """A browser of its own for a persona, signed in, on no page yet: `page_as("alice")`; options as for `page_of`."""

    def open_page(login: str, **options: Any) -> Page:
        page = page_of(vigie, **options)
        sign_in(page, vigie, login)
        return page

    return open_page


def sign_in(page: Page, vigie: Vigie, login: str, password: str = PASSWORD) -> None:
    """The browser has a session of `login`, as by the sign-in form."""
    form = {"login": login, "password": password, "next": "/incidents"}
    answer = page.request.post("/session", form=form, headers={"Origin": vigie.url}, max_redirects=0)
    assert answer.headers.get("location") == "/incidents", f"{login}: {answer.status} {answer.headers.get('location')}"


def restart_under(page: Page, vigie: Vigie) -> None:
    """The server was killed and runs again; `page`, open all the while, has heard of it and loaded itself anew."""
    page.evaluate("window.beforeTheRestart = true")
    vigie.kill()
    vigie.start()
    page.wait_for_function("window.beforeTheRestart === undefined", timeout=30_000)


def founded_people() -> dict[str, Actor]:
    """The organisation Acme and its personas, in the database that is bound; login → actor."""
    emile = organisation.set_up(
        organisation="Acme", login="emile", admin_name="Émile Roux", email=None, password=PASSWORD
    )
    made = {"emile": emile}
    for login, (name, role, teams) in PERSONAS.items():
        account = people.create_user(emile, login=login, name=name, role=role, password=PASSWORD, teams=teams)
        made[login] = Actor(account.id)
    return made


def _free_port() -> int:
    """Below those of outgoing connections, one of which could take it while the server is away."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    pytest.fail("no port is free")
