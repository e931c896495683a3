"""Whose an incident is when several reach for it (rules: « exactly one of several simultaneous takers wins »).

One after the other here, as the database lines them up; `tests/storage/test_races.py` lets them run.
"""

from collections.abc import Callable
from typing import Any

import pytest

from data.vocabulary import Status
from services import incidents, lifecycle, people
from services.clock import MovedClock
from services.errors import AlreadyTaken, Forbidden, StaleIncident, TransitionRefused
from services.views import IncidentView
from services.work import Actor
from tests.dump import dump
from tests.personas import N1, PASSWORD, Cast, an_incident, in_progress, on_hold, resolved

RESOLUTION = {"code": "fixed", "summary": "Relancé"}


@pytest.fixture
def anna(cast: Cast) -> Actor:
    """A colleague of Alice's in Support N1."""
    account = people.create_user(
        cast.emile, login="anna", name="Anna Weber", role="technician", password=PASSWORD, teams=[N1]
    )
    return Actor(account.id)


def beaten(call: Callable[[], object]) -> dict[str, Any]:
    """What the loser is told, beside what may still be done; nothing has changed."""
    before = dump()
    with pytest.raises(AlreadyTaken) as taken:
        call()
    assert dump() == before
    assert taken.value.params.pop("allowed_actions")
    return taken.value.params


def test_who_saw_it_free_and_comes_second_reads_who_was_faster(cast: Cast, clock: MovedClock) -> None:
    """S95: the page sends the version that it shows."""
    seen = an_incident(cast.chloe)
    lifecycle.take(cast.alice, seen.reference, version=seen.version)
    clock.forward(minutes=9)
    told = beaten(lambda: lifecycle.take(cast.bruno, seen.reference, version=seen.version))
    assert told == {"reference": seen.reference, "by": "Alice Martin", "seconds": 540}


def test_who_names_no_version_and_comes_within_a_moment_does_so_too(cast: Cast, clock: MovedClock) -> None:
    reference = an_incident(cast.chloe).reference
    lifecycle.take(cast.alice, reference)
    clock.forward(seconds=5)
    assert beaten(lambda: lifecycle.take(cast.bruno, reference))["seconds"] == 5
    assert beaten(lambda: lifecycle.take_and_start(cast.bruno, reference))["by"] == "Alice Martin"


def test_later_it_is_a_hand_over_to_oneself(cast: Cast, clock: MovedClock) -> None:
    """Rules: take from assigned, in_progress and on_hold."""
    for made in (lambda by: an_incident(by, assignee="alice"), in_progress, on_hold):
        reference = made(cast.alice).reference
        clock.forward(seconds=6)
        after = lifecycle.take(cast.bruno, reference)
        assert after.assignee is not None
        assert after.assignee.login == "bruno"


def test_who_saw_whose_it_is_may_take_it_at_once(cast: Cast) -> None:
    """With the version of now there is no race: the colleague is on the phone."""
    taken = lifecycle.take(cast.alice, an_incident(cast.chloe).reference)
    after = lifecycle.take(cast.bruno, taken.reference, version=taken.version)
    assert after.assignee is not None
    assert after.assignee.login == "bruno"


def test_of_two_who_take_what_is_a_team_s_one_wins(cast: Cast, anna: Actor) -> None:
    reference = an_incident(cast.alice, team=N1).reference
    lifecycle.take(cast.diane, reference)
    assert beaten(lambda: lifecycle.take(anna, reference))["by"] == "Diane Leroy"


@pytest.mark.parametrize("made", [in_progress, on_hold])
def test_what_is_being_worked_on_is_handed_over_at_once(
    cast: Cast, anna: Actor, made: Callable[..., IncidentView]
) -> None:
    """Rules: « take, from in_progress and on_hold: hand-over to oneself », whoever took it a moment ago."""
    reference = made(cast.alice, team=N1).reference
    lifecycle.take(cast.diane, reference)
    after = lifecycle.take(anna, reference)
    assert (after.assignee and after.assignee.login) == "anna"


