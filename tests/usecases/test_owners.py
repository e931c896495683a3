"""Whose an incident is: assigning, taking, starting (S45, S46, S90 to S100; rules, "Workflow")."""

from datetime import timedelta
from typing import Any

import pytest

from data.vocabulary import Fact, Light, Status
from services import incidents, lifecycle, people
from services.clock import MovedClock
from services.errors import Forbidden, Invalid
from tests.personas import INFRASTRUCTURE, N1, N2, PASSWORD, Cast, an_incident, in_progress, on_hold
from tests.usecases.seen import last, lines, owner, refused

Given = dict[str, Any]


def test_assigning_a_new_incident_changes_its_status_by_itself(cast: Cast) -> None:
    """S45, S90, S91, S133."""
    incident = lifecycle.assign(cast.diane, an_incident(cast.chloe).reference, assignee="alice")
    assert (incident.status, owner(incident)) == (Status.ASSIGNED, ("alice", None))
    line = last(cast, incident)
    assert (line.actor and line.actor.login, line.details["from"], line.details["to"]) == ("diane", "new", "assigned")
    assert line.details["owner"] == {"assignee": "alice", "name": "Alice Martin", "team": None}
    assert line.details["previous_owner"] == {"assignee": None, "name": None, "team": None}


def test_assigning_to_a_team_leaves_the_person_open(cast: Cast) -> None:
    """S92."""
    incident = lifecycle.assign(cast.diane, an_incident(cast.chloe).reference, team=N2)
    assert (incident.status, owner(incident)) == (Status.ASSIGNED, (None, N2))


def test_assigning_to_a_team_takes_it_from_the_person(cast: Cast) -> None:
    reference = in_progress(cast.alice, team=N1).reference
    assert owner(lifecycle.assign(cast.diane, reference, team=N1)) == (None, N1)


def test_a_person_alone_keeps_a_team_of_theirs_and_else_brings_their_main_one(cast: Cast) -> None:
    people.create_user(
        cast.emile, login="gita", name="Gita", role="technician", password=PASSWORD, teams=[INFRASTRUCTURE, N1]
    )
    reference = an_incident(cast.chloe).reference
    assert owner(lifecycle.assign(cast.diane, reference, team=N1)) == (None, N1)
    assert owner(lifecycle.assign(cast.diane, reference, assignee="gita")) == ("gita", N1)
    assert owner(lifecycle.assign(cast.diane, reference, assignee="bruno")) == ("bruno", N2)
    assert owner(lifecycle.assign(cast.diane, reference, assignee="gita")) == ("gita", INFRASTRUCTURE)
    assert owner(lifecycle.assign(cast.diane, reference, assignee="diane")) == ("diane", None)


def test_person_and_team_can_be_set_together(cast: Cast) -> None:
    """Rules: a technician, a team, or both."""
    incident = lifecycle.assign(cast.diane, an_incident(cast.chloe).reference, assignee="alice", team=INFRASTRUCTURE)
    assert owner(incident) == ("alice", INFRASTRUCTURE)


def test_work_in_progress_that_is_reassigned_returns_to_the_queue_with_its_response_met(cast: Cast) -> None:
    """S99, S100."""
    working = in_progress(cast.alice)
    incident = lifecycle.assign(cast.alice, working.reference, assignee="bruno")
    assert (incident.status, incident.first_response_at) == (Status.ASSIGNED, working.first_response_at)
    assert incident.cycle == working.cycle
    assert last(cast, incident).details["previous_owner"]["assignee"] == "alice"


def test_a_hand_over_does_not_end_a_wait(cast: Cast, clock: MovedClock) -> None:
    """Rules: assign from on_hold keeps on_hold."""
    held = on_hold(cast.alice)
    clock.forward(minutes=5)
    incident = lifecycle.assign(cast.alice, held.reference, assignee="bruno")
    assert (incident.status, incident.hold) == (Status.ON_HOLD, held.hold)
    assert last(cast, incident).fact is Fact.ASSIGNED


def test_assigning_to_the_owner_of_now_is_refused(cast: Cast) -> None:
    reference = an_incident(cast.alice, assignee="alice", team=N1).reference
    assert refused(lambda: lifecycle.assign(cast.alice, reference, assignee="alice")).params["reason"] == "same_owner"
    assert refused(lambda: lifecycle.assign(cast.alice, reference, assignee="ALICE", team=N1)).params["reason"]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "assignee", "required"),
        ({"assignee": "nobody"}, "assignee", "unknown"),
        ({"assignee": "chloe"}, "assignee", "not_a_technician"),
        ({"team": "Support N9"}, "team", "unknown"),
        ({"team": 2**63}, "team", "unknown"),
        ({"team": 999}, "team", "unknown"),
    ],
)
def test_an_owner_that_does_not_exist_is_named(cast: Cast, given: Given, field: str, code: str) -> None:
    reference = an_incident(cast.alice).reference
    with pytest.raises(Invalid) as invalid:
        lifecycle.assign(cast.diane, reference, **given)
    assert {name: found[0] for name, found in invalid.value.errors.items()} == {field: code}


def test_nobody_is_assigned_who_may_not_sign_in_any_more(cast: Cast) -> None:
    people.set_active(cast.emile, "bruno", False)
    with pytest.raises(Invalid) as invalid:
        lifecycle.assign(cast.diane, an_incident(cast.alice).reference, assignee="bruno")
    assert invalid.value.errors["assignee"][0] == "not_a_technician"


