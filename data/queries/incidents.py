"""Questions about incidents."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, select

from data.db import among, insert
from data.models import Comment, IdempotentCall, Incident, IncidentRelation, Rating, SlaCycle, Team, User
from data.queries.these import given, these
from data.references import PATTERN
from data.vocabulary import OPEN_STATUSES, Relation, Status, Visibility

Assignee = aliased(User, name="assignee")
Requester = aliased(User, name="requester")
# Put together once: whoever reaches for an incident asks them first.
_REFERENCED = select(Incident).where(col(Incident.reference) == sa.bindparam("reference"))
_LOCKED = _REFERENCED.with_for_update(key_share=True)
_ASSIGNEE = sa.select(col(Incident.assignee_id)).where(col(Incident.reference) == sa.bindparam("reference"))
_WITH_ASSIGNEE = (
    select(Incident, User)
    .outerjoin(User, col(User.id) == col(Incident.assignee_id))
    .where(col(Incident.reference) == sa.bindparam("reference"))
)


class Joined(NamedTuple):
    """An incident with what every list shows beside it."""

    incident: Incident
    cycle: SlaCycle
    requester: User
    assignee: User | None
    team: Team | None


def locked(session: Session, reference: str) -> Incident | None:
    """The incident, held against other writers until the transaction ends (on SQLite the transaction itself is).

    The key stays free, so that another transaction may meanwhile name the incident as its master: two that name each
    other would else wait for each other.
    """
    return session.exec(_LOCKED, params={"reference": reference}).first() if PATTERN.fullmatch(reference) else None


def locked_free(session: Session, ids: Collection[int]) -> dict[int, Incident]:
    """Those of the incidents that nobody else holds now, held like `locked`: nobody waits for anybody."""
    query = select(Incident).where(col(Incident.id).in_(ids)).with_for_update(key_share=True, skip_locked=True)
    return {incident.id: incident for incident in session.exec(query) if incident.id is not None}


def touch(incident: Incident) -> None:
    """The next flush writes the incident, and with it the next version, although no column of it changed."""
    flag_modified(incident, "updated_at")


def by_reference(session: Session, reference: str) -> Incident | None:
    """What cannot be a reference, one with a NUL for example, never reaches the database."""
    return session.exec(_REFERENCED, params={"reference": reference}).first() if PATTERN.fullmatch(reference) else None


def is_taken(session: Session, reference: str) -> bool:
    """Whether there is an incident of this reference, and it is somebody's."""
    known = PATTERN.fullmatch(reference) is not None
    return known and session.connection().execute(_ASSIGNEE, {"reference": reference}).scalar() is not None


def with_assignee(session: Session, reference: str) -> tuple[Incident, User | None] | None:
    """The incident of this reference, and whose it is."""
    if not PATTERN.fullmatch(reference):
        return None
    return session.exec(_WITH_ASSIGNEE, params={"reference": reference}).first()


def references_of(session: Session, incident_ids: Sequence[int], *, requester_id: int | None = None) -> dict[int, str]:
    """By id; with `requester_id` only of those that this person declared."""
    if not incident_ids:
        return {}
    query = select(col(Incident.id), col(Incident.reference)).where(col(Incident.id).in_(incident_ids))
    if requester_id is not None:
        query = query.where(Incident.requester_id == requester_id)
    return {key: reference for key, reference in session.exec(query) if key is not None}


def resolved_as_one(session: Session, incident_id: int) -> Sequence[tuple[Incident, bool]]:
    """(the incident's master, False) where it was resolved as a duplicate, and (each of its own duplicates, True)."""
    mine = select(Incident.master_id).where(Incident.id == incident_id).scalar_subquery()
    reverse = func.coalesce(col(Incident.master_id) == incident_id, False)
    query = select(Incident, reverse).where(or_(col(Incident.master_id) == incident_id, col(Incident.id) == mine))
    return [(incident, bool(is_reverse)) for incident, is_reverse in session.exec(query)]


def resolved_before(session: Session, at: datetime) -> str | None:
    """The reference of an incident that was resolved until `at` and waits for nothing but its closing."""
    query = select(Incident.reference).where(
        Incident.status == Status.RESOLVED, col(Incident.resolved_at) <= at, ~col(Incident.to_review)
    )
    return session.exec(query.order_by(col(Incident.resolved_at)).limit(1)).first()


def relation(session: Session, incident_id: int, other_id: int) -> IncidentRelation | None:
    """What the one is to the other, in this direction."""
    return session.get(IncidentRelation, (incident_id, other_id))


