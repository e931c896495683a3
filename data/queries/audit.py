"""Questions about the whole history: any filter, newest first, a page at a time by its place in the chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.models import History, HistoryDay, Incident, User
from data.vocabulary import Fact


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which lines: `actor_id` None with `system`: those of the system; `start` ≤ at < `end`."""

    actor_id: int | None = None
    system: bool = False
    fact: Fact | None = None
    incident_id: int | None = None
    start: datetime | None = None
    end: datetime | None = None


Joined = tuple[History, User | None, str | None]


def page(session: Session, narrowed: Narrowed, *, before: int | None, limit: int) -> Sequence[Joined]:
    """(line, who, reference of the incident) of at most `limit` lines before the place `before`, newest first."""
    query = select(History, User, Incident.reference)
    query = query.outerjoin(User, col(User.id) == col(History.actor_id))
    query = query.outerjoin(Incident, col(Incident.id) == col(History.incident_id))
    if narrowed.start is not None or narrowed.end is not None:
        bounds = places(session, narrowed)
        if bounds is None:
            return []
        query = query.where(col(History.seq).between(*bounds))
    for condition in _conditions(narrowed):
        query = query.where(condition)
    if before is not None:
        query = query.where(col(History.seq) < before)
    return session.exec(query.order_by(col(History.seq).desc()).limit(limit)).all()


def places(session: Session, narrowed: Narrowed) -> tuple[int, int] | None:
    """The places between which all lines of the period are, None: there are none."""
    query = select(func.min(HistoryDay.first_seq), func.max(HistoryDay.last_seq))
    if narrowed.start is not None:
        query = query.where(col(HistoryDay.day) >= _day(narrowed.start))
    if narrowed.end is not None:
        query = query.where(col(HistoryDay.day) <= _day(narrowed.end))
    first, last = session.exec(query).one()
    return None if first is None else (first, last)


def last_of(session: Session, fact: Fact) -> tuple[History, User | None] | None:
    """The newest line of this kind, with who."""
    query = select(History, User).outerjoin(User, col(User.id) == col(History.actor_id))
    return session.exec(query.where(History.fact == fact).order_by(col(History.seq).desc()).limit(1)).first()


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _conditions(narrowed: Narrowed) -> list[Any]:
    found: list[Any] = []
    if narrowed.system:
        found.append(col(History.actor_id).is_(None))
    elif narrowed.actor_id is not None:
        found.append(History.actor_id == narrowed.actor_id)
    if narrowed.fact is not None:
        found.append(History.fact == narrowed.fact)
    if narrowed.incident_id is not None:
        found.append(History.incident_id == narrowed.incident_id)
    if narrowed.start is not None:
        found.append(col(History.at) >= narrowed.start)
    if narrowed.end is not None:
        found.append(col(History.at) < narrowed.end)
    return found
