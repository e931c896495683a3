"""The bytes of a letter become what Vigie needs of it. Pure, and nothing here trusts them (M4, M6).

Only `worker` calls this, in a process with limits: what is too deep, too long or broken may raise whatever it leads to.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from typing import Any

from services.intake.mail.text import from_html, spoken, without_controls

HEADER = 2_000  # characters of a header that are looked at
ADDRESS = 254
REFERENCES = 20_000
MOST_REFERENCES = 100
PARTS = 200
DEPTH = 20
FILES = 20
RAW_TEXT = 400_000  # bytes of a part that are read as text
TEXT = 40_000

# `local@domain` and nothing that two programs could read in two ways.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_ANSWERED = re.compile(r"<[^<>\s]{3,300}>")
_PREFIX = re.compile(r"(?:re|fwd?|tr|wg|aw|sv|réf|ref)\s{0,3}(?:\[\d{1,3}\])?\s{0,3}:\s{0,3}", re.IGNORECASE)
_FORWARD = re.compile(r"(?:fwd?|tr|wg)\s{0,3}:", re.IGNORECASE)
_ANSWER = re.compile(r"(?:re|aw|sv|réf|ref)\s{0,3}(?:\[\d{1,3}\])?\s{0,3}:", re.IGNORECASE)
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_TALK = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})  # codecs, but no charsets


@dataclass(frozen=True, slots=True)
class File:
    """A part of a letter that is no text of it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says. `sender` is empty where it is not beyond doubt who that is meant to be, and never proved.

    `answered`: the Message-IDs that it answers, the nearest first. `automatic`: no person has written it (M1).
    `left_out`: names of files beyond the limits.
    """

    message_id: str
    sender: str
    subject: str
    answered: tuple[str, ...] = ()
    automatic: bool = False
    text: str = ""
    files: tuple[File, ...] = ()
    left_out: tuple[str, ...] = ()


def read(raw: bytes, *, whole: bool = True) -> Letter:
    """The letter; of one that is not `whole` (too large to be fetched) its head alone."""
    message = message_from_bytes(raw)
    head = Head(message)
    subject = head.line("subject")
    body = Body()
    if whole:
        body.collect(message)
    return Letter(
        message_id=head.raw("message-id")[:HEADER],
        sender=head.sender(),
        subject=title_of(subject),
        answered=head.answered(),
        automatic=head.is_automatic() or message.get_content_type() in ("multipart/report", "message/delivery-status"),
        text=spoken(body.text(), answers=head.is_answer(), forwarded=_FORWARD.match(subject) is not None),
        files=tuple(body.files[:FILES]),
        left_out=tuple([*(file.name for file in body.files[FILES:]), *body.left_out][:PARTS]),
    )


def title_of(subject: str) -> str:
    """The subject without the prefixes of answering and forwarding."""
    while (prefix := _PREFIX.match(subject)) is not None:
        subject = subject[prefix.end() :]
    return subject.strip()


class Head:
    """The headers, as they came: each is cut to a length before anything is read out of it."""

    def __init__(self, message: Message) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._values.setdefault(name.lower(), []).append(str(value))

    def raw(self, name: str, most: int = HEADER) -> str:
        """The first header of the name, empty where there is none."""
        value = self._values.get(name, [""])[0][:most]
        return without_controls(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")).strip()

    def line(self, name: str) -> str:
        """The same in words."""
        return " ".join(without_controls(decoded(self.raw(name))).split())

    def sender(self) -> str:
        """The one address in the one `From`, in small letters; empty for anything else."""
        values = self._values.get("from", [])
        if len(values) != 1 or len(values[0]) > HEADER:
            return ""
        value = self.raw("from")
        if value.startswith('"'):
            value = without_quoted(value)
            if not value.startswith("<"):
                return ""
        if value.endswith(">") and value.count("<") == value.count(">") == 1:
            name, _, value = value[:-1].partition("<")
            if set(name) & set('@,;:()"\\'):
                return ""
        value = value.strip()
        return value.lower() if len(value) <= ADDRESS and _ADDRESS.fullmatch(value) else ""

    def answered(self) -> tuple[str, ...]:
        """The Message-IDs in In-Reply-To, then those in References from the end."""
        nearest = _ANSWERED.findall(self.raw("in-reply-to"))
        others = _ANSWERED.findall(" ".join(value[-REFERENCES:] for value in self._values.get("references", [])[:1]))
        return tuple(dict.fromkeys([*nearest[:3], *reversed(others[-MOST_REFERENCES:])]))

    def is_answer(self) -> bool:
        """Whether it answers some letter, by its headers or by its subject."""
        return any(map(self.raw, ("in-reply-to", "references"))) or _ANSWER.match(self.line("subject")) is not None

    def is_automatic(self) -> bool:
        """Whether it says of itself, or its empty return path does, that no person has written it."""
        automatic = self.raw("auto-submitted").partition(";")[0].strip().lower()
        return (
            automatic not in ("", "no")
            or self.raw("precedence").lower() in _BULK
            or "x-auto-response-suppress" in self._values
            or "x-vigie" in self._values
            or any(value.strip() == "<>" for value in self._values.get("return-path", []))
        )


class Body:
    """Texts and files, in the order in which they come."""

    def __init__(self) -> None:
        self.files: list[File] = []
        self.left_out: list[str] = []
        self._texts: list[tuple[str, str]] = []
        self._parts = 0

    def text(self) -> str:
        """The plain text; of a letter that has none, that of its HTML."""
        return "\n\n".join(filter(None, (text.strip() for _, text in self._texts)))[:TEXT]

    def collect(self, message: Message) -> None:
        """All that the letter has. Raises ValueError for more parts, or deeper ones, than any letter of a person's."""
        self._texts = list(self._texts_of(message, 0))

    def _texts_of(self, part: Message, depth: int) -> Iterator[tuple[str, str]]:
        """(kind, text) of the part and of those in it."""
        self._parts += 1
        if depth > DEPTH or self._parts > PARTS:
            raise ValueError("more than a letter has")
        kind, payload = part.get_content_type(), part.get_payload()
        if kind in _SIGNATURES:
            return
        if kind.startswith("message/"):
            self.left_out.append(_name_of(part, "message.eml"))
        elif part.is_multipart() and isinstance(payload, list):
            inner = [[*self._texts_of(each, depth + 1)] for each in payload if isinstance(each, Message)]
            yield from _best(inner) if kind == "multipart/alternative" else [text for texts in inner for text in texts]
        elif kind in ("text/plain", "text/html") and not _is_file(part):
            text = _text_of(part)
            yield kind, without_controls(from_html(text)) if kind == "text/html" else text
        else:
            self._add_file(part)

    def _add_file(self, part: Message) -> None:
        name = _name_of(part, f"{part.get_content_maintype()}.{part.get_content_subtype()}"[:40])
        content: Any = part.get_payload(decode=True)
        if isinstance(content, bytes):
            self.files.append(File(name, content))
        else:
            self.left_out.append(name)


