"""What a trial works with: databases and servers of its own, all of them on loopback and gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

from data import db
from data.migrate import migrate
from services import files, tokens
from tests.browser.conftest import Vigie
from tests.personas import SECRET, Cast, found_the_desk, the_cast
from tests.storage.cluster import Cluster, running_cluster

ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Place:
    """A database that is set up and bound in this process, and the folder that goes with it."""

    engine: str
    url: str
    folder: Path
    cast: Cast

    def token(self, login: str) -> str:
        """A new API token of the person's."""
        return tokens.issue(self.cast.emile, login, name="torture")

    @contextmanager
    def serving(self, *, at: str = "", **settings: str) -> Iterator[Vigie]:
        """Vigie serves the place from a process of its own until the block ends; `at`: the second one of two."""
        folder = self.folder / at
        folder.mkdir(exist_ok=True)
        server = Vigie(folder)
        server.database_url = self.url
        server.settings = {"VIGIE_SECRET_KEY": SECRET.decode(), "VIGIE_API_RATE": "0"} | settings
        server.start()
        try:
            yield server
        finally:
            server.stop()


def not_running_s(pid: int) -> float:
    """How long the process's main thread has been ready to run while the machine ran something else."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


class Bench:
    """`scale`: how much of the usual number of repetitions is done."""

    def __init__(self, scale: float, stack: ExitStack) -> None:
        self.scale = scale
        self._stack = stack
        self._numbers = count(1)
        self._root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vigie-torture-")))

    def times(self, usual: int, *, least: int = 1) -> int:
        """The usual number, scaled."""
        return max(least, round(usual * self.scale))

    @cached_property
    def cluster(self) -> Cluster:
        """A PostgreSQL server of the run's own."""
        return self._stack.enter_context(running_cluster())

    def folder(self) -> Path:
        """An empty folder."""
        made = self._root / str(next(self._numbers))
        made.mkdir()
        return made

    def empty(self, engine: str, folder: Path) -> str:
        """The address of a database without any table."""
        return f"sqlite:///{folder}/vigie.db" if engine == "sqlite" else self.cluster.url(self.cluster.new_database())

    @contextmanager
    def place(self, engine: str, *, folder: Path | None = None, url: str = "") -> Iterator[Place]:
        """A desk with the personas and no incident; `folder` and `url`, where it is to be, are empty."""
        where = folder or self.folder()
        url = url or self.empty(engine, where)
        db.bind(url)
        try:
            migrate()
            files.use_folder(where / "attachments")
            found_the_desk()
            yield Place(engine, url, where, the_cast())
        finally:
            db.dispose()
