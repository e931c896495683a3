"""The SLA's worked cases, to the second, in Paris time (rules, "SLA"); pauses are in `test_sla_pauses`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from data.vocabulary import Priority
from services.sla import Event, Policy, Target, complies, compute
from tests.rules.stories import (
    CREATED,
    CRITICAL,
    GREEN,
    HIGH,
    LOW,
    MEDIUM,
    ORANGE,
    PARIS,
    PLAIN,
    PRIORITY,
    RED,
    REOPENED,
    RESOLVED,
    SECOND,
    STARTED,
    at,
    boundaries,
    created,
    cycles,
    last,
    paris,
)


@pytest.mark.parametrize(
    ("priority", "response", "resolution"),
    [
        (CRITICAL, "2026-06-15 11:00:00", "2026-06-15 14:00:00"),
        (HIGH, "2026-06-15 14:00:00", "2026-06-15 18:00:00"),
        (MEDIUM, "2026-06-15 18:00:00", "2026-06-16 10:00:00"),
        (LOW, "2026-06-16 10:00:00", "2026-06-18 10:00:00"),
    ],
)
def test_the_priority_sets_both_due_times(priority: Priority, response: str, resolution: str) -> None:
    """G1, S48 to S53."""
    cycle = last(created(priority))
    assert (paris(cycle.response.due_at), paris(cycle.resolution.due_at)) == (response, resolution)
    assert (cycle.response.original_due_at, cycle.resolution.original_due_at) == (
        cycle.response.due_at,
        cycle.resolution.due_at,
    )


@pytest.mark.parametrize(("time", "respected"), [("10:59:59", True), ("11:00:00", True), ("11:00:01", False)])
def test_a_response_at_the_due_instant_is_respected_and_a_second_later_is_not(time: str, respected: bool) -> None:
    """G2, S59."""
    response = last(created(CRITICAL), Event(STARTED, at(time))).response
    assert (response.respected, response.met_at) == (respected, at(time))


@pytest.mark.parametrize(("time", "respected"), [("13:59:59", True), ("14:00:00", True), ("14:00:01", False)])
def test_a_resolution_at_the_due_instant_is_respected_and_a_second_later_is_not(time: str, respected: bool) -> None:
    """S60, S120, S121."""
    resolution = last(created(CRITICAL), Event(STARTED, at("10:30:00")), Event(RESOLVED, at(time))).resolution
    assert (resolution.respected, resolution.met_at) == (respected, at(time))


G6 = (created(LOW), Event(STARTED, at("10:30:00")))


def test_raising_the_priority_counts_from_the_beginning_and_keeps_the_response() -> None:
    """G6."""
    cycle = last(*G6, Event(PRIORITY, at("13:00:00"), priority=CRITICAL))
    assert paris(cycle.resolution.due_at) == "2026-06-15 14:00:00"
    assert cycle.response.respected is True
    assert paris(cycle.response.due_at) == "2026-06-16 10:00:00"


def test_raising_it_too_late_breaches_at_once() -> None:
    """G6, at 15:00."""
    cycle = last(*G6, Event(PRIORITY, at("15:00:00"), priority=CRITICAL))
    assert cycle.resolution.light(at("15:00:00")) is RED
    assert not cycle.resolution.breached_before


def test_lowering_the_priority_hides_a_breach_but_keeps_it_counted() -> None:
    """G8."""
    story = (created(CRITICAL), Event(STARTED, at("10:30:00")), Event(PRIORITY, at("15:00:00"), priority=LOW))
    resolution = last(*story).resolution
    assert resolution.light(at("15:00:00")) is GREEN
    assert paris(resolution.due_at) == "2026-06-18 10:00:00"
    assert resolution.breached_before
    done = last(*story, Event(RESOLVED, at("16:00:00"))).resolution
    assert (done.respected, done.breached_before) == (True, True)


def test_a_hidden_breach_of_the_response_is_kept_as_well() -> None:
    cycle = last(created(CRITICAL), Event(PRIORITY, at("11:00:01"), priority=LOW))
    assert cycle.response.breached_before
    assert not cycle.resolution.breached_before
    in_time = last(created(CRITICAL), Event(PRIORITY, at("11:00:00"), priority=LOW))
    assert not in_time.response.breached_before


def test_a_second_change_keeps_the_breach_that_the_first_one_hid() -> None:
    story = (created(CRITICAL), Event(STARTED, at("10:30:00")), Event(PRIORITY, at("15:00:00"), priority=LOW))
    assert last(*story, Event(PRIORITY, at("15:10:00"), priority=MEDIUM)).resolution.breached_before


def test_each_reopening_begins_a_new_cycle_and_the_old_verdict_stands() -> None:
    """G9, S128."""
    first, second = cycles(
        created(CRITICAL),
        Event(STARTED, at("10:20:00")),
        Event(RESOLVED, at("13:00:00")),
        Event(REOPENED, at("15:00:00"), policy=1),
        Event(RESOLVED, at("19:30:00")),
    )
    assert first.resolution.respected is True
    assert paris(second.resolution.due_at) == "2026-06-15 19:00:00"
    assert second.resolution.respected is False
    assert (second.response.met_at, second.response.respected) == (at("15:00:00"), True)
    assert (first.response.met_at, first.response.respected) == (at("10:20:00"), True)
    assert complies([first, second]) is False


def test_an_incident_complies_when_all_its_cycles_do() -> None:
    story = (created(CRITICAL), Event(STARTED, at("10:20:00")), Event(RESOLVED, at("13:00:00")))
    again = (Event(REOPENED, at("15:00:00"), policy=1),)
    assert complies(cycles(*story)) is True
    assert complies(cycles(*story, *again)) is None
    assert complies(cycles(*story, *again, Event(RESOLVED, at("18:00:00")))) is True


def test_a_new_cycle_has_the_priority_of_its_day_and_the_old_one_that_of_its_own() -> None:
    first, second = cycles(
        created(CRITICAL),
        Event(STARTED, at("10:20:00")),
        Event(RESOLVED, at("13:00:00")),
        Event(PRIORITY, at("14:00:00"), priority=LOW),
        Event(REOPENED, at("15:00:00"), policy=1),
    )
    assert (first.priority, paris(first.resolution.due_at)) == (CRITICAL, "2026-06-15 14:00:00")
    assert (second.priority, paris(second.resolution.due_at)) == (LOW, "2026-06-18 15:00:00")


def test_the_night_on_which_the_clocks_go_forward_has_its_true_length() -> None:
    """G11, S52: four real hours after 00:30 it is 05:30."""
    cycle = last(created(CRITICAL, "00:30:00", "2026-03-29"))
    assert paris(cycle.resolution.due_at) == "2026-03-29 05:30:00"
    assert paris(cycle.response.due_at) == "2026-03-29 01:30:00"


def test_the_night_on_which_the_clocks_go_back_has_its_true_length() -> None:
    """S52: four real hours after 00:30 it is 03:30; half past two comes twice, and the first one is no breach."""
    cycle = last(created(CRITICAL, "00:30:00", "2026-10-25"))
    assert paris(cycle.resolution.due_at) == "2026-10-25 03:30:00"
    second_half_past_two = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS)
    assert cycle.resolution.remaining(second_half_past_two) == timedelta(hours=1)


@pytest.mark.parametrize("day", ["2024-02-28", "2026-12-31"])
def test_a_leap_day_and_new_year_are_days_like_others(day: str) -> None:
    cycle = last(created(LOW, "23:30:00", day))
    expected = {"2024-02-28": "2024-03-02 23:30:00", "2026-12-31": "2027-01-03 23:30:00"}
    assert paris(cycle.resolution.due_at) == expected[day]


HOURS = {CRITICAL: (1, 4), HIGH: (4, 8), MEDIUM: (8, 24), LOW: (24, 72)}
NIGHTS = {  # the two clock changes of 2026 (Lord Howe's are of half an hour), the leap day, new year
    "Europe/Paris": ("2026-03-29", "2026-10-25", "2028-02-28", "2026-12-31"),
    "America/New_York": ("2026-03-08", "2026-11-01", "2028-02-28", "2026-12-31"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04", "2028-02-28", "2026-12-31"),
}


def test_no_zone_and_no_night_makes_a_target_longer_or_shorter() -> None:
    """Z1, S52: each priority over each such night in three zones, both clocks, by seconds since 1970."""
    wrong, cells = [], 0
    for zone, days in NIGHTS.items():
        for day, (priority, hours) in product(days, HOURS.items()):
            start = datetime.fromisoformat(f"{day}T00:30:00").replace(tzinfo=ZoneInfo(zone))
            (cycle,) = compute([Event(CREATED, start, priority=priority, policy=1)], {1: PLAIN})
            for clock, target in zip((cycle.response, cycle.resolution), hours, strict=True):
                cells += 1
                if int(clock.due_at.timestamp()) != int(start.timestamp()) + target * 3600:
                    wrong.append((zone, day, priority))
                met = boundaries(clock, clock.due_at)
                wrong += [(zone, day, priority)] if met != [ORANGE, ORANGE, RED] else []
    assert (wrong, cells) == ([], 96)


def test_the_light_of_a_resolution_changes_to_the_second() -> None:
    """G13, S56 to S58."""
    resolution = last(created(CRITICAL), Event(STARTED, at("10:30:00"))).resolution
    assert boundaries(resolution, at("13:12:00")) == [GREEN, GREEN, ORANGE]
    assert boundaries(resolution, at("14:00:00")) == [ORANGE, ORANGE, RED]


def test_the_light_of_a_response_changes_to_the_second() -> None:
    """S57: green at 48:00 of 60:00, orange after."""
    response = last(created(CRITICAL)).response
    assert boundaries(response, at("10:48:00")) == [GREEN, GREEN, ORANGE]
    assert boundaries(response, at("11:00:00")) == [ORANGE, ORANGE, RED]


def test_a_met_clock_keeps_the_light_and_the_time_of_its_meeting() -> None:
    """S60: frozen."""
    cycle = last(created(CRITICAL), Event(STARTED, at("10:50:00")), Event(RESOLVED, at("14:00:01")))
    assert cycle.response.light(at("20:00:00")) is ORANGE
    assert cycle.resolution.light(at("10:00:00")) is RED
    assert cycle.resolution.remaining(at("20:00:00")) == -SECOND


def test_a_new_policy_applies_to_new_cycles_only() -> None:
    """Rules: open cycles keep their terms, and a reopening takes those of its day."""
    hour = timedelta(hours=1)
    strict = Policy(2, dict.fromkeys(Priority, Target(hour, 2 * hour)))
    events = (
        created(CRITICAL),
        Event(STARTED, at("10:20:00")),
        Event(RESOLVED, at("13:00:00")),
        Event(REOPENED, at("15:00:00"), policy=2),
    )
    first, second = compute(events, {1: PLAIN, 2: strict})
    assert (first.policy, paris(first.resolution.due_at)) == (1, "2026-06-15 14:00:00")
    assert (second.policy, paris(second.resolution.due_at)) == (2, "2026-06-15 17:00:00")


@pytest.mark.parametrize(
    "events",
    [
        [Event(STARTED, at("10:00:00"))],
        [Event(CREATED, at("10:00:00"), priority=LOW)],
        [Event(REOPENED, at("10:00:00"), policy=1)],
    ],
)
def test_a_history_that_does_not_begin_with_a_creation_is_refused(events: Iterable[Event]) -> None:
    with pytest.raises(ValueError, match=r"before the creation|without priority or policy"):
        compute(events, {1: PLAIN})