def test_a_member_starts_at_once_what_a_colleague_has_taken(cast: Cast, anna: Actor) -> None:
    """Rules: start, from assigned: « the assignee, or a member of the team (who becomes the assignee) »."""
    reference = lifecycle.take(cast.alice, an_incident(cast.alice, team=N1).reference).reference
    after = lifecycle.start(anna, reference)
    assert (after.assignee and after.assignee.login, after.status) == ("anna", "in_progress")


@pytest.mark.parametrize("second", [lifecycle.start, lifecycle.take_and_start])
@pytest.mark.parametrize("first", [lifecycle.start, lifecycle.take_and_start])
def test_two_members_who_start_at_once_are_told_the_same(
    cast: Cast, anna: Actor, first: Callable[..., IncidentView], second: Callable[..., IncidentView]
) -> None:
    reference = an_incident(cast.alice, team=N1).reference
    first(cast.alice, reference)
    assert beaten(lambda: second(anna, reference))["by"] == "Alice Martin"


def test_two_who_resolve_in_one_click_are_not_both_right(cast: Cast) -> None:
    seen = an_incident(cast.chloe)
    lifecycle.start_and_resolve(cast.alice, seen.reference, **RESOLUTION)
    with pytest.raises(TransitionRefused):
        lifecycle.start_and_resolve(cast.bruno, seen.reference, **RESOLUTION)
    with pytest.raises(StaleIncident):
        lifecycle.start_and_resolve(cast.bruno, seen.reference, **RESOLUTION, version=seen.version)


def test_an_impatient_second_click_of_the_winner_is_no_race(cast: Cast) -> None:
    reference = lifecycle.take(cast.alice, an_incident(cast.chloe).reference).reference
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.take(cast.alice, reference)
    assert refused.value.params["reason"] == "already_yours"


def test_who_could_not_have_taken_it_is_told_that_instead(cast: Cast) -> None:
    """S94: Bruno is no member, Chloé no technician."""
    reference = lifecycle.take(cast.alice, an_incident(cast.chloe).reference).reference
    with pytest.raises(Forbidden):
        lifecycle.take(cast.chloe, reference)
    of_n1 = lifecycle.take(cast.alice, an_incident(cast.alice, team=N1).reference).reference
    with pytest.raises(Forbidden) as forbidden:
        lifecycle.take(cast.bruno, of_n1)
    assert forbidden.value.params["reason"] == "not_a_member"


def test_after_a_dispatcher_s_decision_the_page_is_out_of_date_but_nobody_was_faster(cast: Cast) -> None:
    seen = an_incident(cast.chloe)
    lifecycle.assign(cast.diane, seen.reference, assignee="bruno")
    with pytest.raises(StaleIncident) as stale:
        lifecycle.take(cast.alice, seen.reference, version=seen.version)
    assert stale.value.params["by"] == "Diane Leroy"
    after = lifecycle.take(cast.alice, seen.reference)
    assert after.assignee is not None
    assert after.assignee.login == "alice"


def test_what_was_escalated_since_is_nobody_s_again(cast: Cast) -> None:
    reference = in_progress(cast.alice, team=N1).reference
    lifecycle.escalate(cast.alice, reference, mode="hierarchical", reason="Serveur")
    after = lifecycle.take(cast.bruno, reference)
    assert (after.status, after.assignee and after.assignee.login) == (Status.ASSIGNED, "bruno")


def test_a_resolved_incident_is_not_taken_but_refused(cast: Cast) -> None:
    reference = resolved(cast.alice).reference
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.take(cast.bruno, reference)
    assert refused.value.params["reason"] == "no_such_move"
    assert [entry.details.get("action") for entry in incidents.history(cast.alice, reference).entries][-1] == "resolve"
