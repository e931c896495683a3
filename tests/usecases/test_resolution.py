"""Resolving, validating and reopening (S47, S60, S116 to S128, S135 to S137)."""

from datetime import timedelta
from typing import Any

import pytest

from data.vocabulary import Fact, ResolutionCode, Status, Visibility
from services import deadlines, incidents, lifecycle
from services.clock import MovedClock
from services.errors import Invalid, TransitionRefused
from services.views import EntryView
from tests.dump import dump, value
from tests.personas import N2, Cast, an_incident, in_progress, on_hold, resolved

FIXED: dict[str, Any] = {"code": "fixed", "summary": "Service relancé."}


def last(cast: Cast, reference: str) -> EntryView:
    return incidents.history(cast.emile, reference).entries[-1]


@pytest.mark.parametrize("code", [code for code in ResolutionCode if code is not ResolutionCode.DUPLICATE])
def test_a_resolution_has_its_code_its_summary_and_its_instant(
    cast: Cast, clock: MovedClock, code: ResolutionCode
) -> None:
    """S47, S60, S117, S118, S135."""
    working = in_progress(cast.alice)
    clock.forward(hours=1)
    done = lifecycle.resolve(cast.alice, working.reference, code=code.value, summary="Fait.\nVérifié.")
    assert (done.status, done.resolved_at) == (Status.RESOLVED, working.created_at + timedelta(hours=1))
    assert done.resolution is not None
    assert (done.resolution.code, done.resolution.summary) == (code, "Fait.\nVérifié.")
    assert (last(cast, done.reference).details["code"], last(cast, done.reference).details["summary"]) == (
        code,
        "Fait.\nVérifié.",
    )


@pytest.mark.parametrize(("seconds", "respected"), [(0, True), (1, False)])
def test_the_verdict_is_stored_to_the_second(cast: Cast, clock: MovedClock, seconds: int, respected: bool) -> None:
    """S120 to S122."""
    reference = in_progress(cast.alice).reference
    clock.forward(hours=4, seconds=seconds)
    done = lifecycle.resolve(cast.alice, reference, **FIXED)
    assert done.cycle.resolution.respected is respected
    assert bool(value("SELECT resolution_respected FROM sla_cycle")) is respected


def test_resolving_from_hold_closes_the_wait(cast: Cast) -> None:
    done = lifecycle.resolve(cast.alice, on_hold(cast.alice).reference, **FIXED)
    assert (done.status, done.hold) == (Status.RESOLVED, None)


def test_start_and_resolve_takes_starts_and_resolves_each_with_its_line(cast: Cast, clock: MovedClock) -> None:
    created = an_incident(cast.chloe)
    clock.forward(minutes=3)
    done = lifecycle.start_and_resolve(cast.alice, created.reference, **FIXED)
    assert (done.status, done.assignee and done.assignee.login) == (Status.RESOLVED, "alice")
    assert done.first_response_at == done.resolved_at == created.created_at + timedelta(minutes=3)
    steps = [line.details["action"] for line in incidents.history(cast.alice, created.reference).entries[1:]]
    assert steps == ["take", "start", "resolve"]


def test_a_summary_can_be_published_to_the_requester(cast: Cast) -> None:
    created = an_incident(cast.chloe)
    done = lifecycle.start_and_resolve(cast.alice, created.reference, **FIXED, publish=True)
    (said,) = incidents.history(cast.chloe, done.reference).comments.values()
    assert (said.body, said.visibility) == (FIXED["summary"], Visibility.PUBLIC)


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"code": None, "summary": None}, {"code": "required", "summary": "required"}),
        ({"code": "fixed", "summary": " \n "}, {"summary": "required"}),
        ({"code": "magic", "summary": "…"}, {"code": "unknown_value"}),
        ({"code": "fixed", "summary": "x" * 20_001}, {"summary": "too_long"}),
        ({"code": "duplicate", "summary": "…"}, {"master": "required"}),
        ({"code": "duplicate", "summary": "…", "master": "INC-20260615-999999"}, {"master": "unknown"}),
        ({"code": "duplicate", "summary": "…", "master": "INC-20260615-000001"}, {"master": "itself"}),
        ({"code": "duplicate", "summary": "…", "master": "a\0b"}, {"master": "control_characters"}),
        ({"code": "fixed", "summary": "…", "master": "INC-20260615-000001"}, {"master": "only_for_duplicates"}),
    ],
)
def test_a_resolution_that_is_not_complete_names_the_field(
    cast: Cast, given: dict[str, Any], errors: dict[str, str]
) -> None:
    """S116 to S119."""
    reference = in_progress(cast.alice).reference
    assert reference == "INC-20260615-000001"
    before = dump()
    with pytest.raises(Invalid) as invalid:
        lifecycle.resolve(cast.alice, reference, **given)
    assert {field: code for field, (code, _) in invalid.value.errors.items()} == errors
    assert dump() == before


def test_a_duplicate_names_its_master(cast: Cast) -> None:
    """S117."""
    master, copy = an_incident(cast.chloe), in_progress(cast.alice)
    done = lifecycle.resolve(
        cast.alice, copy.reference, code="duplicate", summary="Déjà connu", master=master.reference
    )
    assert done.master_reference == master.reference
    assert last(cast, copy.reference).details["master"] == master.reference


