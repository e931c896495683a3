"""People who look and work, minute after minute, and walls that hang there: R3."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import linear_regression
from typing import Any

import httpx
import orjson

from services import displays, sessions
from services.displays import Wish
from tests.bench.archive import fill
from tests.bench.boards import Boards
from tests.browser.conftest import Vigie
from tests.dump import value
from tests.personas import N1, PASSWORD, in_progress
from tests.torture.bench import Bench, Place
from tests.torture.load import Caller, working
from tests.torture.pressure import rss_mb
from tests.torture.registry import Outcome, at_most, exactly, told, trial

VIEWERS, KIOSKS = 50, 4
MINUTES = 40.0
WARM = 0.5  # of the time, at ten times the pace: the allocator, caches and the first of everything
PAST = 3_000  # incidents
INCIDENTS, PAUSE_S = 30, 0.5  # that are changed in turn, and between two changes
SAMPLE_S = 1.0


@trial("R3", "fifty people and four walls, for minutes on end", minutes=MINUTES + 4)
def soak(bench: Bench) -> Outcome:
    """Memory and open files stay as they are once all is warm, and nothing goes wrong.

    Forty minutes instead of eight hours: a leak shows as a slope (in five minutes a single step of the allocator shows
    as more than the bar); what only hours bring, an expiry or midnight, does not.
    The desk has a past, which is read while all becomes warm: SQLite keeps 2 MB of pages for each of its five
    connections, and on a new desk it takes hours until they are there.
    """
    seconds = max(60.0, MINUTES * 60 * bench.scale)
    with bench.place("sqlite") as place, ExitStack() as stack:
        assert place.cast.alice.user_id is not None
        fill(PAST, person_id=place.cast.alice.user_id, until=datetime.now(UTC))
        past = cycle(value("SELECT GROUP_CONCAT(reference) FROM incident").split(","))
        server = stack.enter_context(place.serving())
        walls = [_wall(place, server, number) for number in range(KIOSKS)]
        answers, changes, call = list[int](), list[int](), Caller(server.port, place.token("diane"))
        references = cycle([in_progress(place.cast.alice, team=N1).reference for _ in range(INCIDENTS)])
        looks = [lambda wall=wall: answers.append(wall.turn()) for wall in walls]
        warm_at = time.monotonic() + seconds * WARM
        reader = Caller(server.port, place.token("bruno"))
        looks.append(lambda: _read(reader, next(past), warm_at))
        with working(lambda: changes.extend(_changed(call, next(references), warm_at)), *looks):
            samples, gone = asyncio.run(_look_on(server, seconds))
        failed = sum(status != 200 for status in answers)
        log = server.log.read_text(encoding="utf-8", errors="replace")
    at, memory, files = zip(*samples[round(len(samples) * WARM) :], strict=True)
    slope = linear_regression(at, memory).slope * 3600
    return Outcome(
        f"{seconds / 60:.0f} minutes, {VIEWERS} people, {KIOSKS} walls, {len(answers):,} looks, {len(changes):,} moves",
        at_most("memory more in an hour, after the warm-up", slope, 1, "MB"),
        told("memory at the end", memory[-1], "MB"),
        at_most("open files more or fewer, after the warm-up", max(files) - min(files), 10),
        exactly("exceptions in the log", log.count("Traceback"), 0),
        exactly("people who were cut off", gone, 0),
        exactly("walls' questions without an answer", failed, 0),
        exactly("changes refused", sum(status >= 300 for status in changes), 0),
    )


def _changed(call: Caller, reference: str, warm_at: float) -> Iterator[int]:
    """The incident waits, and goes on again: what is open, and so what has to be in memory, does not grow."""
    for action, given in (("hold", {"reason": "user"}), ("resume", None)):
        yield call("POST", f"/incidents/{reference}/actions/{action}", given)[0]
        time.sleep(PAUSE_S if time.monotonic() > warm_at else PAUSE_S / 10)


def _read(call: Caller, reference: str, warm_at: float) -> None:
    """All that is known of one incident, as long as all is becoming warm."""
    for part in ("", "/history", "/comments", "/sla"):
        call("GET", f"/incidents/{reference}{part}")
    time.sleep(PAUSE_S if time.monotonic() > warm_at else PAUSE_S / 50)


async def _look_on(server: Vigie, seconds: float) -> tuple[list[tuple[float, float, int]], int]:
    """(seconds, MB, open files) again and again while people have their board open; how many lost it."""
    cookies = [sessions.sign_in(login, PASSWORD).secret for login in ("alice", "bruno", "diane", "emile")]
    samples = []
    async with Boards.of(server, cookies) as boards:
        opened = await boards.open(VIEWERS, follow=True)
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < seconds:
            samples.append((passed, rss_mb(server), _open_files(server)))
            await asyncio.sleep(SAMPLE_S)
        gone = sum(board.socket is None or board.socket.closed for board in opened)
    return samples, gone


def _open_files(server: Vigie) -> int:
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


class _Wall:
    """A screen on a wall: it asks, and the answer waits for news."""

    def __init__(self, port: int, cookie: str) -> None:
        self._cookie = cookie
        self._line = HTTPConnection("127.0.0.1", port, timeout=60)
        self._known: dict[str, Any] = {"epoch": "", "v": -1, "conf": ""}

    def turn(self) -> int:
        known = self._known
        query = f"epoch={known['epoch']}&since={known['v']}&settings={known['conf']}&wait=10"
        self._line.request("GET", f"/wall/feed?{query}", headers={"Cookie": self._cookie})
        answer = self._line.getresponse()
        self._known = orjson.loads(answer.read()) if answer.status == 200 else known
        return answer.status


def _wall(place: Place, server: Vigie, number: int) -> _Wall:
    """It is paired, as an administrator does it."""
    with httpx.Client(base_url=server.url, headers={"Origin": server.url}, trust_env=False) as client:
        code = client.post("/wall/pairing").json()["code"]
        displays.pair(place.cast.emile, code, Wish(name=f"Hall {number}"))
        client.post("/wall/pairing")
        return _Wall(server.port, "; ".join(f"{name}={value}" for name, value in client.cookies.items()))
