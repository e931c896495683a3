"""Writing what is to be told, in the transaction of the change that it tells of: nothing is lost between the two.

Knows nothing of the unit of work, which calls `enqueue` with the lines it is about to commit.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import local
from typing import Any
from zoneinfo import ZoneInfo

from data.db import Session
from data.models import Channel, Incident, NotificationChoice
from data.queries import outbox, people
from data.vocabulary import Fact, Medium, Role
from services.notifications.audience import Audience, Meant
from services.notifications.rules import (
    OF_CHANNELS,
    ONLY_UNCLAIMED,
    Kind,
    Line,
    account_news,
    rules_of,
    unasked,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A line of history that is about to be committed."""

    seq: int
    fact: Fact
    incident: Incident | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """`mail`: whether letters can be sent at all; zone and language are the organisation's, the address Vigie's own.
    `anchor_to`: the addresses that get the history's anchor each day. `answers`: whether answers by letter arrive."""

    zone: ZoneInfo
    mail: bool = False
    locale: str = "fr"
    public_url: str = ""
    anchor_to: tuple[str, ...] = ()
    answers: bool = False


class _Here(local):
    silent = False


OF_SUPPLIERS = frozenset({Kind.ASSIGNED, Kind.ESCALATED})
_terms: list[Terms] = [Terms(ZoneInfo("Europe/Paris"))]
_here = _Here()


def configure(terms: Terms) -> None:
    """What is written from now on follows the settings."""
    _terms[:] = [terms]


def terms() -> Terms:
    """What the settings say."""
    return _terms[-1]


@contextmanager
def silent() -> Iterator[None]:
    """Within the block, and in this thread, nobody is told of anything: for data that is made up."""
    before, _here.silent = _here.silent, True
    try:
        yield
    finally:
        _here.silent = before


def enqueue(session: Session, now: datetime, actor_id: int | None, lines: Iterable[Told]) -> frozenset[int]:
    """Everybody whom the rules name is going to be told, once for each incident and medium of this transaction.

    Returns the accounts whose bell rings for what has become of them, and not of an incident.
    """
    if _here.silent:
        return frozenset()
    owners: set[int] = set()
    rows: dict[tuple[int | None, str, Medium], dict[str, Any]] = {}
    told = list(lines)
    for line in told:
        if line.fact is Fact.CHANNEL_TESTED:
            test = _test(session, now, line)
            rows[None, test["recipient"], test["medium"]] = test
        if line.fact is Fact.CHAIN_ANCHORED:
            outbox.add(session, _anchors(now, line))
        if line.fact is Fact.MESSAGED:
            outbox.add(session, _letters(now, line))
        if account_news(line.fact, line.details):
            outbox.add(session, of_owner := _owner(session, now, actor_id, line))
            owners.update(each["user_id"] for each in of_owner)
    meant = _meant(session, actor_id, told)
    audience = Audience(session, [each for _, each in meant])
    for seq, each in meant:
        for row in _rows(audience, each, now, actor_id, seq):
            rows.setdefault((row["incident_id"], row["recipient"], row["medium"]), row)
    outbox.add(session, list(rows.values()))
    return frozenset(owners)


def row(now: datetime, seq: int, recipient: str, medium: Medium, kind: Kind, **values: Any) -> dict[str, Any]:
    """A row of the outbox, due at once."""
    blank: dict[str, Any] = {"incident_id": None, "user_id": None, "channel_id": None, "address": ""}
    sent = now if medium is Medium.APP else None
    told = {"seq": seq, "recipient": recipient, "medium": medium, "kind": kind}
    state = {"created_at": now, "due_at": now, "sent_at": sent, "attempts": 0, "error": ""}
    return {**blank, **told, **state, **values}


def media_of(choice: NotificationChoice | None, kind: Kind, role: Role) -> frozenset[Medium]:
    """By what the person, of this role, hears of this kind."""
    chosen = json.loads(choice.media) if choice else {}
    return frozenset(map(Medium, chosen[kind])) if kind in chosen else unasked(kind, role)