def test_of_a_duplicate_a_requester_learns_only_which_other_of_his_own_it_is(cast: Cast) -> None:
    """A1, A3: somebody else's incident does not exist for him, its reference neither."""
    for declared_by, told in ((cast.diane, False), (cast.chloe, True)):
        master, own = an_incident(declared_by), an_incident(cast.chloe)
        done = lifecycle.start_and_resolve(
            cast.alice, own.reference, code="duplicate", summary="Déjà connu.", master=master.reference
        )
        assert done.master_reference == master.reference
        seen = incidents.get(cast.chloe, own.reference)
        assert seen.master_reference == (master.reference if told else None)


def test_a_requester_validates_and_it_is_recorded_who_did(cast: Cast, clock: MovedClock) -> None:
    """S123, S124, S136."""
    created = an_incident(cast.chloe)
    lifecycle.start_and_resolve(cast.alice, created.reference, **FIXED)
    clock.forward(hours=1)
    done = lifecycle.close(cast.chloe, created.reference)
    assert (done.status, done.closed_at) == (Status.CLOSED, created.created_at + timedelta(hours=1))
    line = last(cast, created.reference)
    assert (line.actor and line.actor.login, line.details["validated_by"]) == ("chloe", "requester")


def test_a_technician_closes_for_the_team(cast: Cast) -> None:
    """S123, S124."""
    incident = lifecycle.close(cast.bruno, resolved(cast.alice).reference)
    assert (incident.status, incident.allowed_actions) == (Status.CLOSED, ())
    assert last(cast, incident.reference).details["validated_by"] == "team"


def test_only_a_resolved_incident_is_closed_or_reopened(cast: Cast) -> None:
    """S124, S127."""
    for made in (an_incident, in_progress, on_hold):
        reference = made(cast.alice).reference
        for call in (lambda r: lifecycle.close(cast.alice, r), lambda r: lifecycle.reopen(cast.alice, r, reason="…")):
            with pytest.raises(TransitionRefused):
                call(reference)


def test_reopening_opens_a_new_cycle_and_keeps_the_first_verdict(cast: Cast, clock: MovedClock) -> None:
    """G9, S127, S128, S137."""
    reference = in_progress(cast.alice).reference
    clock.forward(hours=3)
    lifecycle.resolve(cast.alice, reference, **FIXED)
    clock.forward(hours=2)
    again = lifecycle.reopen(cast.bruno, reference, reason="La panne est revenue")
    assert (again.status, again.reopen_count, again.resolution, again.resolved_at) == (
        Status.IN_PROGRESS,
        1,
        None,
        None,
    )
    assert again.assignee is not None
    assert again.assignee.login == "alice"
    assert again.cycle.number == 2
    assert again.cycle.resolution.due_at == again.created_at + timedelta(hours=9)
    assert last(cast, reference).details["reason"] == "La panne est revenue"
    clock.forward(hours=4, minutes=30)
    lifecycle.resolve(cast.alice, reference, **FIXED)
    first, second = deadlines.cycles(cast.alice, reference)
    assert (first.resolution.respected, second.resolution.respected) == (True, False)
    assert (first.response.respected, second.response.respected) == (True, True)
    assert second.response.met_at == second.started_at


def test_a_requester_reopens_with_a_reason(cast: Cast) -> None:
    """S127."""
    reference = an_incident(cast.chloe).reference
    lifecycle.start_and_resolve(cast.alice, reference, **FIXED)
    with pytest.raises(Invalid) as invalid:
        lifecycle.reopen(cast.chloe, reference, reason=" ")
    assert invalid.value.errors == {"reason": ("required", {})}
    assert lifecycle.reopen(cast.chloe, reference, reason="Toujours en panne").status is Status.IN_PROGRESS


def test_an_incident_can_be_reopened_many_times(cast: Cast, clock: MovedClock) -> None:
    """Rules: one of 24,918 was reopened eight times."""
    reference = in_progress(cast.alice).reference
    for _ in range(8):
        clock.forward(minutes=10)
        lifecycle.resolve(cast.alice, reference, **FIXED)
        again = lifecycle.reopen(cast.alice, reference, reason="Encore")
    assert (again.reopen_count, again.cycle.number) == (8, 9)
    assert [cycle.resolution.respected for cycle in deadlines.cycles(cast.alice, reference)] == [True] * 8 + [None]


def test_first_response_is_that_of_the_first_cycle_for_ever(cast: Cast, clock: MovedClock) -> None:
    """Rules: recorded once in the incident's life."""
    working = in_progress(cast.alice)
    clock.forward(minutes=10)
    lifecycle.resolve(cast.alice, working.reference, **FIXED)
    again = lifecycle.reopen(cast.alice, working.reference, reason="Encore")
    assert again.first_response_at == working.first_response_at


def test_the_requester_sees_the_code_but_not_what_the_team_wrote(cast: Cast) -> None:
    created = an_incident(cast.chloe)
    lifecycle.start_and_resolve(cast.alice, created.reference, code="user_error", summary="Capslock, encore.")
    seen = incidents.get(cast.chloe, created.reference)
    assert seen.resolution is not None
    assert (seen.resolution.code, seen.resolution.summary) == (ResolutionCode.USER_ERROR, None)
    assert "Capslock" not in repr(incidents.history(cast.chloe, created.reference))
    assert Fact.STATUS_CHANGED in {line.fact for line in incidents.history(cast.chloe, created.reference).entries}


def test_a_team_that_resolves_what_is_nobody_s_has_done_it(cast: Cast) -> None:
    """S98: resolved work is somebody's."""
    reference = on_hold(cast.bruno).reference
    lifecycle.assign(cast.diane, reference, team=N2)
    done = lifecycle.resolve(cast.bruno, reference, **FIXED)
    assert done.assignee is not None
    assert done.assignee.login == "bruno"
