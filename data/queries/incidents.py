"""Questions about incidents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select as select_rows, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from data.models import Comment, IdempotentCall, Incident, SlaCycle, Team, User
from data.vocabulary import OPEN_STATUSES, Category, Impact, Light, Priority, Severity, Status, Visibility

Assignee = aliased(User, name="assignee")
Requester = aliased(User, name="requester")


def locked(session: Session, reference: str) -> Incident | None:
    """The incident, held against other writers until the transaction ends (on SQLite the transaction itself is)."""
    return session.exec(select(Incident).where(Incident.reference == reference).with_for_update()).first()


def by_reference(session: Session, reference: str) -> Incident | None:
    return session.exec(select(Incident).where(Incident.reference == reference)).first()


def reference_of(session: Session, incident_id: int) -> str | None:
    return session.exec(select(Incident.reference).where(Incident.id == incident_id)).first()


def every(session: Session) -> Sequence[tuple[int, str]]:
    """(id, reference) of all, oldest first."""
    query = select(Incident.id, Incident.reference).order_by(col(Incident.id))
    return session.exec(query).all()  # type: ignore[return-value]


def with_people(session: Session, incident_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """(incident, current cycle, requester, assignee or None, team or None) for each id, in one query."""
    return session.execute(_with_people().where(col(Incident.id).in_(incident_ids))).all()


def open_with_people(session: Session) -> Sequence[Row[Any]]:
    """The same for every open incident."""
    return session.execute(_with_people().where(col(Incident.status).in_(OPEN_STATUSES))).all()


def comment_counts(session: Session, incident_ids: Sequence[int] | None = None) -> dict[int, int]:
    """How many comments each has; with None those of every open incident."""
    query = select(Comment.incident_id, func.count()).group_by(col(Comment.incident_id))
    if incident_ids is None:
        query = query.join(Incident, col(Incident.id) == Comment.incident_id)
        query = query.where(col(Incident.status).in_(OPEN_STATUSES))
    else:
        query = query.where(col(Comment.incident_id).in_(incident_ids))
    return dict(session.execute(query).all())  # type: ignore[arg-type]


def open_counts(session: Session) -> dict[int, int]:
    """How many open incidents each assignee has."""
    query = select(Incident.assignee_id, func.count()).where(col(Incident.status).in_(OPEN_STATUSES))
    query = query.where(col(Incident.assignee_id).is_not(None)).group_by(col(Incident.assignee_id))
    return dict(session.execute(query).all())  # type: ignore[arg-type]


def comments(session: Session, incident_id: int, *, public_only: bool = False) -> Sequence[tuple[Comment, User]]:
    """With their authors, oldest first."""
    query = (
        select(Comment, User)
        .join(User, col(User.id) == Comment.author_id)
        .where(Comment.incident_id == incident_id)
        .order_by(col(Comment.id))
    )
    if public_only:
        query = query.where(Comment.visibility == Visibility.PUBLIC)
    return session.exec(query).all()


def idempotent_call(session: Session, user_id: int, key: str) -> IdempotentCall | None:
    return session.get(IdempotentCall, (user_id, key))


def claim_key(session: Session, user_id: int, key: str, digest: str, reference: str, at: datetime) -> bool:
    """Whether this call is the first under its key; waits for a simultaneous one to end."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    values = {"user_id": user_id, "key": key, "request_digest": digest, "reference": reference, "at": at}
    claim = insert(IdempotentCall).values(**values).on_conflict_do_nothing().returning(IdempotentCall.reference)
    return session.execute(claim).first() is not None


def _with_people() -> Select[Any]:
    return (
        select(Incident, SlaCycle, Requester, Assignee, Team)
        .join(SlaCycle, _current_cycle())
        .join(Requester, Requester.id == col(Incident.requester_id))
        .outerjoin(Assignee, Assignee.id == col(Incident.assignee_id))
        .outerjoin(Team, col(Team.id) == col(Incident.team_id))
    )


def _current_cycle() -> ColumnElement[bool]:
    return and_(col(SlaCycle.incident_id) == col(Incident.id), col(SlaCycle.number) == col(Incident.cycle))


