"""Strangers and offenders who press hard, and a database that is held up: R1, R2, R5, S7."""

import asyncio
import re
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import httpx
import socketio

from services import incidents, sessions
from services.errors import DeskError
from tests.browser.conftest import Vigie
from tests.personas import PASSWORD, an_incident
from tests.torture import inside
from tests.torture.bench import Bench, Place
from tests.torture.concurrency import percentile
from tests.torture.load import Caller
from tests.torture.registry import Outcome, at_most, exactly, told, trial

REQUESTS, SOCKETS = 10_000, 500
STRANGE = ("/login", "/incidents", "/no/such/page", "/login/code", "/setup", "/wall")
WARM_S = 75  # the pages of the first minute are gone again
FRAMES_S = 10.0
GUESSES, ADDRESSES, TIMED = 10_000, 50, 200
HELD_S = 10.0
CLICKS = 12


def rss_mb(server: Vigie) -> float:
    """What the server has in memory."""
    return int(Path(f"/proc/{server.pid}/statm").read_text(encoding="ascii").split()[1]) * 4096 / 2**20


@contextmanager
def _watched(server: Vigie, cookie: str) -> Iterator[list[float]]:
    """How long somebody who is signed in waits for his list, again and again; in seconds."""
    stop, waits = threading.Event(), list[float]()

    def ask() -> None:
        with httpx.Client(
            base_url=server.url, cookies={"vigie_session": cookie}, timeout=60, trust_env=False
        ) as client:
            while not stop.wait(0.1):
                begun = time.perf_counter()
                client.get("/board/snapshot")
                waits.append(time.perf_counter() - begun)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield waits
    finally:
        stop.set()
        thread.join()


