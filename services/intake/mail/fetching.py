"""The job that fetches letters: some at a time, each marked as handled only once what it led to is committed (M5)."""

from datetime import timedelta
from email.utils import parseaddr

import structlog

from data.queries import letters
from data.settings import Settings
from services import clock
from services.errors import DatabaseUnavailable, DiskFull
from services.intake.mail import mailbox
from services.intake.mail.mailbox import Fetched, MailboxAway, Server
from services.intake.mail.receive import receive, use_own_addresses
from services.intake.mail.worker import Reader
from services.work import SYSTEM, begin

log = structlog.get_logger()

AT_ONCE = 20
KEPT = timedelta(days=30)  # what is known of letters that made nothing

_server: list[Server] = []
_address: list[str] = [""]


def configure(settings: Settings) -> None:
    """Letters are fetched where the settings say, if they say so. Raises ValueError for what they cannot mean."""
    server = Server.of(settings.imap_url) if settings.imap_url else None
    use(server, parseaddr(settings.smtp_sender)[1])


def use(server: Server | None, *own: str) -> None:
    """Letters are fetched there from now on, with None nowhere; those from the addresses in `own` are our own."""
    _server[:] = [server] if server else []
    _address[:] = [next((each for each in (*own, server.login if server else "") if "@" in each), "")]
    use_own_addresses(frozenset(each.lower() for each in (*own, server.login if server else "") if "@" in each))


def is_configured() -> bool:
    """Whether letters are fetched at all."""
    return bool(_server)


def address() -> str:
    """Where people write to declare; empty where no letters are fetched, or it is not known."""
    return _address[-1] if _server else ""


def fetch() -> bool:
    """The oldest letters that wait have been received; whether there are more. One that is away is tried again."""
    if not _server:
        return False
    try:
        with mailbox.opened(_server[0]) as box, Reader() as reader:
            waiting = box.unseen()
            for number in waiting[:AT_ONCE]:
                fetched = box.letter(number)
                if fetched is not None:
                    _receive(fetched, reader)
                box.handled(number)
    except MailboxAway as away:
        log.warning("the mailbox is away", host=_server[0].host, reason=str(away))
        return False
    return len(waiting) > AT_ONCE


def _receive(fetched: Fetched, reader: Reader) -> None:
    """It is received; what cannot be, for whatever reason of its own, is parked and holds no other up.

    Raises `DatabaseUnavailable`, `DiskFull` and OSError where it is no fault of the letter's: it is tried again.
    """
    letter = reader.read(fetched.content, whole=fetched.whole)
    try:
        receive(fetched.content, letter, whole=fetched.whole)
    except (DatabaseUnavailable, DiskFull, OSError):
        raise
    except Exception as bug:
        log.error("a letter was not received", exc_info=bug)
        receive(fetched.content, letter, broken=True)


def forget() -> bool:
    """What is known of letters that made nothing goes after a month; there is no more of them."""
    with begin(SYSTEM) as work:
        letters.forget(work.session, clock.now() - KEPT)
    return False
