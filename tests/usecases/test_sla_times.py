"""What reports hold against a target: the time that the SLA counts."""

from datetime import timedelta

from data.vocabulary import HoldReason, Priority
from services import lifecycle
from services.calendar import OpeningHours
from services.clock import MovedClock
from services.sla import DEFAULT_TARGETS, Policy
from tests.personas import MONDAY, Cast, an_incident
from tests.usecases.test_figures import DONE, PROMISES, H, kpis, made, row, with_terms


def test_a_time_is_held_against_its_target_as_the_sla_counts_it(cast: Cast, clock: MovedClock) -> None:
    """S72, G3, G12: without closed hours, and without the waits that stop the clock; MTTR is elapsed time."""
    day = ((8 * 60, 12 * 60), (13 * 60 + 30, 18 * 60))
    hours = OpeningHours("Bureau", "Europe/Paris", (day,) * 5 + ((), ()), ((0, 2 * H),))
    with_terms(Policy(2, DEFAULT_TARGETS, frozenset({HoldReason.USER}), {Priority.MEDIUM: hours, Priority.LOW: hours}))
    clock.at = MONDAY - timedelta(days=3) + timedelta(hours=6)  # Friday, 16:00 in Paris
    medium, high = (an_incident(cast.alice, priority=each).reference for each in ("medium", "high"))
    clock.forward(hours=1)
    for reference in (medium, high):
        lifecycle.take_and_start(cast.alice, reference)
        lifecycle.hold(cast.alice, reference, reason="user")
    clock.at = MONDAY  # 10:00 there
    for reference in (medium, high):
        lifecycle.resume(cast.alice, reference)
    clock.forward(hours=1)
    for reference in (medium, high):
        lifecycle.resolve(cast.alice, reference, **DONE)
    found = made(cast)
    times = [[row(found.tables[name], f"priority.{each}") for each in ("medium", "high")] for name in PROMISES]
    assert [[(each[1], *each[-2:]) for each in of] for of in times] == [
        [(H, H, 8 * H), (H, H, 4 * H)],
        [(67 * H, 2 * H, 24 * H), (67 * H, 2 * H, 8 * H)],
    ]
    assert kpis(found)["mttr"] == 67 * H
