"""The mailbox that letters come to, by IMAP. Knows no table: it hands out bytes, and marks what is done with."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from services.intake.mail.worker import LIMIT

TIMEOUT_S = 10.0  # of each answer
HEAD = 2**16  # bytes of the head of a letter that is too large
SCHEMES = {"imap": 143, "imaps": 993}
ADDRESS = "VIGIE_IMAP_URL: write imaps://login:password@host/INBOX"

_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,18})")


class MailboxAway(OSError):
    """The server does not answer, is not the one that its certificate names, or does not let Vigie in."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are fetched."""

    host: str
    port: int
    login: str
    password: str
    folder: str = "INBOX"
    encrypted: bool = True
    starttls: bool = False

    @classmethod
    def of(cls, url: str) -> Self:
        """Raises ValueError with a sentence for what is not `imap[s]://login:password@host[:port][/FOLDER][?tls=1]`.

        Without `s` the connection is encrypted by STARTTLS, on this machine itself only if it is asked for.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as unreadable:
            raise ValueError(ADDRESS) from unreadable
        if parts.scheme not in SCHEMES or not parts.hostname or not parts.username or not parts.password:
            raise ValueError(ADDRESS)
        asked = parse_qs(parts.query).get("tls") == ["1"]
        return cls(
            host=parts.hostname,
            port=port or SCHEMES[parts.scheme],
            login=unquote(parts.username),
            password=unquote(parts.password),
            folder=unquote(parts.path.lstrip("/")) or "INBOX",
            encrypted=parts.scheme == "imaps",
            starttls=parts.scheme == "imap" and (asked or not _is_here(parts.hostname)),
        )


@dataclass(frozen=True, slots=True)
class Fetched:
    """A letter; of one that is too large, not `whole`, its head."""

    content: bytes
    whole: bool


class Mailbox:
    """A connection to the folder. Every method raises `MailboxAway`."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def unseen(self) -> list[str]:
        """The numbers of what has not been dealt with, the oldest first."""
        found = self._asked("SEARCH", "UNSEEN")
        return sorted((number.decode() for number in (found[0] or b"").split() if number.isdigit()), key=int)

    def letter(self, number: str) -> Fetched | None:
        """The letter, still unseen; None where it is there no more."""
        told = b" ".join(each for each in self._asked("FETCH", number, "(RFC822.SIZE)") if isinstance(each, bytes))
        size = _SIZE.search(told)
        if size is None:
            return None
        whole = int(size[1]) <= LIMIT
        wanted = f"(BODY.PEEK[]<0.{LIMIT}>)" if whole else f"(BODY.PEEK[HEADER]<0.{HEAD}>)"
        for each in self._asked("FETCH", number, wanted):
            if isinstance(each, tuple) and isinstance(each[1], bytes):
                return Fetched(each[1], whole)
        return None

    def handled(self, number: str) -> None:
        """It will not be fetched again."""
        self._asked("STORE", number, "+FLAGS.SILENT", r"(\Seen)")

    def _asked(self, *command: str) -> list[Any]:
        try:
            state, answer = self._connection.uid(*command)
        except (imaplib.IMAP4.error, OSError) as refused:
            raise MailboxAway(_text(refused)) from None
        if state != "OK":
            raise MailboxAway(f"{command[0]}: {state}")
        return answer


@contextmanager
def opened(server: Server, *, only_look: bool = False) -> Iterator[Mailbox]:
    """The folder is open; `only_look`: nothing in it can be changed. Raises `MailboxAway`."""
    try:
        connection = _connected(server)
    except (imaplib.IMAP4.error, OSError, ValueError) as away:
        raise MailboxAway(_text(away)) from None
    try:
        _let_in(connection, server, only_look)
        yield Mailbox(connection)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()
        with suppress(OSError):  # a connection that was cut has not been closed by that
            connection.shutdown()


def greet(server: Server) -> None:
    """The server is there, is who it says, and lets Vigie in; nothing is read or changed. Raises `MailboxAway`."""
    with opened(server, only_look=True):
        pass


def _connected(server: Server) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if server.encrypted:
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=TIMEOUT_S)
    connection = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT_S)
    if server.starttls:
        try:
            connection.starttls(context)
        except BaseException:
            with suppress(OSError):
                connection.shutdown()
            raise
    return connection


def _let_in(connection: imaplib.IMAP4, server: Server, only_look: bool) -> None:
    folder = server.folder.replace("\\", "\\\\").replace('"', '\\"')
    try:
        connection.login(server.login, server.password)
        state, answer = connection.select(f'"{folder}"', readonly=only_look)
    except UnicodeError:  # what IMAP itself cannot say
        raise MailboxAway("login, password or folder has signs beyond ASCII") from None
    except (imaplib.IMAP4.error, OSError) as refused:
        raise MailboxAway(_text(refused)) from None
    if state != "OK":
        raise MailboxAway(f"{server.folder}: {_text(answer[0])}")


def _text(said: object) -> str:
    """What the server says, the library of it, or the system."""
    value: object = said.args[0] if isinstance(said, imaplib.IMAP4.error) and said.args else said
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text[:200] or type(said).__name__


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
