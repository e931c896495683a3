"""A desk with people who can be written to, and a mailbox for what they write."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.mail import fetching
from services.intake.mail.mailbox import Server
from services.intake.mail.worker import Reader
from tests.intake.imap import ImapMailbox, imap_server
from tests.notifications.conftest import mailbox, reachable

__all__ = ["inbox", "mailbox", "reachable", "reader"]


@pytest.fixture
def inbox(file_folder: Path) -> Iterator[ImapMailbox]:
    """Letters are fetched here until the test ends."""
    with imap_server() as box:
        fetching.use(Server.of(box.url()), "vigie@acme.example")
        yield box
    fetching.use(None)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The process that reads letters."""
    with Reader() as made:
        yield made
