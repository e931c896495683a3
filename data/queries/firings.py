"""What the watcher has to tell next."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from data.db import insert
from data.models import Firing, Incident, SlaCycle
from data.vocabulary import OPEN_STATUSES, Light, Status

HOLD = "hold"
RESPONSE, RESOLUTION = "response", "resolution"


class Moment(NamedTuple):
    """The moment `at` that an incident is past. Nothing else of the incident has its `what` and `mark`."""

    incident_id: int
    what: str  # a clock and a light, or HOLD
    mark: datetime
    at: datetime


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


def crossings(session: Session, now: datetime, most: int, among: Collection[int] | None = None) -> list[Moment]:
    """Up to `most` thresholds of running clocks that were crossed before `now` and have not been told.

    Orange before red, and the earliest first; the mark is the target that was promised first. `among`: incidents by id.
    """
    found: list[Moment] = []
    for light in (Light.ORANGE, Light.RED):
        for clock in _CLOCKS:
            what, query = _crossing(clock, light)
            values = {"now": now, "most": most - len(found)}
            rows = session.connection().execute(query.where(*_among(among)), values)
            found += [Moment(key, what, mark, at) for key, mark, at in rows]
            if len(found) == most:
                return found
    return found


@cache
def _crossing(clock: str, light: Light) -> tuple[str, Any]:
    """What it is, and the question, put together once: the watcher asks every other second."""
    at_risk_at, due_at, original_due_at, met_at = _CLOCKS[clock]
    what = f"{clock}_{light.value}"
    threshold = at_risk_at if light is Light.ORANGE else due_at
    query = (
        sa_select(col(Incident.id), col(original_due_at), col(threshold))
        .join(SlaCycle, and_(col(SlaCycle.incident_id) == Incident.id, col(SlaCycle.number) == Incident.cycle))
        .where(col(Incident.status).in_(OPEN_STATUSES), col(met_at).is_(None), col(threshold) < bindparam("now"))
        .where(~_told(what, col(original_due_at)))
        .order_by(col(threshold))
        .limit(bindparam("most"))
    )
    return what, query.where(col(SlaCycle.paused_remaining_s).is_(None)) if clock == RESOLUTION else query


def holds_over(session: Session, now: datetime, most: int, among: Collection[int] | None = None) -> list[Moment]:
    """Up to `most` planned ends of holds that have come and have not been told, the earliest first."""
    end = col(Incident.hold_resume_at)
    query = select(Incident.id, end).where(Incident.status == Status.ON_HOLD, end <= now, ~_told(HOLD, end))
    found = session.exec(query.where(*_among(among)).order_by(end).limit(most))
    return [Moment(key, HOLD, at, at) for key, at in found if key and at]


def fire(session: Session, moments: Sequence[Moment]) -> list[Moment]:
    """Those of which the caller is the first to tell."""
    if not moments:
        return []
    rows = [{"incident_id": moment.incident_id, "what": moment.what, "at": moment.mark} for moment in moments]
    statement = insert(session, Firing).values(rows).on_conflict_do_nothing()
    first = {tuple(row) for row in session.execute(statement.returning(Firing.incident_id, Firing.what, Firing.at))}
    return [moment for moment in moments if moment[:3] in first]


def _told(what: str, mark: Any) -> ColumnElement[bool]:
    same = and_(col(Firing.incident_id) == col(Incident.id), col(Firing.what) == what, col(Firing.at) == mark)
    return exists().where(same)


def _among(ids: Collection[int] | None) -> tuple[ColumnElement[bool], ...]:
    return () if ids is None else (col(Incident.id).in_(ids),)
