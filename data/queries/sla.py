"""Questions about SLA policies and stored cycles."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from data.models import SlaCycle, SlaPolicy

# Put together once: every change asks them.
_POLICIES = select(SlaPolicy).order_by(col(SlaPolicy.version))
_THESE_POLICIES = _POLICIES.where(col(SlaPolicy.version).in_(bindparam("versions", expanding=True)))
_LATEST = select(SlaPolicy).order_by(col(SlaPolicy.version).desc()).limit(1)
_CYCLES = select(SlaCycle).where(SlaCycle.incident_id == bindparam("incident_id")).order_by(col(SlaCycle.number))


def policies(session: Session, versions: Collection[int] | None = None) -> Sequence[SlaPolicy]:
    """These versions, or all, oldest first."""
    if versions is None:
        return session.exec(_POLICIES).all()
    return session.exec(_THESE_POLICIES, params={"versions": list(versions)}).all()


def latest(session: Session) -> SlaPolicy | None:
    """The version that holds now; None before there is one."""
    return session.exec(_LATEST).first()


def cycles_of(session: Session, incident_ids: Collection[int]) -> Sequence[SlaCycle]:
    """The stored cycles of several incidents."""
    return session.exec(select(SlaCycle).where(col(SlaCycle.incident_id).in_(incident_ids))).all()


def cycles(session: Session, incident_id: int) -> Sequence[SlaCycle]:
    """The stored cycles of an incident, oldest first."""
    return session.exec(_CYCLES, params={"incident_id": incident_id}).all()
