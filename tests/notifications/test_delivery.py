"""Nothing is lost, nothing is told twice, and what fails is tried again and seen."""

import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from data import db
from data.models import Notification
from data.queries import outbox as rows
from data.vocabulary import Medium
from services import lifecycle
from services.clock import MovedClock
from services.notifications import channels, choices, delivery, mail
from services.notifications.message import Message
from services.notifications.rules import Kind
from tests.notifications.conftest import ADDRESSES, send_all
from tests.notifications.peers import Mailbox
from tests.personas import MONDAY, N1, Cast, an_incident

ROOT = Path(__file__).parents[2]


def assigned_to_n1(cast: Cast, **fields: str) -> str:
    return lifecycle.assign(cast.diane, an_incident(cast.diane, **fields).reference, team=N1).reference


def test_a_server_that_refuses_is_left_alone_longer_each_time(
    reachable: Cast, mailbox: Mailbox, clock: MovedClock
) -> None:
    mailbox.failing = True
    assigned_to_n1(reachable)
    send_all()
    send_all()
    assert mailbox.attempts == 1
    clock.forward(seconds=30)
    send_all()
    clock.forward(seconds=59)
    send_all()
    assert mailbox.attempts == 2
    (trouble,) = channels.troubles(reachable.emile)
    assert (trouble.recipient, trouble.attempts) == (ADDRESSES["alice"], 2)
    mailbox.failing = False
    clock.forward(seconds=1)
    send_all()
    assert len(mailbox.letters) == 1
    assert channels.troubles(reachable.emile) == ()


def test_what_fails_for_a_day_is_given_up_visibly_and_can_be_tried_again(
    reachable: Cast, mailbox: Mailbox, clock: MovedClock
) -> None:
    mailbox.failing = True
    assigned_to_n1(reachable)
    for _ in range(delivery.ATTEMPTS):
        send_all()
        clock.forward(hours=1)
    (trouble,) = channels.troubles(reachable.emile)
    assert trouble.next_at is None
    assert mailbox.attempts == delivery.ATTEMPTS
    mailbox.failing = False
    channels.retry(reachable.emile, trouble.id)
    send_all()
    assert len(mailbox.letters) == 1


def test_the_pauses_add_up_to_more_than_a_day() -> None:
    pauses = [delivery.pause_after(attempts) for attempts in range(1, delivery.ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert sum(pauses, timedelta()) > timedelta(days=1)


def test_what_a_dead_worker_held_is_sent_by_another_under_the_same_id(
    reachable: Cast, mailbox: Mailbox, clock: MovedClock
) -> None:
    assigned_to_n1(reachable)
    with db.write_session() as session:  # a worker that claims, and dies
        assert rows.claim(session, Medium.EMAIL, clock.at, clock.at + delivery.LEASE)
        session.commit()
    send_all()
    assert mailbox.letters == []
    clock.forward(minutes=2)
    send_all()
    assert len(mailbox.letters) == 1


def test_a_worker_whose_lease_is_over_does_not_overwrite_its_successor(
    reachable: Cast, mailbox: Mailbox, clock: MovedClock
) -> None:
    assigned_to_n1(reachable)
    with db.write_session() as session:
        first = rows.claim(session, Medium.EMAIL, clock.at, clock.at + delivery.LEASE)
        session.commit()
    assert first is not None
    clock.forward(minutes=2)
    send_all()
    with db.write_session() as session:
        assert not rows.settle(session, first, sent_at=None)


def test_the_same_event_is_never_queued_twice(reachable: Cast, mailbox: Mailbox) -> None:
    assigned_to_n1(reachable)
    with db.write_session() as session:
        found = rows.claim(session, Medium.EMAIL, MONDAY, MONDAY + delivery.LEASE)
        assert found is not None
        columns = {name: getattr(found, name) for name in Notification.model_fields if name != "id"}
        rows.add(session, [columns])
        session.commit()
    send_all()
    assert mailbox.letters == []


PROCESS = """
import sys, time
from data import db
from services import chain, lifecycle
from services.notifications import outbox
from services.work import Actor
from zoneinfo import ZoneInfo
url, diane, reference = sys.argv[1:]
chain.use_secret(b"a secret of the tests")
db.bind(url)
outbox.configure(outbox.Terms(ZoneInfo("Europe/Paris"), mail=True))
lifecycle.assign(Actor(int(diane)), reference, team="Support N1")
print("committed", flush=True)
time.sleep(60)
"""


def test_a_process_killed_between_commit_and_sending_loses_nothing(
    reachable: Cast, mailbox: Mailbox, clock: MovedClock
) -> None:
    incident = an_incident(reachable.diane)
    command = [sys.executable, "-c", PROCESS, db.bound().url, str(reachable.diane.user_id), incident.reference]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "committed\n"
        process.send_signal(signal.SIGKILL)
    clock.at = datetime.now(UTC) + timedelta(minutes=1)  # the other process had the computer's time
    send_all()
    assert len(mailbox.letters) == 1


def test_a_title_cannot_add_a_header() -> None:
    """M6: 24 pairs of what is typed and where in the title."""
    poisons = (
        "\r\nBcc: evil@example.org",
        "\nX: y",
        "\rX: y",
        "\u2028X: y",
        "\x85X: y",
        "\x0bX: y",
        "\x00",
        "\r\n\r\nX: y",
    )
    for poison, subject in product(poisons, ("Panne{}", "{}Panne", "é" * 900 + "{}")):
        message = Message("1-user-1-email", Kind.ASSIGNED, MONDAY, "fr", subject.format(poison), "…", "", "", {})
        letter = mail.letter(message, "alice@acme.example", "Vigie <vigie@acme.example>")
        assert letter["Bcc"] is None
        assert letter["X"] is None
        assert b"\nBcc" not in letter.as_bytes()
        assert b"\nX:" not in letter.as_bytes()


def test_a_letter_says_that_nobody_wrote_it(reachable: Cast, mailbox: Mailbox) -> None:
    """An absence notice that answered it would go round for ever."""
    assigned_to_n1(reachable)
    send_all()
    (letter,) = mailbox.letters
    assert letter["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<\d+-user-\d+-email\.[a-z2-7]{32}@acme\.example>", letter["Message-ID"])


def test_letters_wait_for_the_end_of_quiet_hours(reachable: Cast, mailbox: Mailbox, clock: MovedClock) -> None:
    choices.choose(reachable.alice, {}, quiet_from=9 * 60, quiet_until=11 * 60)
    assigned_to_n1(reachable)
    send_all()
    assert mailbox.letters == []
    clock.forward(hours=1)
    send_all()
    assert len(mailbox.letters) == 1


def test_each_kind_comes_by_the_way_that_was_chosen(reachable: Cast, mailbox: Mailbox) -> None:
    choices.choose(reachable.alice, {"assigned": ["app"]})
    assigned_to_n1(reachable)
    send_all()
    assert mailbox.letters == []
    assert choices.mine(reachable.alice).media[Kind.ASSIGNED] == {Medium.APP}
    assert choices.mine(reachable.alice).media[Kind.ESCALATED] == {Medium.APP, Medium.EMAIL}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_many_workers_send_each_letter_once(reachable: Cast, mailbox: Mailbox) -> None:
    references = {assigned_to_n1(reachable) for _ in range(10)}
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda _: send_all(), range(4)):
            pass
    assert len(mailbox.letters) == len(references)
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == len(references)
