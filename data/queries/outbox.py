"""Questions about notifications and channels."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, update
from sqlalchemy import select as sa_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from data.db import insert
from data.models import (
    Channel,
    History,
    Incident,
    Membership,
    Notification,
    NotificationChoice,
    SpentLink,
    User,
)
from data.vocabulary import Medium, NotificationKind

# Put together once: every change asks the one, every opening of a page the other.
_CHANNELS = select(Channel).order_by(Channel.name)
_UNREAD = (
    sa_select(col(Notification.user_id), func.count())
    .where(col(Notification.user_id).in_(bindparam("user_ids", expanding=True)))
    .where(col(Notification.medium) == Medium.APP, col(Notification.read_at).is_(None))
    .group_by(col(Notification.user_id))
)


def _free(medium: Any, now: Any, busy: Any = None) -> tuple[ColumnElement[bool], ...]:
    free = (
        *_queued(Notification, medium),
        col(Notification.due_at) <= now,
        or_(col(Notification.claimed_until).is_(None), col(Notification.claimed_until) <= now),
    )
    if busy is None:
        return free
    other = aliased(Notification)
    at_work = select(other.channel_id).where(*_queued(other, medium), col(other.claimed_until) > busy)
    idle = col(Notification.channel_id).not_in(at_work.where(col(other.channel_id).is_not(None)))
    return *free, or_(col(Notification.channel_id).is_(None), idle)


def _queued(table: Any, medium: Any) -> tuple[ColumnElement[bool], ...]:
    return col(table.medium) == medium, col(table.sent_at).is_(None), col(table.failed_at).is_(None)


# Put together once: whoever sends asks every second.
_ANY = sa_select(col(Notification.id)).limit(1)
_DUE = _ANY.where(*_free(bindparam("medium"), bindparam("now")))
_DUE_UNLESS_BUSY = _ANY.where(*_free(bindparam("medium"), bindparam("now"), bindparam("busy")))


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """They wait to be sent; one that is there already stays as it is."""
    if rows:
        session.execute(insert(session, Notification).values(list(rows)).on_conflict_do_nothing())


def is_due(session: Session, medium: Medium, now: datetime, *, busy: datetime | None = None) -> bool:
    """Whether anything of the medium could be claimed."""
    asked = _DUE_UNLESS_BUSY if busy else _DUE
    values = {"medium": medium, "now": now, "busy": busy}
    return session.connection().execute(asked, values).first() is not None


def claim(
    session: Session, medium: Medium, now: datetime, until: datetime, *, busy: datetime | None = None
) -> Notification | None:
    """The one that has been due longest is the caller's alone `until` then; None where nothing is due.

    A channel of which one is claimed until later than `busy` gets no second one at the same time.
    """
    oldest = (
        select(Notification.id)
        .where(*_free(medium, now, busy))
        .order_by(col(Notification.due_at), col(Notification.id))
        .limit(1)
    )
    chosen = oldest.with_for_update(skip_locked=True).scalar_subquery()
    claimed = (
        update(Notification)
        .where(col(Notification.id) == chosen, *_free(medium, now))
        .values(claimed_until=until, attempts=Notification.attempts + 1)
        .returning(col(Notification.id))
    )
    key = session.execute(claimed).scalar_one_or_none()
    return session.get(Notification, key) if key is not None else None


def settle(session: Session, notification: Notification, **values: Any) -> bool:
    """The columns have these values, if the caller's claim still holds; whether it does."""
    mine = (col(Notification.id) == notification.id, col(Notification.claimed_until) == notification.claimed_until)
    statement = update(Notification).where(*mine).values(**values, claimed_until=None)
    return bool(getattr(session.execute(statement), "rowcount", 0))


def notification(session: Session, notification_id: int) -> Notification | None:
    return session.get(Notification, notification_id)


def last_test(session: Session, channel_id: int) -> int | None:
    """The newest test of the channel."""
    query = select(Notification.id).where(
        Notification.channel_id == channel_id, Notification.kind == NotificationKind.TEST
    )
    return session.exec(query.order_by(col(Notification.id).desc()).limit(1)).first()


def letter_key(number: int) -> str:
    """The recipient of a message's letter with this number, counted through all its letters."""
    return f"mail:{number}"


def letters_of(session: Session, seqs: Sequence[int]) -> dict[tuple[int, str], Notification]:
    """(line of the message, recipient) → the letter's row."""
    query = select(Notification).where(col(Notification.seq).in_(seqs), Notification.kind == NotificationKind.MESSAGE)
    return {(row.seq, row.recipient): row for row in session.exec(query)}


