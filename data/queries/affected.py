"""Questions about whom an incident touches, and what of it requesters may read."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from data.models import AffectedPerson, Employee, Incident, IncidentEmployee, KnownProblem, User
from data.queries.these import given, these
from data.vocabulary import OPEN_STATUSES, Role, Status


def person(session: Session, incident_id: int, user_id: int) -> AffectedPerson | None:
    """The row, if this person has joined."""
    return session.get(AffectedPerson, (incident_id, user_id))


def known(session: Session, incident_id: int) -> KnownProblem | None:
    """What requesters may read of it, if the team has written that."""
    return session.get(KnownProblem, incident_id)


def joined(session: Session, incident_id: int) -> Sequence[User]:
    """Who has joined, the first one first."""
    query = select(User).join(AffectedPerson, col(AffectedPerson.user_id) == User.id)
    query = query.where(AffectedPerson.incident_id == incident_id)
    return session.exec(query.order_by(col(AffectedPerson.at), col(AffectedPerson.user_id))).all()


def joined_of(session: Session, incident_ids: Collection[int | None]) -> dict[int, list[User]]:
    """Incident → who has joined it."""
    found: dict[int, list[User]] = {}
    if wanted := [key for key in incident_ids if key is not None]:
        query = select(AffectedPerson.incident_id, User).join(User, col(User.id) == AffectedPerson.user_id)
        for incident_id, user in session.exec(query.where(col(AffectedPerson.incident_id).in_(wanted))):
            found.setdefault(incident_id, []).append(user)
    return found


def joined_by(session: Session, user_id: int, incident_ids: Sequence[int]) -> set[int]:
    """Those of these incidents that this person has joined."""
    query = select(AffectedPerson.incident_id).where(
        AffectedPerson.user_id == user_id, col(AffectedPerson.incident_id).in_(incident_ids)
    )
    return set(session.exec(query))


def shown_to(session: Session, user_id: int) -> Sequence[tuple[Incident, KnownProblem | None, bool]]:
    """(incident, what may be read of it, whether this person has joined), the newest declared first.

    Those that are listed and open, and whatever the person has joined and is not closed; not what the person declared.
    """
    mine = sa.and_(col(AffectedPerson.incident_id) == Incident.id, col(AffectedPerson.user_id) == user_id)
    listed = sa.and_(col(KnownProblem.listed), col(Incident.status).in_(OPEN_STATUSES))
    followed = sa.and_(col(AffectedPerson.user_id).is_not(None), col(Incident.status) != Status.CLOSED)
    query = (
        select(Incident, KnownProblem, AffectedPerson)
        .outerjoin(KnownProblem, col(KnownProblem.incident_id) == Incident.id)
        .outerjoin(AffectedPerson, mine)
        .where(col(Incident.id).in_(_candidates(user_id)), Incident.requester_id != user_id, sa.or_(listed, followed))
        .order_by(col(Incident.id).desc())
    )
    return [(incident, known, row is not None) for incident, known, row in session.exec(query)]


def _candidates(user_id: int) -> Any:
    """By the two small tables, so that no incident is read in vain."""
    listed = sa.select(col(KnownProblem.incident_id)).where(col(KnownProblem.listed))
    return listed.union(sa.select(col(AffectedPerson.incident_id)).where(col(AffectedPerson.user_id) == user_id))


def counts(session: Session, incident_ids: Sequence[int] | None = None) -> dict[int, int]:
    """How many people each touches; with None those of every open incident. Whoever stands there twice counts once.

    The requester (unless of the team, who declare for others), those who joined, and the employees that it is linked
    to; an account and an employee with the same e-mail address are the same person.
    """
    found: dict[int, set[str]] = defaultdict(set)
    connection, some, asked = session.connection(), incident_ids is not None, given(incident_ids)
    for key, user_id, email in connection.execute(_accounts(some), asked):
        found[key].add(email.lower() if email else f"account {user_id}")
    for key, employee_id, email in connection.execute(_employees(some), asked):
        found[key].add(email.lower() if email else f"employee {employee_id}")
    for key, user_id, email in connection.execute(_requesters(some), asked):
        found[key].add(email.lower() if email else f"account {user_id}")
    return {key: len(people) for key, people in found.items()}


@cache
def _accounts(some: bool) -> Any:
    query = sa.select(col(Incident.id), col(User.id), col(User.email)).select_from(AffectedPerson)
    query = query.join(User, col(User.id) == AffectedPerson.user_id)
    return these(query.join(Incident, col(Incident.id) == AffectedPerson.incident_id), some)


@cache
def _employees(some: bool) -> Any:
    query = sa.select(col(Incident.id), col(Employee.id), col(Employee.email)).select_from(IncidentEmployee)
    query = query.join(Employee, col(Employee.id) == IncidentEmployee.employee_id)
    return these(query.join(Incident, col(Incident.id) == IncidentEmployee.incident_id), some)


@cache
def _requesters(some: bool) -> Any:
    """Only of those that touch somebody else as well: what one person alone has declared needs no count."""
    query = sa.select(col(Incident.id), col(User.id), col(User.email)).join(User, col(User.id) == Incident.requester_id)
    joined_ones, linked_ones = (sa.select(col(each.incident_id)) for each in (AffectedPerson, IncidentEmployee))
    others = sa.or_(col(Incident.id).in_(joined_ones), col(Incident.id).in_(linked_ones))
    return these(query.where(col(User.role) == Role.REQUESTER, others), some)