@pytest.mark.parametrize("by", ["alice", "diane", "emile"])
def test_taking_makes_the_actor_the_assignee_in_one_click(cast: Cast, by: str) -> None:
    """S94, S95: a member of the team, a dispatcher, an administrator."""
    incident = lifecycle.take(getattr(cast, by), an_incident(cast.chloe).reference)
    assert (incident.status, owner(incident)[0]) == (Status.ASSIGNED, by)
    incident = lifecycle.take(getattr(cast, by), lifecycle.assign(cast.bruno, incident.reference, team=N1).reference)
    assert owner(incident) == (by, N1)


def test_who_is_not_in_the_team_cannot_take_its_incident(cast: Cast) -> None:
    """S94."""
    reference = an_incident(cast.alice, team=N1).reference
    for call in (lifecycle.take, lifecycle.take_and_start):
        with pytest.raises(Forbidden) as forbidden:
            call(cast.bruno, reference)
        assert forbidden.value.params["reason"] == "not_a_member"


def test_taking_what_is_worked_on_hands_it_over_and_nothing_else(cast: Cast, clock: MovedClock) -> None:
    """Rules: take from in_progress and on_hold leaves the status."""
    for made, status in ((in_progress, Status.IN_PROGRESS), (on_hold, Status.ON_HOLD)):
        before = made(cast.alice)
        clock.forward(minutes=1)
        after = lifecycle.take(cast.diane, before.reference)
        assert (after.status, owner(after)[0], after.hold) == (status, "diane", before.hold)
        assert after.first_response_at == before.first_response_at
        assert (last(cast, after).fact, last(cast, after).details["action"]) == (Fact.ASSIGNED, "take")


def test_taking_one_s_own_incident_is_refused(cast: Cast) -> None:
    reference = an_incident(cast.alice, assignee="alice").reference
    assert refused(lambda: lifecycle.take(cast.alice, reference)).params["reason"] == "already_yours"


def test_starting_records_the_first_response_once_in_the_incident_s_life(cast: Cast, clock: MovedClock) -> None:
    """S46, S59, S96, S97."""
    assigned = an_incident(cast.alice, assignee="alice")
    assert assigned.first_response_at is None
    clock.forward(minutes=20)
    first = lifecycle.start(cast.alice, assigned.reference)
    assert (first.status, first.first_response_at) == (Status.IN_PROGRESS, assigned.created_at + timedelta(minutes=20))
    assert first.cycle.response.respected is True
    clock.forward(hours=2)
    lifecycle.assign(cast.alice, assigned.reference, assignee="bruno")
    again = lifecycle.start(cast.bruno, assigned.reference)
    assert again.first_response_at == first.first_response_at
    assert again.cycle.response.met_at == first.cycle.response.met_at


def test_a_response_after_its_due_time_is_late(cast: Cast, clock: MovedClock) -> None:
    """G2, S58: assignment alone does not meet it."""
    assigned = an_incident(cast.alice, assignee="alice")
    clock.forward(hours=1, seconds=1)
    assert incidents.get(cast.alice, assigned.reference).cycle.response.light is Light.RED
    started = lifecycle.start(cast.alice, assigned.reference)
    assert started.cycle.response.respected is False


def test_a_member_of_the_team_who_starts_becomes_the_assignee(cast: Cast) -> None:
    reference = lifecycle.assign(cast.diane, an_incident(cast.chloe).reference, team=N1).reference
    incident = lifecycle.start(cast.alice, reference)
    assert owner(incident) == ("alice", N1)
    line = last(cast, incident)
    assert (line.details["action"], line.details["owner"]["assignee"]) == ("start", "alice")


def test_a_member_can_start_what_a_colleague_has_not_begun(cast: Cast) -> None:
    reference = an_incident(cast.bruno, assignee="diane", team=N2).reference
    assert owner(lifecycle.start(cast.bruno, reference)) == ("bruno", N2)


def test_nobody_else_can_start_it_in_passing(cast: Cast) -> None:
    reference = an_incident(cast.alice, assignee="alice").reference
    for actor in (cast.bruno, cast.diane, cast.emile):
        with pytest.raises(Forbidden) as forbidden:
            lifecycle.start(actor, reference)
        assert forbidden.value.params["reason"] == "not_assignee"


def test_take_and_start_is_one_click_and_two_lines_of_history(cast: Cast) -> None:
    created = an_incident(cast.chloe)
    incident = lifecycle.take_and_start(cast.alice, created.reference)
    assert (incident.status, owner(incident)[0], incident.version) == (Status.IN_PROGRESS, "alice", created.version + 1)
    steps = [(line.details["action"], line.details["from"], line.details["to"]) for line in lines(cast, incident)[1:]]
    assert steps == [("take", "new", "assigned"), ("start", "assigned", "in_progress")]


def test_take_and_start_of_one_s_own_incident_only_starts_it(cast: Cast) -> None:
    own = an_incident(cast.bruno, assignee="alice")
    incident = lifecycle.take_and_start(cast.alice, own.reference)
    assert [line.details.get("action") for line in lines(cast, incident)] == [None, "assign", "start"]
