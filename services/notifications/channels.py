"""Channels: where a team, or the whole desk, is told. The administrator's affair."""

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from data.models import Channel, Notification
from data.queries import outbox, people
from data.vocabulary import Fact, Medium, NotificationKind
from services.errors import NotFound
from services.inputs import Form, required
from services.notifications import chat, credentials
from services.notifications.credentials import Credentials, CredentialsLost
from services.notifications.rules import OF_CHANNELS
from services.people import find_team
from services.permissions import Right
from services.work import Actor, Reading, Work, begin, change, look

MEDIA = (Medium.APPRISE, Medium.WEBHOOK)
NAME = 80
ADDRESS = 2_000
TROUBLES = 50


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel without its credentials; `team` None: of the whole desk. `locked`: they cannot be read any more, since
    the secret key is another; they have to be entered again."""

    id: int
    name: str
    medium: Medium
    shown: str
    team: str | None
    kinds: tuple[NotificationKind, ...]
    active: bool
    locked: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """A notification that could not be sent: for good, or so far (`next_at`)."""

    id: int
    kind: NotificationKind
    medium: Medium
    recipient: str
    reference: str | None
    attempts: int
    error: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test went: `done` once it is known."""

    done: bool
    error: str


def every(actor: Actor) -> tuple[ChannelView, ...]:
    """All channels, by name."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_CHANNELS)
        return tuple(_view(reading, channel) for channel in outbox.channels(reading.session))


def one(actor: Actor, channel_id: int) -> ChannelView:
    """The channel. Raises `Forbidden`, `NotFound`."""
    with look(actor) as reading:
        return _view(reading, _known(reading, channel_id))


def create(
    actor: Actor,
    *,
    name: str | None,
    medium: str | None,
    address: str | None,
    team: str | int | None = None,
    kinds: Collection[str] | None = None,
) -> tuple[ChannelView, str]:
    """The channel exists; with the secret that a webhook's receiver checks, shown this once. Raises `Invalid`."""
    with begin(actor) as work:
        work.require(Right.MANAGE_CHANNELS)
        work.alone()
        form = Form()
        title = _name(work, form, name)
        by = form.code("medium", medium, Medium)
        if by is not None and by not in MEDIA:
            form.wrong("medium", "unknown_value", known=", ".join(MEDIA))
        where = _address(form, by, address)
        owner = find_team(work, form, "team", team)
        heard = _kinds(form, OF_CHANNELS if kinds is None else kinds)
        form.check()
        channel = Channel(
            name=title,
            medium=required(by),
            team_id=owner.id if owner else None,
            kinds=json.dumps(heard),
            created_at=work.now,
        )
        work.session.add(channel)
        work.session.flush()
        secret = _keep(channel, where)
        work.note(Fact.CHANNEL_CREATED, name=title, medium=channel.medium.value, team=owner.name if owner else None)
        return _view(work, channel), secret


def edit(actor: Actor, channel_id: int, changes: Mapping[str, Any]) -> tuple[ChannelView, str]:
    """The channel is as `changes` says: `name`, `team`, `kinds`, `active` (whether it is told at all), `address`; a
    line of history for each that is another.

    By a new address a webhook has a new secret, which is returned this once; else that is empty. Neither address nor
    secret is in the history. Raises `Invalid`.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_CHANNELS)
        work.alone()
        channel = _known(work, channel_id)
        form = Form()
        name = _name(work, form, changes["name"], channel) if "name" in changes else channel.name
        owner = people.team(work.session, channel.team_id) if channel.team_id else None
        team = find_team(work, form, "team", changes["team"]) if "team" in changes else owner
        heard = json.loads(channel.kinds)
        kinds = _kinds(form, changes["kinds"]) if "kinds" in changes else heard
        active = bool(changes.get("active", channel.active))
        where = _address(form, channel.medium, changes["address"]) if "address" in changes else ""
        form.check()
        told = {
            "name": (channel.name, name),
            "team": (owner.name if owner else None, team.name if team else None),
            "kinds": (heard, [str(kind) for kind in kinds]),
            "active": (channel.active, active),
        }
        for field, (old, new) in told.items():
            if old != new:
                work.note(Fact.CHANNEL_CHANGED, name=channel.name, field=field, **change(old, new))
        channel.name, channel.team_id, channel.kinds = name, team.id if team else None, json.dumps(kinds)
        channel.active = active
        if where:
            work.note(Fact.CHANNEL_CHANGED, name=name, field="address")
        secret = _keep(channel, where) if where else ""
        return _view(work, channel), secret


def remove(actor: Actor, channel_id: int) -> None:
    """The channel is gone, and what waited for it."""
    with begin(actor) as work:
        channel = _known(work, channel_id)
        work.note(Fact.CHANNEL_REMOVED, name=channel.name)
        outbox.remove_channel(work.session, channel_id)


def test(actor: Actor, channel_id: int) -> int:
    """A test message waits to be sent by the channel; `outcome` tells how it went, by the number that is returned."""
    with begin(actor) as work:
        channel = _known(work, channel_id)
        work.note(Fact.CHANNEL_TESTED, name=channel.name, channel=channel_id)
    with look(actor) as reading:
        told = outbox.last_test(reading.session, channel_id)
        assert told is not None
        return told


def outcome(actor: Actor, channel_id: int, number: int) -> Outcome:
    """How the sending of the channel's test goes that has this number. Raises `Forbidden`, `NotFound`."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_CHANNELS)
        told = outbox.notification(reading.session, number) if 0 < number < 2**63 else None
        if told is None or told.channel_id != channel_id or told.kind is not NotificationKind.TEST:
            raise NotFound()
        return Outcome(told.sent_at is not None or bool(told.error), told.error)


