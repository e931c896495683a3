"""Holding and resuming (S40, S41; rules, "Workflow")."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from data.vocabulary import HoldReason, Light, Status
from services import incidents, lifecycle
from services.clock import MovedClock
from services.errors import Invalid
from tests.personas import N2, Cast, in_progress, on_hold
from tests.usecases.seen import last, owner

Given = dict[str, Any]


@pytest.mark.parametrize("reason", list(HoldReason))
def test_a_wait_has_its_reason_and_may_have_a_text_and_a_date(
    cast: Cast, clock: MovedClock, reason: HoldReason
) -> None:
    """S40, S41."""
    working = in_progress(cast.alice)
    clock.forward(minutes=5)
    until = datetime(2026, 6, 16, 7, 30, tzinfo=UTC)
    held = lifecycle.hold(cast.alice, working.reference, reason=reason, text="Attend la pièce", resume_at=until)
    assert held.status is Status.ON_HOLD
    assert held.hold is not None
    assert (held.hold.reason, held.hold.text, held.hold.resume_at) == (reason, "Attend la pièce", until)
    assert held.hold.since == working.created_at + timedelta(minutes=5)
    details = last(cast, held).details
    assert (details["reason"], details["text"], details["resume_at"]) == (reason, "Attend la pièce", until.isoformat())


def test_without_pausing_the_clock_runs_on_while_it_waits(cast: Cast, clock: MovedClock) -> None:
    """G3, pausing off, as the default policy has it."""
    held = on_hold(cast.alice)
    clock.forward(hours=5)
    seen = incidents.get(cast.alice, held.reference)
    assert seen.cycle.resolution.light is Light.RED
    assert seen.cycle.resolution.due_at == held.cycle.resolution.due_at


def test_resuming_ends_the_wait(cast: Cast) -> None:
    """S41."""
    incident = lifecycle.resume(cast.bruno, on_hold(cast.alice).reference)
    assert (incident.status, incident.hold, owner(incident)[0]) == (Status.IN_PROGRESS, None, "alice")


def test_who_resumes_what_is_nobody_s_works_on_it_where_they_could_take_it(cast: Cast) -> None:
    """S98; S94: a non-member does not get it by a side door."""
    reference = on_hold(cast.alice).reference
    lifecycle.assign(cast.alice, reference, team=N2)
    assert owner(lifecycle.resume(cast.alice, reference)) == (None, N2)
    lifecycle.hold(cast.alice, reference, reason="other")
    assert owner(lifecycle.resume(cast.bruno, reference)) == ("bruno", N2)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"reason": None}, "reason", "required"),
        ({"reason": "lunch"}, "reason", "unknown_value"),
        ({"reason": "user", "text": "x" * 2_001}, "text", "too_long"),
        ({"reason": "user", "resume_at": datetime(2026, 6, 15, 8, 0, tzinfo=UTC)}, "resume_at", "in_the_past"),
        ({"reason": "user", "resume_at": datetime(2026, 6, 16, 8, 0)}, "resume_at", "wrong_type"),  # noqa: DTZ001
        ({"reason": "user", "resume_at": "tomorrow"}, "resume_at", "wrong_type"),
        (
            {"reason": "user", "resume_at": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))},
            "resume_at",
            "wrong_type",
        ),
    ],
)
def test_a_wait_that_makes_no_sense_is_refused_by_field(cast: Cast, given: Given, field: str, code: str) -> None:
    reference = in_progress(cast.alice).reference
    with pytest.raises(Invalid) as invalid:
        lifecycle.hold(cast.alice, reference, **given)
    assert {name: found[0] for name, found in invalid.value.errors.items()} == {field: code}
