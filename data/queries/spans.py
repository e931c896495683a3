"""Conditions on incidents by what happened to them when: by their stored cycles and their history.

A span runs from its start on, before its end; None leaves a side open. Verdicts are the stored ones (S122), and a
breach that a lowered priority has hidden is a missed one (rules, G8).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from data.models import Employee, History, Incident, IncidentEmployee, Rating, SlaCycle
from data.vocabulary import Fact, Unnamed

Instant = datetime | None
OWNER_FACTS = (Fact.STATUS_CHANGED, Fact.ASSIGNED, Fact.ESCALATED)  # the lines that say whose an incident is
OWNER_MARK = '"previous_owner"'


class EmployeeGroup(StrEnum):
    """By what employees are told apart."""

    DEPARTMENT = "department"
    TEAM = "team"


EMPLOYEE_GROUPS: Mapping[EmployeeGroup, Any] = {
    EmployeeGroup.DEPARTMENT: col(Employee.department),
    EmployeeGroup.TEAM: col(Employee.team),
}
response_at, resolution_at = col(SlaCycle.response_met_at), col(SlaCycle.resolution_met_at)


def missed(respected: Any, hidden: Any) -> ColumnElement[Any]:
    """1 for a missed verdict, 0 for a respected one, None while it is undecided."""
    return case((respected.is_(None), None), (and_(respected, ~hidden), 0), else_=1)


response_missed = missed(col(SlaCycle.response_respected), col(SlaCycle.response_breached_before))
resolution_missed = missed(col(SlaCycle.resolution_respected), col(SlaCycle.resolution_breached_before))


def within(instant: Any, start: Instant, end: Instant) -> ColumnElement[bool]:
    """Whether the instant is known and in the span."""
    sides = [instant.is_not(None)]
    if start is not None:
        sides.append(instant >= start)
    if end is not None:
        sides.append(instant < end)
    return and_(*sides)


def _has_cycle(*conditions: Any) -> ColumnElement[bool]:
    of_incident = select(SlaCycle.number).where(col(SlaCycle.incident_id) == col(Incident.id))
    return of_incident.where(*conditions).correlate(Incident).exists()


def answered(start: Instant, end: Instant) -> ColumnElement[bool]:
    """The first response was in the span."""
    return _has_cycle(col(SlaCycle.number) == 1, within(response_at, start, end))


def first_resolved(start: Instant, end: Instant) -> ColumnElement[bool]:
    """The first resolution was in the span, whatever became of it."""
    return _has_cycle(col(SlaCycle.number) == 1, within(resolution_at, start, end))


def resolved(start: Instant, end: Instant) -> ColumnElement[bool]:
    """It was resolved at least once in the span."""
    return _has_cycle(within(resolution_at, start, end))


def reopened(start: Instant, end: Instant) -> ColumnElement[bool]:
    """It was reopened at least once in the span."""
    return _has_cycle(col(SlaCycle.number) > 1, within(col(SlaCycle.started_at), start, end))


def open_during(start: Instant, end: Instant) -> ColumnElement[bool]:
    """It was open at some time after `start` and before `end`."""
    sides: list[Any] = []
    if start is not None:
        sides.append(or_(resolution_at.is_(None), resolution_at > start))
    if end is not None:
        sides.append(col(SlaCycle.started_at) < end)
    return _has_cycle(*sides)


def response_verdict(is_missed: bool) -> ColumnElement[bool]:
    """The first response was missed, or respected."""
    return _has_cycle(col(SlaCycle.number) == 1, int(is_missed) == response_missed)


def resolution_verdict(is_missed: bool) -> ColumnElement[bool]:
    """The first resolution was missed, or respected."""
    return _has_cycle(col(SlaCycle.number) == 1, int(is_missed) == resolution_missed)


def every_resolution(is_missed: bool, until: Instant) -> ColumnElement[bool]:
    """One of the resolutions before `until` was missed; or there is one, and none was."""
    before = within(resolution_at, None, until)
    one = _has_cycle(before, resolution_missed == 1)
    return one if is_missed else and_(_has_cycle(before), ~one)


def affects(group: EmployeeGroup, name: str) -> ColumnElement[bool]:
    """It affects somebody of the department or team (S84)."""
    theirs = select(IncidentEmployee.incident_id).join(Employee, col(Employee.id) == IncidentEmployee.employee_id)
    return col(Incident.id).in_(theirs.where(EMPLOYEE_GROUPS[group] == name))


def rated(start: Instant, end: Instant) -> ColumnElement[bool]:
    """Its requester said in the span what he thinks of it (S83)."""
    return col(Incident.id).in_(select(Rating.incident_id).where(within(col(Rating.at), start, end)))


def scored(scores: Sequence[int]) -> ColumnElement[bool]:
    """Its requester gave it one of these (S83)."""
    return col(Incident.id).in_(select(Rating.incident_id).where(col(Rating.score).in_(scores)))


def without(session: Session, what: Unnamed) -> ColumnElement[bool]:
    """It has none; of a holder: it had none for a while."""
    if what is Unnamed.HOLDER:
        return _held_by_nobody(session)
    columns: dict[Unnamed, Any] = {
        Unnamed.TEAM: col(Incident.team_id),
        Unnamed.SEVERITY: col(Incident.severity),
        Unnamed.IMPACT: col(Incident.impact),
    }
    unset: ColumnElement[bool] = columns[what].is_(None)
    return unset


def handed_over(session: Session) -> ColumnElement[bool]:
    """Before its first resolution it went from a person, or from a team, to another (or back into the queue)."""
    moved = [
        and_(before.is_not(None), before.is_distinct_from(after))
        for before, after in (
            (_detail(session, "previous_owner", who), _detail(session, "owner", who)) for who in ("assignee", "team")
        )
    ]
    return _owner_line(or_(*moved))


def held_by(session: Session, team: str) -> ColumnElement[bool]:
    """Before its first resolution it was with the team of this name."""
    return _owner_line(_detail(session, "owner", "team") == team)


def _held_by_nobody(session: Session) -> ColumnElement[bool]:
    """For at least a second before its first resolution, or now, no team had it.

    As `services.figures.owners.stints` tells it: the order of the lines is the truth, and one that seems earlier than
    the one before it happened with it.
    """
    line, earlier = aliased(History), aliased(History)
    begun, end = col(Incident.created_at), resolution_at

    def lines(of: Any, *conditions: Any, what: Any = None) -> Any:
        found = select(of.seq if what is None else what).where(of.incident_id == col(Incident.id), *conditions)
        found = found.where(of.fact.in_(OWNER_FACTS), of.details.contains(OWNER_MARK))
        return found.where(or_(end.is_(None), of.at <= end))

    sooner = lines(earlier, earlier.seq < line.seq, earlier.at >= line.at).correlate(Incident, SlaCycle, line).exists()
    found_free = lines(line, line.at > begun, _detail(session, "previous_owner", "team", of=line).is_(None), ~sooner)
    last_team = lines(line, what=_detail(session, "owner", "team", of=line)).order_by(col(line.seq).desc()).limit(1)
    at_the_end = lines(line, line.at >= end).correlate(Incident, SlaCycle).exists()
    return _has_cycle(
        col(SlaCycle.number) == 1,
        or_(
            found_free.correlate(Incident, SlaCycle).exists(),
            and_(
                last_team.correlate(Incident, SlaCycle).scalar_subquery().is_(None),
                or_(end.is_(None), and_(end > begun, ~at_the_end)),
            ),
        ),
    )


def _owner_line(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A line up to the first resolution says whose the incident is, and fulfils the condition."""
    return (
        select(History.seq)
        .join(SlaCycle, and_(col(SlaCycle.incident_id) == col(History.incident_id), col(SlaCycle.number) == 1))
        .where(col(History.incident_id) == col(Incident.id), col(History.fact).in_(OWNER_FACTS))
        .where(col(History.details).contains(OWNER_MARK), condition)
        .where(or_(resolution_at.is_(None), col(History.at) <= resolution_at))
        .correlate(Incident)
        .exists()
    )


def _detail(session: Session, *path: str, of: Any = History) -> ColumnElement[Any]:
    """What a line of history says there, as text."""
    details = of.details
    if session.get_bind().dialect.name == "postgresql":
        said: ColumnElement[Any] = cast(details, JSONB)[path].astext
        return said
    return cast(func.json_extract(details, "$." + ".".join(path)), Text)
