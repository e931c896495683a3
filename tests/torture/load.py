"""People who use the API from threads of this process, and remember what they were told was done."""

import http.client
import json
import re
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast

from tests.personas import N1

RESOLUTION = {"code": "fixed", "summary": "Relancé."}
_numbers = count(1)


@dataclass
class Acks:
    """What the server has acknowledged: references, bodies of comments, (reference, action)."""

    created: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)  # by status

    def __len__(self) -> int:
        return len(self.created) + len(self.said) + len(self.moved)


class Caller:
    """A connection that is opened again when it was lost."""

    def __init__(self, port: int, token: str, source: str = "127.0.0.1") -> None:
        self.port, self.token, self.source = port, token, source
        self._connection: http.client.HTTPConnection | None = None

    def __call__(self, method: str, path: str, body: Any = None, timeout: float = 15) -> tuple[int, Any]:
        """Status and JSON of the answer. Raises OSError or HTTPException when there is none."""
        if self._connection is None:
            where = ("127.0.0.1", self.port)
            self._connection = http.client.HTTPConnection(*where, timeout=timeout, source_address=(self.source, 0))
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, f"/api/v1{path}", content, headers)
            answer = self._connection.getresponse()
            read = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return answer.status, json.loads(read) if read else None

    def close(self) -> None:
        """Nothing is open any more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


Answer = tuple[str, int, Any, float]  # who, status, body, seconds


class Crowd:
    """Many who call at the same moment, on lines that are open already.

    One thread sends and reads for all of them: a thread for each would measure how they share a processor.
    """

    def __init__(self, members: Sequence[tuple[str, int, str]]) -> None:
        """`members`: name, port of the server, token."""
        self._members = [
            (name, token, socket.create_connection(("127.0.0.1", port), timeout=60)) for name, port, token in members
        ]

    def post(self, path: str) -> list[Answer]:
        """What each got; the time is from the own request to the end of the own answer."""
        answers: list[Answer] = []
        with selectors.DefaultSelector() as selector:
            for name, token, line in self._members:
                request = f"POST /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
                begun = time.perf_counter()
                line.sendall(f"{request}Content-Length: 0\r\n\r\n".encode())
                selector.register(line, selectors.EVENT_READ, (name, begun, bytearray()))
            while selector.get_map():
                for ready, _ in selector.select(60):
                    name, begun, read = ready.data
                    part = cast(socket.socket, ready.fileobj).recv(65_536)
                    read += part
                    if (whole := _answer(bytes(read))) is not None or not part:
                        status, body = whole or (0, None)
                        answers.append((name, status, body, time.perf_counter() - begun))
                        selector.unregister(ready.fileobj)
        return answers

    def close(self) -> None:
        """Nothing is open any more."""
        for *_, line in self._members:
            line.close()


def _answer(read: bytes) -> tuple[int, Any] | None:
    """Status and JSON, once all of it is there."""
    head, found, body = read.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    if not found or (length and len(body) < int(length[1])):
        return None
    return int(head[9:12]), json.loads(body) if body else None


def a_life(call: Caller, acks: Acks) -> None:
    """One incident from its declaration to its resolution, each step written down once it is acknowledged."""
    number = next(_numbers)
    new = {"title": f"Panne {number}", "description": "…", "category": "network", "priority": "high", "team": N1}
    status, incident = call("POST", "/incidents", new)
    if not _counted(acks, status):
        return
    reference = incident["reference"]
    acks.created.append(reference)
    body = f"Vu {number}."
    if _counted(acks, call("POST", f"/incidents/{reference}/comments", {"body": body})[0]):
        acks.said.append(body)
    for action, given in (("take_and_start", None), ("resolve", RESOLUTION)):
        if _counted(acks, call("POST", f"/incidents/{reference}/actions/{action}", given)[0]):
            acks.moved.append((reference, action))


def _counted(acks: Acks, status: int) -> bool:
    if status >= 300:
        acks.refused[status] = acks.refused.get(status, 0) + 1
    return status < 300


@contextmanager
def working(*jobs: Callable[[], object]) -> Iterator[None]:
    """Each job is done again and again by a thread of its own; one whose server is away tries again."""
    stop = threading.Event()

    def run(job: Callable[[], object]) -> None:
        while not stop.is_set():
            with suppress(OSError, http.client.HTTPException):
                job()
                continue
            time.sleep(0.05)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
