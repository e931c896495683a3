"""Letters that have come in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from data import db
from data.models import Employee, Incident, Letter
from data.vocabulary import LetterReason, LetterState, Status

PASSED_OVER = (LetterState.IGNORED, LetterState.DROPPED)
MADE_SOMETHING = (LetterState.DECLARED, LetterState.ANSWERED)


def claim(session: Session, **values: Any) -> Letter | None:
    """The letter's row; None where the letter was received before. Waits for a simultaneous one to end."""
    made = db.insert(session, Letter).values({"text": "", "files": ""} | values).on_conflict_do_nothing()
    found = session.execute(made.returning(Letter.id)).first()
    return session.get(Letter, found[0]) if found else None


def is_known(session: Session, digest: str) -> bool:
    """Whether the letter was received before."""
    return session.exec(select(Letter.id).where(Letter.digest == digest)).first() is not None


def led_to(session: Session, digests: Sequence[str]) -> Incident | None:
    """The newest incident that one of these letters has become by itself."""
    query = (
        select(Incident)
        .join(Letter, col(Letter.incident_id) == col(Incident.id))
        .where(col(Letter.digest).in_(digests), col(Letter.state).in_(MADE_SOMETHING), col(Letter.reason).is_(None))
        .order_by(col(Incident.id).desc())
    )
    return session.exec(query.limit(1)).first() if digests else None


def set_aside(session: Session, sender: str, since: datetime) -> int:
    """How many letters of the sender were parked since then, whatever became of them afterwards."""
    count = select(func.count()).where(
        col(Letter.sender) == sender,
        col(Letter.received_at) > since,
        col(Letter.reason).is_not(None),
        col(Letter.state).not_in(PASSED_OVER),
    )
    return int(session.exec(count).one())


def acted_on(session: Session, sender: str, since: datetime, state: LetterState) -> int:
    """How many letters of the sender have become an incident, or a comment, by themselves since then."""
    count = select(func.count()).where(
        col(Letter.sender) == sender,
        col(Letter.received_at) > since,
        col(Letter.reason).is_(None),
        col(Letter.state) == state,
    )
    return int(session.exec(count).one())


def count_parked(session: Session) -> int:
    """How many wait for somebody."""
    return int(session.exec(select(func.count()).where(col(Letter.state) == LetterState.PARKED)).one())


def parked(session: Session, *, limit: int) -> Sequence[tuple[Letter, str | None, Status | None]]:
    """Those that wait, with reference and status of the incident that they answer, the newest first."""
    query = (
        select(Letter, col(Incident.reference), col(Incident.status))
        .outerjoin(Incident, col(Incident.id) == col(Letter.incident_id))
        .where(col(Letter.state) == LetterState.PARKED)
        .order_by(col(Letter.id).desc())
        .limit(limit)
    )
    return session.exec(query).all()


def waiting(session: Session, letter_id: int) -> Letter | None:
    """The letter if it is parked, held against other writers until the transaction ends."""
    query = select(Letter).where(Letter.id == letter_id, col(Letter.state) == LetterState.PARKED)
    return session.exec(query.with_for_update()).first()


def employee(session: Session, sender: str) -> int | None:
    """The id of the first employee of the CMDB with this address, whatever its case."""
    query = select(Employee.id).where(func.lower(Employee.email) == sender.lower()).order_by(col(Employee.id))
    return session.exec(query.limit(1)).first()


def passed_over(session: Session, since: datetime) -> dict[LetterReason | None, int]:
    """Reason → how many letters have made nothing since then."""
    query = (
        select(col(Letter.reason), func.count())
        .where(col(Letter.state).in_(PASSED_OVER), col(Letter.received_at) > since)
        .group_by(col(Letter.reason))
    )
    return {reason: int(count) for reason, count in session.exec(query).all()}


def forget(session: Session, before: datetime) -> None:
    """What made nothing and came before then leaves no trace."""
    session.execute(delete(Letter).where(col(Letter.state).in_(PASSED_OVER), col(Letter.received_at) < before))
