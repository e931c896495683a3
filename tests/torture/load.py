"""People who use the API from threads of this process, and remember what they were told was done."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

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
