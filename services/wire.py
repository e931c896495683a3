"""News from other processes on the same database: a second server, the command line.

They come by the history that all share, are put on this process's bus, and reach everybody as news of its own do.
"""

import time
from collections import deque
from collections.abc import Mapping, Sequence

from data.models import History
from data.queries import incidents, people
from data.relay import Relay
from services import bus
from services.work import SYSTEM, SYSTEM_NAME, look

MOMENT_S = 0.05

# Lines that this process told itself; those older than this many have long been read back.
_told_here: deque[int] = deque(maxlen=2_000)
_running: list[tuple[Relay, bus.Unlisten]] = []


def start() -> None:
    """The bus hears of what other processes do from now on. Calling it again changes nothing."""
    if not _running:
        relay = Relay(_told, lambda: bus.publish(bus.Missed()))
        relay.start()
        _running.append((relay, bus.listen(_remember)))


def stop() -> None:
    """Other processes are not listened to any more."""
    while _running:
        relay, unlisten = _running.pop()
        relay.stop()
        unlisten()
        _told_here.clear()


def _remember(news: bus.News) -> None:
    if isinstance(news, bus.Changed):
        _told_here.append(news.seq)


def _foreign(last: Mapping[int, History]) -> dict[int, History]:
    return {incident_id: line for incident_id, line in last.items() if line.seq not in _told_here}


def _told(lines: Sequence[History]) -> None:
    last = {line.incident_id: line for line in lines if line.incident_id is not None}
    foreign = _foreign(last)
    if foreign:  # who has just committed here says so in a moment
        time.sleep(MOMENT_S)
        foreign = _foreign(last)
    if not foreign:
        return
    with look(SYSTEM) as reading:
        found = {row[0].id: row[0] for row in incidents.with_people(reading.session, list(foreign))}
        for incident_id, line in foreign.items():
            author = people.user(reading.session, line.actor_id) if line.actor_id else None
            incident = found[incident_id]
            bus.publish(
                bus.Changed(
                    incident_id,
                    incident.reference,
                    incident.version,
                    line.fact,
                    line.actor_id,
                    author.name if author else SYSTEM_NAME,
                    line.seq,
                    incident.requester_id,
                )
            )
