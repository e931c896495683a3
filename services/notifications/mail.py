"""Letters by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from services import i18n
from services.notifications import message_ids
from services.notifications.message import Message
from services.notifications.rules import Kind

TIMEOUT_S = 10.0
SCHEMES = {"smtp": 25, "smtps": 465}
ADDRESS = "VIGIE_SMTP_URL: write smtp://login:password@host:587?tls=1 or smtps://login:password@host"


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed in, and whom they come from."""

    host: str
    port: int
    sender: str
    login: str = ""
    password: str = ""
    encrypted: bool = False
    starttls: bool = False

    @classmethod
    def of(cls, url: str, sender: str) -> Self:
        """Raises ValueError with a sentence for what is not `smtp[s]://[login:password@]host[:port][?tls=1]`."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as unreadable:
            raise ValueError(ADDRESS) from unreadable
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError(ADDRESS)
        if "@" not in parseaddr(sender)[1] or not sender.isprintable():
            raise ValueError("VIGIE_SMTP_SENDER: letters need a sender, for example Vigie <vigie@example.org>")
        return cls(
            host=parts.hostname,
            port=port or SCHEMES[parts.scheme],
            sender=sender,
            login=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            encrypted=parts.scheme == "smtps",
            starttls=parse_qs(parts.query).get("tls") == ["1"],
        )


_server: list[Server] = []


def use(server: Server | None) -> None:
    """Letters are handed in there from now on; with None nowhere."""
    _server[:] = [server] if server else []


def letter(message: Message, recipient: str, sender: str) -> EmailMessage:
    """The letter that says `message`; its Message-ID is the same each time, so that a second copy can be told."""
    made = EmailMessage()
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2]
    made["From"] = Address(name, addr_spec=address)
    made["To"] = Address(addr_spec=recipient)
    # What would end a header, or hide in one, has been typed by nobody in good faith: the title must not stop the mail.
    made["Subject"] = " ".join("".join(c if c.isprintable() else " " for c in message.subject).split())
    made["Date"] = format_datetime(message.at)
    made["Message-ID"] = message_ids.made(message.key, domain)
    if reference := message.facts.get("reference"):
        made["References"] = f"<{reference}@{domain}>"
    if message.reply_to:
        with suppress(ValueError, MessageError):  # an address that no letter can carry stops none
            made["Reply-To"] = Address(addr_spec=message.reply_to)
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made["X-Vigie"] = message.kind.value  # what no Vigie takes for a person's (M1)
    quote = "\n".join(f"> {line}" for line in message.quote.splitlines())
    facts = "\n".join(_facts(message))
    parts = (message.sentence, quote, facts, message.link, message.advice, _foot(message))
    made.set_content("\n\n".join(part for part in parts if part) + "\n")
    return made


def send(message: Message, recipient: str) -> None:
    """The server has taken the letter. Raises OSError, smtplib's among them, when it has not."""
    if not _server:
        raise OSError("no mail server is configured")
    with _let_in(_server[0]) as connection:
        connection.send_message(letter(message, recipient, _server[0].sender))


def greet(server: Server) -> None:
    """The server is there, encrypts as it was asked to, and lets Vigie in; it is handed nothing. Raises OSError."""
    with _let_in(server) as connection:
        connection.noop()


@contextmanager
def _let_in(server: Server) -> Iterator[smtplib.SMTP]:
    """A connection on which letters can be handed in."""
    context = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
        if server.encrypted
        else smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    )
    with connection:
        if server.starttls:
            connection.starttls(context=context)
        if server.login:
            connection.login(server.login, server.password)
        yield connection


def _foot(message: Message) -> str:
    if message.kind is Kind.MESSAGE:  # the team's own to people outside: theirs, word for word
        return ""
    said = "notification.account.footer" if message.kind is Kind.ACCOUNT else "notification.footer"
    return f"-- \n{i18n.t(said if message.account else 'notification.footer_outside', message.locale)}"


def _facts(message: Message) -> list[str]:
    facts, locale = message.facts, message.locale
    if "title" not in facts:
        return []
    lines = [
        (i18n.t("field.title", locale), facts["title"]),
        (i18n.t("field.priority", locale), i18n.t(f"priority.{facts['priority']}", locale)),
        (i18n.t("field.status", locale), i18n.t(f"status.{facts['status']}", locale)),
    ]
    return [i18n.t("notification.fact", locale, name=name, value=value) for name, value in lines]
