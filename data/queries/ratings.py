"""Questions about what requesters thought of it (S83)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.models import Rating


def of_incidents(session: Session, incident_ids: Sequence[int]) -> dict[int, Rating]:
    """By incident."""
    if not incident_ids:
        return {}
    found = session.exec(select(Rating).where(col(Rating.incident_id).in_(incident_ids))).all()
    return {each.incident_id: each for each in found}


def counts_by_score(session: Session, start: datetime, end: datetime) -> dict[int, int]:
    """How many ratings of each score, 1 to 5, were given from `start` on, before `end`."""
    given = select(Rating.score, func.count()).where(col(Rating.at) >= start, col(Rating.at) < end)
    return dict.fromkeys(range(1, 6), 0) | dict(session.exec(given.group_by(col(Rating.score))).all())