def relations_of(session: Session, incident_id: int) -> Sequence[tuple[IncidentRelation, Incident]]:
    """(relation, the incident at its other end) in both directions, the newest incident first, its own word last."""
    mine, theirs = col(IncidentRelation.incident_id), col(IncidentRelation.other_id)
    query = (
        select(IncidentRelation, Incident)
        .join(Incident, col(Incident.id) == case((mine == incident_id, theirs), else_=mine))
        .where(or_(mine == incident_id, theirs == incident_id))
    )
    return session.exec(query.order_by(col(Incident.id).desc(), mine == incident_id)).all()


def is_duplicate(session: Session, incident: Incident, master: Incident) -> bool:
    """Whether the first is a duplicate of the second, at once or through others: related so, or resolved so."""
    seen: set[int] = set()
    waiting = [incident]
    while waiting:
        each = waiting.pop()
        if each.id is None or each.id in seen:
            continue
        seen.add(each.id)
        if master.id == each.master_id:
            return True
        if each.master_id is not None and (named := session.get(Incident, each.master_id)):
            waiting.append(named)
        for row, other in relations_of(session, each.id):
            if row.kind is Relation.DUPLICATE and row.incident_id == each.id:
                if other.id == master.id:
                    return True
                waiting.append(other)
    return False


def open_duplicates(session: Session, master_id: int) -> Sequence[Incident]:
    """The open duplicates of the incident, held against other writers, in the order of their ids."""
    duplicates = select(IncidentRelation.incident_id).where(
        IncidentRelation.other_id == master_id, IncidentRelation.kind == Relation.DUPLICATE
    )
    query = select(Incident).where(col(Incident.id).in_(duplicates), col(Incident.status).in_(OPEN_STATUSES))
    return session.exec(query.order_by(col(Incident.id)).with_for_update(key_share=True)).all()


def every(session: Session) -> Sequence[tuple[int, str]]:
    """(id, reference) of all, oldest first."""
    query = select(col(Incident.id), col(Incident.reference)).order_by(col(Incident.id))
    return [(key, reference) for key, reference in session.exec(query) if key is not None]


def columns_of(session: Session, incident_ids: Sequence[int], names: Sequence[str]) -> dict[int, dict[str, Any]]:
    """These columns of each, by its id."""
    query = sa.select(col(Incident.id), *(getattr(Incident, name) for name in names))
    found = session.execute(query.where(col(Incident.id).in_(incident_ids)))
    return {key: dict(zip(names, values, strict=True)) for key, *values in found}


def with_people(session: Session, incident_ids: Sequence[int]) -> list[Joined]:
    """The incidents with these ids and what is shown beside them, in one query."""
    return [Joined(*row) for row in session.execute(_with_people(True), given(incident_ids))]


def open_with_people(session: Session) -> list[Joined]:
    """The same for every open incident."""
    return [Joined(*row) for row in session.execute(_with_people(False))]


def comment_counts(session: Session, incident_ids: Sequence[int] | None = None) -> dict[int, int]:
    """How many comments each has; with None those of every open incident."""
    return _counts(session.connection().execute(_comment_counts(incident_ids is not None), given(incident_ids)))


def open_counts(session: Session) -> dict[int, int]:
    """How many open incidents each assignee has."""
    query = select(col(Incident.assignee_id), func.count()).where(col(Incident.status).in_(OPEN_STATUSES))
    return _counts(session.exec(query.group_by(col(Incident.assignee_id))))


def open_of(session: Session, assignee_id: int, *, limit: int = 50) -> Sequence[tuple[str, str]]:
    """(reference, title) of the open incidents that are assigned to somebody, the oldest first."""
    query = select(Incident.reference, Incident.title).where(
        Incident.assignee_id == assignee_id, col(Incident.status).in_(OPEN_STATUSES)
    )
    return session.exec(query.order_by(col(Incident.id)).limit(limit)).all()


def open_counts_of_teams(session: Session) -> dict[int, int]:
    """How many open incidents each team has."""
    query = select(col(Incident.team_id), func.count()).where(col(Incident.status).in_(OPEN_STATUSES))
    return _counts(session.exec(query.group_by(col(Incident.team_id))))


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


def last_comments(
    session: Session, incident_id: int, most: int, *, public_only: bool = False
) -> tuple[Sequence[tuple[Comment, User]], int]:
    """(the newest with their authors, newest first; how many there are besides)."""
    mine = [Comment.incident_id == incident_id]
    if public_only:
        mine.append(Comment.visibility == Visibility.PUBLIC)
    query = select(Comment, User).join(User, col(User.id) == Comment.author_id).where(*mine)
    found = session.exec(query.order_by(col(Comment.id).desc()).limit(most)).all()
    total = session.exec(select(func.count()).select_from(Comment).where(*mine)).one() if len(found) == most else 0
    return found, max(0, total - most)


