"""The team's board as all its viewers see it: rows, version, and what changed since."""

import asyncio
import gzip
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import structlog

from services import board, bus, clock, people
from services.board_rows import Row
from services.work import SYSTEM
from ui import calls

log = structlog.get_logger()

WINDOW_S = 0.2  # the first change goes out at once, then at most one delta in this time
RETRY_S = 1.0
PATIENCE_S = 10.0
DELTAS_KEPT = 500
JUST_CREATED_S = 60
MTTR_DAYS = 7
FOLLOWS = ("v", "unclaimed_since")  # of a row: what changes because something else did

Message = dict[str, Any]


class Hub:
    """The open incidents as plain JSON rows, held once for the process and kept current. Lives on the event loop.

    Every change makes a version and a delta that names the one before (`prev`), so that a browser which missed a delta
    sees the gap. `send` hands a message to all who look.
    """

    def __init__(self, send: Callable[[Message], Awaitable[None]]) -> None:
        self.rows: dict[int, Row] = {}
        self.version = 0
        self.done = 0  # how often something that is not open any more has changed
        self.epoch = uuid.uuid4().hex[:8]
        self._send = send
        self._figures: dict[str, Any] = {}
        self._deltas: deque[Message] = deque(maxlen=DELTAS_KEPT)
        self._packed: tuple[int, bytes, bytes] = (-1, b"", b"")
        self._news: dict[int, bus.Changed] = {}
        self._outdated = True
        self._task: asyncio.Task[None] | None = None
        self._flushed_at = float("-inf")
        self._loaded = asyncio.Event()
        self._finishing = asyncio.Lock()
        self._finished: tuple[int, bytes] = (-1, b"")

    def hear(self, news: bus.Changed | bus.Missed) -> None:
        """The board will show it: at once, or with what else comes within the window."""
        if isinstance(news, bus.Changed):
            self._news[news.incident_id] = news
        else:
            self._outdated = True
        if self._task is None:
            self._task = asyncio.create_task(self._refresh(), name="board")

    @property
    def open_count(self) -> int | None:
        """How many incidents are open; None until that is known."""
        return len(self.rows) if self._loaded.is_set() else None

    async def loaded(self) -> None:
        """The rows are there. Raises `TimeoutError` when the database does not give them."""
        await asyncio.wait_for(self._loaded.wait(), PATIENCE_S)

    def snapshot(self) -> tuple[bytes, bytes]:
        """Everything, as JSON and compressed: made once for each version."""
        if self._packed[0] != self.version:
            rows = [*self.rows.values()]
            versions = {"epoch": self.epoch, "v": self.version, "done": self.done}
            plain = orjson.dumps(versions | {"figures": self._figures, "rows": rows})
            self._packed = (self.version, plain, gzip.compress(plain, 4))
        return self._packed[1:]

    def since(self, epoch: str, version: int) -> Message | None:
        """What changed after `version`, as one delta; None when that is not known any more."""
        missed = [delta for delta in self._deltas if delta["prev"] >= version]
        if epoch != self.epoch or len(missed) != self.version - version:
            return None
        up: dict[int, Row] = {}
        gone: set[int] = set()
        notes: Message = {}
        for delta in missed:
            for row in delta["up"]:
                up[row["id"]] = row
                gone.discard(row["id"])
            for key in delta["del"]:
                up.pop(key, None)
                gone.add(key)
            notes |= delta["notes"]
        return self._delta(version, up.values(), gone, notes) | {"figures": self._figures}

    def heartbeat(self) -> Message:
        """The link is alive, this is the version, this the time."""
        return self._delta(self.version, (), (), {}) | {"now": time.time()}

    async def count(self) -> None:
        """What the rows do not give is up to date: how fast incidents are resolved, which teams and people."""
        figures = await calls.read(board.resolution_times, SYSTEM, days=MTTR_DAYS)
        teams = await calls.read(people.all_teams, SYSTEM)
        figures["teams"] = [{"id": team.id, "name": team.name} for team in teams]
        desk = await calls.read(people.desk, SYSTEM)
        figures["people"] = [{"id": one.id, "login": one.login, "name": one.name, "on": on} for one, on in desk]
        if figures != self._figures:
            self._figures = figures
            if self._loaded.is_set():
                await self._publish((), (), {})

    async def _refresh(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._news or self._outdated:
                await asyncio.sleep(max(0.0, self._flushed_at + WINDOW_S - loop.time()))
                self._flushed_at = loop.time()
                try:
                    await self._flush()
                except Exception:  # whatever the database says: all is read anew when it is back
                    log.exception("the board could not be read")
                    self._outdated = True
                    await asyncio.sleep(RETRY_S)
        finally:
            self._task = None

    async def _flush(self) -> None:
        news, self._news = self._news, {}
        outdated, self._outdated = self._outdated, False
        if outdated:
            rows = await calls.read(board.open_rows)
            open_ids = {row["id"] for row in rows}
            gone, touched = [key for key in self.rows if key not in open_ids], 1
        else:
            rows, gone = await calls.read(board.rows, [*news])
            touched = len(gone)
            gone = [key for key in gone if key in self.rows]
        up = [row for row in rows if self.rows.get(row["id"]) != row]
        notes = {str(row["id"]): self._note(row, news[row["id"]]) for row in up if row["id"] in news}
        self.rows |= {row["id"]: row for row in up}
        for key in gone:
            del self.rows[key]
        self.done += touched
        if not self._loaded.is_set():
            self._loaded.set()
        elif up or gone or (touched and not outdated):  # after a gap, the next heartbeat tells
            await self._publish(up, gone, notes)

    def _note(self, row: Row, news: bus.Changed) -> Message:
        """Who changed the row and which of its fields; `new` for an incident that was declared just now."""
        before = self.rows.get(row["id"])
        if before is None:
            fields = ["new" if clock.now().timestamp() - row["created"] < JUST_CREATED_S else "status"]
        else:
            fields = [name for name in row if name not in FOLLOWS and row[name] != before[name]]
        return {"by": news.actor_name, "fields": fields}

    async def finished(self, zone: ZoneInfo) -> bytes:
        """The resolved ones and the month's count as JSON, read once for all who ask between two changes."""
        async with self._finishing:
            if self._finished[0] != self.done:
                asked = self.done
                found = await calls.read(board.finished, SYSTEM, zone)
                self._finished = (asked, orjson.dumps({"done": asked} | found))
            return self._finished[1]

    async def _publish(self, up: Iterable[Row], gone: Iterable[int], notes: Message) -> None:
        before, self.version = self.version, self.version + 1
        delta = self._delta(before, up, gone, notes)
        self._deltas.append(delta)
        await self._send(delta if up or gone else delta | {"figures": self._figures})

    def _delta(self, before: int, up: Iterable[Row], gone: Iterable[int], notes: Message) -> Message:
        versions = {"epoch": self.epoch, "prev": before, "v": self.version, "done": self.done}
        return {**versions, "up": [*up], "del": [*gone], "notes": notes}
