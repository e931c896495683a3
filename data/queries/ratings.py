"""Questions about what requesters thought of it (S83)."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from data.models import Rating


def of_incidents(session: Session, incident_ids: Sequence[int]) -> dict[int, Rating]:
    """By incident."""
    if not incident_ids:
        return {}
    found = session.exec(select(Rating).where(col(Rating.incident_id).in_(incident_ids))).all()
    return {each.incident_id: each for each in found}
