"""Stories for the clocks, told in Paris time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.vocabulary import HoldReason, Light, Priority
from services.sla import DEFAULT_TARGETS, Cycle, Event, EventKind, Indicator, Policy, compute

PARIS = ZoneInfo("Europe/Paris")
CREATED, STARTED, HELD, RESUMED, PRIORITY, RESOLVED, REOPENED = EventKind
CRITICAL, HIGH, MEDIUM, LOW = Priority
USER, SUPPLIER, OTHER = HoldReason.USER, HoldReason.SUPPLIER, HoldReason.OTHER
GREEN, ORANGE, RED, PAUSED = Light

PLAIN = Policy(1, DEFAULT_TARGETS)
PAUSING = Policy(1, DEFAULT_TARGETS, pausing=frozenset({USER, SUPPLIER}))
SECOND = timedelta(seconds=1)


def at(time: str, day: str = "2026-06-15") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=PARIS)


def created(priority: Priority, time: str = "10:00:00", day: str = "2026-06-15") -> Event:
    return Event(CREATED, at(time, day), priority=priority, policy=1)


def cycles(*events: Event, policy: Policy = PLAIN) -> tuple[Cycle, ...]:
    return compute(events, {1: policy})


def last(*events: Event, policy: Policy = PLAIN) -> Cycle:
    return cycles(*events, policy=policy)[-1]


def paris(instant: datetime) -> str:
    return f"{instant.astimezone(PARIS):%Y-%m-%d %H:%M:%S}"


def boundaries(indicator: Indicator, instant: datetime) -> list[Light]:
    """The lights a second before `instant`, at it, and a second after."""
    return [indicator.light(instant + offset) for offset in (-SECOND, timedelta(0), SECOND)]
