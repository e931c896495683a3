"""News from other processes on the same database: a second server, the command line.

They come by the history that all share, are put on this process's bus, and reach everybody as news of its own do.
"""

from collections.abc import Sequence

from data.models import History
from data.queries import incidents, people
from data.relay import Relay
from services import bus
from services.work import SYSTEM, SYSTEM_NAME, look

_running: list[Relay] = []


def start() -> None:
    """The bus hears of what other processes do from now on. Calling it again changes nothing."""
    if not _running:
        relay = Relay(_told, lambda: bus.publish(bus.Missed()))
        bus.forget_own()  # it begins after all that is there
        relay.start()
        _running.append(relay)


def stop() -> None:
    """Other processes are not listened to any more."""
    while _running:
        _running.pop().stop()


def _told(lines: Sequence[History]) -> None:
    last = {line.incident_id: line for line in lines if line.incident_id is not None}
    foreign = {incident_id: line for incident_id, line in last.items() if not bus.is_own(line.seq)}
    if not foreign:
        return
    with look(SYSTEM) as reading:
        found = {row.incident.id: row.incident for row in incidents.with_people(reading.session, list(foreign))}
        authors = {
            user.id: user.name for user in people.these(reading.session, {line.actor_id for line in foreign.values()})
        }
    for incident_id, line in foreign.items():
        incident = found[incident_id]
        bus.publish(
            bus.Changed(
                incident_id,
                incident.reference,
                incident.version,
                line.fact,
                line.actor_id,
                authors.get(line.actor_id, SYSTEM_NAME),
                line.seq,
                incident.requester_id,
            )
        )
