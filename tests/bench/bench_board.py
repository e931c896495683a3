"""What the live board costs: a real server with 1,000 open incidents, 200 boards on real sockets, and Chromium.

A light board does what a browser does (page, snapshot, NiceGUI's handshake) without drawing anything.
"""

import asyncio
import contextlib
import random
import re
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import sync_playwright
from websockets.asyncio.client import ClientConnection, connect

from data import db
from data.migrate import migrate
from services import chain, lifecycle, sessions
from tests.browser.conftest import FLAGS, PASSWORD, SECRET, Vigie, founded_people
from tests.browser.program import browser_program

OPEN = 1_000
BOARDS = 200
WARM = 10
OPENINGS = 40
CHANGES = 20
PAUSE_S = 0.7
PAINTINGS = 6
TITLES = (
    "Messagerie indisponible",
    "Écran noir au démarrage",
    "VPN coupé toutes les dix minutes",
    "Étiquettes à l’arrêt",
)

Figure = tuple[str, float, float | None]


def test_what_the_board_costs(vigie_of_a_thousand: Vigie) -> None:
    figures = [*asyncio.run(_boards(vigie_of_a_thousand)), *_chromium(vigie_of_a_thousand)]
    print("\nname | figure | bar | ok")
    for name, figure, bar in figures:
        print(f"{name} | {figure:.2f} | {bar or ''} | {'' if bar is None else 'yes' if figure <= bar else 'NO'}")
    assert all(bar is None or figure <= bar for _, figure, bar in figures)


@pytest.fixture
def vigie_of_a_thousand(tmp_path: Path) -> Iterator[Vigie]:
    """A server whose board has `OPEN` incidents of all priorities, a third of them nobody's."""
    running = Vigie(tmp_path)
    db.bind(running.database_url)
    migrate()
    chain.use_secret(SECRET.encode())
    running.actors = founded_people()
    chance = random.Random(7)
    for number in range(OPEN):
        priority, category = (
            chance.choice(("critical", "high", "medium", "low")),
            chance.choice(("network", "software")),
        )
        made = running.create(f"{chance.choice(TITLES)}, poste {number}", priority=priority, category=category)
        if number % 3:
            lifecycle.take(running.actors[chance.choice(("alice", "bruno", "diane"))], made.reference)
    running.start()
    yield running
    running.stop()
    db.dispose()