def comments_of(session: Session, incident_ids: Sequence[int], *, public_only: bool) -> Sequence[tuple[Comment, User]]:
    """The same of several incidents."""
    query = select(Comment, User).join(User, col(User.id) == Comment.author_id)
    query = query.where(col(Comment.incident_id).in_(incident_ids)).order_by(col(Comment.id))
    if public_only:
        query = query.where(Comment.visibility == Visibility.PUBLIC)
    return session.exec(query).all()


def last_public_comments(session: Session, incident_ids: Sequence[int]) -> dict[int, tuple[Comment, User]]:
    """Incident → its newest public comment and who wrote it, in one query."""
    public = (Comment.visibility == Visibility.PUBLIC, col(Comment.incident_id).in_(incident_ids))
    newest = select(func.max(Comment.id)).where(*public).group_by(col(Comment.incident_id))
    query = select(Comment, User).join(User, col(User.id) == Comment.author_id).where(col(Comment.id).in_(newest))
    return {said.incident_id: (said, author) for said, author in session.exec(query).all()}


def current_of(session: Session, requester_id: int, *, limit: int) -> Sequence[Incident]:
    """Whatever this person declared and is not closed, newest first."""
    own = select(Incident).where(Incident.requester_id == requester_id, Incident.status != Status.CLOSED)
    return session.exec(own.order_by(col(Incident.id).desc()).limit(limit)).all()


def closed_unrated_of(session: Session, requester_id: int, since: datetime, *, limit: int) -> Sequence[int]:
    """Ids of what this person declared, was closed since and has no rating, the latest first."""
    own = select(Incident.id).where(
        Incident.requester_id == requester_id,
        Incident.status == Status.CLOSED,
        col(Incident.closed_at) >= since,
        ~col(Incident.id).in_(select(Rating.incident_id)),
    )
    return [key for key in session.exec(own.order_by(col(Incident.closed_at).desc()).limit(limit)) if key is not None]


def comment(session: Session, comment_id: int) -> Comment | None:
    return session.get(Comment, comment_id)


def said(session: Session, comment_ids: Sequence[int]) -> dict[int, tuple[int, int, str, str]]:
    """Comment → its incident, author, visibility and text as they are stored, without the cost of a mapped row.

    Who asks for one that is not there does not get it.
    """
    visibility = sa.type_coerce(col(Comment.visibility), sa.String())
    query = sa.select(col(Comment.id), col(Comment.incident_id), col(Comment.author_id), visibility, col(Comment.body))
    rows = session.execute(query.where(among(session, col(Comment.id), comment_ids)))
    return {key: (incident_id, author_id, seen_by, body) for key, incident_id, author_id, seen_by, body in rows}


def idempotent_call(session: Session, user_id: int, key: str) -> IdempotentCall | None:
    return session.get(IdempotentCall, (user_id, key))


def claim_key(session: Session, user_id: int, key: str, digest: str, reference: str, at: datetime) -> bool:
    """Whether this call is the first under its key; waits for a simultaneous one to end."""
    values = {"user_id": user_id, "key": key, "request_digest": digest, "reference": reference, "at": at}
    claim = (
        insert(session, IdempotentCall).values(**values).on_conflict_do_nothing().returning(IdempotentCall.reference)
    )
    return session.execute(claim).first() is not None


def current_cycle() -> ColumnElement[bool]:
    """What joins an incident to its running, or last, cycle."""
    return and_(col(SlaCycle.incident_id) == col(Incident.id), col(SlaCycle.number) == col(Incident.cycle))


@cache  # put together once, as all of `these`: this is asked for each incident that anybody reads
def _with_people(some: bool) -> Any:
    query = (
        sa.select(Incident, SlaCycle, Requester, Assignee, Team)
        .join(SlaCycle, current_cycle())
        .join(Requester, col(Requester.id) == col(Incident.requester_id))
        .outerjoin(Assignee, col(Assignee.id) == col(Incident.assignee_id))
        .outerjoin(Team, col(Team.id) == col(Incident.team_id))
    )
    return these(query, some)


@cache
def _comment_counts(some: bool) -> Any:
    query = sa.select(col(Comment.incident_id), func.count()).group_by(col(Comment.incident_id))
    return these(query.join(Incident, col(Incident.id) == Comment.incident_id), some)


def _counts(rows: Iterable[Any]) -> dict[int, int]:
    return {key: number for key, number in rows if key is not None}
