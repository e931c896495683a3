"""Every due time of an incident, worked out from its events, for « Pourquoi cette échéance ? » (rules, "SLA")."""

from data.queries import incidents
from services import policies, sla
from services.incident_view import cycle_view, visible
from services.views import CycleView
from services.work import Actor, look


def cycles(actor: Actor, reference: str) -> tuple[CycleView, ...]:
    """The cycles of the incident, oldest first, with their pauses and whose they are. Raises `NotFound`."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        events = policies.events_of(policies.stored_lines(reading.session, incident.id))
        computed = sla.compute(events, policies.of_events(reading.session, events))
        return tuple(cycle_view(cycle, reading.now) for cycle in computed)
