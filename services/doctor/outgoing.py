"""The checks of mail, both ways, and of channels. Connections are opened, and nothing is sent over them."""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from data import db
from data.models import Channel
from data.queries import metrics, outbox
from data.settings import Settings
from data.vocabulary import Medium
from services.doctor.saying import Said, Sayings, failed, ok, reason, warning
from services.intake.mail import mailbox as imap
from services.notifications import chat, credentials, mail, reach
from services.work import SYSTEM, look

PATIENCE_S = 5.0
AT_ONCE = 8


def mail_server(settings: Settings) -> Sayings:
    """The mail server lets Vigie in."""
    if not settings.smtp_url:
        yield ok("mail.none")
        return
    try:
        server = mail.Server.of(settings.smtp_url, settings.smtp_sender)
    except ValueError as wrong:
        yield failed("mail.wrong", reason=reason(wrong))
        return
    try:
        mail.greet(server)
    except OSError as away:
        yield failed("mail.away", host=server.host, port=server.port, reason=reason(away))
        return
    yield ok("mail.greets", host=server.host, port=server.port)
    if server.login and not (server.encrypted or server.starttls):
        yield warning("mail.plain")
    yield from _given_up((Medium.EMAIL,))


def mailbox(settings: Settings) -> Sayings:
    """The mailbox that letters come to lets Vigie in; nothing where there is none."""
    if not settings.imap_url:
        return
    try:
        server = imap.Server.of(settings.imap_url)
    except ValueError as wrong:
        yield failed("mailbox.wrong", reason=reason(wrong))
        return
    try:
        imap.greet(server)
    except OSError as away:
        yield failed("mailbox.away", host=server.host, port=server.port, reason=reason(away))
        return
    yield ok("mailbox.greets", host=server.host, port=server.port)


def channels(settings: Settings) -> Sayings:
    """The receiver of each active channel can be reached."""
    reach.allow(settings.webhook_allow.split(","))
    with look(SYSTEM) as reading:
        known = [channel for channel in outbox.channels(reading.session) if channel.active]
    if not known:
        yield ok("channels.none")
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        troubles = [trouble for trouble in pool.map(_trouble, known) if trouble]
    yield from troubles
    if not troubles:
        yield ok("channels.reached", n=len(known))
    yield from _given_up((Medium.APPRISE, Medium.WEBHOOK))


def _trouble(channel: Channel) -> Said | None:
    try:
        address = credentials.of(channel).address
    except credentials.CredentialsLost:
        return failed("channels.locked", name=channel.name)
    try:
        if channel.medium is Medium.APPRISE:
            if chat.service_of(address) is None:
                return failed("channels.meaningless", name=channel.name)
            return None  # what is behind it is known to Apprise alone
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        reached = reach.address_of(parts.hostname or "", port)
        socket.create_connection((reached, port), timeout=PATIENCE_S).close()
    except (OSError, ValueError) as away:
        return failed("channels.away", name=channel.name, reason=reason(away))
    return None


def _given_up(media: Sequence[Medium]) -> Sayings:
    """What could not be sent for good is somebody's to look at; nothing where there is no database."""
    if not db.is_bound():
        return
    with look(SYSTEM) as reading:
        unsent = metrics.unsent(reading.session)
    count = sum(unsent[medium, True][0] for medium in media if (medium, True) in unsent)
    if count:
        yield warning("channels.given_up", n=count)