@trial("R1", "strangers flood every page that answers them and leave sockets open")
def flood(bench: Bench) -> Outcome:
    """Those who work hardly notice, and the memory comes back."""
    count, idle, statuses = bench.times(REQUESTS), bench.times(SOCKETS), Counter[int]()
    with bench.place("sqlite") as place, ExitStack() as stack:
        cookie = sessions.sign_in("alice", PASSWORD).secret
        server = stack.enter_context(place.serving())
        waits = stack.enter_context(_watched(server, cookie))
        _gets(server, 200, Counter())  # more than one address may have in a minute: what work brings is there
        time.sleep(WARM_S)
        before = rss_mb(server)
        waits.clear()
        opened = [_idle(server) for _ in range(idle)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: _gets(server, count // 4, statuses), range(4)))
        peak, during = rss_mb(server), list(waits)
        for each in opened:
            each.close()
        begun = time.monotonic()
        while rss_mb(server) > before * 1.1 and time.monotonic() - begun < 120:
            time.sleep(1)
        after = rss_mb(server)
    return Outcome(
        f"{count:,} pages asked for and {idle} sockets left open by strangers; answers {dict(statuses)}",
        at_most("memory more at the peak", peak - before, 150, "MB"),
        at_most("memory after at most two minutes, of that before", after / before * 100, 110, "%"),
        exactly("answers that tell of a bug", sum(n for status, n in statuses.items() if status >= 500), 0),
        at_most("p95 of somebody signed in meanwhile", percentile(during, 95) * 1000, 500, "ms"),
        told("median, likewise", percentile(during, 50) * 1000, "ms"),
    )


def _gets(server: Vigie, count: int, statuses: Counter[int]) -> None:
    for _, path in zip(range(count), cycle(STRANGE), strict=False):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", path, headers={"Accept": "text/html"})
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] += 1
        connection.close()


def _idle(server: Vigie) -> socket.socket:
    """A websocket that somebody without a cookie opens and leaves alone."""
    opened = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    upgrade += f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {server.url}\r\n"
    path = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    opened.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{upgrade}\r\n".encode())
    return opened


@trial("R2", "one page sends a thousand frames a second, and frames of a megabyte")
def frames(bench: Bench) -> Outcome:
    """The offender is cut off; the others hardly notice."""
    seconds = max(2.0, FRAMES_S * bench.scale)
    with bench.place("sqlite") as place, ExitStack() as stack:
        cookies = [sessions.sign_in(login, PASSWORD).secret for login in ("alice", "bruno")]
        server = stack.enter_context(place.serving())
        waits = stack.enter_context(_watched(server, cookies[0]))
        time.sleep(1)
        waits.clear()
        sent, cut_after = asyncio.run(_send(server, cookies[1], seconds, 1_000, "x" * 100))
        large, large_cut = asyncio.run(_send(server, cookies[1], seconds, 50, "x" * 2**20))
        during = list(waits)
    return Outcome(
        f"{sent:,} small frames and {large:,} of a megabyte, in {seconds:.0f} s each at most",
        at_most("the sender of small ones is cut off after", cut_after, seconds * 0.99, "s"),
        at_most("the sender of large ones is cut off after", large_cut, seconds * 0.99, "s"),
        at_most("p95 of somebody else meanwhile", percentile(during, 95) * 1000, 500, "ms"),
    )


async def _send(server: Vigie, cookie: str, seconds: float, rate: int, text: str) -> tuple[int, float]:
    """How many frames a page could send at this rate, and after how many seconds it was cut off."""
    headers = {"Origin": server.url, "Cookie": f"vigie_session={cookie}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60, trust_env=False) as client:
        html = (await client.get("/incidents")).text
    found = re.search(r"'client_id': '([0-9a-f-]{36})'", html)
    assert found
    query = f"client_id={found[1]}&tab_id=t-{time.monotonic_ns()}&document_id=d&next_message_id=0"
    sent, begun = 0, time.monotonic()
    async with aiohttp.ClientSession() as http:
        line = socketio.AsyncClient(reconnection=False, http_session=http)
        address, path = f"{server.url}?{query}&implicit_handshake=true", "/_nicegui_ws/socket.io"
        await line.connect(address, headers=headers, transports=["websocket"], socketio_path=path)
        begun = time.monotonic()
        event = {"client_id": found[1], "id": 1, "listener_id": "none", "args": [text]}
        with suppress(socketio.exceptions.SocketIOError, aiohttp.ClientError, OSError):
            while line.connected and (passed := time.monotonic() - begun) < seconds:
                while sent < passed * rate and line.connected:
                    await line.emit("event", event)
                    sent += 1
                await asyncio.sleep(0.005)
        ended = time.monotonic() - begun
        with suppress(Exception):
            await line.disconnect()
    return sent, ended


@trial("R5", "a database that is held up for ten seconds")
def held_up(bench: Bench) -> Outcome:
    """Reading goes on, no click is lost, the event loop never waits."""
    with bench.place("sqlite") as place, ExitStack() as stack:
        token = place.token("alice")
        references = [an_incident(place.cast.diane).reference for _ in range(CLICKS)]
        cookie = sessions.sign_in("alice", PASSWORD).secret
        server = stack.enter_context(place.serving())
        waits = stack.enter_context(_watched(server, cookie))
        pool = stack.enter_context(ThreadPoolExecutor(CLICKS))
        held = inside.CONTEXT.Event()
        file = place.url.removeprefix("sqlite:///")
        lags: list[float] = []
        with inside.process(inside.hold_lock, file, HELD_S * max(0.3, bench.scale), held) as holder:
            assert held.wait(60)
            waits.clear()
            clicks = [pool.submit(_click, server, token, reference) for reference in references]
            while holder.is_alive():
                lags.append(_lag(server))
                time.sleep(0.05)
            during = list(waits)
        outcomes = dict(zip(references, [click.result() for click in clicks], strict=True))
        lost = sum(_differs(place, reference, status) for reference, status in outcomes.items())
        page = httpx.get(f"{server.url}/incidents", cookies={"vigie_session": cookie}, timeout=20, trust_env=False)
    answers = Counter(outcomes.values())
    return Outcome(
        f"{CLICKS} clicks while another process holds the lock; answers {dict(answers)}",
        exactly("clicks without an answer, or with another than what happened", lost, 0),
        exactly("answers other than done and « not now »", CLICKS - answers[200] - answers[503], 0),
        at_most("p95 of reading meanwhile", percentile(during, 95) * 1000, 500, "ms"),
        at_most("p95 of the event loop's answer", percentile(lags, 95) * 1000, 100, "ms"),
        exactly("status of the page afterwards", page.status_code, 200),
    )


def _click(server: Vigie, token: str, reference: str) -> int:
    with suppress(OSError):
        return Caller(server.port, token)("POST", f"/incidents/{reference}/actions/take", timeout=60)[0]
    return 0


def _differs(place: Place, reference: str, status: int) -> bool:
    done = incidents.get(place.cast.emile, reference).assignee is not None
    return done is not (status == 200)


def _lag(server: Vigie) -> float:
    """What an answer without any database takes."""
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        while line.recv(4096):
            pass
    return time.perf_counter() - begun


@trial("S7", "guessing passwords from fifty addresses")
def guessing(bench: Bench) -> Outcome:
    """Few guesses are checked at all, the owner gets in, and nobody learns who has an account."""
    count, answers = bench.times(GUESSES), Counter[str]()
    with bench.place("sqlite") as place, place.serving() as server:
        with httpx.Client(base_url=server.url, headers={"Origin": server.url}, trust_env=False) as owner:
            form = {"login": "alice", "password": PASSWORD, "next": "/incidents"}
            first = owner.post("/session", data=form).headers.get("location")
            owner.cookies.delete("vigie_session")
            for number in range(count):
                answers[_guess(server, f"127.0.1.{number % ADDRESSES + 1}", f"guess {number}")] += 1
            again = owner.post("/session", data=form).headers.get("location")
        known, unknown = _times(bench.times(TIMED, least=10))
    difference = abs(statistics.median(known) / statistics.median(unknown) - 1) * 100
    return Outcome(
        f"{count:,} guesses at one account from {ADDRESSES} addresses; answers {dict(answers)}; {len(known)} timed",
        at_most("guesses that were checked", answers["bad_credentials"], 5),
        exactly("guesses that got in", count - answers["bad_credentials"] - answers["too_many_attempts"], 0),
        exactly("the owner's browser was shut out", int((first, again) != ("/incidents", "/incidents")), 0),
        at_most("a known and an unknown login differ in time by", difference, 10, "%"),
    )


def _guess(server: Vigie, address: str, password: str) -> str:
    """The code with which the form comes back."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30, source_address=(address, 0))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": server.url}
    connection.request("POST", "/session", urlencode({"login": "alice", "password": password}), headers)
    location = connection.getresponse().headers.get("location", "")
    connection.close()
    return parse_qs(urlsplit(location).query).get("error", [location])[0]


def _times(count: int) -> tuple[list[float], list[float]]:
    """Seconds of CPU that a wrong password takes for a login that exists, and for one that does not, in turn."""
    known, unknown = list[float](), list[float]()
    for _ in range(count):
        for login, spent in (("bruno", known), ("nobody", unknown)):
            begun = time.thread_time()
            with suppress(DeskError):
                sessions.sign_in(login, "a guess", address="192.0.2.1")
            spent.append(time.thread_time() - begun)
            sessions.failures.forget(login)
    return known, unknown
