"""Every due time of an incident, worked out from its events, for « Pourquoi cette échéance ? » (rules, "SLA")."""

from dataclasses import replace

from data.queries import incidents
from services import policies, sla
from services.incident_view import cycle_view, first_name, visible
from services.permissions import Right, may
from services.views import CycleView
from services.work import Actor, look


def cycles(actor: Actor, reference: str) -> tuple[CycleView, ...]:
    """The cycles of the incident, oldest first, with their pauses and whose they are. Raises `NotFound`.

    A requester reads first names.
    """
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        events = policies.events_of(policies.stored_lines(reading.session, incident.id))
        computed = sla.compute(events, policies.of_events(reading.session, events))
        seen = tuple(cycle_view(cycle, reading.now) for cycle in computed)
        return seen if may(reading.who, Right.SEE_ALL) else tuple(_by_first_names(cycle) for cycle in seen)


def _by_first_names(cycle: CycleView) -> CycleView:
    return replace(cycle, pauses=tuple(replace(pause, by=first_name(pause.by)) for pause in cycle.pauses))