def of_person(session: Session, user_id: int, *, limit: int) -> Sequence[tuple[Notification, History, Incident | None]]:
    """What the bell of the person shows, newest first; no incident where it is about the account."""
    query = (
        select(Notification, History, Incident)
        .join(History, col(History.seq) == Notification.seq)
        .outerjoin(Incident, col(Incident.id) == Notification.incident_id)
        .where(*_in_app(user_id))
        .order_by(col(Notification.id).desc())
        .limit(limit)
    )
    return session.exec(query).all()


def unread(session: Session, user_ids: Sequence[int]) -> dict[int, int]:
    """How many each of them has not read; nobody with none."""
    rows = session.connection().execute(_UNREAD, {"user_ids": user_ids})
    return {user_id: count for user_id, count in rows if user_id is not None}


def mark_read(
    session: Session,
    user_id: int,
    now: datetime,
    *,
    incident_id: int | None = None,
    kind: NotificationKind | None = None,
) -> int:
    """How many the person had not read: all, or those about one incident, or of one kind."""
    conditions = [*_in_app(user_id), col(Notification.read_at).is_(None)]
    if incident_id is not None:
        conditions.append(col(Notification.incident_id) == incident_id)
    if kind is not None:
        conditions.append(col(Notification.kind) == kind)
    return _changed(session, update(Notification).where(*conditions).values(read_at=now))


def troubled(session: Session, *, limit: int) -> Sequence[Notification]:
    """What could not be sent, for good or so far, newest first."""
    query = select(Notification).where(col(Notification.sent_at).is_(None), Notification.error != "")
    return session.exec(query.order_by(col(Notification.id).desc()).limit(limit)).all()


def retry(session: Session, notification_id: int, now: datetime) -> bool:
    """It is due now, with all its attempts before it."""
    unsent = (col(Notification.id) == notification_id, col(Notification.sent_at).is_(None))
    values = {"failed_at": None, "due_at": now, "attempts": 0}
    return bool(_changed(session, update(Notification).where(*unsent).values(**values)))


def history_line(session: Session, seq: int) -> History | None:
    return session.get(History, seq)


def incident(session: Session, incident_id: int) -> Incident | None:
    return session.get(Incident, incident_id)


def channels(session: Session) -> Sequence[Channel]:
    """By name."""
    return session.exec(_CHANNELS).all()


def channel(session: Session, channel_id: int) -> Channel | None:
    return session.get(Channel, channel_id)


def remove_channel(session: Session, channel_id: int) -> None:
    """The channel is gone, and what waited for it."""
    session.execute(delete(Notification).where(col(Notification.channel_id) == channel_id))
    session.execute(delete(Channel).where(col(Channel.id) == channel_id))


def members_of(session: Session, team_ids: Collection[int | None]) -> dict[int, list[User]]:
    """Team → its active accounts; None is no team."""
    found: dict[int, list[User]] = {}
    if wanted := [key for key in team_ids if key is not None]:
        query = select(Membership.team_id, User).join(User, col(User.id) == Membership.user_id)
        for team_id, user in session.exec(query.where(col(Membership.team_id).in_(wanted), col(User.active))):
            found.setdefault(team_id, []).append(user)
    return found


def by_logins(session: Session, logins: Sequence[str]) -> Sequence[User]:
    """The accounts with these logins."""
    if not logins:
        return ()
    return session.exec(select(User).where(col(User.login).in_(logins))).all()


def choices(session: Session, user_ids: Sequence[int]) -> dict[int, NotificationChoice]:
    """By person; nobody who has not chosen."""
    if not user_ids:
        return {}
    query = select(NotificationChoice).where(col(NotificationChoice.user_id).in_(user_ids))
    return {choice.user_id: choice for choice in session.exec(query)}


def choose(session: Session, user_id: int, **values: Any) -> None:
    """The person's choices are these."""
    statement = insert(session, NotificationChoice).values(user_id=user_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))


def _in_app(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return (col(Notification.user_id) == user_id, col(Notification.medium) == Medium.APP)


def _changed(session: Session, statement: Any) -> int:
    return int(getattr(session.execute(statement), "rowcount", 0))


def spend_link(session: Session, digest: str, now: datetime, forget_at: datetime) -> bool:
    """Whether this is the first time; waits for a simultaneous one to end. What is too old to count is forgotten."""
    session.execute(delete(SpentLink).where(col(SpentLink.forget_at) <= now))
    values = {"digest": digest, "at": now, "forget_at": forget_at}
    claim = insert(session, SpentLink).values(**values).on_conflict_do_nothing().returning(SpentLink.digest)
    return session.execute(claim).first() is not None
