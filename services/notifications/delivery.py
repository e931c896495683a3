"""Sending what waits in the outbox: each function does one item and says whether there may be more.

A worker claims a row with a lease, sends outside of any transaction, and writes down how it went. One that dies in
between loses nothing: the lease ends and somebody else sends, under the same Message-ID or Idempotency-Key.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from data import db
from data.models import Channel, Notification
from data.queries import outbox
from data.vocabulary import Medium
from services import clock
from services.notifications import chat, credentials, mail, webhook
from services.notifications.message import Message, compose
from services.work import SYSTEM, begin

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
ATTEMPTS = 36  # with these pauses more than a day: a receiver may be away for one
# A receiver has one call at a time, so that one which hangs holds up its own alone; a call that lasts longer is dead.
LONGEST_CALL = timedelta(seconds=15)

Send = Callable[[Message, Notification, Channel | None], None]


def _mail(message: Message, told: Notification, _: Channel | None) -> None:
    mail.send(message, told.address)


def _chat(message: Message, _: Notification, channel: Channel | None) -> None:
    assert channel is not None
    chat.send(message, credentials.of(channel).address)


def _webhook(message: Message, _: Notification, channel: Channel | None) -> None:
    assert channel is not None
    reached = credentials.of(channel)
    webhook.send(message, reached.address, reached.secret)


SENDERS: Mapping[Medium, Send] = {Medium.EMAIL: _mail, Medium.APPRISE: _chat, Medium.WEBHOOK: _webhook}


def pause_after(attempts: int) -> timedelta:
    """How long a receiver that has failed so often is left alone."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE)


def is_due(medium: Medium) -> bool:
    """Whether a notification of the medium can be sent now."""
    now = clock.now()
    with db.read_session() as session:
        return outbox.is_due(session, medium, now, busy=_busy(now))


def send_one(medium: Medium) -> bool:
    """One notification of the medium is sent, or tried again later; whether there was one."""
    if not is_due(medium):
        return False
    now = clock.now()
    with begin(SYSTEM) as work:
        claimed = outbox.claim(work.session, medium, now, now + LEASE, busy=_busy(now))
    if claimed is None:
        return False
    error = _attempt(claimed)
    with begin(SYSTEM) as work:
        outbox.settle(work.session, claimed, **_outcome(claimed, work.now, error))
    return True


def _busy(now: datetime) -> datetime:
    """Until when at least the claim of a call that still lasts was given."""
    return now + LEASE - LONGEST_CALL


def _attempt(claimed: Notification) -> str:
    """Why it could not be sent, empty when it was."""
    try:
        with db.read_session() as session:
            message = compose(session, claimed)
            channel = outbox.channel(session, claimed.channel_id) if claimed.channel_id else None
        SENDERS[claimed.medium](message, claimed, channel)
    except Exception as cause:  # one message that cannot be sent, for whatever reason, must not hold up the others
        log.warning("notification not sent", id=claimed.id, medium=claimed.medium.value, cause=type(cause).__name__)
        return (f"{type(cause).__name__}: {cause}".strip().replace("\x00", ""))[:500]
    return ""


def _outcome(claimed: Notification, now: datetime, error: str) -> dict[str, object]:
    if not error:
        return {"sent_at": now, "error": ""}
    if claimed.attempts >= ATTEMPTS:
        return {"failed_at": now, "error": error}
    return {"due_at": now + pause_after(claimed.attempts), "error": error}
