"""The whole of an incident, as its page shows it, read in one consistent state."""

from data.queries import incidents
from data.queries import sla as sla_queries
from services import markdown, policies
from services.affected import of_incident
from services.communication import messages_among
from services.holding import time_held_by_team
from services.incident_view import stored_cycle_view, timeline, view, visible
from services.link_view import recent_changes
from services.links import propose_more
from services.permissions import Right, may
from services.relations import related_of
from services.views import IncidentView, Sheet, Timeline
from services.work import Actor, look


def sheet(actor: Actor, reference: str) -> Sheet:
    """The incident, what happened to it, and the verdicts of its earlier cycles, as far as the actor may see them."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        whole = may(reading.who, Right.SEE_ALL)
        cycles = sla_queries.cycles(reading.session, incident.id) if whole else ()
        known = policies.of_cycles(reading.session, cycles)
        earlier = tuple(
            stored_cycle_view(cycle, reading.now, known) for cycle in cycles if cycle.number < incident.cycle
        )
        seen = view(reading, incident.id)
        told = timeline(reading, incident)
        _prepare(seen, told)
        proposals = propose_more(reading, seen.links) if seen.may_edit else ()
        changes = recent_changes(reading, seen.links)
        held = time_held_by_team(told.entries, reading.now) if whole else ()
        related = related_of(reading, incident.id) if whole else ()
        messages = messages_among(reading, told.entries) if whole else ()
        touched = of_incident(reading, incident.id) if whole else None
        return Sheet(seen, told, earlier, proposals, changes, held, messages, related, touched)


def _prepare(seen: IncidentView, told: Timeline) -> None:
    """What the page will draw as HTML is made here, once, and not on the event loop."""
    markdown.to_html(seen.description)
    for said in told.comments.values():
        markdown.to_html(said.body, said.mentions)
