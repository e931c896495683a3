"""Letters to people, with fields that are filled in when they are sent: `{reference}`, `{title}` (S87). Pure.

Only the names of `FIELDS` mean something; what they are filled with is never read again, so that a title with braces
says what it says. Any other name in braces is a mistake to be told before it is sent; other braces are just braces.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from data.vocabulary import Audience

CLIENT, MESSAGE = "client", "message"
# Of every message; `client` only where the reader is one, `message` only in a client's own template.
COMMON = ("reference", "title", "status", "priority", "due")
FIELDS = (*COMMON, CLIENT, MESSAGE)

_FIELD = re.compile(r"\{(\w{1,40})\}")


def used(text: str) -> frozenset[str]:
    """Every name in braces."""
    return frozenset(_FIELD.findall(text))


def unknown(text: str, allowed: tuple[str, ...] = FIELDS) -> str | None:
    """The first name in braces that is not allowed."""
    return next((name for name in _FIELD.findall(text) if name not in allowed), None)


def merged(text: str, values: Mapping[str, str]) -> str:
    """`text` with each field of `values` filled in, once; what has no value stays as it is written."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom the incident touches; `via` names the application that says so. Without an address: unreachable."""

    name: str
    address: str
    audience: Audience
    via: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One text and who gets it; `client` is whose own template it was."""

    subject: str
    text: str
    to: tuple[Recipient, ...]
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """What would be sent now. `digest` tells it apart from any other."""

    letters: tuple[Letter, ...]
    unreachable: tuple[Recipient, ...]
    digest: str

    @property
    def recipients(self) -> int:
        """How many people get a letter."""
        return sum(len(letter.to) for letter in self.letters)


@dataclass(frozen=True, slots=True)
class Own:
    """A client, and the template of its own where it has one."""

    name: str
    subject: str | None
    template: str | None


Reached = tuple[Recipient, Own | None]


def once(
    people: Iterable[Reached],
) -> list[Reached]:
    """Each address once, whatever its case."""
    found: dict[str, Reached] = {}
    for person, client in people:
        found.setdefault(person.address.casefold(), (person, client))
    return list(found.values())


def written(
    facts: dict[str, str], subject: str, text: str, people: Sequence[Reached], *, own: bool
) -> tuple[Letter, ...]:
    grouped: dict[tuple[str, str, str | None], list[Recipient]] = {}
    for person, client in people:
        values = facts | ({CLIENT: client.name} if client else {})
        said = merged(subject, values), merged(text, values)
        whose = None
        if own and client is not None and client.template:
            filled = values | {MESSAGE: said[1]}
            said = merged(client.subject or subject, filled), merged(client.template, filled)
            whose = client.name
        line = " ".join(said[0].split())
        grouped.setdefault((line, said[1], whose), []).append(person)
    return tuple(Letter(*said[:2], tuple(to), said[2]) for said, to in grouped.items())


def letters_in(details: Any) -> tuple[Letter, ...]:
    """The letters that a line of history tells of."""
    return tuple(
        Letter(
            each["subject"],
            each["text"],
            tuple(
                Recipient(to["name"], to["address"], Audience(to["audience"]), to.get("via", "")) for to in each["to"]
            ),
            each.get("client"),
        )
        for each in details["letters"]
    )


def digest(letters: Sequence[Letter]) -> str:
    return hashlib.sha256(json.dumps([asdict(each) for each in letters], sort_keys=True).encode()).hexdigest()
