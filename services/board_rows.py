"""A row of the board: plain JSON, the same for everybody of the team, so that one snapshot serves all viewers.

    {id, ref, v, title, status, priority, severity, impact, category, level, created, comments, review,
     assignee: {id, login, name} | null, team: {id, name, code} | null, item: {kind, name} | null, sites: [location],
     unclaimed_since: epoch | null, people: n,
     sla: {kind: "response" | "resolution", start, risk, due, target_s, met, respected, paused_remaining_s, hours}}

`item` is the first application that the incident touches, else the first asset; `sites` are where its assets stand.
`people`: how many it touches, 0 where nobody but its requester is known.
`unclaimed_since`: it was given to its team then, and nobody has taken it.
Instants are whole epoch seconds; `sla` is the clock that counts now: response until it is met, then resolution.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.models import Incident, SlaCycle, Team, User
from data.queries import affected, cmdb, displays, incidents
from data.vocabulary import ItemKind
from services import policies
from services.calendar import OpeningHours
from services.incident_view import hours_of
from services.sla import Policy
from services.work import Reading

Row = dict[str, Any]


def rows_of(reading: Reading, found: Sequence[incidents.Joined], incident_ids: Sequence[int] | None) -> list[Row]:
    """The rows of what was found: of these incidents, or with None of all that are open."""
    counts = incidents.comment_counts(reading.session, incident_ids)
    named = cmdb.first_linked(reading.session, incident_ids)
    sites = displays.sites_of(reading.session, incident_ids)
    people = affected.counts(reading.session, incident_ids)
    known = policies.of_cycles(reading.session, [each.cycle for each in found])
    return [_row(*each, counts, named, sites, people, known) for each in found]


def _row(
    incident: Incident,
    cycle: SlaCycle,
    requester: User,
    assignee: User | None,
    team: Team | None,
    counts: Mapping[int, int],
    named: Mapping[int, tuple[ItemKind, str]],
    sites: Mapping[int, Sequence[str]],
    people: Mapping[int, int],
    known: Mapping[int, Policy],
) -> Row:
    assert incident.id is not None
    item = named.get(incident.id)
    return {
        "id": incident.id,
        "ref": incident.reference,
        "v": incident.version,
        "title": incident.title,
        "status": incident.status.value,
        "priority": incident.priority.value,
        "severity": incident.severity,
        "impact": incident.impact,
        "category": incident.category.value,
        "level": incident.escalation_level,
        "created": int(incident.created_at.timestamp()),
        "comments": counts.get(incident.id, 0),
        "review": incident.to_review,
        "assignee": {"id": assignee.id, "login": assignee.login, "name": assignee.name} if assignee else None,
        "team": {"id": team.id, "name": team.name, "code": team.code} if team else None,
        "item": {"kind": item[0].value, "name": item[1]} if item else None,
        "people": people.get(incident.id, 0),
        "sites": [*sites.get(incident.id, ())],
        "unclaimed_since": _epoch(incident.unclaimed_since),
        "sla": _next_clock(cycle, hours_of(known[cycle.policy_version].calendar(cycle.priority))),
    }


def _epoch(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


def _next_clock(cycle: SlaCycle, hours: OpeningHours | None) -> dict[str, Any]:
    responding = cycle.response_met_at is None
    met = None if responding or cycle.resolution_met_at is None else int(cycle.resolution_met_at.timestamp())
    return {
        "kind": "response" if responding else "resolution",
        "start": int(cycle.started_at.timestamp()),
        "risk": int((cycle.response_at_risk_at if responding else cycle.resolution_at_risk_at).timestamp()),
        "due": int((cycle.response_due_at if responding else cycle.resolution_due_at).timestamp()),
        "target_s": cycle.response_target_s if responding else cycle.resolution_target_s,
        "met": met,
        "respected": None if responding else cycle.resolution_respected,
        "paused_remaining_s": None if responding else cycle.paused_remaining_s,
        "hours": hours.key if hours else None,
    }
