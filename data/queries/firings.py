"""What the watcher has to tell next."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, exists
from sqlmodel import Session, col, select

from data.models import Firing, Incident, SlaCycle
from data.vocabulary import OPEN_STATUSES, Light, Status

HOLD = "hold"
RESPONSE, RESOLUTION = "response", "resolution"


class Crossing(NamedTuple):
    """A clock of an incident went past `at`; `original_due_at` tells its cycle and target apart from all others."""

    reference: str
    clock: str
    light: Light
    at: datetime
    original_due_at: datetime


_CLOCKS = {
    RESPONSE: (
        SlaCycle.response_at_risk_at,
        SlaCycle.response_due_at,
        SlaCycle.response_original_due_at,
        SlaCycle.response_met_at,
    ),
    RESOLUTION: (
        SlaCycle.resolution_at_risk_at,
        SlaCycle.resolution_due_at,
        SlaCycle.resolution_original_due_at,
        SlaCycle.resolution_met_at,
    ),
}


def next_crossing(session: Session, now: datetime, incident_id: int | None = None) -> Crossing | None:
    """A threshold of a running clock that was crossed before `now` and has not been told, orange before red."""
    for light in (Light.ORANGE, Light.RED):
        for clock, (at_risk_at, due_at, original_due_at, met_at) in _CLOCKS.items():
            threshold = at_risk_at if light is Light.ORANGE else due_at
            told = and_(
                col(Firing.incident_id) == col(Incident.id),
                col(Firing.what) == f"{clock}_{light.value}",
                col(Firing.at) == col(original_due_at),
            )
            query = (
                select(Incident.reference, threshold, original_due_at)
                .join(SlaCycle, and_(col(SlaCycle.incident_id) == Incident.id, col(SlaCycle.number) == Incident.cycle))
                .where(col(Incident.status).in_(OPEN_STATUSES), col(met_at).is_(None), col(threshold) < now)
                .where(~exists().where(told))
                .order_by(col(threshold))
                .limit(1)
            )
            if clock == RESOLUTION:
                query = query.where(col(SlaCycle.paused_remaining_s).is_(None))
            if incident_id is not None:
                query = query.where(Incident.id == incident_id)
            if found := session.exec(query).first():
                return Crossing(found[0], clock, light, found[1], found[2])
    return None


def next_hold_over(session: Session, now: datetime) -> str | None:
    """The reference of an incident on hold whose planned end has come and has not been told."""
    told = and_(
        col(Firing.incident_id) == Incident.id,
        col(Firing.what) == HOLD,
        col(Firing.at) == Incident.hold_resume_at,
    )
    query = select(Incident.reference).where(
        Incident.status == Status.ON_HOLD, col(Incident.hold_resume_at) <= now, ~exists().where(told)
    )
    return session.exec(query.limit(1)).first()
