"""Who could take an incident on, and how much they have already."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.queries import incidents, people
from services.incident_view import person_view, team_view
from services.permissions import TEAM_ROLES, Right
from services.views import PersonView, TeamView
from services.work import Actor, Reading, look


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be the assignee: the teams, the main one first, and how many open incidents are theirs."""

    person: PersonView
    teams: tuple[TeamView, ...]
    open: int


def candidates(actor: Actor) -> tuple[Candidate, ...]:
    """Everybody to whom an incident can be assigned: the actor, the actor's teams, the others; least loaded first."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        counts = incidents.open_counts(reading.session)
        own = _teams_of_people(reading)
        found = [
            Candidate(person_view(user), own.get(user.id, ()), counts.get(user.id or 0, 0))
            for user in people.users(reading.session, roles=tuple(TEAM_ROLES), active=True)
        ]
        return tuple(sorted(found, key=lambda each: _distance(reading, each)))


def team_along(own: Sequence[int], present: int | None) -> int | None:
    """The team that an incident has once it is somebody's whose teams are `own`, the main one first: the present one if
    theirs, else their main one where there was one (S90). Pure."""
    return present if present is None or present in own else next(iter(own), None)


def _distance(reading: Reading, candidate: Candidate) -> tuple[bool, bool, int]:
    colleague = any(team.id in reading.who.team_ids for team in candidate.teams)
    return candidate.person.id != reading.who.user_id, not colleague, candidate.open


def _teams_of_people(reading: Reading) -> dict[int | None, tuple[TeamView, ...]]:
    teams = {team.id: team_view(team) for team in people.teams(reading.session)}
    own: dict[int | None, tuple[TeamView, ...]] = {}
    for membership in people.all_memberships(reading.session):
        own[membership.user_id] = (*own.get(membership.user_id, ()), teams[membership.team_id])
    return own
