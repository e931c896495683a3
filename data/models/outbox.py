"""What is told to people and other systems: outbox, channels, personal choices, what the watcher has fired."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import Medium, NotificationKind

QUEUED = text("sent_at IS NULL AND failed_at IS NULL")


class Notification(SQLModel, table=True):
    """One event told to one recipient by one medium; written in the transaction of the change that it tells of.

    `recipient` is "user:3" ("user:3:before": at the address that was the account's), "team:2" (a supplier's mailbox),
    "channel:1" or "mail:0" (a message's letter). Nobody is told of the same event twice by the same medium: the
    database refuses the second row. It waits while neither `sent_at` nor `failed_at` is set; a worker holds it until
    `claimed_until`, and what a dead one held is free again then. In-app rows are sent at once.
    """

    __table_args__ = (
        UniqueConstraint("seq", "recipient", "medium"),
        Index(  # queries.outbox.claim
            "ix_notification_queue", "medium", "due_at", sqlite_where=QUEUED, postgresql_where=QUEUED
        ),
        Index("ix_notification_person", "user_id", "medium", "id"),  # queries.outbox.of_person, unread
    )

    id: int | None = key(default=None, primary_key=True)
    seq: int = key("history.seq")
    recipient: str = Field(max_length=32)
    medium: Medium = code(Medium, closed=False)
    kind: NotificationKind = code(NotificationKind, closed=False)
    incident_id: int | None = key("incident.id", default=None)
    user_id: int | None = key("user.id", default=None)
    channel_id: int | None = key("channel.id", default=None)
    address: str = Field(default="", max_length=254)
    created_at: datetime
    due_at: datetime
    claimed_until: datetime | None = None
    attempts: int = 0
    error: str = Field(default="", max_length=500)
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    read_at: datetime | None = None


class Channel(SQLModel, table=True):
    """Where a team (or, with none, the whole desk) is told: a chat or push service, or another system's address.

    `sealed` is what it is reached by, under a key that is not in the database: no view and no line of history has it.
    """

    id: int | None = key(default=None, primary_key=True)
    name: str = Field(max_length=80, unique=True)
    medium: Medium = code(Medium, closed=False)
    sealed: str | None = Field(default=None, sa_type=Text)
    team_id: int | None = key("team.id", default=None)
    kinds: str = Field(sa_type=Text)
    active: bool = True
    created_at: datetime


class NotificationChoice(SQLModel, table=True):
    """What a person wants to be told, and when not: `media` is JSON, kind → media. In minutes of the day."""

    __tablename__ = "notification_choice"

    user_id: int = key("user.id", primary_key=True)
    media: str = Field(sa_type=Text)
    quiet_from: int | None = None
    quiet_until: int | None = None


class Firing(SQLModel, table=True):
    """The watcher has told of this, once for ever: `what` of the incident, due at `at`."""

    incident_id: int = key("incident.id", primary_key=True)
    what: str = Field(primary_key=True, max_length=32)
    at: datetime = Field(primary_key=True)


class SpentLink(SQLModel, table=True):
    """A link out of a notification that has been followed; `forget_at`: from then on it is dead by its age."""

    __tablename__ = "spent_link"

    digest: str = Field(primary_key=True, max_length=64)
    at: datetime
    forget_at: datetime = Field(index=True)
