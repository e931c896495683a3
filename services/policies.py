"""SLA policies as stored, and the cycles of an incident worked out from its history (S54, S122).

`record` is the one place where cycles are written.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from data.db import Session
from data.models import History, Incident, SlaCycle
from data.queries import history as history_queries
from data.queries import sla as sla_queries
from data.vocabulary import Action, Fact, HoldReason, Priority, Status
from services import opening, sla
from services.calendar import OpeningHours
from services.errors import Refused
from services.sla import Cycle, Event, EventKind, Indicator, Policy, Target
from services.work import Actor, look

CLOCK_FACTS = (Fact.CREATED, Fact.STATUS_CHANGED, Fact.PRIORITY_CHANGED)


class Line(NamedTuple):
    """What a line of history, stored or about to be, tells the clocks; `by` is the actor's name."""

    fact: Fact
    at: datetime
    details: Mapping[str, Any]
    by: str


def terms_text(policy: Policy) -> str:
    """A policy as it is stored."""
    targets = {
        priority.value: [int(target.response.total_seconds()), int(target.resolution.total_seconds())]
        for priority, target in policy.targets.items()
    }
    terms: dict[str, Any] = {"targets": targets, "pausing": sorted(policy.pausing)}
    hours = {priority: each for priority, each in policy.calendars.items() if isinstance(each, OpeningHours)}
    if hours:
        terms["calendars"] = [opening.to_json(each) for each in {each.name: each for each in hours.values()}.values()]
        terms["calendar_of"] = {priority.value: each.name for priority, each in hours.items()}
    return json.dumps(terms, sort_keys=True, ensure_ascii=False)


def all_policies(session: Session) -> dict[int, Policy]:
    """Every version by its number."""
    return {stored.version: policy_of(stored.version, stored.terms) for stored in sla_queries.policies(session)}


def of_events(session: Session, events: Iterable[Event]) -> dict[int, Policy]:
    """The versions that the events name."""
    return of_versions(session, {event.policy for event in events if event.policy is not None})


def of_cycles(session: Session, cycles: Iterable[SlaCycle]) -> dict[int, Policy]:
    """The versions that the stored cycles follow."""
    return of_versions(session, {cycle.policy_version for cycle in cycles})


def of_versions(session: Session, versions: Collection[int]) -> dict[int, Policy]:
    """These versions."""
    known = _known(session)
    if missing := set(versions) - known.keys():
        found = sla_queries.policies(session, missing)
        known.update((stored.version, policy_of(stored.version, stored.terms)) for stored in found)
    return {version: known[version] for version in versions if version in known}


def _known(session: Session) -> dict[int, Policy]:
    """What the session has read: a version never changes."""
    known: dict[int, Policy] = session.info.setdefault("policies", {})
    return known


def current(session: Session) -> int:
    """The version that new cycles get. Raises `Refused` (code `not_set_up`) before the first set-up."""
    latest = sla_queries.latest(session)
    if latest is None:
        raise Refused("not_set_up")
    _known(session)[latest.version] = policy_of(latest.version, latest.terms)
    return latest.version


def current_policy(session: Session) -> Policy:
    """The same with its terms."""
    version = current(session)
    return of_versions(session, [version])[version]


def in_force(actor: Actor) -> Policy:
    """What an incident that is declared now is promised: by its priority, targets and when their clocks run (S20)."""
    with look(actor) as reading:
        return current_policy(reading.session)


def events_of(lines: Iterable[Line]) -> list[Event]:
    """The clock's events among the lines, in the order given."""
    return [event for line in lines for event in _events(*line)]


def stored_lines(session: Session, incident_id: int) -> list[Line]:
    """The lines of an incident's history that move its clocks."""
    lines = history_queries.facts_of_incident(session, incident_id, CLOCK_FACTS)
    return [_line(line, name) for line, name in lines]


