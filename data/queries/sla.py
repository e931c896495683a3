"""Questions about SLA policies and stored cycles."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from data.models import SlaCycle, SlaPolicy


def policies(session: Session) -> Sequence[SlaPolicy]:
    """Every version, oldest first: there are few."""
    return session.exec(select(SlaPolicy).order_by(col(SlaPolicy.version))).all()


def cycles(session: Session, incident_id: int) -> Sequence[SlaCycle]:
    """The stored cycles of an incident, oldest first."""
    query = select(SlaCycle).where(SlaCycle.incident_id == incident_id)
    return session.exec(query.order_by(col(SlaCycle.number))).all()
