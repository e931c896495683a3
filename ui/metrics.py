"""What a monitoring system reads of this process: requests, the event loop, who is connected, the desk's figures.

In the text format of Prometheus, from a registry of our own. Several processes on one database each tell of
themselves; the figures of the desk are the same in all of them. No name, no text, no address of anybody is in it:
labels are codes and templates of addresses, of which there is a fixed number.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Final

import structlog
from nicegui import Client, background_tasks
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services import metrics
from services.work import SYSTEM
from ui import calls, live, wall

log = structlog.get_logger()

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
FRESH_S: Final = 15.0  # for so long figures out of the database are told again, however many ask
SAMPLE_S: Final = 0.5
REQUEST_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LAG_BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
TOOLKIT: Final = "/_nicegui/"
OTHER: Final = "other"  # an address that leads nowhere, a method that nobody knows: anybody can invent as many

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each series began: a third more lines, and nobody asks
registry = CollectorRegistry()
requests = Counter(
    "vigie_http_requests",
    "Requests answered, by template of the address.",
    ("method", "route", "status"),
    registry=registry,
)
durations = Histogram(
    "vigie_http_request_duration_seconds",
    "From a request to the end of its answer; displays ask and wait for news up to ten seconds.",
    ("method", "route"),
    buckets=REQUEST_BUCKETS,
    registry=registry,
)
lag = Histogram(
    "vigie_event_loop_lag_seconds",
    "How much later than asked the event loop came back, twice a second.",
    buckets=LAG_BUCKETS,
    registry=registry,
)


class Meter:
    """Counts and times every request that goes through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            method = scope["method"] if scope["method"] in METHODS else OTHER
            route = template_of(scope)
            requests.labels(method, route, status).inc()
            durations.labels(method, route).observe(time.perf_counter() - begun)


def template_of(scope: Scope) -> str:
    """The address that was asked for as its route is written, `/incidents/{reference}`, whatever stood in it."""
    mount, route = str(scope.get("root_path", "")), scope.get("route")
    path = str(getattr(route, "path", "/*" if mount else OTHER))
    if path.startswith(TOOLKIT):  # a route for each open page, named by what is its only credential
        return TOOLKIT + "*"
    return mount + path


class Desk(Collector):
    """What is so at the moment that somebody asks: the figures of the desk, and who is connected."""

    def __init__(self) -> None:
        self._figures: metrics.Figures | None = None
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def exposition(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        await self._look()
        return generate_latest(registry) + generate_latest(self)

    async def _look(self) -> None:
        """The figures are at most `FRESH_S` old: read once for all who ask meanwhile, None where they cannot be."""
        async with self._reading:
            if time.monotonic() - self._read_at < FRESH_S:
                return
            try:
                self._figures = await calls.read(metrics.figures, SYSTEM)
            except Exception:  # a damaged database too: whoever watches must hear of it, and of all else
                log.exception("the figures cannot be read")
                self._figures = None
            self._read_at = time.monotonic()

    def collect(self) -> Iterator[Metric]:
        """Every figure; of the database only that it is away, while it is."""
        connected = sum(client.has_socket_connection for client in [*Client.instances.values()])
        yield _gauge("vigie_connected_clients", "Pages open in browsers.", connected)
        yield _gauge("vigie_connected_boards", "Pages among them that show the board live.", live.boards())
        yield _gauge("vigie_connected_displays", "Screens on walls that asked within 20 s.", wall.showing())
        yield _gauge("vigie_database_up", "1 while the database answers.", int(self._figures is not None))
        if self._figures is None:
            return
        incidents = GaugeMetricFamily("vigie_incidents", "Incidents, closed ones too.", labels=("status", "priority"))
        for (status, priority), count in self._figures.incidents.items():
            incidents.add_metric((status.value, priority.value), count)
        yield incidents
        yield _gauge("vigie_letters_waiting", "E-mails that wait to be sorted.", self._figures.letters)
        queues = self._figures.outbox.items()
        yield _by_medium("messages_waiting", "Notifications to be sent.", [(m, q.waiting) for m, q in queues])
        yield _by_medium("messages_failed", "Notifications given up.", [(m, q.failed) for m, q in queues])
        oldest = "For how long the oldest notification has been due."
        yield _by_medium("overdue_seconds", oldest, [(m, q.overdue_s) for m, q in queues])


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value)


def _by_medium(name: str, documentation: str, values: Sequence[tuple[str, float]]) -> Metric:
    made = GaugeMetricFamily(f"vigie_outbox_{name}", documentation, labels=("medium",))
    for medium, value in values:
        made.add_metric((medium,), value)
    return made


for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=registry)


def start() -> None:
    """The event loop's lag is measured from now on."""
    background_tasks.create(_measure(), name="event loop lag")


async def _measure() -> None:
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(SAMPLE_S)
        lag.observe(max(0.0, time.perf_counter() - asked - SAMPLE_S))
