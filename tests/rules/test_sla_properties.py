"""What holds of the SLA for every history that the workflow lets happen."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.vocabulary import HoldReason, Light, Priority
from services.sla import DEFAULT_TARGETS, Cycle, Event, EventKind, Policy, compute

START = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
POLICIES = {
    1: Policy(1, DEFAULT_TARGETS),
    2: Policy(2, DEFAULT_TARGETS, pausing=frozenset({HoldReason.USER, HoldReason.SUPPLIER})),
}
# What the workflow allows next, by what the clocks have last seen of the status.
NEXT = {
    "waiting": {EventKind.STARTED: "working", EventKind.PRIORITY_CHANGED: "waiting"},
    "working": {
        EventKind.HELD: "held",
        EventKind.RESOLVED: "resolved",
        EventKind.PRIORITY_CHANGED: "working",
        EventKind.STARTED: "working",  # started again after a reassignment
    },
    "held": {EventKind.RESUMED: "working", EventKind.PRIORITY_CHANGED: "held", EventKind.RESOLVED: "resolved"},
    "resolved": {EventKind.REOPENED: "working", EventKind.PRIORITY_CHANGED: "resolved"},
}


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    at, state = START, "waiting"
    priority = draw(st.sampled_from(Priority))
    events = [Event(EventKind.CREATED, at, priority=priority, policy=draw(st.sampled_from([1, 2])))]
    for _ in range(draw(st.integers(0, 12))):
        at += timedelta(seconds=draw(st.integers(0, 200_000)))
        kind = draw(st.sampled_from(sorted(NEXT[state])))
        reopened = draw(st.sampled_from([1, 2])) if kind is EventKind.REOPENED else None
        changed = draw(st.sampled_from(Priority)) if kind is EventKind.PRIORITY_CHANGED else None
        reason = draw(st.sampled_from(HoldReason)) if kind is EventKind.HELD else None
        events.append(Event(kind, at, priority=changed, reason=reason, policy=reopened))
        state = NEXT[state][kind]
    return events


def worked_out(events: list[Event]) -> tuple[Cycle, ...]:
    return compute(events, POLICIES)


def verdicts(cycles: tuple[Cycle, ...]) -> dict[tuple[int, str], bool]:
    named = {(cycle.number, name): getattr(cycle, name) for cycle in cycles for name in ("response", "resolution")}
    return {key: indicator.respected for key, indicator in named.items() if indicator.respected is not None}


@given(histories())
def test_due_is_start_plus_target_plus_the_pauses_that_are_over(events: list[Event]) -> None:
    """S52, S53."""
    for cycle in worked_out(events):
        over = sum((pause.end - pause.start for pause in cycle.pauses if pause.end), timedelta(0))
        assert cycle.resolution.due_at == cycle.started_at + cycle.resolution.target + over
        assert cycle.resolution.original_due_at == cycle.started_at + cycle.resolution.target
        assert cycle.response.due_at == cycle.started_at + cycle.response.target
        assert cycle.resolution.at_risk_at == cycle.resolution.due_at - cycle.resolution.target / 5


@given(histories())
def test_a_verdict_once_given_never_changes_when_more_happens(events: list[Event]) -> None:
    """S122."""
    given_so_far: dict[tuple[int, str], bool] = {}
    for length in range(1, len(events) + 1):
        now = verdicts(worked_out(events[:length]))
        assert given_so_far.items() <= now.items()
        given_so_far = now


@given(histories())
def test_a_past_cycle_never_changes_at_all(events: list[Event]) -> None:
    before: tuple[Cycle, ...] = ()
    for length in range(1, len(events) + 1):
        now = worked_out(events[:length])
        assert now[: len(before) - 1] == before[:-1]
        before = now


@given(histories())
def test_the_same_history_gives_the_same_cycles(events: list[Event]) -> None:
    assert worked_out(events) == worked_out(list(events))


@given(histories())
def test_there_is_one_cycle_for_the_creation_and_one_for_each_reopening(events: list[Event]) -> None:
    cycles = worked_out(events)
    assert len(cycles) == 1 + sum(event.kind is EventKind.REOPENED for event in events)
    assert [cycle.number for cycle in cycles] == list(range(1, len(cycles) + 1))
    assert all(cycle.resolution.met_at is not None for cycle in cycles[:-1])


@given(histories())
def test_pauses_lie_within_their_cycle_in_order_and_at_most_the_last_is_open(events: list[Event]) -> None:
    for cycle in worked_out(events):
        instants = [instant for pause in cycle.pauses for instant in (pause.start, pause.end) if instant]
        assert instants == sorted(instants)
        assert all(instant >= cycle.started_at for instant in instants)
        assert all(pause.end is not None for pause in cycle.pauses[:-1])
        still = bool(cycle.pauses) and cycle.pauses[-1].end is None
        assert (cycle.resolution.paused_remaining is not None) is still
        assert not (still and cycle.resolution.met_at)


@given(histories(), st.integers(-10_000, 400_000))
def test_a_light_says_what_the_remaining_time_says(events: list[Event], seconds: int) -> None:
    """S56 to S58: green from a fifth of the target on, orange below, red past due."""
    now = events[-1].at + timedelta(seconds=seconds)
    cycle = worked_out(events)[-1]
    for indicator in (cycle.response, cycle.resolution):
        remaining = indicator.remaining(now)
        expected = (
            Light.PAUSED
            if indicator.paused_remaining is not None
            else Light.RED
            if remaining < timedelta(0)
            else Light.ORANGE
            if remaining < indicator.target / 5
            else Light.GREEN
        )
        assert indicator.light(now) is expected
