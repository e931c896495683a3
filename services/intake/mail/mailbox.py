"""The mailbox that letters come to, by IMAP. Knows no table: it hands out bytes, and marks what is done with."""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from services.intake.mail.worker import LIMIT

TIMEOUT_S = 10.0  # of each answer
HEAD = 2**16  # bytes of the head of a letter that is too large
ANSWER = LIMIT + 2**22  # bytes of all that is said to one command
SCHEMES = {"imap": 143, "imaps": 993}
ADDRESS = "VIGIE_IMAP_URL: write imaps://login:password@host/INBOX"

_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,18})")


class Trouble(StrEnum):
    """What is wrong with the mailbox, as far as whoever is to mend it needs to know."""

    HOST = "host"  # there is no such machine
    SILENT = "silent"  # nobody answers there, or no longer
    CERTIFICATE = "certificate"
    LOGIN = "login"
    FOLDER = "folder"
    ANSWER = "answer"  # what it says is not what IMAP has it say


class MailboxAway(OSError):
    """The server does not answer, is not the one that its certificate names, or does not let Vigie in."""

    def __init__(self, said: str, trouble: Trouble = Trouble.ANSWER) -> None:
        super().__init__(said)
        self.trouble = trouble


class LetterHeld(MailboxAway):
    """The server has the letter and does not hand it out, or not mark it; others may be another matter."""


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


class _Measured(imaplib.IMAP4):
    """An answer has a most: a server that is broken, or not what it seems, must not fill the memory (M4)."""

    left = ANSWER

    def read(self, size: int) -> bytes:
        """A literal. Raises `abort` before one that is beyond the most."""
        self._spend(size)
        return super().read(size)

    def readline(self) -> bytes:
        """A line; the same."""
        line = super().readline()
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise self.abort("the answer is too long")


class _MeasuredSsl(_Measured, imaplib.IMAP4_SSL):
    """The same, encrypted from the beginning."""


class Mailbox:
    """A connection to the folder. Every method raises `MailboxAway`."""

    def __init__(self, connection: _Measured) -> None:
        self._connection = connection

    def unseen(self) -> list[str]:
        """The numbers of what has not been dealt with, the oldest first."""
        found = self._asked("SEARCH", "UNSEEN")
        return sorted((number.decode() for number in (found[0] or b"").split() if number.isdigit()), key=int)

    def letter(self, number: str) -> Fetched | None:
        """The letter, still unseen; None where it is there no more. Raises `LetterHeld`."""
        told = self._fetched(number, "(RFC822.SIZE)")
        if not told:
            return None
        size = _SIZE.search(b" ".join(each for each in told if isinstance(each, bytes)))
        if size is None:
            raise LetterHeld("FETCH: no RFC822.SIZE")
        whole = int(size[1]) <= LIMIT
        wanted = f"(BODY.PEEK[]<0.{LIMIT}>)" if whole else f"(BODY.PEEK[HEADER]<0.{HEAD}>)"
        for each in self._fetched(number, wanted):
            if isinstance(each, tuple) and isinstance(each[1], bytes):
                return Fetched(each[1], whole)
        raise LetterHeld("FETCH: no BODY[]")

    def handled(self, number: str) -> None:
        """It will not be fetched again. Raises `LetterHeld`."""
        self._asked("STORE", number, "+FLAGS.SILENT", r"(\Seen)", refused=LetterHeld)

    def _fetched(self, number: str, what: str) -> list[Any]:
        """What is said of the letter; nothing where there is none. What is refused is the letter alone."""
        return [each for each in self._asked("FETCH", number, what, refused=LetterHeld) if each is not None]

    def _asked(self, *command: str, refused: type[MailboxAway] = MailboxAway) -> list[Any]:
        self._connection.left = ANSWER
        try:
            state, answer = self._connection.uid(*command)
        except (imaplib.IMAP4.error, OSError) as error:
            cut = isinstance(error, OSError | imaplib.IMAP4.abort)
            raise (MailboxAway if cut else refused)(_text(error), _trouble(error)) from None
        if state != "OK":
            raise refused(f"{command[0]}: {state} {_text(answer[0])}")
        return answer


@contextmanager
def opened(server: Server, *, only_look: bool = False) -> Iterator[Mailbox]:
    """The folder is open; `only_look`: nothing in it can be changed. Raises `MailboxAway`."""
    try:
        connection = _connected(server)
    except (imaplib.IMAP4.error, OSError, ValueError) as away:
        raise MailboxAway(_text(away), _trouble(away)) from None
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


def _connected(server: Server) -> _Measured:
    context = ssl.create_default_context()
    if server.encrypted:
        return _MeasuredSsl(server.host, server.port, ssl_context=context, timeout=TIMEOUT_S)
    connection = _Measured(server.host, server.port, timeout=TIMEOUT_S)
    if server.starttls:
        try:
            connection.starttls(context)
        except BaseException:
            with suppress(OSError):
                connection.shutdown()
            raise
    return connection


def _let_in(connection: _Measured, server: Server, only_look: bool) -> None:
    folder = server.folder.replace("\\", "\\\\").replace('"', '\\"')
    asking = Trouble.LOGIN
    try:
        connection.login(server.login, server.password)
        asking = Trouble.FOLDER
        state, answer = connection.select(f'"{folder}"', readonly=only_look)
    except UnicodeError:  # what IMAP itself cannot say
        raise MailboxAway("login, password or folder has signs beyond ASCII", asking) from None
    except (imaplib.IMAP4.error, OSError) as refused:
        cut = isinstance(refused, OSError | imaplib.IMAP4.abort) and not isinstance(refused, imaplib.IMAP4.readonly)
        raise MailboxAway(_text(refused), _trouble(refused) if cut else asking) from None
    if state != "OK":
        raise MailboxAway(f"{server.folder}: {_text(answer[0])}", Trouble.FOLDER)


def _trouble(error: Exception) -> Trouble:
    match error:
        case ssl.SSLCertVerificationError():
            return Trouble.CERTIFICATE
        case socket.gaierror() | UnicodeError():
            return Trouble.HOST
        case ssl.SSLError():  # no TLS is spoken there
            return Trouble.ANSWER
        case OSError():
            return Trouble.SILENT
        case imaplib.IMAP4.abort() if "EOF" in str(error):
            return Trouble.SILENT
        case _:
            return Trouble.ANSWER


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