def troubles(actor: Actor) -> tuple[Trouble, ...]:
    """What could not be sent, newest first."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_CHANNELS)
        return tuple(_trouble(reading, told) for told in outbox.troubled(reading.session, limit=TROUBLES))


def retry(actor: Actor, notification_id: int) -> None:
    """It is tried again at once."""
    with begin(actor) as work:
        work.require(Right.MANAGE_CHANNELS)
        if not outbox.retry(work.session, notification_id, work.now):
            raise NotFound()


def _name(work: Work, form: Form, name: str | None, own: Channel | None = None) -> str:
    title = form.line("name", name, max_length=NAME)
    others = [known for known in outbox.channels(work.session) if own is None or known.id != own.id]
    if any(title.casefold() == known.name.casefold() for known in others):
        form.wrong("name", "taken")
    return title


def _kinds(form: Form, kinds: Collection[str]) -> list[NotificationKind]:
    """In the order of those that channels can be told of."""
    heard = [kind for kind in OF_CHANNELS if kind in kinds]
    if set(kinds) - set(OF_CHANNELS):
        form.wrong("kinds", "unknown_value", known=", ".join(OF_CHANNELS))
    elif not heard:
        form.wrong("kinds", "required")
    return heard


def _address(form: Form, medium: Medium | None, address: str | None) -> str:
    where = form.line("address", address, max_length=ADDRESS)
    if where and medium in MEDIA and not _is_address(medium, where):
        form.wrong("address", "bad_address")
    return where


def _keep(channel: Channel, address: str) -> str:
    """The channel has this address, and its secret is returned: a new one for a webhook, else none."""
    secret = secrets.token_hex(32) if channel.medium is Medium.WEBHOOK else ""
    credentials.keep(channel, Credentials(address, secret))
    return secret


def _is_address(medium: Medium | None, address: str) -> bool:
    if medium is Medium.APPRISE:
        return chat.service_of(address) is not None
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _known(reading: Reading, channel_id: int) -> Channel:
    reading.require(Right.MANAGE_CHANNELS)
    channel = outbox.channel(reading.session, channel_id) if 0 < channel_id < 2**63 else None
    if channel is None:
        raise NotFound()
    return channel


def _view(reading: Reading, channel: Channel) -> ChannelView:
    assert channel.id is not None
    team = people.team(reading.session, channel.team_id) if channel.team_id else None
    shown = _shown(channel)
    kinds = tuple(NotificationKind(kind) for kind in json.loads(channel.kinds))
    return ChannelView(
        channel.id, channel.name, channel.medium, shown, team.name if team else None, kinds, channel.active, not shown
    )


def _shown(channel: Channel) -> str:
    """Where it leads, without what is secret in it; empty where that cannot be read any more."""
    try:
        address = credentials.of(channel).address
    except CredentialsLost:
        return ""
    return chat.shown(address) if channel.medium is Medium.APPRISE else urlsplit(address).netloc.rpartition("@")[2]


def _trouble(reading: Reading, told: Notification) -> Trouble:
    assert told.id is not None
    incident = outbox.incident(reading.session, told.incident_id) if told.incident_id else None
    channel = outbox.channel(reading.session, told.channel_id) if told.channel_id else None
    return Trouble(
        id=told.id,
        kind=told.kind,
        medium=told.medium,
        recipient=channel.name if channel else told.address,
        reference=incident.reference if incident else None,
        attempts=told.attempts,
        error=told.error,
        next_at=None if told.failed_at else told.due_at,
    )
