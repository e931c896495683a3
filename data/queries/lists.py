"""Questions about many incidents at once: filtered pages in an order, counts, the figures of a period."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from data.models import Incident, SlaCycle
from data.queries import search
from data.queries.cmdb import LINKS
from data.queries.incidents import current_cycle
from data.vocabulary import OPEN_STATUSES, Category, Impact, ItemKind, Light, Priority, Severity, Status


def sharing(
    session: Session, words: Sequence[str], *, limit: int, requester_id: int | None
) -> Sequence[tuple[int, str]]:
    """(id, title) of open incidents that hold beginnings of `words`, those that hold most first, then the newest."""
    begun = [_contains(word[: max(4, len(word) - 2)]) for word in words]
    hits = sum((case((each, 1), else_=0) for each in begun), start=func.coalesce(0, 0))
    query = select(col(Incident.id), col(Incident.title)).where(col(Incident.status).in_(OPEN_STATUSES), or_(*begun))
    if requester_id is not None:
        query = query.where(Incident.requester_id == requester_id)
    found = session.exec(query.order_by(hits.desc(), col(Incident.id).desc()).limit(limit)).all()
    return [(key, title) for key, title in found if key is not None]


def counts_now(session: Session) -> dict[str, Any]:
    """Counts by status, and by priority of the open ones."""
    every, *others = session.execute(_COUNTS).one()
    by_status = dict(zip(_BUT_CLOSED, others, strict=True))
    return {
        "by_status": {status: by_status.get(status, every - sum(others)) for status in Status},
        "by_priority": dict.fromkeys(Priority, 0) | dict(session.execute(_OPEN_BY_PRIORITY).all()),
    }


# Counted one by one: grouping would compare the status of each. Nearly all are closed: they are what remains.
_BUT_CLOSED = [status for status in Status if status is not Status.CLOSED]
_COUNTS = select(
    select(func.count()).select_from(Incident).scalar_subquery(),
    *(select(func.count()).where(col(Incident.status) == status).scalar_subquery() for status in _BUT_CLOSED),
)
_OPEN_BY_PRIORITY = (
    select(col(Incident.priority), func.count())
    .where(col(Incident.status).in_(OPEN_STATUSES))
    .group_by(col(Incident.priority))
)


def lights_now(session: Session, now: datetime) -> dict[Light, int]:
    """How many open incidents show each colour, of the clock that counts."""
    at = literal(now, UTCDateTime())
    others = ((next_light(light, at), light.value) for light in (Light.PAUSED, Light.RED, Light.ORANGE))
    light = case(*others, else_=Light.GREEN.value)
    query = select(light, func.count()).select_from(Incident).join(SlaCycle, the_cycle())
    query = query.where(col(Incident.status).in_(OPEN_STATUSES), running()).group_by(light)
    return dict.fromkeys(Light, 0) | {Light(shown): number for shown, number in session.execute(query)}


def created_between(session: Session, start: datetime, end: datetime) -> int:
    """How many were declared from `start` on, before `end`."""
    created = col(Incident.created_at)
    return session.exec(select(func.count()).where(created >= start, created < end)).one()


def closed_since(session: Session, since: datetime) -> int:
    return session.exec(select(func.count()).where(col(Incident.closed_at) >= since)).one()


def count(session: Session, filters: "Filters") -> int:
    if filters.asked is not None and len(filters.conditions) == 1:
        return search.count(session, filters.asked)
    matching = select(func.count()).select_from(Incident)
    if filters.ask_the_clocks:
        matching = matching.join(SlaCycle, current_cycle())
    return session.exec(matching.where(*filters.conditions)).one()


class Filters:
    """Conditions of a list, each added by its name; what is not given does not narrow."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.conditions: list[ColumnElement[bool]] = []
        self.asked: search.Asked | None = None  # the words that are looked for, which are one of the conditions
        self._words: ColumnElement[bool] | None = None
        self.ask_the_clocks = False  # whether a condition looks at the current SLA cycle

    @property
    def others(self) -> list[ColumnElement[bool]]:
        """The conditions but the words that are looked for."""
        return [each for each in self.conditions if each is not self._words]

    def where(self, condition: Any) -> None:
        self.conditions.append(condition)

    def words(self, session: Session, asked: search.Asked) -> None:
        """Only what matches."""
        self.asked, self._words = asked, search.matches(session, asked)
        self.where(self._words)

    def status(self, statuses: Sequence[Status]) -> None:
        self.where(col(Incident.status).in_(statuses))

    def priority(self, values: Sequence[Priority]) -> None:
        self.where(col(Incident.priority).in_(values))

    def category(self, values: Sequence[Category]) -> None:
        self.where(col(Incident.category).in_(values))

    def severity(self, values: Sequence[Severity]) -> None:
        self.where(col(Incident.severity).in_(values))

    def impact(self, values: Sequence[Impact]) -> None:
        self.where(col(Incident.impact).in_(values))

    def team(self, team_id: int) -> None:
        self.where(col(Incident.team_id) == team_id)

    def assignee(self, user_id: int | None) -> None:
        self.where(col(Incident.assignee_id) == user_id if user_id else col(Incident.assignee_id).is_(None))

    def assignees(self, user_ids: Sequence[int | None]) -> None:
        """Any of these; of nobody, where there are none."""
        self.where(col(Incident.assignee_id).in_(user_ids))

    def requester(self, user_id: int) -> None:
        self.where(col(Incident.requester_id) == user_id)

    def created(self, start: datetime | None, end: datetime | None) -> None:
        """From `start` on, before `end`."""
        if start is not None:
            self.where(col(Incident.created_at) >= start)
        if end is not None:
            self.where(col(Incident.created_at) < end)

    def touches(self, kind: ItemKind, item_id: int) -> None:
        link = LINKS[kind]
        touched = select(getattr(link.table, link.mine)).where(getattr(link.table, link.theirs) == item_id)
        self.where(col(Incident.id).in_(touched))

    def light(self, lights: Sequence[Light]) -> None:
        self.ask_the_clocks = True
        at = literal(self.now, UTCDateTime())
        self.where(or_(*(next_light(light, at) for light in lights)))


