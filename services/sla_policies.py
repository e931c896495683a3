"""The SLA policy of the desk, for those who read it and the administrator who changes it (S61; rules, "SLA").

A change is a new version: it holds for new cycles, open ones keep theirs, verdicts never move (G14).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.models import SlaPolicy
from data.queries import history as history_queries
from data.queries import sla as sla_queries
from data.vocabulary import Fact, Light, Priority
from services import opening, policies, sla
from services.calendar import Calendar, OpeningHours
from services.errors import Refused
from services.inputs import Form
from services.permissions import Right
from services.policies import Line
from services.sla import Cycle, Policy
from services.terms import Asked, Terms, Warned, as_terms, changes, hours_terms, read, read_calendar, warnings
from services.work import SYSTEM, Actor, Reading, begin, look


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A version: `by` is whoever saved it ("" for the system), `changes` what it changed in the one before.

    `outdated` names the calendars whose holidays or clock changes are known otherwise by now.
    """

    version: int
    created_at: datetime
    by: str
    policy: Policy
    terms: Mapping[str, Any]
    changes: tuple[Mapping[str, Any], ...]
    outdated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """When something declared with this priority would have to be answered and resolved."""

    priority: Priority
    response: tuple[datetime, datetime]
    resolution: tuple[datetime, datetime]

    @property
    def moves(self) -> bool:
        """Whether old and new differ."""
        return self.response[0] != self.response[1] or self.resolution[0] != self.resolution[1]


