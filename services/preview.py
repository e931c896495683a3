"""What an action would lead to, told before anybody confirms it. Nothing here changes anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.models import Incident, Team
from data.queries import incidents, people
from data.vocabulary import HoldReason, Light, Priority
from services import policies, sla
from services.effects import team_of
from services.incident_view import team_view, visible
from services.notifications.outbox import terms
from services.permissions import Right
from services.sla import Event, EventKind, Indicator, Policy, Target
from services.views import TeamView
from services.work import Actor, Reading, look


@dataclass(frozen=True, slots=True)
class DueChange:
    """One clock before and after.

    `late_at_once`: in time now, it would be past its new due instant the moment it is saved. `hides_breach`: late now,
    it would be in time again; the breach stays counted (G8).
    """

    old: datetime
    new: datetime
    late_at_once: bool
    hides_breach: bool


@dataclass(frozen=True, slots=True)
class PriorityChange:
    """What `priority` and its `targets` would do to the running cycle.

    None for a clock that is met: it keeps its verdict (G6).
    """

    priority: Priority
    lowers: bool
    targets: Target
    response: DueChange | None
    resolution: DueChange | None


@dataclass(frozen=True, slots=True)
class EscalationPreview:
    """Where an escalation may go: `path` climbs from the incident's team to the top, `others` is every other team."""

    path: tuple[TeamView, ...]
    others: tuple[TeamView, ...]
    level: int
    letters: bool  # whether a supplier can be told by mail (S106)

    @property
    def parent(self) -> TeamView | None:
        """The target of a hierarchical escalation (S103); None at the top of the tree (S104)."""
        return self.path[1] if len(self.path) > 1 else None


def priorities(actor: Actor, reference: str) -> Mapping[Priority, PriorityChange]:
    """For each priority, the due times that it would bring (rules, "Priority change")."""
    with look(actor) as reading:
        incident = _visible(reading, reference)
        return {priority: change(reading, incident, priority) for priority in Priority}


def change(reading: Reading, incident: Incident, priority: Priority) -> PriorityChange:
    """The same for one priority, for callers that have the incident in hand."""
    return priority_change(*_known(reading, incident), incident.priority, priority, reading.now)


def priority_change(
    events: Sequence[Event], known: Mapping[int, Policy], old: Priority, new: Priority, now: datetime
) -> PriorityChange:
    """Pure: the running cycle as it is, and as it would be with one more event at `now`."""
    before = sla.compute(events, known)[-1]
    after = sla.compute([*events, Event(EventKind.PRIORITY_CHANGED, now, priority=new)], known)[-1]
    return PriorityChange(
        new,
        lowers(old, new),
        known[after.policy].targets[new],
        _due_change(before.response, after.response, now),
        _due_change(before.resolution, after.resolution, now),
    )


def lowers(old: Priority, new: Priority) -> bool:
    """Whether `new` is less urgent: such a change needs a reason."""
    order = list(Priority)
    return order.index(new) > order.index(old)


def pausing(actor: Actor, reference: str) -> frozenset[HoldReason]:
    """The reasons for which a hold would stop the resolution clock of the running cycle."""
    with look(actor) as reading:
        events, known = _known(reading, _visible(reading, reference))
        return known[sla.compute(events, known)[-1].policy].pausing


def escalation(actor: Actor, reference: str) -> EscalationPreview:
    """Where the incident could be escalated to now (S101 to S106)."""
    with look(actor) as reading:
        incident = _visible(reading, reference)
        teams = {team.id: team for team in people.teams(reading.session)}
        own = team_of(reading, incident)
        path = _climb(own, teams)
        others = tuple(team_view(team) for team in teams.values() if team.id != incident.team_id)
        return EscalationPreview(
            tuple(team_view(team) for team in path), others, incident.escalation_level, terms().mail
        )


def _visible(reading: Reading, reference: str) -> Incident:
    reading.require(Right.EDIT)
    return visible(reading, incidents.by_reference(reading.session, reference))


def _known(reading: Reading, incident: Incident) -> tuple[list[Event], dict[int, Policy]]:
    """What the clocks of the incident are worked out from."""
    assert incident.id is not None
    events = policies.events_of(policies.stored_lines(reading.session, incident.id))
    return events, policies.of_events(reading.session, events)


def _climb(team: Team | None, teams: Mapping[int | None, Team]) -> list[Team]:
    path: list[Team] = []
    while team is not None and team not in path:
        path.append(team)
        team = teams.get(team.parent_id) if team.parent_id else None
    return path


def _due_change(before: Indicator, after: Indicator, now: datetime) -> DueChange | None:
    if before.met_at is not None:
        return None
    late_at_once = before.light(now) is not Light.RED and after.light(now) is Light.RED
    return DueChange(before.due_at, after.due_at, late_at_once, after.breached_before)
