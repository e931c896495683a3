"""Boards on real sockets that cost the one who measures next to nothing: page, NiceGUI's handshake, then only bytes.

A `Board` keeps the rows as its browser would: from the snapshot, then delta by delta, and counts missing versions.
"""

import asyncio
import base64
import os
import re
import time
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, ClassVar

import httpx
import orjson

from tests.browser.conftest import Vigie

AT_ONCE = 8
TEXT, WEBSOCKET_PING, WEBSOCKET_PONG = 1, 9, 10
PING, PONG = b"2", b"3"  # engine.io's
EVENT = b'42["board",'
Snapshot = dict[str, Any]


class Socket(asyncio.Protocol):
    """A websocket's client: `heard(payload, instant)` for each message; engine.io's pings are answered."""

    def __init__(self, head: bytes, heard: Callable[[bytes, float], None]) -> None:
        self._head, self._heard, self._bytes = head, heard, bytearray()
        self._transport: asyncio.Transport | None = None
        self._shaken = False
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        self._bytes += data
        if not self._shaken:
            end = self._bytes.find(b"\r\n\r\n")
            if end < 0:
                return
            assert self._bytes.startswith(b"HTTP/1.1 101"), bytes(self._bytes[:300])
            del self._bytes[: end + 4]
            self._shaken = True
        while frame := self._frame():
            self._told(*frame, at)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(error or ConnectionError("closed"))

    def stall(self) -> None:
        """Nothing is read any more, and nothing answered."""
        assert self._transport is not None
        self._transport.pause_reading()

    @property
    def closed(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _frame(self) -> tuple[int, bytes] | None:
        read = self._bytes
        if len(read) < 2:
            return None
        size, start = read[1] & 127, 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            if len(read) < 2 + wide:
                return None
            size, start = int.from_bytes(read[2 : 2 + wide], "big"), 2 + wide
        if len(read) < start + size:
            return None
        frame = read[0] & 15, bytes(read[start : start + size])
        del read[: start + size]
        return frame

    def _told(self, kind: int, payload: bytes, at: float) -> None:
        if kind == WEBSOCKET_PING:
            self._send(payload, WEBSOCKET_PONG)
        elif kind != TEXT:
            return
        elif payload == PING:
            self._send(PONG)
        elif payload.startswith(b"0{"):
            self._send(b"40")
        elif payload.startswith(b"40"):
            self.open.set_result(None)
        elif payload.startswith(b"44"):
            self.open.set_exception(ConnectionError(payload.decode()))
        else:
            self._heard(payload, at)

    def _send(self, text: bytes, kind: int = TEXT) -> None:
        assert self._transport is not None
        self._transport.write(bytes((0x80 | kind, 0x80 | len(text))) + bytes(4) + text)  # masked with zeros


async def connect(host: str, port: int, path: str, heard: Callable[[bytes, float], None], **headers: str) -> Socket:
    """An engine.io connection that is open, in socket.io's main namespace."""
    asked = {"Host": f"{host}:{port}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    asked |= {"Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()} | headers
    head = f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in asked.items()) + "\r\n"
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(head.encode(), heard), host, port)
    await socket.open
    return socket


class Board:
    """What one viewer's browser holds."""

    _decoded: ClassVar[deque[tuple[bytes, Any]]] = deque(maxlen=8)  # one message is the same bytes for all

    def __init__(self, start: Snapshot | None = None) -> None:
        self.socket: Socket | None = None
        self.gaps = 0
        self.last = b""
        self.rows: dict[int, Any] = {row["id"]: row for row in start["rows"]} if start else {}
        self._version = start["v"] if start else -1
        self._follows = start is not None
        self._wanted = b""
        self._found: asyncio.Future[float] | None = None

    def expect(self, text: str) -> asyncio.Future[float]:
        """The instant at which a message with `text` comes."""
        self._wanted, self._found = text.encode(), asyncio.get_running_loop().create_future()
        return self._found

    def hear(self, payload: bytes, at: float) -> None:
        """A message has come."""
        if not payload.startswith(EVENT):
            return
        if self._found and not self._found.done() and self._wanted in payload:
            self._found.set_result(at)
            self.last = payload[len(EVENT) : -1]
        if self._follows:
            self._apply(self._read(payload))

    def _read(self, payload: bytes) -> Any:
        for known, message in self._decoded:
            if known == payload:
                return message
        message = orjson.loads(payload[len(EVENT) : -1])
        self._decoded.append((payload, message))
        return message

    def _apply(self, delta: Any) -> None:
        if delta["v"] <= self._version:
            return
        self.gaps += delta["prev"] != self._version
        self._version = delta["v"]
        for row in delta["up"]:
            self.rows[row["id"]] = row
        for key in delta["del"]:
            self.rows.pop(key, None)


class Boards:
    """Opens boards of people who are signed in; `cookies` in turn."""

    def __init__(self, vigie: Vigie, cookies: list[str]) -> None:
        self._vigie, self._cookies = vigie, cookies
        self._browser = httpx.AsyncClient(base_url=vigie.url, timeout=60, trust_env=False)
        self.all: list[Board] = []

    @classmethod
    @asynccontextmanager
    async def of(cls, vigie: Vigie, cookies: list[str]) -> Any:
        boards = cls(vigie, cookies)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(boards._browser)
            yield boards
            for board in boards.all:
                if board.socket:
                    board.socket.close()

    async def open(self, count: int, *, follow: bool = False) -> list[Board]:
        """So many more; with `follow` each keeps the rows."""
        gate = asyncio.Semaphore(AT_ONCE)
        start = len(self.all)
        more = await asyncio.gather(*(self._one(gate, start + i, follow) for i in range(count)))
        self.all += more
        return more

    async def snapshot(self) -> Snapshot:
        """The rows, as a browser fetches them."""
        answer = await self._browser.get("/board/snapshot", headers=self._headers(0))
        assert answer.status_code == httpx.codes.OK, answer.status_code
        found: Snapshot = answer.json()
        return found

    def _headers(self, number: int) -> dict[str, str]:
        return {"Cookie": f"vigie_session={self._cookies[number % len(self._cookies)]}"}

    async def _one(self, gate: asyncio.Semaphore, number: int, follow: bool) -> Board:
        async with gate:
            headers = self._headers(number)
            page = await self._browser.get("/incidents", headers=headers)
            found = re.search(r"'client_id': '([0-9a-f-]{36})'|\"client_id\": ?\"([0-9a-f-]{36})\"", page.text)
            assert found, f"the page has no client id: {page.status_code}"
            ids = {"client_id": found[1] or found[2], "document_id": str(uuid.uuid4()), "tab_id": str(uuid.uuid4())}
            asked = {**ids, "next_message_id": 0, "implicit_handshake": "true", "old_tab_id": "null"}
            query = httpx.QueryParams({**asked, "EIO": 4, "transport": "websocket"})
            board = Board(await self.snapshot() if follow else None)
            path = f"/_nicegui_ws/socket.io/?{query}"
            board.socket = await connect(
                "127.0.0.1", self._vigie.port, path, board.hear, Origin=self._vigie.url, **headers
            )
            return board
