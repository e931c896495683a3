"""The SLA's worked cases with pauses, to the second, in Paris time (rules, "SLA")."""

from datetime import timedelta

from services.sla import Event
from tests.rules.stories import (
    CRITICAL,
    GREEN,
    HELD,
    LOW,
    ORANGE,
    OTHER,
    PAUSED,
    PAUSING,
    PRIORITY,
    RESOLVED,
    RESUMED,
    SECOND,
    STARTED,
    SUPPLIER,
    USER,
    at,
    boundaries,
    created,
    last,
    paris,
)

G3 = (
    created(CRITICAL),
    Event(STARTED, at("10:30:00")),
    Event(HELD, at("11:00:00"), reason=USER, by="Alice"),
    Event(RESUMED, at("12:00:00")),
    Event(HELD, at("12:30:00"), reason=USER, by="Alice"),
    Event(RESUMED, at("12:45:00")),
)


def test_pauses_move_the_due_time_by_their_length() -> None:
    """G3, pausing on."""
    resolution = last(*G3, policy=PAUSING).resolution
    assert paris(resolution.due_at) == "2026-06-15 15:15:00"
    assert paris(resolution.original_due_at) == "2026-06-15 14:00:00"
    assert last(*G3, Event(RESOLVED, at("15:15:00")), policy=PAUSING).resolution.respected is True
    assert last(*G3, Event(RESOLVED, at("15:15:01")), policy=PAUSING).resolution.respected is False


def test_without_pausing_a_hold_moves_nothing() -> None:
    """G3, pausing off."""
    cycle = last(*G3)
    assert paris(cycle.resolution.due_at) == "2026-06-15 14:00:00"
    assert cycle.pauses == ()


def test_a_reason_that_does_not_pause_moves_nothing() -> None:
    """G4."""
    story = (created(CRITICAL), Event(STARTED, at("10:30:00")), Event(HELD, at("11:00:00"), reason=OTHER))
    held = last(*story, policy=PAUSING)
    assert held.resolution.paused_remaining is None
    resumed = last(*story, Event(RESUMED, at("12:00:00")), policy=PAUSING)
    assert paris(resumed.resolution.due_at) == "2026-06-15 14:00:00"


def test_resolving_from_hold_ends_the_pause_first() -> None:
    """G5."""
    cycle = last(
        created(CRITICAL),
        Event(STARTED, at("10:30:00")),
        Event(HELD, at("13:00:00"), reason=SUPPLIER),
        Event(RESUMED, at("13:30:00")),
        Event(RESOLVED, at("13:30:00")),
        policy=PAUSING,
    )
    assert paris(cycle.resolution.due_at) == "2026-06-15 14:30:00"
    assert cycle.resolution.respected is True
    assert cycle.resolution.remaining(at("18:00:00")) == timedelta(hours=1)
    assert cycle.resolution.paused_remaining is None
    assert [pause.end for pause in cycle.pauses] == [at("13:30:00")]


def test_a_resolution_ends_a_pause_that_nobody_ended() -> None:
    cycle = last(
        created(CRITICAL),
        Event(STARTED, at("10:30:00")),
        Event(HELD, at("13:00:00"), reason=SUPPLIER),
        Event(RESOLVED, at("13:30:00")),
        policy=PAUSING,
    )
    assert paris(cycle.resolution.due_at) == "2026-06-15 14:30:00"
    assert [pause.end for pause in cycle.pauses] == [at("13:30:00")]


G6 = (created(LOW), Event(STARTED, at("10:30:00")))


def test_raising_the_priority_keeps_the_pauses_already_taken() -> None:
    """G7."""
    story = (*G6, Event(HELD, at("11:00:00"), reason=USER), Event(RESUMED, at("12:30:00")))
    cycle = last(*story, Event(PRIORITY, at("13:00:00"), priority=CRITICAL), policy=PAUSING)
    assert paris(cycle.resolution.due_at) == "2026-06-15 15:30:00"
    assert paris(cycle.resolution.original_due_at) == "2026-06-15 14:00:00"


def test_a_priority_change_while_paused_keeps_the_clock_frozen_at_the_pause() -> None:
    """As G7, raised during the hold: the sum is the same whenever it is done."""
    story = (*G6, Event(HELD, at("11:00:00"), reason=USER), Event(PRIORITY, at("12:00:00"), priority=CRITICAL))
    paused = last(*story, policy=PAUSING).resolution
    assert paused.light(at("12:00:00")) is PAUSED
    assert paused.remaining(at("12:00:00")) == paused.remaining(at("20:00:00")) == timedelta(hours=3)
    resumed = last(*story, Event(RESUMED, at("12:30:00")), policy=PAUSING).resolution
    assert paris(resumed.due_at) == "2026-06-15 15:30:00"
    assert resumed.light(at("12:30:00")) is GREEN


def test_a_breach_hidden_while_paused_is_kept_too() -> None:
    """Late when the pause began, lowered during it: the pause has not made it on time."""
    story = (
        created(CRITICAL),
        Event(STARTED, at("10:30:00")),
        Event(HELD, at("15:00:00"), reason=USER),
        Event(PRIORITY, at("15:30:00"), priority=LOW),
    )
    assert last(*story, policy=PAUSING).resolution.breached_before
    assert last(*story, Event(RESUMED, at("16:00:00")), policy=PAUSING).resolution.breached_before


def test_a_paused_clock_shows_what_was_left_when_it_stopped() -> None:
    story = (created(CRITICAL), Event(STARTED, at("10:30:00")), Event(HELD, at("13:59:59"), reason=USER, by="Alice"))
    cycle = last(*story, policy=PAUSING)
    assert cycle.resolution.light(at("23:00:00")) is PAUSED
    assert cycle.resolution.remaining(at("23:00:00")) == SECOND
    (pause,) = cycle.pauses
    assert (pause.reason, pause.start, pause.end, pause.by) == (USER, at("13:59:59"), None, "Alice")
    assert cycle.response.paused_remaining is None


def test_orange_moves_with_the_pauses() -> None:
    resolution = last(*G3, policy=PAUSING).resolution
    assert boundaries(resolution, at("14:27:00")) == [GREEN, GREEN, ORANGE]


def test_a_clock_that_was_set_back_makes_no_duration_negative() -> None:
    """The order of the history is the truth (rules, "Identifiers and time")."""
    cycle = last(
        created(CRITICAL),
        Event(STARTED, at("10:30:00")),
        Event(HELD, at("11:00:00"), reason=USER),
        Event(RESUMED, at("10:10:00")),
        policy=PAUSING,
    )
    assert [(pause.start, pause.end) for pause in cycle.pauses] == [(at("11:00:00"), at("11:00:00"))]
    assert paris(cycle.resolution.due_at) == "2026-06-15 14:00:00"
