"""What reports are made of, as plain numbers: instants are epoch seconds, verdicts 1 missed, 0 respected, None open.

Each question reads the tables once; sums, shares and percentiles are made of its answer, so that SQLite and PostgreSQL
cannot differ. `conditions` narrow the incidents (`lists.Filters`).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    extract,
    func,
    literal_column,
    or_,
    type_coerce,
)
from sqlmodel import Session, col, select

from data.models import (
    Application,
    Asset,
    Employee,
    History,
    Hosting,
    Incident,
    IncidentApplication,
    IncidentEmployee,
    Rating,
    SlaCycle,
)
from data.queries.cmdb import LINKS, TABLES
from data.queries.spans import (
    EMPLOYEE_GROUPS,
    OWNER_FACTS,
    OWNER_MARK,
    EmployeeGroup,
    resolution_at,
    resolution_missed,
    response_at,
    response_missed,
    within,
)
from data.vocabulary import ItemKind, Severity

Conditions = Sequence[ColumnElement[bool]]
_FIRST = col(SlaCycle.number) == 1
_LATER = col(SlaCycle.number) > literal_column("1")  # as the index of them says it, so that SQLite knows


class Fact(NamedTuple):
    """An incident's creation, first response and first resolution, and what it is counted by. Its first cycle follows
    the terms of the priority `terms` in version `policy`."""

    id: int
    created: int
    answered: int | None
    answer_missed: int | None
    answer_target: int
    answer_due: int
    resolved: int | None
    resolution_missed: int | None
    resolution_target: int
    resolution_due: int
    policy: int
    terms: str
    priority: str
    category: str
    severity: str | None
    impact: str | None
    team: int | None


class Cycle(NamedTuple):
    """A cycle of an incident that was reopened."""

    incident: int
    number: int
    started: int
    resolved: int | None
    missed: int | None


class Backlog(NamedTuple):
    """An incident that was open at an instant."""

    id: int
    created: int
    priority: str


class Opinion(NamedTuple):
    """What a requester gave an incident, when, and which team has it."""

    incident: int
    at: int
    score: int
    team: int | None


def facts(session: Session, conditions: Conditions, start: datetime, end: datetime) -> list[Fact]:
    """The incidents that were created, first answered or first resolved in the span."""
    codes = (_plain(each) for each in (Incident.priority, Incident.category, Incident.severity, Incident.impact))
    query = _columns(
        *(col(Incident.id), _epoch(session, col(Incident.created_at))),
        *(_epoch(session, response_at), response_missed, col(SlaCycle.response_target_s)),
        _epoch(session, col(SlaCycle.response_due_at)),
        *(_epoch(session, resolution_at), resolution_missed, col(SlaCycle.resolution_target_s)),
        *(
            _epoch(session, col(SlaCycle.resolution_due_at)),
            col(SlaCycle.policy_version),
            _plain(SlaCycle.priority).label("terms"),
        ),
        *codes,
        col(Incident.team_id),
    )
    query = query.join(SlaCycle, and_(col(SlaCycle.incident_id) == col(Incident.id), col(SlaCycle.number) == 1))
    return [Fact._make(row) for row in session.execute(query.where(*conditions, _happened(start, end)))]


class Spent(NamedTuple):
    """The seconds that each took from its start, in no order, and how many of them missed their target."""

    seconds: list[int]
    missed: int


def answers(session: Session, start: datetime, end: datetime) -> Spent:
    """Each first response in the span; a clock that was set back makes none negative. For figures of all incidents:
    from an index alone."""
    return _spent(session, response_at, response_missed, start, end)


def solutions(session: Session, start: datetime, end: datetime) -> Spent:
    """Each first resolution in the span; as `answers`."""
    return _spent(session, resolution_at, resolution_missed, start, end)


def _spent(session: Session, met_at: Any, missed: Any, start: datetime, end: datetime) -> Spent:
    """In one value: rows of their own would cost as much again."""
    seconds, postgres = _seconds(session, met_at), _is_postgres(session)
    every = func.array_agg(seconds) if postgres else func.json_group_array(seconds)
    query = _columns(every, func.sum(missed)).where(_FIRST, within(met_at, start, end))
    found, late = session.execute(query).one()
    return Spent(found or [] if postgres else json.loads(found), int(late or 0))


def mean_solution(session: Session, start: datetime, end: datetime) -> int | None:
    """The mean of the seconds that `solutions` would say."""
    query = _columns(func.count(), func.sum(_seconds(session, resolution_at)))
    found, seconds = session.execute(query.where(_FIRST, within(resolution_at, start, end))).one()
    return round(int(seconds) / found) if found else None


def open_at(session: Session, at: datetime) -> int:
    """How many `backlog` would find of all."""
    begun = _columns(func.count()).select_from(SlaCycle).where(col(SlaCycle.started_at) < at)
    parts = (begun.where(resolution_at.is_(None)), begun.where(resolution_at >= at, resolution_at.is_not(None)))
    return sum(int(session.execute(part).scalar_one()) for part in parts)


def later_cycles(session: Session, conditions: Conditions, start: datetime, end: datetime) -> list[Cycle]:
    """All cycles up to `end` of the incidents of which one, but the first, began or was resolved in the span."""
    again = select(SlaCycle.incident_id).where(
        _LATER, or_(within(col(SlaCycle.started_at), start, end), within(resolution_at, start, end))
    )
    query = _columns(
        *(col(SlaCycle.incident_id), col(SlaCycle.number), _epoch(session, col(SlaCycle.started_at))),
        *(_epoch(session, resolution_at), resolution_missed),
    )
    query = query.join(Incident, col(Incident.id) == col(SlaCycle.incident_id))
    query = query.where(*conditions, col(SlaCycle.incident_id).in_(again), col(SlaCycle.started_at) < end)
    return [Cycle._make(row) for row in session.execute(query)]


def backlog(session: Session, conditions: Conditions, at: datetime) -> list[Backlog]:
    """The incidents that had been created, and were not resolved, just before `at`."""
    query = _columns(col(Incident.id), _epoch(session, col(Incident.created_at)), _plain(Incident.priority))
    query = query.join(SlaCycle, col(SlaCycle.incident_id) == col(Incident.id))
    is_open = and_(col(SlaCycle.started_at) < at, or_(resolution_at.is_(None), resolution_at >= at))
    return [Backlog._make(row) for row in session.execute(query.where(*conditions, is_open))]


def linked(
    session: Session, kind: ItemKind, conditions: Conditions, start: datetime, end: datetime
) -> list[tuple[int, int]]:
    """(incident, item of this kind) of those that `facts` finds."""
    link = LINKS[kind]
    mine, theirs = getattr(link.table, link.mine), getattr(link.table, link.theirs)
    query = _columns(mine, theirs).join(Incident, col(Incident.id) == mine)
    query = query.join(SlaCycle, and_(col(SlaCycle.incident_id) == mine, col(SlaCycle.number) == 1))
    return [(row[0], row[1]) for row in session.execute(query.where(*conditions, _happened(start, end)))]


def opinions(session: Session, conditions: Conditions, start: datetime, end: datetime) -> list[Opinion]:
    """What was given in the span, for whatever incident (S83)."""
    query = _columns(Rating.incident_id, _epoch(session, col(Rating.at)), Rating.score, Incident.team_id)
    query = query.join(Incident, col(Incident.id) == Rating.incident_id)
    return [Opinion._make(row) for row in session.execute(query.where(*conditions, within(col(Rating.at), start, end)))]


def answered_for(session: Session, conditions: Conditions, start: datetime, end: datetime) -> frozenset[int]:
    """The incidents first resolved in the span of which somebody has said what he thinks, at whatever time (S83)."""
    query = _columns(Rating.incident_id).join(Incident, col(Incident.id) == Rating.incident_id)
    query = query.join(SlaCycle, and_(col(SlaCycle.incident_id) == col(Incident.id), col(SlaCycle.number) == 1))
    return frozenset(row[0] for row in session.execute(query.where(*conditions, within(resolution_at, start, end))))


def employee_groups(
    session: Session, group: EmployeeGroup, conditions: Conditions, start: datetime, end: datetime
) -> list[tuple[int, str]]:
    """(incident, department or team of somebody whom it affects), each once, of those that `facts` finds (S84)."""
    named = EMPLOYEE_GROUPS[group]
    query = _columns(IncidentEmployee.incident_id, named).distinct()
    query = query.join(Employee, col(Employee.id) == IncidentEmployee.employee_id)
    query = query.join(Incident, col(Incident.id) == IncidentEmployee.incident_id)
    query = query.join(SlaCycle, and_(col(SlaCycle.incident_id) == col(Incident.id), col(SlaCycle.number) == 1))
    query = query.where(named.is_not(None), named != "", *conditions, _happened(start, end))
    return [(row[0], row[1]) for row in session.execute(query)]


def names(session: Session, kind: ItemKind) -> dict[int, str]:
    """The name of each item of a kind."""
    table = TABLES[kind]
    return {row[0]: row[1] for row in session.execute(_columns(table.id, table.name))}


def owner_lines(session: Session, conditions: Conditions, start: datetime, end: datetime) -> list[tuple[int, int, str]]:
    """(incident, instant, details) of each line that says whose an incident was, oldest first, up to its first
    resolution, of those first resolved in the span."""
    query = _columns(History.incident_id, _epoch(session, col(History.at)), History.details)
    query = query.join(Incident, col(Incident.id) == col(History.incident_id))
    query = query.join(SlaCycle, and_(col(SlaCycle.incident_id) == col(Incident.id), col(SlaCycle.number) == 1))
    query = query.where(*conditions, within(resolution_at, start, end), col(History.at) <= resolution_at)
    query = query.where(col(History.fact).in_(OWNER_FACTS), col(History.details).contains(OWNER_MARK))
    return [(row[0], row[1], row[2]) for row in session.execute(query.order_by(col(History.seq)))]


def outages(
    session: Session, conditions: Conditions, start: datetime, end: datetime
) -> list[tuple[int, int, int, int | None]]:
    """(application, incident, start, end or None) of each time that a critical incident was open on it in the span
    (S81; as `cmdb.outages`, of all applications)."""
    query = _columns(
        *(IncidentApplication.application_id, IncidentApplication.incident_id),
        *(_epoch(session, col(SlaCycle.started_at)), _epoch(session, resolution_at)),
    )
    query = query.join(Incident, col(Incident.id) == IncidentApplication.incident_id)
    query = query.join(SlaCycle, col(SlaCycle.incident_id) == IncidentApplication.incident_id)
    query = query.where(*conditions, col(Incident.severity) == Severity.CRITICAL, col(SlaCycle.started_at) < end)
    query = query.where(or_(resolution_at.is_(None), resolution_at > start))
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def hosted(session: Session, asset_ids: Sequence[int]) -> dict[int, list[str]]:
    """Asset → the names of the applications on it."""
    query = _columns(Hosting.asset_id, Application.name).join(
        Application, col(Application.id) == Hosting.application_id
    )
    found: dict[int, list[str]] = {}
    for asset, name in session.execute(query.where(col(Hosting.asset_id).in_(asset_ids)).order_by(Application.name)):
        found.setdefault(asset, []).append(name)
    return found


def assets(session: Session, asset_ids: Sequence[int]) -> dict[int, Asset]:
    """The assets by id."""
    return {row.id or 0: row for row in session.exec(select(Asset).where(col(Asset.id).in_(asset_ids)))}


def _columns(*columns: Any) -> Select[Any]:
    query: Select[Any] = select(*columns)
    return query


def _happened(start: datetime, end: datetime) -> ColumnElement[bool]:
    return or_(*(within(each, start, end) for each in (col(Incident.created_at), response_at, resolution_at)))


def _seconds(session: Session, met_at: Any) -> ColumnElement[Any]:
    passed = _epoch(session, met_at) - _epoch(session, col(SlaCycle.started_at))
    return func.greatest(passed, 0) if _is_postgres(session) else func.max(passed, 0)


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _epoch(session: Session, instant: Any) -> ColumnElement[Any]:
    if _is_postgres(session):
        return cast(extract("epoch", instant), BigInteger)
    return func.unixepoch(instant)


def _plain(code: Any) -> ColumnElement[Any]:
    """The stored code itself: making an enum's member of each costs more than all the rest."""
    return type_coerce(col(code), String)
