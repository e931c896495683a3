"""What people are told before they confirm is what then happens (rules, "Priority change", "Escalation")."""

from datetime import timedelta

import pytest

from data.vocabulary import Fact, HoldReason, Priority, Visibility
from services import incidents, lifecycle, preview, workload
from services.clock import MovedClock
from services.errors import Forbidden, NotFound
from services.sheet import sheet
from tests.personas import INFRASTRUCTURE, N1, N2, N3, SUPPLIER, Cast, an_incident, in_progress, resolved


def names(teams: tuple[object, ...]) -> list[str]:
    return [team.name for team in teams]  # type: ignore[attr-defined]


@pytest.mark.parametrize("new", list(Priority))
def test_the_due_times_of_a_preview_are_those_that_the_change_brings(
    cast: Cast, clock: MovedClock, new: Priority
) -> None:
    reference = an_incident(cast.alice, priority="high").reference
    clock.forward(hours=2)
    foretold = preview.priorities(cast.alice, reference)[new]
    saved = incidents.edit(cast.alice, reference, {"priority": new.value}, reason="parce que")
    assert foretold.response is not None
    assert foretold.resolution is not None
    assert (saved.cycle.response.due_at, saved.cycle.resolution.due_at) == (
        foretold.response.new,
        foretold.resolution.new,
    )
    assert foretold.lowers is (new in (Priority.MEDIUM, Priority.LOW))


def test_raising_the_priority_too_late_is_told_to_be_late_at_once(cast: Cast, clock: MovedClock) -> None:
    """G6: raised at 15:00, four hours are over; the response, met in time, keeps its verdict."""
    reference = an_incident(cast.alice, priority="low").reference
    clock.forward(minutes=30)
    lifecycle.take_and_start(cast.alice, reference)
    clock.forward(hours=4, minutes=30)
    foretold = preview.priorities(cast.alice, reference)[Priority.CRITICAL]
    assert foretold.response is None
    assert foretold.resolution is not None
    assert foretold.resolution.late_at_once
    assert not foretold.lowers


def test_lowering_the_priority_is_told_to_hide_a_breach(cast: Cast, clock: MovedClock) -> None:
    """G8."""
    working = in_progress(cast.alice)
    clock.forward(hours=5)
    foretold = preview.priorities(cast.alice, working.reference)[Priority.LOW]
    assert foretold.resolution is not None
    assert foretold.resolution.hides_breach
    assert foretold.resolution.new == working.created_at + timedelta(days=3)


def test_the_history_of_a_priority_has_the_due_times_before_and_after(cast: Cast) -> None:
    created = an_incident(cast.alice, priority="high")
    saved = incidents.edit(cast.alice, created.reference, {"priority": "critical", "title": "Autre titre"})
    lines = incidents.history(cast.alice, created.reference).entries
    line = next(line for line in lines if line.fact is Fact.PRIORITY_CHANGED)
    assert line.details["due"] == {
        clock: [getattr(created.cycle, clock).due_at.isoformat(), getattr(saved.cycle, clock).due_at.isoformat()]
        for clock in ("response", "resolution")
    }
    assert saved.version == created.version + 1


def test_previews_are_for_those_who_may_act(cast: Cast) -> None:
    reference = an_incident(cast.chloe).reference
    for look in (preview.priorities, preview.pausing, preview.escalation):
        with pytest.raises(Forbidden):
            look(cast.chloe, reference)
        with pytest.raises(NotFound):
            look(cast.alice, "INC-20200101-000001")
    with pytest.raises(Forbidden):
        workload.candidates(cast.chloe)


def test_no_hold_stops_the_clock_by_default(cast: Cast) -> None:
    assert preview.pausing(cast.alice, in_progress(cast.alice).reference) == frozenset[HoldReason]()


def test_an_escalation_climbs_from_the_incidents_team(cast: Cast) -> None:
    where = preview.escalation(cast.diane, an_incident(cast.diane, team=N1).reference)
    assert names(where.path) == [N1, N2, N3]
    assert where.parent is not None
    assert where.parent.name == N2
    assert set(names(where.others)) == {N2, N3, INFRASTRUCTURE, SUPPLIER}


def test_an_escalation_climbs_from_the_assignees_team_where_there_is_no_other(cast: Cast) -> None:
    where = preview.escalation(cast.bruno, in_progress(cast.bruno).reference)
    assert names(where.path) == [N2, N3]


@pytest.mark.parametrize("team", [N3, INFRASTRUCTURE, None])
def test_nothing_is_above_the_top(cast: Cast, team: str | None) -> None:
    """S104."""
    where = preview.escalation(cast.diane, an_incident(cast.diane, team=team).reference)
    assert where.parent is None


def test_a_published_resolution_is_one_change_with_a_public_comment(cast: Cast) -> None:
    working = in_progress(cast.alice)
    done = lifecycle.resolve(cast.alice, working.reference, code="fixed", summary="Relancé.", publish=True)
    told = incidents.history(cast.alice, done.reference)
    assert [(said.body, said.visibility) for said in told.comments.values()] == [("Relancé.", Visibility.PUBLIC)]
    assert [line.fact for line in told.entries[-2:]] == [Fact.STATUS_CHANGED, Fact.COMMENTED]
    assert done.version == working.version + 1


def test_candidates_are_the_actor_then_the_team_then_the_least_loaded(cast: Cast) -> None:
    for owner, count in (("alice", 2), ("bruno", 1)):
        for _ in range(count):
            an_incident(cast.diane, assignee=owner)
    resolved(cast.alice)
    seen = [(each.person.login, each.open) for each in workload.candidates(cast.alice)]
    assert seen == [("alice", 2), ("diane", 0), ("emile", 0), ("bruno", 1)]


def test_a_sheet_has_the_verdicts_of_earlier_cycles_for_the_team_alone(cast: Cast, clock: MovedClock) -> None:
    reference = resolved(cast.alice).reference
    clock.forward(hours=1)
    lifecycle.reopen(cast.alice, reference, reason="Encore")
    found = sheet(cast.bruno, reference)
    assert [(cycle.number, cycle.resolution.respected) for cycle in found.earlier] == [(1, True)]
    assert found.incident.cycle.number == 2


def test_a_requesters_sheet_has_what_is_public(cast: Cast) -> None:
    created = an_incident(cast.chloe)
    lifecycle.take_and_start(cast.alice, created.reference)
    incidents.comment(cast.alice, created.reference, body="entre nous")
    lifecycle.resolve(cast.alice, created.reference, code="fixed", summary="détails internes")
    lifecycle.reopen(cast.chloe, created.reference, reason="non")
    found = sheet(cast.chloe, created.reference)
    assert found.earlier == ()
    assert found.timeline.comments == {}
    assert "détails internes" not in repr(found)
    with pytest.raises(NotFound):
        sheet(cast.chloe, an_incident(cast.alice).reference)
