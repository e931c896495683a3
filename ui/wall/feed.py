"""What displays are sent: the board's rows, fewer fields of them, and only those of the display's view.

Made of the hub's rows without a query, and encoded once for each view and version, however many screens show it.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from services import wall
from services.board_rows import Row
from services.displays import DisplayView
from ui import calls, session
from ui.hub import Hub

HOLD_S: Final = 10.0  # a question that nothing answers sooner is answered after this
GATHER_S: Final = 0.3  # what changes together is sent together
TODAY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class View:
    """What a display is narrowed to; displays with the same view share every byte."""

    team_id: int | None
    site: str | None

    @classmethod
    def of(cls, display: DisplayView) -> "View":
        return cls(display.team_id, display.site)

    def has(self, row: Row) -> bool:
        team = row["team"]
        in_team = self.team_id is None or (team is not None and team["id"] == self.team_id)
        return in_team and (self.site is None or self.site in row["sites"])


class Feed:
    """Answers displays from a hub. Lives on the event loop."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._changed = asyncio.Event()
        self._closing = False
        self._version = (hub.epoch, -1)
        self._encoded: dict[tuple[View, int | None], bytes] = {}
        self._today: dict[View, tuple[float, Mapping[str, Any]]] = {}
        self._counting = asyncio.Lock()

    def wake(self) -> None:
        """Whoever waits looks again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def let_go(self) -> None:
        """Whoever waits is answered now, and nobody waits any more: the process ends."""
        self._closing = True
        self.wake()

    async def news(self, epoch: str, since: int, wait: float) -> bool:
        """Whether there is something after this version, at the latest after `wait` seconds."""
        deadline = time.monotonic() + min(wait, HOLD_S)
        while (epoch, since) == (self._hub.epoch, self._hub.version) and not self._closing:
            changed, left = self._changed, deadline - time.monotonic()
            try:
                await asyncio.wait_for(changed.wait(), max(0.0, left))
            except TimeoutError:
                return False
            if (epoch, since) == (self._hub.epoch, self._hub.version):
                return False  # not the rows: something about displays
            await asyncio.sleep(GATHER_S)
        return True

    async def answer(self, view: View, epoch: str, since: int, more: Mapping[str, Any]) -> bytes:
        """What a display of this view has to know that has the rows of (`epoch`, `since`); `more` goes with it."""
        today = await self._figures(view)
        rows = self._rows(view, epoch, since)  # after the last await: version and rows belong together
        sent = {"epoch": self._hub.epoch, "v": self._hub.version, "now": time.time(), "today": today}
        return orjson.dumps(sent | dict(more) | {"rows": orjson.Fragment(rows)})

    def _rows(self, view: View, epoch: str, since: int) -> bytes:
        version = (self._hub.epoch, self._hub.version)
        if self._version != version:
            self._version = version
            self._encoded.clear()
        delta = self._hub.since(epoch, since)
        key = (view, since if delta is not None else None)
        if key not in self._encoded:
            if delta is None:
                found: dict[str, Any] = {"all": [_shown(row) for row in self._hub.rows.values() if view.has(row)]}
            else:
                up = [row for row in delta["up"] if view.has(row)]
                # A row that has left the view is gone from it; one that never was in it costs the screen nothing.
                gone = [*delta["del"], *(row["id"] for row in delta["up"] if not view.has(row))]
                found = {"up": [_shown(row) for row in up], "del": gone}
            self._encoded[key] = orjson.dumps(found)
        return self._encoded[key]

    async def _figures(self, view: View) -> Mapping[str, Any]:
        async with self._counting:
            at, known = self._today.get(view, (float("-inf"), {}))
            if time.monotonic() - at >= TODAY_S:
                known = await calls.read(wall.today, session.zone(), team_id=view.team_id, site=view.site)
                self._today[view] = (time.monotonic(), known)
            return known


def _shown(row: Row) -> dict[str, Any]:
    """The fields that a wall shows, and nothing of the requester or of what people write but the title."""
    assignee, team, item = row["assignee"], row["team"], row["item"]
    kept = ("id", "ref", "title", "status", "priority", "level", "created", "sla")
    return {name: row[name] for name in kept} | {
        "assignee": assignee["name"] if assignee else None,
        "team": {"id": team["id"], "name": team["name"]} if team else None,
        "item": item["name"] if item else None,
    }
