"""Escalation, to the parent team or to any other (S101 to S115, G10)."""

from typing import Any

import pytest

from data.vocabulary import Fact, Status
from services import incidents, lifecycle, preview
from services.clock import MovedClock
from services.errors import Invalid, TransitionRefused
from tests.dump import dump
from tests.personas import INFRASTRUCTURE, N1, N2, N3, SUPPLIER, Cast, an_incident, in_progress, on_hold

UP: dict[str, Any] = {"mode": "hierarchical", "reason": "Le serveur est en cause."}


def test_an_escalation_goes_to_the_parent_team_with_its_four_facts_and_the_same_due_times(
    cast: Cast, clock: MovedClock
) -> None:
    """G10, S103, S112 to S115."""
    before = in_progress(cast.alice, team=N1)
    clock.at = clock.at.replace(hour=10)  # noon in Paris
    after = lifecycle.escalate(cast.alice, before.reference, **UP)
    assert (after.status, after.assignee, after.team and after.team.name) == (Status.ASSIGNED, None, N2)
    assert after.escalation_level == before.escalation_level + 1 == 1
    assert (after.cycle.response.due_at, after.cycle.resolution.due_at) == (
        before.cycle.response.due_at,
        before.cycle.resolution.due_at,
    )
    line = incidents.history(cast.alice, before.reference).entries[-1]
    assert (line.fact, line.actor and line.actor.login, line.at) == (Fact.STATUS_CHANGED, "alice", clock.at)
    assert line.details["action"] == "escalate"
    assert line.details["mode"] == "hierarchical"
    assert line.details["reason"] == "Le serveur est en cause."
    assert (line.details["previous_owner"]["team"], line.details["owner"]["team"]) == (N1, N2)
    assert (line.details["previous_level"], line.details["level"]) == (0, 1)


def test_three_levels_follow_the_parents_and_the_top_has_none(cast: Cast) -> None:
    """S102, S104, S113."""
    reference = in_progress(cast.alice, team=N1).reference
    lifecycle.escalate(cast.alice, reference, **UP)
    lifecycle.take_and_start(cast.bruno, reference)
    top = lifecycle.escalate(cast.bruno, reference, **UP)
    assert (top.team and top.team.name, top.escalation_level) == (N3, 2)
    lifecycle.take_and_start(cast.diane, reference)
    before = dump()
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.escalate(cast.diane, reference, **UP)
    assert refused.value.params["reason"] == "no_parent_team"
    assert dump() == before
    assert preview.escalation(cast.diane, reference).parent is None


def test_without_a_team_it_is_the_parent_of_the_assignee_s_main_team(cast: Cast) -> None:
    """Rules: « of the assignee's main team when only a person is set »."""
    reference = in_progress(cast.alice).reference
    after = lifecycle.escalate(cast.alice, reference, **UP)
    assert after.team is not None
    assert after.team.name == N2


def test_somebody_without_a_team_has_nowhere_to_escalate_to(cast: Cast) -> None:
    """S104."""
    reference = in_progress(cast.diane).reference
    with pytest.raises(TransitionRefused) as refused:
        lifecycle.escalate(cast.diane, reference, **UP)
    assert refused.value.params["reason"] == "no_parent_team"


@pytest.mark.parametrize("target", [INFRASTRUCTURE, SUPPLIER, N3])
def test_a_functional_escalation_goes_to_any_other_team(cast: Cast, target: str) -> None:
    """S101, S105, S106, S134."""
    reference = in_progress(cast.alice, team=N1).reference
    after = lifecycle.escalate(cast.alice, reference, mode="functional", team=target, reason="Réseau")
    assert (after.status, after.team and after.team.name, after.escalation_level) == (Status.ASSIGNED, target, 1)
    line = incidents.history(cast.alice, reference).entries[-1].details
    assert (line["mode"], line["owner"]["team"], line["reason"]) == ("functional", target, "Réseau")


def test_the_level_never_goes_down(cast: Cast) -> None:
    """Rules: back to a lower team is a reassignment."""
    reference = in_progress(cast.alice, team=N1).reference
    lifecycle.escalate(cast.alice, reference, **UP)
    back = lifecycle.assign(cast.bruno, reference, team=N1)
    assert back.escalation_level == 1
    lifecycle.take_and_start(cast.alice, reference)
    lifecycle.resolve(cast.alice, reference, code="fixed", summary="Relancé")
    assert lifecycle.reopen(cast.alice, reference, reason="Encore").escalation_level == 1


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, {"mode": "required", "reason": "required"}),
        ({"mode": "sideways", "reason": "…"}, {"mode": "unknown_value"}),
        ({"mode": "hierarchical", "reason": "  "}, {"reason": "required"}),
        ({"mode": "hierarchical", "reason": "…", "team": N2}, {"team": "not_chosen"}),
        ({"mode": "functional", "reason": "…"}, {"team": "required"}),
        ({"mode": "functional", "reason": "…", "team": "Support N9"}, {"team": "unknown"}),
        ({"mode": "functional", "reason": "…", "team": N1}, {"team": "same_team"}),
        ({"mode": "functional", "team": INFRASTRUCTURE, "reason": "x" * 2_001}, {"reason": "too_long"}),
    ],
)
def test_an_escalation_that_is_not_complete_names_the_field(
    cast: Cast, given: dict[str, Any], errors: dict[str, str]
) -> None:
    """S108 to S110."""
    reference = in_progress(cast.alice, team=N1).reference
    before = dump()
    with pytest.raises(Invalid) as invalid:
        lifecycle.escalate(cast.alice, reference, **({"mode": None, "reason": None} | given))
    assert {field: code for field, (code, _) in invalid.value.errors.items()} == errors
    assert dump() == before


def test_impact_enterprise_opens_the_escalation_before_the_work_begins(cast: Cast) -> None:
    """S73."""
    plain = an_incident(cast.alice, team=N1)
    assert "escalate" not in plain.allowed_actions
    new = an_incident(cast.alice, impact="enterprise")
    assert "escalate" in new.allowed_actions
    after = lifecycle.escalate(cast.alice, new.reference, mode="functional", team=N1, reason="Tout le site")
    assert (after.status, after.escalation_level) == (Status.ASSIGNED, 1)
    again = lifecycle.escalate(cast.alice, new.reference, **UP)
    assert (again.status, again.team and again.team.name, again.escalation_level) == (Status.ASSIGNED, N2, 2)
    assert incidents.history(cast.alice, new.reference).entries[-1].fact is Fact.ESCALATED


def test_escalating_from_hold_ends_the_wait(cast: Cast) -> None:
    """Rules: running hold closed."""
    held = on_hold(cast.alice, team=N1, impact="enterprise")
    after = lifecycle.escalate(cast.alice, held.reference, **UP)
    assert (after.status, after.hold) == (Status.ASSIGNED, None)


def test_the_target_is_shown_before_anybody_confirms(cast: Cast) -> None:
    """S103, S104, S111."""
    seen = preview.escalation(cast.alice, in_progress(cast.alice, team=N1).reference)
    assert [team.name for team in seen.path] == [N1, N2, N3]
    assert seen.parent is not None
    assert seen.parent.name == N2
    assert {team.name for team in seen.others} == {N2, N3, INFRASTRUCTURE, SUPPLIER}
    assert seen.level == 0