@dataclass(frozen=True, slots=True)
class Sample:
    """An instant of declaration, `now` or an example below `policy.sample.`, with (old, new) due times."""

    name: str
    at: datetime
    dues: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What terms would do; of the `open` incidents, `differ` would have had other due times and `late` would be late
    that are not, `in_time` the other way round. They all keep theirs."""

    changes: tuple[Mapping[str, Any], ...]
    warnings: tuple[Warned, ...]
    samples: tuple[Sample, ...]
    open: int
    differ: int
    late: int
    in_time: int


def versions(actor: Actor) -> tuple[PolicyView, ...]:
    """Every version, the one that holds now first; for the team. Raises `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.SEE_SLA)
        return _views(reading)


def preview(actor: Actor, terms: Terms, *, zone: ZoneInfo, locale: str) -> Preview:
    """What saving `terms` would change, without saving them. Raises `Forbidden`, and `Invalid` as `save` does."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_SLA)
        asked = _asked(terms)
        old = policies.current_policy(reading.session)
        new = asked.policy(old.version, reading.now.year, locale)
        samples = tuple(
            Sample(name, at, tuple(_due(priority, at, old, new) for priority in Priority))
            for name, at in _instants(reading.now, zone, [*old.calendars.values(), *new.calendars.values()])
        )
        return Preview(tuple(changes(old, new)), warnings(asked, terms), samples, *_effect_on_open(reading, new))


def save(actor: Actor, terms: Terms, *, version: int | None = None, locale: str = "fr") -> PolicyView:
    """The terms are the next version, for new cycles from now on (S61). What changes nothing makes no version.

    `version`: the one that the administrator had in view. Raises `Forbidden`, `Refused` (code `policy_stale`: somebody
    else has saved since) and `Invalid`, each field by its place in the terms.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_SLA)
        work.alone()
        old = policies.current_policy(work.session)
        if version is not None and version != old.version:
            newest = _views(work)[0]
            raise Refused("policy_stale", version=newest.version, by=newest.by or None)
        new = _asked(terms).policy(old.version + 1, work.now.year, locale)
        changed = changes(old, new)
        renewed = sorted({each.name for each in _hours(old) if opening.drifted(each, work.now.year)})
        if changed or renewed:
            work.session.add(SlaPolicy(version=new.version, created_at=work.now, terms=policies.terms_text(new)))
            work.note(Fact.POLICY_CREATED, version=new.version, changes=changed, renewed=renewed)
            work.session.flush()
            by = work.person.name if work.person else ""
            return PolicyView(new.version, work.now, by, new, as_terms(new), tuple(changed))
        return _views(work)[0]


def checked_calendar(asked: Mapping[str, Any], others: Iterable[str]) -> dict[str, Any]:
    """One calendar of terms, tidied. Raises `Invalid` with each field by its place: `name`, `week.0`, `closed.2`."""
    form = Form()
    hours = read_calendar(form, "", asked)
    if hours and hours.name.casefold() in {name.casefold() for name in others}:
        form.wrong("name", "taken")
    form.check()
    assert hours is not None
    return hours_terms(hours)


def hours_sheet(key: str) -> Mapping[str, Any] | None:
    """What the browser counts with: the opening hours that `key` names, if some version has them.

    For anybody who knows the key: it is made of nothing but what it names.
    """
    with look(SYSTEM) as reading:
        found = {
            each.key: each for policy in policies.all_policies(reading.session).values() for each in _hours(policy)
        }
        return found[key].sheet if key in found else None


def _asked(terms: Terms) -> Asked:
    form = Form()
    asked = read(form, terms)
    form.check()
    assert asked is not None
    return asked


def _views(reading: Reading) -> tuple[PolicyView, ...]:
    stored = sla_queries.policies(reading.session)
    said = history_queries.of_fact(reading.session, Fact.POLICY_CREATED)
    by = {json.loads(line.details)["version"]: name or "" for line, name in said}
    views: list[PolicyView] = []
    for row in stored:
        policy = policies.policy_of(row.version, row.terms)
        before = views[-1].policy if views else policy
        views.append(
            PolicyView(
                row.version,
                row.created_at,
                by.get(row.version, ""),
                policy,
                as_terms(policy),
                tuple(changes(before, policy)),
            )
        )
    year = reading.now.year
    outdated = tuple(sorted({each.name for each in _hours(views[-1].policy) if opening.drifted(each, year)}))
    return (replace(views[-1], outdated=outdated), *reversed(views[:-1]))


def _hours(policy: Policy) -> list[OpeningHours]:
    return [each for each in policy.calendars.values() if isinstance(each, OpeningHours)]


def _due(priority: Priority, at: datetime, old: Policy, new: Policy) -> Due:
    def due(policy: Policy, clock: str) -> datetime:
        return policy.calendar(priority).add(at, getattr(policy.targets[priority], clock))

    return Due(
        priority,
        (due(old, "response"), due(new, "response")),
        (due(old, "resolution"), due(new, "resolution")),
    )


def _instants(now: datetime, zone: ZoneInfo, calendars: Iterable[Calendar]) -> list[tuple[str, datetime]]:
    """Now, and the moments at which opening hours show: Friday afternoon, Saturday, the eve of the next holiday."""
    today = now.astimezone(zone).date()

    def on(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour), zone)

    friday = (4 - today.weekday()) % 7 or 7
    found = [("now", now), ("friday", on(friday, 16)), ("saturday", on(friday + 1, 10))]
    ahead = [
        (day - today).days
        for each in calendars
        if isinstance(each, OpeningHours)
        for day in {**each.holidays, **each.closed}
        if 1 < (day - today).days <= 400 and each.week[day.weekday()]
    ]
    return [*found, ("holiday_eve", on(min(ahead) - 1, 16))] if ahead else found


def _effect_on_open(reading: Reading, new: Policy) -> tuple[int, int, int, int]:
    """(open incidents, with other due times, late only by the new terms, late only by the old ones)."""
    lines: dict[int, list[Line]] = {}
    for line, name in history_queries.facts_of_open(reading.session, policies.CLOCK_FACTS):
        assert line.incident_id is not None
        lines.setdefault(line.incident_id, []).append(Line(line.fact, line.at, json.loads(line.details), name or ""))
    known = policies.all_policies(reading.session)
    instead = {version: replace(new, version=version) for version in known}
    differ = late = in_time = 0
    for each in lines.values():
        events = policies.events_of(each)
        was, would = sla.compute(events, known)[-1], sla.compute(events, instead)[-1]
        before, after = _is_late(was, reading.now), _is_late(would, reading.now)
        differ += (was.response.due_at, was.resolution.due_at) != (would.response.due_at, would.resolution.due_at)
        late += after and not before
        in_time += before and not after
    return len(lines), differ, late, in_time


def _is_late(cycle: Cycle, now: datetime) -> bool:
    return Light.RED in (cycle.response.light(now), cycle.resolution.light(now))