def stored_lines_of(session: Session, incident_ids: Sequence[int]) -> Mapping[int, list[Line]]:
    """The same of several incidents, in one query; no incident without a line."""
    found = history_queries.facts_of_incidents(session, incident_ids, CLOCK_FACTS)
    lines: dict[int, list[Line]] = {}
    for line, name in found:
        lines.setdefault(line.incident_id or 0, []).append(_line(line, name))
    return lines


def _line(line: History, name: str | None) -> Line:
    return Line(line.fact, line.at, json.loads(line.details), name or "")


def record(session: Session, incident: Incident, lines: list[Line], *, new: bool = False) -> tuple[Cycle, ...]:
    """The stored cycles of the incident, none yet of a `new` one, are those that `lines`, its whole history, give."""
    assert incident.id is not None
    events = events_of(lines)
    cycles = sla.compute(events, of_events(session, events))
    stored = {} if new else {cycle.number: cycle for cycle in sla_queries.cycles(session, incident.id)}
    for cycle in cycles:
        columns = cycle_columns(cycle)
        if row := stored.get(cycle.number):
            for name, value in columns.items():
                setattr(row, name, value)
        else:
            session.add(SlaCycle(incident_id=incident.id, number=cycle.number, **columns))
    incident.cycle = len(cycles)
    return cycles


def cycle_columns(cycle: Cycle) -> dict[str, Any]:
    """A cycle as its stored columns, without the key."""
    pause = cycle.resolution.paused_remaining
    return {
        "policy_version": cycle.policy,
        "priority": cycle.priority,
        "started_at": cycle.started_at,
        **_indicator_columns("response", cycle.response),
        **_indicator_columns("resolution", cycle.resolution),
        "paused_remaining_s": None if pause is None else int(pause.total_seconds()),
    }


def _indicator_columns(name: str, indicator: Indicator) -> dict[str, Any]:
    return {
        f"{name}_target_s": int(indicator.target.total_seconds()),
        f"{name}_due_at": indicator.due_at,
        f"{name}_original_due_at": indicator.original_due_at,
        f"{name}_at_risk_at": indicator.at_risk_at,
        f"{name}_met_at": indicator.met_at,
        f"{name}_respected": indicator.respected,
        f"{name}_breached_before": indicator.breached_before,
    }


@lru_cache(256)  # a version never changes, and its calendars keep what they have worked out
def policy_of(version: int, stored: str) -> Policy:
    """A version as it is stored; one of before there were calendars is open at all times."""
    terms = json.loads(stored)
    targets = {
        Priority(priority): Target(timedelta(seconds=response), timedelta(seconds=resolution))
        for priority, (response, resolution) in terms["targets"].items()
    }
    named = {each["name"]: opening.from_json(each) for each in terms.get("calendars", ())}
    calendars = {Priority(priority): named[name] for priority, name in terms.get("calendar_of", {}).items()}
    return Policy(version, targets, frozenset(HoldReason(reason) for reason in terms["pausing"]), calendars)


def _events(fact: Fact, at: datetime, details: Mapping[str, Any], by: str) -> Iterable[Event]:
    if fact is Fact.CREATED:
        yield Event(EventKind.CREATED, at, priority=Priority(details["priority"]), policy=details["policy"], by=by)
    elif fact is Fact.PRIORITY_CHANGED:
        yield Event(EventKind.PRIORITY_CHANGED, at, priority=Priority(details["to"]), by=by)
    elif fact is Fact.STATUS_CHANGED:
        if details["from"] == Status.ON_HOLD:
            yield Event(EventKind.RESUMED, at, by=by)
        if details["action"] == Action.REOPEN:
            yield Event(EventKind.REOPENED, at, policy=details["policy"], by=by)
        elif details["to"] == Status.IN_PROGRESS:
            yield Event(EventKind.STARTED, at, by=by)
        elif details["to"] == Status.ON_HOLD:
            yield Event(EventKind.HELD, at, reason=HoldReason(details["reason"]), by=by)
        elif details["to"] == Status.RESOLVED:
            yield Event(EventKind.RESOLVED, at, by=by)
