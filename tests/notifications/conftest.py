"""A desk whose notifications go to real receivers on loopback."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest

from data import db
from data.queries import people
from data.vocabulary import Medium
from services.notifications import delivery, mail, outbox
from tests.notifications.peers import Mailbox, mail_server
from tests.personas import Cast

ADDRESSES = {login: f"{login}@acme.example" for login in ("alice", "bruno", "chloe", "diane", "emile")}
BASE_URL = "https://vigie.acme.example"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Letters are handed in here until the test ends."""
    before = outbox.terms()
    with mail_server() as box:
        mail.use(mail.Server("127.0.0.1", box.port, "Vigie <vigie@acme.example>"))
        outbox.configure(outbox.Terms(ZoneInfo("Europe/Paris"), mail=True, public_url=BASE_URL))
        yield box
    mail.use(None)
    outbox.configure(before)


@pytest.fixture
def reachable(cast: Cast, mailbox: Mailbox) -> Cast:
    """The personas, each with an address."""
    with db.write_session() as session:
        for user in people.users(session):
            user.email = ADDRESSES[user.login]
        session.commit()
    return cast


def send_all(*media: Medium) -> None:
    """What is due has been tried once."""

    def send() -> None:
        for medium in media or (Medium.EMAIL,):
            while delivery.send_one(medium):
                pass

    with ThreadPoolExecutor(1) as aside:  # as in the product: a webhook is sent from a thread of its own
        aside.submit(send).result()
