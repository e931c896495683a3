"""Figures for a monitoring system: counts, and never a name or a text of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.queries import letters, metrics
from data.vocabulary import Medium, Priority, Status
from services.permissions import Right
from services.work import Actor, look

MEDIA = tuple(medium for medium in Medium if medium is not Medium.APP)  # the bell's rows are sent as they are written


@dataclass(frozen=True, slots=True)
class Queue:
    """What a medium has to send: `waiting`, given up as `failed`, and for how many seconds the oldest has been due."""

    waiting: int
    failed: int
    overdue_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Every status, priority and medium has its figure, 0 too. `letters`: e-mails that wait for somebody."""

    incidents: Mapping[tuple[Status, Priority], int]
    outbox: Mapping[Medium, Queue]
    letters: int


def check(actor: Actor) -> None:
    """Nothing happens for whoever may read figures. Raises `Forbidden` (a requester), `Unauthenticated`."""
    with look(actor) as reading:
        reading.require(Right.SEE_STATISTICS)


def figures(actor: Actor) -> Figures:
    """The figures of now, in three queries. Raises as `check`, and `DatabaseUnavailable`."""
    with look(actor) as reading:
        reading.require(Right.SEE_STATISTICS)
        counted = metrics.incidents(reading.session)
        unsent = metrics.unsent(reading.session)
        outbox: dict[Medium, Queue] = {}
        for medium in MEDIA:
            waiting, due = unsent.get((medium, False), (0, reading.now))
            failed, _ = unsent.get((medium, True), (0, reading.now))
            outbox[medium] = Queue(waiting, failed, max(0.0, (reading.now - due).total_seconds()))
        every = {(status, priority): counted.get((status, priority), 0) for status in Status for priority in Priority}
        return Figures(every, outbox, letters.count_parked(reading.session))
