"""Questions about SLA policies and stored cycles."""

from collections.abc import Collection, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.models import SlaCycle, SlaPolicy


def policies(session: Session, versions: Collection[int] | None = None) -> Sequence[SlaPolicy]:
    """These versions, or all, oldest first."""
    query = select(SlaPolicy).order_by(col(SlaPolicy.version))
    return session.exec(query if versions is None else query.where(col(SlaPolicy.version).in_(versions))).all()


def latest(session: Session) -> int | None:
    """The number of the version that holds now; None before there is one."""
    return session.exec(select(func.max(SlaPolicy.version))).one()


def cycles(session: Session, incident_id: int) -> Sequence[SlaCycle]:
    """The stored cycles of an incident, oldest first."""
    query = select(SlaCycle).where(SlaCycle.incident_id == incident_id)
    return session.exec(query.order_by(col(SlaCycle.number))).all()
