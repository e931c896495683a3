"""The job that fetches letters: some at a time, each marked as handled only once what it led to is committed (M5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

import structlog

from data.queries import letters
from data.settings import Settings
from services import clock
from services.errors import DatabaseUnavailable, DiskFull
from services.intake.mail import mailbox
from services.intake.mail.mailbox import Fetched, LetterHeld, MailboxAway, Server, Trouble
from services.intake.mail.receive import receive, use_own_addresses
from services.intake.mail.worker import Reader
from services.work import SYSTEM, begin

log = structlog.get_logger()

AT_ONCE = 20
IN_VAIN = 10  # letters that are asked for in vain before the others have to wait
KEPT = timedelta(days=30)  # what is known of letters that made nothing


@dataclass(frozen=True, slots=True)
class State:
    """How it stood with the mailbox when this process last looked: what is wrong with it, and since when, if anything;
    how many letters its server does not hand out or mark."""

    host: str
    trouble: Trouble | None = None
    since: datetime | None = None
    held: int = 0


_server: list[Server] = []
_state: list[State] = []
_address: list[str] = [""]
_held: set[str] = set()  # letters that the server did not hand out, or mark, when it was last asked


def configure(settings: Settings) -> None:
    """Letters are fetched where the settings say, if they say so. Raises ValueError for what they cannot mean."""
    server = Server.of(settings.imap_url) if settings.imap_url else None
    use(server, parseaddr(settings.smtp_sender)[1])


def use(server: Server | None, *own: str) -> None:
    """Letters are fetched there from now on, with None nowhere; those from the addresses in `own` are our own."""
    _server[:] = [server] if server else []
    _state[:] = []
    _held.clear()
    _address[:] = [next((each for each in (*own, server.login if server else "") if "@" in each), "")]
    use_own_addresses(frozenset(each.lower() for each in (*own, server.login if server else "") if "@" in each))


def is_configured() -> bool:
    """Whether letters are fetched at all."""
    return bool(_server)


def address() -> str:
    """Where people write to declare; empty where no letters are fetched, or it is not known."""
    return _address[-1] if _server else ""


def state() -> State | None:
    """How it stands with the mailbox; None where this process has not looked, since another does or none at all."""
    return _state[-1] if _state else None


def fetch() -> bool:
    """The oldest letters that wait have been received; whether there are more. One that is away is tried again.

    One that the server does not hand out, or mark, holds no other up: it stays unread, and is asked for after them.
    """
    if not _server:
        return False
    server, received, in_vain = _server[0], 0, 0
    try:
        with mailbox.opened(server) as box, Reader() as reader:
            waiting = sorted(box.unseen(), key=_held.__contains__)
            _held.intersection_update(waiting)
            for number in waiting:
                if received == AT_ONCE or in_vain == IN_VAIN:
                    break
                try:
                    fetched = box.letter(number)
                    if fetched is None:
                        continue
                    _receive(fetched, reader)
                    box.handled(number)
                except LetterHeld as refused:
                    in_vain += 1
                    if number not in _held:
                        log.warning("the server holds a letter", host=server.host, letter=number, reason=str(refused))
                    _held.add(number)
                else:
                    received += 1
                    _held.discard(number)
    except MailboxAway as away:
        log.warning("the mailbox is away", host=server.host, reason=str(away))
        last = state()
        since = last.since if last and last.trouble else None
        _state[:] = [State(server.host, away.trouble, since or clock.now())]
        return False
    _state[:] = [State(server.host, held=len(_held))]
    return received == AT_ONCE and len(waiting) > received + in_vain


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
