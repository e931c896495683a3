"""Questions about the history. Nothing here changes or removes a line."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from data.models import History, Incident, User
from data.vocabulary import OPEN_STATUSES, Fact


def head(session: Session) -> tuple[int, str] | None:
    """Place and hash of the last line."""
    return session.exec(select(History.seq, History.hash).order_by(col(History.seq).desc()).limit(1)).first()


def append(session: Session, lines: Sequence[dict[str, Any]]) -> None:
    session.execute(insert(History), lines)


def of_incident(session: Session, incident_id: int, *, public_only: bool = False) -> Sequence[History]:
    """Its lines, oldest first."""
    query = select(History).where(History.incident_id == incident_id).order_by(col(History.seq))
    return session.exec(query.where(col(History.public)) if public_only else query).all()


def facts_of_incident(
    session: Session, incident_id: int, facts: Sequence[Fact]
) -> Sequence[tuple[History, str | None]]:
    """Its lines of these kinds with the actors' names (None: the system), oldest first."""
    query = select(History, User.name).outerjoin(User, col(User.id) == col(History.actor_id))
    query = query.where(History.incident_id == incident_id, col(History.fact).in_(facts))
    return session.exec(query.order_by(col(History.seq))).all()


def facts_of_open(session: Session, facts: Sequence[Fact]) -> Sequence[tuple[History, str | None]]:
    """The same of every open incident."""
    query = select(History, User.name).outerjoin(User, col(User.id) == col(History.actor_id))
    query = query.join(Incident, col(Incident.id) == History.incident_id)
    query = query.where(col(Incident.status).in_(OPEN_STATUSES), col(History.fact).in_(facts))
    return session.exec(query.order_by(col(History.seq))).all()


def of_fact(session: Session, fact: Fact) -> Sequence[tuple[History, str | None]]:
    """All lines of a kind that is no incident's, with the actors' names (None: the system), oldest first."""
    query = select(History, User.name).outerjoin(User, col(User.id) == col(History.actor_id))
    query = query.where(History.fact == fact, col(History.incident_id).is_(None))
    return session.exec(query.order_by(col(History.seq))).all()


def count_of_incident(session: Session, incident_id: int) -> int:
    return session.exec(select(func.count()).where(History.incident_id == incident_id)).one()


def last_change_of_incident(session: Session, incident_id: int) -> History | None:
    """Its last line that is neither a comment, nor an export, nor the watcher's."""
    said = (Fact.COMMENTED, Fact.MESSAGED, Fact.REPORT_EXPORTED, Fact.SLA_CROSSED, Fact.HOLD_OVER)
    query = select(History).where(History.incident_id == incident_id, col(History.fact).not_in(said))
    return session.exec(query.order_by(col(History.seq).desc()).limit(1)).first()


def after(session: Session, seq: int, *, limit: int) -> Sequence[History]:
    """The lines that follow `seq`."""
    return session.exec(select(History).where(History.seq > seq).order_by(col(History.seq)).limit(limit)).all()


def every(session: Session, *, batch: int = 5_000) -> Iterator[History]:
    """All lines, oldest first, a batch in memory at a time."""
    seq = 0
    while lines := after(session, seq, limit=batch):
        yield from lines
        seq = lines[-1].seq
        session.expunge_all()


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(History)).one()
