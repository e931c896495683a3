"""Questions about SLA policies and stored cycles."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam
from sqlmodel import Session, col, select

from data.models import SlaCycle, SlaPolicy
from data.queries.spans import resolution_at, resolution_missed, response_missed

# Put together once: every change asks them.
_POLICIES = select(SlaPolicy).order_by(col(SlaPolicy.version))
_THESE_POLICIES = _POLICIES.where(col(SlaPolicy.version).in_(bindparam("versions", expanding=True)))
_LATEST = select(SlaPolicy).order_by(col(SlaPolicy.version).desc()).limit(1)
_CYCLES = select(SlaCycle).where(SlaCycle.incident_id == bindparam("incident_id")).order_by(col(SlaCycle.number))


class Verdicts(NamedTuple):
    """Of an incident: when it was first resolved, whether the first response and the first resolution were missed, and
    whether one of all resolutions was; None while that is open."""

    first_resolved_at: datetime | None
    response_missed: bool | None
    resolution_missed: bool | None
    one_missed: bool | None


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


def verdicts(session: Session, incident_ids: Collection[int]) -> dict[int, Verdicts]:
    """What the stored cycles of these incidents say for ever, as the reports count it (S122)."""
    columns: tuple[Any, ...] = (SlaCycle.incident_id, resolution_at, response_missed, resolution_missed)
    query: Select[Any] = select(*columns).where(col(SlaCycle.incident_id).in_(incident_ids))
    query = query.order_by(col(SlaCycle.incident_id), col(SlaCycle.number))
    found: dict[int, Verdicts] = {}
    for incident, resolved, *missed in session.execute(query):
        response, resolution = (None if each is None else bool(each) for each in missed)
        first = found.get(incident, Verdicts(resolved, response, resolution, None))
        decided = [each for each in (first.one_missed, resolution) if each is not None]
        found[incident] = first._replace(one_missed=any(decided) if decided else None)
    return found
