"""The SLA of an incident: one pure function over its events (rules, "SLA"; S48 to S60, S120, S121, S128).

Nothing patches a due date. After each event, and on every reading, the whole working is computed again from what
happened, so that pauses, priority changes and reopenings cannot contradict each other. All instants are aware UTC,
all durations real time unless a calendar closes some of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from data.vocabulary import HoldReason, Light, Priority
from services.calendar import ALWAYS_OPEN, Calendar

GREEN_SHARE = 4, 5  # green until this share of the target is used, that is while 20 % or more is left (S56, S57)


@dataclass(frozen=True, slots=True)
class Target:
    response: timedelta
    resolution: timedelta


@dataclass(frozen=True)
class Policy:
    """One version of the terms: targets by priority, the reasons that pause, the calendar of each priority."""

    version: int
    targets: Mapping[Priority, Target]
    pausing: frozenset[HoldReason] = frozenset()
    calendars: Mapping[Priority, Calendar] = field(default_factory=dict)

    def calendar(self, priority: Priority) -> Calendar:
        return self.calendars.get(priority, ALWAYS_OPEN)


def _hours(response: int, resolution: int) -> Target:
    return Target(timedelta(hours=response), timedelta(hours=resolution))


# The specification's own terms (S48 to S51).
DEFAULT_TARGETS: Mapping[Priority, Target] = {
    Priority.CRITICAL: _hours(1, 4),
    Priority.HIGH: _hours(4, 8),
    Priority.MEDIUM: _hours(8, 24),
    Priority.LOW: _hours(24, 72),
}


class EventKind(StrEnum):
    CREATED = "created"
    STARTED = "started"
    HELD = "held"
    RESUMED = "resumed"
    PRIORITY_CHANGED = "priority_changed"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Event:
    """What moves a clock. `priority` with created and priority_changed, `policy` (its version) with created and
    reopened, `reason` with held; `by` is the display name behind it."""

    kind: EventKind
    at: datetime
    priority: Priority | None = None
    reason: HoldReason | None = None
    policy: int | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A hold that stops the resolution clock; `end` is None while it lasts."""

    reason: HoldReason
    start: datetime
    end: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One clock: response or resolution. Once met it is frozen, its due instant too.

    Green until and at `at_risk_at`, orange until and at `due_at`. `breached_before` says that a lowered priority hid a
    breach; it stays counted.
    """

    target: timedelta
    due_at: datetime
    original_due_at: datetime
    at_risk_at: datetime
    met_at: datetime | None = None
    respected: bool | None = None
    breached_before: bool = False
    paused_remaining: timedelta | None = None

    def remaining(self, now: datetime, calendar: Calendar = ALWAYS_OPEN) -> timedelta:
        """Time left (negative: overdue), frozen while paused and at the instant it was met."""
        if self.paused_remaining is not None:
            return self.paused_remaining
        return calendar.between(self.met_at or now, self.due_at)

    def light(self, now: datetime) -> Light:
        """The colour at `now`, or for ever at the instant it was met; exactly the due instant is not red (S120)."""
        if self.paused_remaining is not None:
            return Light.PAUSED
        at = self.met_at or now
        if at > self.due_at:
            return Light.RED
        return Light.GREEN if at <= self.at_risk_at else Light.ORANGE


@dataclass(frozen=True, slots=True)
class Cycle:
    """From creation, or a reopening, to the next resolution. Past cycles keep their verdict for ever."""

    number: int
    policy: int
    priority: Priority
    started_at: datetime
    response: Indicator
    resolution: Indicator
    pauses: tuple[Pause, ...] = ()
    calendar: Calendar = ALWAYS_OPEN


class _Clock:
    """A cycle while it is being worked out, event by event."""

    def __init__(self, number: int, event: Event, policy: Policy, priority: Priority) -> None:
        self.number, self.started_at, self.policy, self.priority = number, event.at, policy, priority
        self.pauses: list[Pause] = []
        self.response = self._indicator(policy.targets[priority].response)
        self.resolution = self._indicator(policy.targets[priority].resolution)

    @property
    def open_pause(self) -> Pause | None:
        return self.pauses[-1] if self.pauses and self.pauses[-1].end is None else None

    def respond(self, at: datetime) -> None:
        if self.response.met_at is None:
            self.response = replace(self.response, met_at=at, respected=at <= self.response.due_at)

    def hold(self, event: Event) -> None:
        if event.reason in self.policy.pausing and event.reason is not None:
            self.pauses.append(Pause(event.reason, event.at, None, event.by))
            self._freeze(event.at)

    def resume(self, at: datetime) -> None:
        if pause := self.open_pause:
            self.pauses[-1] = replace(pause, end=at)
            self._recompute_resolution()

    def resolve(self, at: datetime) -> None:
        self.resume(at)
        self.resolution = replace(self.resolution, met_at=at, respected=at <= self.resolution.due_at)

    def change_priority(self, priority: Priority, at: datetime) -> None:
        """Both clocks restart their sum from the cycle's start; one that is met keeps what it was judged by (G6).

        Nothing of a cycle moves once it is resolved; the next one begins with the new priority.
        """
        if self.resolution.met_at is not None:
            return
        was = self.response, self.resolution
        self.priority = priority
        if self.response.met_at is None:
            self.response = self._indicator(self.policy.targets[priority].response)
        self._recompute_resolution()
        if self.open_pause:
            self._freeze(self.open_pause.start)
        self.response, self.resolution = (
            replace(new, breached_before=(old.breached_before or _is_late(old, at)) and not _is_late(new, at))
            for old, new in zip(was, (self.response, self.resolution), strict=True)
        )

    def _recompute_resolution(self) -> None:
        calendar = self.policy.calendar(self.priority)
        paused = sum((calendar.between(p.start, p.end) for p in self.pauses if p.end), timedelta(0))
        hidden = self.resolution.breached_before
        fresh = self._indicator(self.policy.targets[self.priority].resolution, paused)
        self.resolution = replace(fresh, breached_before=hidden)

    def _indicator(self, target: timedelta, paused: timedelta = timedelta(0)) -> Indicator:
        calendar, (part, whole) = self.policy.calendar(self.priority), GREEN_SHARE
        return Indicator(
            target=target,
            due_at=calendar.add(self.started_at, target + paused),
            original_due_at=calendar.add(self.started_at, target),
            at_risk_at=calendar.add_at_most(self.started_at, target * part / whole + paused),
        )

    def _freeze(self, at: datetime) -> None:
        remaining = self.policy.calendar(self.priority).between(at, self.resolution.due_at)
        self.resolution = replace(self.resolution, paused_remaining=remaining)

    def cycle(self) -> Cycle:
        return Cycle(
            self.number,
            self.policy.version,
            self.priority,
            self.started_at,
            self.response,
            self.resolution,
            tuple(self.pauses),
            self.policy.calendar(self.priority),
        )


def _is_late(indicator: Indicator, at: datetime) -> bool:
    """Whether the clock is not met and past due; one that was past due when it paused still is."""
    if indicator.paused_remaining is not None:
        return indicator.paused_remaining < timedelta(0)
    return indicator.met_at is None and at > indicator.due_at


def compute(events: Iterable[Event], policies: Mapping[int, Policy]) -> tuple[Cycle, ...]:
    """The cycles of an incident, oldest first, from its events in the order of the history.

    The order is the truth: an event that seems to be earlier than the one before it (a computer's clock was set back)
    happened with it, so that no duration is negative. Raises ValueError when the first event is not the creation.
    """
    clocks: list[_Clock] = []
    priority: Priority | None = None
    for event in _in_order(events):
        if event.kind in (EventKind.CREATED, EventKind.REOPENED):
            priority = event.priority or priority
            if priority is None or event.policy is None:
                raise ValueError(f"{event.kind} without priority or policy")
            clocks.append(_Clock(len(clocks) + 1, event, policies[event.policy], priority))
            if event.kind is EventKind.REOPENED:
                clocks[-1].respond(event.at)  # the status is already in_progress
            continue
        if not clocks:
            raise ValueError(f"{event.kind} before the creation")
        clock = clocks[-1]
        match event.kind:
            case EventKind.STARTED:
                clock.respond(event.at)
            case EventKind.HELD:
                clock.hold(event)
            case EventKind.RESUMED:
                clock.resume(event.at)
            case EventKind.RESOLVED:
                clock.resolve(event.at)
            case EventKind.PRIORITY_CHANGED if event.priority is not None:
                priority = event.priority
                clock.change_priority(priority, event.at)
    return tuple(clock.cycle() for clock in clocks)


def _in_order(events: Iterable[Event]) -> Iterator[Event]:
    """In UTC: four hours added to a local time are three or five on the nights on which the clocks change (G11)."""
    latest = datetime.min.replace(tzinfo=UTC)
    for event in events:
        latest = max(latest, event.at.astimezone(UTC))
        yield replace(event, at=latest)


def complies(cycles: Iterable[Cycle]) -> bool | None:
    """Whether every cycle was respected, resolution and first response both; None while one is undecided (G9)."""
    verdicts = [verdict for cycle in cycles for verdict in (cycle.response.respected, cycle.resolution.respected)]
    return None if None in verdicts else all(verdicts)