async def _boards(vigie: Vigie) -> list[Figure]:
    cookies = [sessions.sign_in(login, PASSWORD).secret for login in ("alice", "bruno") * (BOARDS // 2)]
    server = Server(vigie.pid)
    async with contextlib.AsyncExitStack() as opened:

        async def open_boards(some: list[str]) -> list[Board]:
            return [await opened.enter_async_context(_board(vigie, cookie)) for cookie in some]

        boards = await open_boards(cookies[:WARM])
        memory, resting = server.memory_kb(), await server.idle_ms(3)
        cpu, begun = server.cpu_ms(), time.perf_counter()
        boards += await open_boards(cookies[WARM : WARM + OPENINGS])
        cpu, lasted = server.cpu_ms() - cpu, time.perf_counter() - begun
        # What a page costs while it is merely open has a figure of its own: half of them were open all the time.
        opening = (cpu - lasted * statistics.mean((resting, await server.idle_ms(3)))) / OPENINGS
        boards += await open_boards(cookies[WARM + OPENINGS :])
        held = (server.memory_kb() - memory) / (BOARDS - WARM)
        resting = await server.idle_ms(5)
        delays, cpu_of_change = await _changes(vigie, server, boards)
    return [
        (f"one more viewer of {OPEN:,}: server CPU ms", opening, 10),
        (f"one more viewer of {OPEN:,}: server memory kB", held, 300),
        (f"{BOARDS} idle boards: server CPU, % of a core", resting / 10, None),
        (f"change to {BOARDS} boards: last has it, ms, median", statistics.median(delays), None),
        (f"change to {BOARDS} boards: last has it, ms, worst of {CHANGES}", max(delays), 500),
        (f"change to {BOARDS} boards: server CPU ms a viewer", cpu_of_change / BOARDS, 0.5),
    ]


async def _changes(vigie: Vigie, server: "Server", boards: list["Board"]) -> tuple[list[float], float]:
    """(milliseconds from the call until the last board has it, of each change; server CPU ms of one, call included)."""
    delays = []
    async with httpx.AsyncClient(base_url=f"{vigie.url}/api/v1", headers=vigie.authorization("alice")) as api:
        new = {"title": "Un de plus", "description": "…", "category": "network", "priority": "low"}
        made = [(await api.post("/incidents", json=new)).json()["reference"] for _ in range(CHANGES + 1)]
        await asyncio.sleep(1)
        await api.post(f"/incidents/{made[-1]}/actions/take")
        await asyncio.sleep(1)
        cpu = server.cpu_ms()
        for reference in made[:-1]:
            heard = [board.expect(f'"ref":"{reference}"') for board in boards]
            begun = time.perf_counter()
            answer = await api.post(f"/incidents/{reference}/actions/take")
            assert answer.status_code == httpx.codes.OK
            delays.append((max(await asyncio.gather(*heard)) - begun) * 1000)
            await asyncio.sleep(PAUSE_S)
        return delays, (server.cpu_ms() - cpu) / CHANGES


class Board:
    """A page that is connected and notes when it hears of something."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._wanted = ""
        self._heard: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def expect(self, text: str) -> asyncio.Future[float]:
        """The instant at which a message with `text` comes."""
        self._wanted, self._heard = text, asyncio.get_running_loop().create_future()
        return self._heard

    async def listen(self) -> None:
        async for message in self._socket:
            assert isinstance(message, str)
            if message == "2":  # engine.io's ping
                await self._socket.send("3")
            elif self._wanted and self._wanted in message and not self._heard.done():
                self._heard.set_result(time.perf_counter())


@contextlib.asynccontextmanager
async def _board(vigie: Vigie, cookie: str) -> AsyncIterator[Board]:
    headers = {"Cookie": f"vigie_session={cookie}"}
    async with httpx.AsyncClient(base_url=vigie.url, headers=headers, timeout=30, trust_env=False) as browser:
        page = await browser.get("/incidents")
        snapshot = await browser.get("/board/snapshot")
    assert len(snapshot.json()["rows"]) >= OPEN
    found = re.search(r"'client_id': '([0-9a-f-]{36})'|\"client_id\": ?\"([0-9a-f-]{36})\"", page.text)
    assert found, "the page has no client id"
    ids = {"client_id": found[1] or found[2], "document_id": str(uuid.uuid4()), "tab_id": str(uuid.uuid4())}
    asked: dict[str, Any] = {**ids, "next_message_id": 0, "implicit_handshake": "true", "old_tab_id": "null"}
    query = str(httpx.QueryParams({**asked, "EIO": 4, "transport": "websocket"}))
    address = f"ws://127.0.0.1:{vigie.port}/_nicegui_ws/socket.io/?{query}"
    async with connect(address, additional_headers=headers, origin=vigie.url, compression=None) as socket:  # type: ignore[arg-type]
        assert str(await socket.recv()).startswith("0")
        await socket.send("40")
        while not (answer := str(await socket.recv())).startswith("40"):
            assert not answer.startswith("44"), answer
        board = Board(socket)
        listening = asyncio.create_task(board.listen())
        yield board
        listening.cancel()


def _chromium(vigie: Vigie) -> list[Figure]:
    """Milliseconds from the navigation until rows are painted, with what a browser keeps in its cache."""
    painted = "new Promise((done) => { const look = () => document.querySelector('.vg-tr[data-id]') \
        ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look); look(); })"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(whole=True), args=FLAGS)
        context = browser.new_context(base_url=vigie.url, viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.request.post("/session", form={"login": "alice", "password": PASSWORD}, headers={"Origin": vigie.url})
        times = []
        for _ in range(PAINTINGS):
            page.goto("/incidents", wait_until="commit")
            times.append(float(page.evaluate(painted)))
        heap = page.evaluate("performance.memory.usedJSHeapSize / 2**20")
        browser.close()
    return [
        (f"board of {OPEN:,} painted in Chromium: ms, first visit", times[0], None),
        (f"board of {OPEN:,} painted in Chromium: ms, median", statistics.median(times[1:]), 1000),
        ("browser's JavaScript heap, MB", heap, None),
    ]


class Server:
    """The CPU time and memory of a process."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")

    def cpu_ms(self) -> float:
        """Of all its threads, by the scheduler's own count."""
        tasks = self._folder.glob("task/*/schedstat")
        return sum(int(task.read_text(encoding="utf-8").split()[0]) for task in tasks) / 1e6

    async def idle_ms(self, seconds: float) -> float:
        """CPU milliseconds a second while nobody does anything."""
        before, begun = self.cpu_ms(), time.perf_counter()
        await asyncio.sleep(seconds)
        return (self.cpu_ms() - before) / (time.perf_counter() - begun)

    def memory_kb(self) -> float:
        return int((self._folder / "statm").read_text(encoding="utf-8").split()[1]) * 4.0
