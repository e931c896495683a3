"""Receivers that are away, slow or endless: K6, W2."""

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from data import db
from data.queries import people
from data.vocabulary import Medium
from services import clock, incidents
from services.clock import MovedClock
from services.notifications import channels, delivery, mail, outbox, reach
from tests.notifications.conftest import send_all
from tests.notifications.peers import Call, Mailbox, Receiver, mail_server, web_server
from tests.personas import MONDAY, N1
from tests.torture import inside
from tests.torture.bench import Bench, Place
from tests.torture.outbox import WAITING, db_value
from tests.torture.registry import Outcome, at_most, exactly, told, trial

LETTERS = 40
INCIDENTS = 4
HUGE = 2**30


@trial("K6", "a mail server that is away for a day")
def away_for_a_day(bench: Bench) -> Outcome:
    """Everything is delivered once it is back, or visibly failed; others are not held up."""
    count, time_now = bench.times(LETTERS), MovedClock(MONDAY)
    with clock.running_on(time_now), bench.place("sqlite") as place, _listening() as (box, receiver):
        box.failing = True
        _declare(place, receiver.port, count)
        send_all(Medium.EMAIL, Medium.WEBHOOK)
        others = count - len(receiver.calls)
        for _ in range(24 * 6):
            time_now.forward(minutes=10)
            send_all(Medium.EMAIL)
        asked = box.attempts
        box.failing = False
        for _ in range(12):
            time_now.forward(minutes=10)
            send_all(Medium.EMAIL)
        failed = {trouble.id for trouble in channels.troubles(place.cast.emile) if trouble.next_at is None}
        unseen = count - len(box.letters) - len(failed)
        waiting = db_value(WAITING)
    return Outcome(
        f"{count} letters, asked again every ten minutes of 26 hours",
        exactly("neither delivered nor visibly failed", unseen + waiting, 0),
        told("delivered after a day", len(box.letters)),
        at_most("attempts for each letter", asked / count, delivery.ATTEMPTS),
        exactly("other receivers that had to wait", others, 0),
    )


@contextmanager
def _listening() -> Iterator[tuple[Mailbox, Receiver]]:
    before = outbox.terms()
    with mail_server() as box, web_server() as receiver:
        mail.use(mail.Server("127.0.0.1", box.port, "Vigie <vigie@acme.example>"))
        outbox.configure(outbox.Terms(ZoneInfo("Europe/Paris"), mail=True))
        reach.allow(["127.0.0.0/8"])
        yield box, receiver
    mail.use(None)
    reach.allow([])
    outbox.configure(before)


def _declare(place: Place, port: int, count: int) -> None:
    with db.write_session() as session:
        for user in people.users(session):
            user.email = f"{user.login}@acme.example"
        session.commit()
    channels.create(
        place.cast.emile, name="W", medium="webhook", address=f"http://127.0.0.1:{port}/", kinds=["assigned"]
    )
    for number in range(count):
        _incident(place, number)


def _incident(place: Place, number: int) -> str:
    new = incidents.NewIncident(title=f"P{number}", description="…", category="network", priority="low", team=N1)
    return incidents.create(place.cast.diane, new).reference


class Bad(socketserver.ThreadingTCPServer):
    """Answers a call in one of the ways that hold others up; knows how long each was listened to, and how much read."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, way: Callable[["BadCall"], None]) -> None:
        super().__init__(("127.0.0.1", 0), BadCall)
        self.way, self.seconds, self.read = way, list[float](), list[int]()

    def handle_error(self, *_: object) -> None:
        """Whoever has heard enough hangs up."""


class BadCall(socketserver.BaseRequestHandler):
    server: Bad

    def handle(self) -> None:
        begun, self.sent = time.monotonic(), 0
        self.request.settimeout(60)
        try:
            self.request.recv(65_536)
            self.server.way(self)
        except OSError:
            pass
        finally:
            self.server.seconds.append(time.monotonic() - begun)
            self.server.read.append(self.sent)

    def say(self, content: bytes) -> None:
        self.request.sendall(content)
        self.sent += len(content)


def hang(call: BadCall) -> None:
    """Never says a word."""
    while call.request.recv(65_536):
        pass


def drip(call: BadCall) -> None:
    """One byte a second."""
    call.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    while True:
        call.say(b"x")
        time.sleep(1)


def pour(call: BadCall) -> None:
    """A gigabyte."""
    call.say(f"HTTP/1.1 200 OK\r\nContent-Length: {HUGE}\r\n\r\n".encode())
    for _ in range(HUGE // 65_536):
        call.say(b"x" * 65_536)


class Noting(Receiver):
    """Knows when each incident was told of."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: dict[str, float] = {}

    def answer(self, call: Call) -> int:
        self.heard.setdefault(json.loads(call.body)["incident"]["reference"], time.monotonic())
        return 200


@trial("W2", "receivers that hang, drip and pour")
def bad_receivers(bench: Bench) -> Outcome:
    """Each is left in time, and holds nobody up."""
    count = bench.times(INCIDENTS, least=2)
    with bench.place("sqlite") as place, web_server(Noting()) as good, mail_server() as box:
        assert isinstance(good, Noting)
        bad = [Bad(way) for way in (hang, drip, pour)]
        for number, server in enumerate(bad):
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_address[1]}/"
            channels.create(place.cast.emile, name=f"B{number}", medium="webhook", address=address, kinds=["assigned"])
        address = f"http://127.0.0.1:{good.port}/"
        channels.create(place.cast.emile, name="Good", medium="webhook", address=address, kinds=["assigned"])
        ready = inside.CONTEXT.Event()
        with inside.process(inside.jobs_in_a_hurry, place.url, box.port, datetime.now(UTC), 1, ready) as worker:
            assert ready.wait(60)
            made = {}
            for number in range(count):
                made[_incident(place, number)] = time.monotonic()
            _until(lambda: len(good.heard) == count and all(server.seconds for server in bad), 90)
            worker.terminate()
            worker.join(30)
        for server in bad:
            server.shutdown()
            server.server_close()
    late = [good.heard.get(reference, time.monotonic()) - at for reference, at in made.items()]
    listened = max(seconds for server in bad[:2] for seconds in server.seconds)
    return Outcome(
        f"{count} incidents told to three bad receivers and a good one at once",
        at_most("longest call", listened, 10, "s"),
        at_most(
            "sent to us of 1 GiB before we hung up, buffers of the system included", max(bad[2].read) / 2**20, 8, "MiB"
        ),
        at_most("longest delay of the good receiver", max(late), 5, "s"),
        exactly("of the good one's that never came", count - len(good.heard), 0),
    )


def _until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)