def _best(inner: list[list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Of several forms of the same the plain one, where it says anything."""
    said = [texts for texts in inner if any(text.strip() for _, text in texts)]
    plain = [texts for texts in said if all(kind == "text/plain" for kind, _ in texts)]
    return next(iter([*plain, *said]), [])


def _is_file(part: Message) -> bool:
    disposition = str(part.get("content-disposition", ""))[:HEADER].partition(";")[0].strip().lower()
    return disposition == "attachment" or (bool(part.get_filename()) and disposition != "inline")


def _name_of(part: Message, otherwise: str) -> str:
    name = without_controls(decoded(str(part.get_filename() or "")[:HEADER])).strip()
    return " ".join((name or without_controls(otherwise)).split())[:200] or "?"


def _text_of(part: Message) -> str:
    content: Any = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    return without_controls(_words(content[:RAW_TEXT], str(charset)))


def _words(content: bytes, charset: str) -> str:
    """In the charset that it names, in UTF-8 where there is no such thing; what does not fit is marked."""
    try:
        known: Any = codecs.lookup(charset[:40])
        if known._is_text_encoding and known.name.replace("-", "_") not in _TALK:
            return content.decode(known.name, "replace")
    except (LookupError, ValueError, UnicodeError):
        pass
    return content.decode("utf-8", "replace")


def decoded(value: str) -> str:
    """The words of a header that may be encoded (RFC 2047); as they are where that is broken."""
    try:
        pieces: list[tuple[Any, str | None]] = decode_header(value)
        return "".join(
            piece if isinstance(piece, str) else _words(piece, charset or "utf-8") for piece, charset in pieces
        )
    except Exception:  # whatever a broken encoding leads to, the header is shown as it came
        return value


def without_quoted(value: str) -> str:
    """Without the name in quotation marks at its beginning, in which anything may stand."""
    at = 1
    while at < len(value) and value[at] != '"':
        at += 2 if value[at] == "\\" else 1
    return value[at + 1 :].strip()


def as_json(letter: Letter) -> Mapping[str, Any]:
    """All but the content of files, of which the sizes stand instead."""
    return {
        "message_id": letter.message_id,
        "sender": letter.sender,
        "subject": letter.subject,
        "answered": letter.answered,
        "automatic": letter.automatic,
        "text": letter.text,
        "files": [[file.name, len(file.content)] for file in letter.files],
        "left_out": letter.left_out,
    }
