"""What every test may ask for: a database of its own on both engines, and no network but loopback."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from data import db
from data.migrate import migrate
from services import clock as service_clock
from services import files, memory
from services.clock import MovedClock
from tests.memory_disk import temporary_root
from tests.personas import MONDAY, Cast, found_the_desk, the_cast
from tests.requirements.plugin import Table
from tests.storage.cluster import Cluster, running_cluster

LONG = frozenset({"test_accessibility", "test_wall", "test_incident_drafts", "test_board_outage"})

# A busy machine is slow, not wrong.
settings.register_profile("vigie", deadline=None)
settings.load_profile("vigie")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", action="store_true", help="only tests that name a requirement, and a table")


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", temporary_root())
    if config.getoption("requirements"):
        config.pluginmanager.register(Table(), "requirements table")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests in the browser come last: they leave an event loop running in the thread of their worker.

    The longest modules of them first, so that both workers end at the same time.
    """
    items.sort(key=lambda item: ("tests/browser/" in item.nodeid, item.path.stem not in LONG))


def pytest_collection_finish() -> None:
    memory.keep_what_is_loaded()


def _is_local(address: Any) -> bool:
    if isinstance(address, (str, bytes)):  # a Unix socket
        return True
    host = address[0]
    return host in {"", "localhost"} or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@pytest.fixture(autouse=True, scope="session")
def _no_network_but_loopback() -> Iterator[None]:
    """Whoever leaves the machine fails: an intranet has no internet, and a test no luck with somebody's server."""

    def guarded(original: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            assert _is_local(address), f"a test tried to reach {address}; only loopback is allowed"
            return original(self, address)

        return connect

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this worker's own; fails, and never skips, where PostgreSQL is not installed."""
    with running_cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each test runs on both; for one only: @pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)."""
    return str(request.param)


@pytest.fixture
def empty_database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, on SQLite and on PostgreSQL in turn."""
    yield from _sqlite_file(tmp_path) if engine_name == "sqlite" else _postgresql_database(request, "template0")


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the newest schema and nothing in it, on SQLite and on PostgreSQL in turn."""
    template = request.getfixturevalue(f"_{engine_name}_template")
    if engine_name == "sqlite":
        shutil.copy(template, tmp_path / "vigie.db")
        yield from _sqlite_file(tmp_path)
    else:
        yield from _postgresql_database(request, template)


@pytest.fixture
def desk(database_url: str) -> Iterator[str]:
    """Vigie's services work on `database_url` until the test ends."""
    db.bind(database_url)
    yield database_url
    db.dispose()


@pytest.fixture
def clock() -> Iterator[MovedClock]:
    """It is Monday, 15 June 2026, 10:00 in Paris, until the test says `clock.forward(hours=1)`."""
    moved = MovedClock(MONDAY)
    with service_clock.running_on(moved):
        yield moved


@pytest.fixture
def cast(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path, clock: MovedClock) -> Iterator[Cast]:
    """Vigie at work with its personas and no incident, on SQLite and on PostgreSQL in turn."""
    template = request.getfixturevalue(f"_{engine_name}_founded")
    if engine_name == "sqlite":
        shutil.copy(template, tmp_path / "vigie.db")
        urls = _sqlite_file(tmp_path)
    else:
        urls = _postgresql_database(request, template)
    for url in urls:
        db.bind(url)
        yield the_cast()
        db.dispose()


def _sqlite_file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/vigie.db"


def _postgresql_database(request: pytest.FixtureRequest, template: str) -> Iterator[str]:
    cluster: Cluster = request.getfixturevalue("cluster")
    if template == "template0":
        name = cluster.new_database(template)
        yield cluster.url(name)
        cluster.drop(name)
        return
    with cluster.lent(template) as name:
        yield cluster.url(name)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "vigie.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def _postgresql_template(cluster: Cluster) -> str:
    name = cluster.new_database()
    _migrate(cluster.url(name))
    return name


@pytest.fixture(scope="session")
def _sqlite_founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("founded") / "vigie.db"
    _found(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def _postgresql_founded(cluster: Cluster) -> str:
    name = cluster.new_database()
    _found(cluster.url(name))
    return name


def _found(url: str) -> None:
    db.bind(url)
    migrate()
    with service_clock.running_on(MovedClock(MONDAY)):
        found_the_desk()
    db.dispose()


def _migrate(url: str) -> None:
    """Every test starts from a copy of this one, which is several times faster than its own migration."""
    db.bind(url)
    migrate()
    db.dispose()


@pytest.fixture
def file_folder(tmp_path: Path) -> Iterator[Path]:
    """Files that are attached are below this folder."""
    files.use_folder(tmp_path / "attachments")
    yield tmp_path / "attachments"
    files.use_folder(Path("var/attachments"))
