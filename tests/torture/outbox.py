"""What is to be told is told, whoever dies: K5."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text

from data import db
from data.queries import people
from services import incidents
from services.notifications import channels, outbox
from tests.notifications.peers import Call, Mailbox, Receiver, mail_server, web_server
from tests.personas import N1
from tests.torture import inside
from tests.torture.bench import Bench, Place
from tests.torture.registry import Outcome, at_most, exactly, trial

NOTIFICATIONS = 1_200
KILLS = 60
STOPS = 20
ERRORS = 0.05
HURRY = 20  # leases and pauses of minutes end after seconds
WAITING = "SELECT COUNT(*) FROM notification WHERE medium <> 'app' AND sent_at IS NULL AND failed_at IS NULL"


class Flaky(Receiver):
    """Takes most calls; `taken` counts those of each id."""

    def __init__(self, errors: float) -> None:
        super().__init__()
        self.errors, self.taken = errors, Counter[str]()

    def answer(self, call: Call) -> int:
        if random.random() < self.errors:
            return 503
        self.taken[call.headers["idempotency-key"]] += 1
        return 200


class FlakyBox(Mailbox):
    """Takes most letters."""

    errors = 0.0

    def refuses(self) -> bool:
        return random.random() < self.errors


@trial("K5", "outbox with real receivers under kills, errors and clean stops", minutes=12)
def outbox_under_kills(bench: Bench) -> Outcome:
    """At least once after kills, exactly once after clean stops."""
    count, kills, stops = bench.times(NOTIFICATIONS), bench.times(KILLS, least=2), bench.times(STOPS, least=2)
    with bench.place("sqlite") as place:
        expected, told = _told(place, count, kills, kill=True, errors=ERRORS)
        lost, twice = expected - told.keys(), sum(told.values()) - len(told)
        strangers = told.keys() - expected
    with bench.place("sqlite") as place:
        expected, told = _told(place, count // 3, stops, kill=False, errors=0)
        lost |= expected - told.keys()
        after_stops = sum(told.values()) - len(told)
    return Outcome(
        f"{count:,} notifications by mail and webhook, {ERRORS:.0%} errors, {kills} kills; "
        f"{count // 3:,} with {stops} clean stops",
        exactly("never arrived", len(lost), 0),
        exactly("arrived under an id of no row", len(strangers), 0),
        at_most("arrived again under the same id, after kills", twice, kills),
        exactly("arrived again after clean stops", after_stops, 0),
    )


def _told(place: Place, count: int, ends: int, *, kill: bool, errors: float) -> tuple[set[str], Counter[str]]:
    """The ids of what was to be told, and how often each has arrived; the worker ends so often meanwhile."""
    box = FlakyBox()
    box.errors = errors
    with mail_server(box), web_server(Flaky(errors)) as receiver:
        assert isinstance(receiver, Flaky)
        _queue(place, receiver.port, count)
        begun = datetime.now(UTC)
        ended = 0
        while db_value(WAITING):
            ready = inside.CONTEXT.Event()
            with inside.process(inside.jobs_in_a_hurry, place.url, box.port, begun, HURRY, ready) as worker:
                assert ready.wait(60)
                if ended < ends:
                    left = db_value(WAITING)
                    _until(left - max(1, count // (ends + 1)), 20)
                    (worker.kill if kill else worker.terminate)()
                    ended += 1
                else:
                    _until(0, 240)
                    worker.terminate()
                worker.join(30)
        letters = [str(letter["Message-ID"]).partition(".")[0].lstrip("<") for letter in box.letters]
        return _expected(), receiver.taken + Counter(letters)


def _queue(place: Place, port: int, count: int) -> None:
    """So many notifications wait, half of them letters."""
    before = outbox.terms()
    outbox.configure(outbox.Terms(ZoneInfo("Europe/Paris"), mail=True))
    with db.write_session() as session:
        for user in people.users(session):
            user.email = f"{user.login}@acme.example"
        session.commit()
    channels.create(
        place.cast.emile, name="W", medium="webhook", address=f"http://127.0.0.1:{port}/", kinds=["assigned"]
    )
    for number in range(count // 2):
        new = incidents.NewIncident(title=f"P{number}", description="…", category="network", priority="low", team=N1)
        incidents.create(place.cast.diane, new)
    outbox.configure(before)


def _until(left: float, seconds: float) -> None:
    """Returns once no more than so many wait, or that long."""
    deadline = time.monotonic() + seconds
    while db_value(WAITING) > left and time.monotonic() < deadline:
        threading.Event().wait(0.02 if left else 0.2)


def _expected() -> set[str]:
    """The id of everything that was to be told outside."""
    query = "SELECT seq, recipient, medium FROM notification WHERE medium <> 'app'"
    return {f"{seq}-{recipient.replace(':', '-')}-{medium}" for seq, recipient, medium in rows(query)}


def rows(statement: str) -> Sequence[tuple[object, ...]]:
    with db.bound().reader.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def db_value(statement: str) -> int:
    return int(str(rows(statement)[0][0]))