def after_quiet(choice: NotificationChoice | None, now: datetime, zone: ZoneInfo) -> datetime:
    """`now`, or the end of the person's quiet hours where it lies in them."""
    if choice is None or choice.quiet_from is None or choice.quiet_until is None:
        return now
    begin, end = choice.quiet_from, choice.quiet_until
    here = now.astimezone(zone)
    minute = here.hour * 60 + here.minute
    quiet = begin <= minute < end if begin < end else minute >= begin or minute < end
    if not quiet:
        return now
    day = here.date() + timedelta(days=1 if minute >= end else 0)
    return datetime.combine(day, time(end // 60, end % 60), zone).astimezone(now.tzinfo)


def _test(session: Session, now: datetime, line: Told) -> dict[str, Any]:
    channel = outbox.channel(session, line.details["channel"])
    assert channel is not None
    return row(now, line.seq, f"channel:{channel.id}", channel.medium, Kind.TEST, channel_id=channel.id)


def _anchors(now: datetime, line: Told) -> list[dict[str, Any]]:
    """The anchor of the history, to each address that keeps them."""
    return [
        row(now, line.seq, outbox.letter_key(n), Medium.EMAIL, Kind.ANCHORED, address=address)
        for n, address in enumerate(line.details["to"])
    ]


def _owner(session: Session, now: datetime, actor_id: int | None, line: Told) -> list[dict[str, Any]]:
    """Whose account it is hears of it at once, by bell and letter, also of what he did himself and in quiet hours.

    Where the address is another now, the one before hears of it too: it may be the only one that is still the owner's.
    """
    login = line.details.get("login")
    user = people.user_by_login(session, login) if login else people.user(session, actor_id or 0)
    if user is None or user.id is None or not user.active:
        return []
    to, common = f"user:{user.id}", {"user_id": user.id}
    told = [row(now, line.seq, to, Medium.APP, Kind.ACCOUNT, **common)]
    before = line.details.get("from") if account_news(line.fact, line.details) == "email" else None
    for recipient, address in ((to, user.email), (f"{to}:before", before)):
        if address and _terms[-1].mail:
            told.append(row(now, line.seq, recipient, Medium.EMAIL, Kind.ACCOUNT, address=address, **common))
    return told


def _letters(now: datetime, line: Told) -> list[dict[str, Any]]:
    """A message to people without an account: a row for each address (S79, S82, S87)."""
    assert line.incident is not None
    people = [person for letter in line.details["letters"] for person in letter["to"]]
    common = {"incident_id": line.incident.id}
    return [
        row(now, line.seq, outbox.letter_key(n), Medium.EMAIL, Kind.MESSAGE, address=person["address"], **common)
        for n, person in enumerate(people)
    ]


def _meant(session: Session, actor_id: int | None, lines: Sequence[Told]) -> list[tuple[int, Meant]]:
    """(number of the line, whom a rule means by it), in the order of the lines and of their rules."""
    roles = people.roles(session, {line.incident.requester_id for line in lines if line.incident})
    return [
        (line.seq, Meant(line.incident, rule, tuple(line.details.get("mentions") or ())))
        for line in lines
        if line.incident is not None
        for own in [line.incident.requester_id]
        for rule in rules_of(Line(line.fact, line.details, own == actor_id, roles[own]))
    ]


def _rows(audience: Audience, meant: Meant, now: datetime, actor_id: int | None, seq: int) -> Iterator[dict[str, Any]]:
    incident, rule, terms = meant.incident, meant.rule, _terms[-1]
    for user_id, user in audience.people(meant).items():
        if user_id == actor_id and not (rule.tells_author and user_id == incident.requester_id):
            continue
        choice, to = audience.choice(user_id), f"user:{user_id}"
        media, common = media_of(choice, rule.kind, user.role), {"incident_id": incident.id, "user_id": user_id}
        if Medium.APP in media:
            yield row(now, seq, to, Medium.APP, rule.kind, **common)
        if Medium.EMAIL in media and user.email and terms.mail:
            due = after_quiet(choice, now, terms.zone)
            yield row(now, seq, to, Medium.EMAIL, rule.kind, address=user.email, due_at=due, **common)
    team = audience.team(incident.team_id) if terms.mail and rule.kind in OF_SUPPLIERS else None
    if team is not None and team.external and team.email:  # it has no accounts: its mailbox hears (S106)
        mail = {"address": team.email, "incident_id": incident.id}
        yield row(now, seq, f"team:{team.id}", Medium.EMAIL, rule.kind, **mail)
    if rule.channels and not (rule.kind in ONLY_UNCLAIMED and incident.assignee_id):
        for channel in audience.channels:
            if _hears(channel, incident, rule.kind):
                common = {"incident_id": incident.id, "channel_id": channel.id}
                yield row(now, seq, f"channel:{channel.id}", channel.medium, rule.kind, **common)


def _hears(channel: Channel, incident: Incident, kind: Kind) -> bool:
    ours = channel.active and channel.team_id in (None, incident.team_id)
    return ours and kind in OF_CHANNELS and kind in json.loads(channel.kinds)