def the_cycle() -> ColumnElement[bool]:
    """As `current_cycle`. SQLite would look number and incident up in the key, and the rest in the row; a sum it cannot
    look up, so it reads the index of what runs, which has all."""
    return and_(col(SlaCycle.incident_id) == col(Incident.id), col(SlaCycle.number) + 0 == col(Incident.cycle))


def running() -> ColumnElement[bool]:
    """Whether the cycle's end is still to come: true of each open incident's current one, and what an index is of."""
    return col(SlaCycle.resolution_met_at).is_(None)


def _contains(word: str) -> ColumnElement[bool]:
    return col(Incident.search_text).contains(word, autoescape=True)


def next_due() -> ColumnElement[Any]:
    """Due instant of the clock that counts now: response until it is met, then resolution."""
    return case(
        (col(SlaCycle.response_met_at).is_(None), col(SlaCycle.response_due_at)), else_=col(SlaCycle.resolution_due_at)
    )


def next_light(light: Light, now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether the clock that counts shows this colour; the same sum as `services.sla.Indicator.light`."""
    responding = col(SlaCycle.response_met_at).is_(None)
    at = case((responding, now), else_=func.coalesce(col(SlaCycle.resolution_met_at), now))
    at_risk = case((responding, col(SlaCycle.response_at_risk_at)), else_=col(SlaCycle.resolution_at_risk_at))
    paused = and_(~responding, col(SlaCycle.paused_remaining_s).is_not(None))
    match light:
        case Light.PAUSED:
            return paused
        case Light.RED:
            return and_(~paused, at > next_due())
        case Light.ORANGE:
            return and_(~paused, at <= next_due(), at > at_risk)
        case Light.GREEN:
            return and_(~paused, at <= at_risk)
