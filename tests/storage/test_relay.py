"""What is written to the history is told to whoever follows it, on both databases, whoever wrote it."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from subprocess import PIPE, Popen

import pytest
from sqlalchemy import text
from sqlmodel import Session

from data import db, relay
from data.models import History
from data.queries import history
from data.relay import Relay
from services import bus, lifecycle, wire
from tests.house.tree import ROOT
from tests.personas import SECRET, Cast, an_incident

SOON_S = 5.0


class Follower:
    """A relay, and what it has said."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.missed = threading.Event()
        self.relay = Relay(self._told, self.missed.set)

    def _told(self, lines: Sequence[History]) -> None:
        self.seqs += [line.seq for line in lines]


@pytest.fixture
def follower(cast: Cast) -> Iterator[Follower]:
    an_incident(cast.alice)  # before: not news
    following = Follower()
    following.relay.start()
    yield following
    following.relay.stop()


def eventually(true: Callable[[], object]) -> bool:
    deadline = time.monotonic() + SOON_S
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(true())


def written() -> list[int]:
    """The places of all lines of the history."""
    with db.read_session() as session:
        return [line.seq for lines in history.batches(session) for line in lines]


def test_each_new_line_is_told_once_and_in_order(cast: Cast, follower: Follower) -> None:
    before = written()
    for _ in range(3):
        lifecycle.take_and_start(cast.alice, an_incident(cast.alice).reference)
    new = written()[len(before) :]
    assert len(new) == 9
    assert eventually(lambda: len(follower.seqs) >= len(new))
    assert follower.seqs == new
    assert not follower.missed.is_set()


def test_more_than_a_reader_can_want_is_another_state_rather_than_news(
    cast: Cast, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BATCH", 2)
    lifecycle.take_and_start(cast.alice, an_incident(cast.alice).reference)
    assert eventually(follower.missed.is_set)
    monkeypatch.undo()
    told = len(follower.seqs)
    an_incident(cast.alice)
    assert eventually(lambda: follower.seqs[told:] == written()[-1:])


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_lost_connection_comes_back_and_says_that_something_may_have_been_missed(
    cast: Cast, follower: Follower
) -> None:
    def listeners() -> Sequence[int]:
        with db.read_session() as session:
            query = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            return session.execute(text(query)).scalars().all()

    assert eventually(listeners)
    (pid,) = listeners()
    with db.read_session() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    assert eventually(follower.missed.is_set)
    an_incident(cast.alice)
    assert eventually(lambda: follower.seqs[-1:] == written()[-1:])


@pytest.fixture
def heard(cast: Cast) -> Iterator[list[bus.News]]:
    """What this process's bus says while it hears of other processes."""
    news: list[bus.News] = []
    wire.start()
    unlisten = bus.listen(news.append)
    yield news
    unlisten()
    wire.stop()


def test_what_another_process_does_is_news_here(cast: Cast, heard: list[bus.News]) -> None:
    incident = an_incident(cast.bruno)
    heard.clear()
    command = [sys.executable, "-m", "tests.storage.taker", db.bound().url, SECRET.decode(), str(cast.alice.user_id)]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as other:
        told, _ = other.communicate(f"{incident.reference}\n", timeout=30)
    assert '"won"' in told
    assert eventually(lambda: heard)
    (news,) = heard
    assert isinstance(news, bus.Changed)
    assert (news.incident_id, news.reference, news.version) == (incident.id, incident.reference, incident.version + 1)
    assert (news.actor_id, news.actor_name) == (cast.alice.user_id, "Alice Martin")


def test_what_this_process_does_is_not_told_twice(cast: Cast, heard: list[bus.News]) -> None:
    incident = an_incident(cast.alice)
    lifecycle.take_and_start(cast.alice, incident.reference)
    time.sleep(2.5 * relay.PERIOD_S)
    assert [news.seq for news in heard if isinstance(news, bus.Changed)] == [written()[-3], written()[-1]]


def test_lines_are_this_processs_own_before_anybody_can_read_them_and_no_more_if_they_never_are(
    cast: Cast, heard: list[bus.News], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told once, however fast the relay is: it may read a line before the writer's commit has come back."""
    incident = an_incident(cast.alice)
    commit, own = Session.commit, []

    def slow(session: Session) -> None:
        commit(session)
        own.append(bus.is_own(written()[-1]))
        time.sleep(2 * relay.PERIOD_S)  # the relay has read it by now

    def failing(session: Session) -> None:
        session.rollback()
        raise RuntimeError("the disk is full")

    heard.clear()
    monkeypatch.setattr(Session, "commit", slow)
    lifecycle.take(cast.bruno, incident.reference)
    assert own == [True]
    assert len([news for news in heard if isinstance(news, bus.Changed)]) == 1
    monkeypatch.setattr(Session, "commit", failing)
    with pytest.raises(RuntimeError):
        lifecycle.start(cast.bruno, incident.reference)
    assert not bus.is_own(written()[-1] + 1)
