"""NiceGUI's protocol without a browser: pages as the network sees them, and sockets that say whatever they like."""

import asyncio
import json
import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx
import socketio

from tests.browser.conftest import PASSWORD, Vigie

COOKIE = "vigie_session"
PAGE = "/incidents/new"

Event = dict[str, Any]


class Visit:
    """A page that a session has opened."""

    def __init__(self, vigie: Vigie, login: str, page: str = PAGE) -> None:
        self.vigie = vigie
        self.http = httpx.Client(base_url=vigie.url, trust_env=False, headers={"Origin": vigie.url}, timeout=30)
        form = {"login": login, "password": PASSWORD, "next": page}
        assert self.http.post("/session", data=form).headers["location"] == page
        self.cookie = self.http.cookies[COOKIE]
        self.open(page)

    def open(self, page: str = PAGE) -> None:
        # A requester is sent on to the portal's own form.
        html = self.http.get(page, headers={"Accept": "text/html"}, follow_redirects=True).text
        found = re.search(r"'client_id': '([0-9a-f-]{36})'", html)
        assert found, html[:2000]
        self.client_id = found[1]
        self.html = html

    def handlers(self) -> list[tuple[str, Event]]:
        """(kind of event, what a click or key would send, but for its arguments): all that the page listens for."""
        found = re.search(r"parseElements\(String\.raw`(.*?)`\)", self.html, re.DOTALL)
        assert found
        text = found[1].replace("&#36;", "$").replace("&#96;", "`").replace("&lt;", "<").replace("&gt;", ">")
        return [
            (event["type"], {"id": int(key), "listener_id": event["listener_id"]})
            for key, element in json.loads(text.replace("&amp;", "&")).items()
            for event in element.get("events", ())
        ]

    def wish(self) -> Event:
        """What a click on « English » sends: the rail's event, as the page declares it to its browser."""
        return next(event for kind, event in self.handlers() if kind == "prefer") | {"args": ['{"locale": "en"}']}


@dataclass
class Socket:
    """One that is connected for a page; `heard` is what came, and when."""

    line: socketio.AsyncClient
    client_id: str
    heard: list[tuple[float, str]] = field(default_factory=list)

    ended: asyncio.Event = field(default_factory=asyncio.Event)
    spoken_to: asyncio.Event = field(default_factory=asyncio.Event)
    sent_away: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, event: Event, *, client_id: str = "") -> None:
        """The page's browser would say so of itself, or of another page."""
        await self.line.emit("event", {"client_id": client_id or self.client_id} | event)


def upgraded(vigie: Vigie, path: str, cookie: str = "") -> tuple[socket.socket, int]:
    """A line that asked to be a websocket of this origin, and the status of the answer."""
    line = socket.create_connection(("127.0.0.1", vigie.port), timeout=30)
    asked = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    asked += f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {vigie.url}\r\nCookie: {cookie}\r\n"
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{vigie.port}\r\n{asked}\r\n".encode())
    return line, int(line.recv(4096)[9:12])


def as_browser(visit: Visit) -> dict[str, str]:
    """The headers of the browser that has opened the page."""
    return {"Origin": visit.vigie.url, "Cookie": f"{COOKIE}={visit.cookie}"}


async def connect(http: aiohttp.ClientSession, vigie: Vigie, client_id: str, headers: dict[str, str]) -> Socket:
    """A socket that is in the page's room. Raises socketio's ConnectionError where it is refused."""
    line = socketio.AsyncClient(reconnection=False, http_session=http)
    made = Socket(line, client_id)

    def hear(event: str, *_: object) -> None:
        made.heard.append((time.monotonic(), event))
        made.spoken_to.set()
        if event == "run_javascript":
            made.sent_away.set()

    line.on("*", hear)
    line.on("disconnect", lambda *_: made.ended.set())
    query = f"client_id={client_id}&tab_id=t-{time.monotonic_ns()}&document_id=d&next_message_id=0"
    await line.connect(
        f"{vigie.url}?{query}&implicit_handshake=true",
        headers=headers,
        transports=["websocket"],
        socketio_path="/_nicegui_ws/socket.io",
    )
    return made


async def speak(
    visit: Visit,
    *,
    cookie: str | None,
    origin: str | None = None,
    say: Event | None = None,
    times: int = 1,
    pause: float = 0.6,
) -> list[str]:
    """Opens a socket for the visit's page, sends one event there, or many, and hands out what was received."""
    headers = {"Origin": origin or visit.vigie.url} | ({"Cookie": f"{COOKIE}={cookie}"} if cookie else {})
    async with aiohttp.ClientSession() as http:
        socket = await connect(http, visit.vigie, visit.client_id, headers)
        try:
            for _ in range(times if say else 0):
                await socket.say(say or {})
            with suppress(TimeoutError):
                await asyncio.wait_for(socket.ended.wait(), pause)
            heard = [event for _, event in socket.heard]
            return heard if socket.line.connected else [*heard, "cut"]
        finally:
            await socket.line.disconnect()
