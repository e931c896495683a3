"""Every row of the workflow's table: what it needs and what it does (rules, "Workflow"; S34 to S47, S90 to S100)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from data.vocabulary import Action, Fact, HoldReason, Light, Status
from services import incidents, lifecycle, people, sessions, tokens
from services.clock import MovedClock
from services.errors import Forbidden, Invalid, NotFound, StaleIncident, TransitionRefused, Unauthenticated
from services.views import EntryView, IncidentView
from services.work import Actor
from tests.dump import dump
from tests.personas import INFRASTRUCTURE, N1, N2, PASSWORD, Cast, an_incident, in_progress, on_hold, resolved

Given = dict[str, Any]


def owner(incident: IncidentView) -> tuple[str | None, str | None]:
    person, team = incident.assignee, incident.team
    return (person.login if person else None, team.name if team else None)


def lines(cast: Cast, incident: IncidentView) -> tuple[EntryView, ...]:
    return incidents.history(cast.emile, incident.reference).entries


def last(cast: Cast, incident: IncidentView) -> EntryView:
    return lines(cast, incident)[-1]


def refused(call: Callable[[], object]) -> TransitionRefused:
    """The refusal of `call`, which changed nothing."""
    before = dump()
    with pytest.raises(TransitionRefused) as refusal:
        call()
    assert dump() == before
    return refusal.value


# --- assign


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


# --- take


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


# --- start


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


# --- hold, resume


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


# --- what holds of every action


def test_each_action_is_one_change_of_the_version(cast: Cast) -> None:
    """D7: `version` is what simultaneous writers are told apart by."""
    reference = an_incident(cast.alice).reference
    steps: list[tuple[Callable[..., IncidentView], Given]] = [
        (lifecycle.take_and_start, {}),
        (lifecycle.hold, {"reason": "user"}),
        (lifecycle.resume, {}),
        (lifecycle.escalate, {"mode": "functional", "team": INFRASTRUCTURE, "reason": "Réseau"}),
        (lifecycle.assign, {"assignee": "alice"}),
        (lifecycle.start_and_resolve, {"code": "fixed", "summary": "Relancé", "publish": True}),
        (lifecycle.reopen, {"reason": "Encore"}),
        (lifecycle.resolve, {"code": "fixed", "summary": "Relancé", "publish": True}),
        (lifecycle.close, {}),
    ]
    versions = [action(cast.alice, reference, **given).version for action, given in steps]
    assert versions == list(range(2, 2 + len(steps)))


def test_an_action_on_an_older_version_is_refused_and_says_who_changed_it(cast: Cast) -> None:
    """D12: a tap made during a cut runs on return, and must not hit another state."""
    seen = in_progress(cast.alice)
    lifecycle.hold(cast.bruno, seen.reference, reason="user")
    incidents.comment(cast.diane, seen.reference, body="Je regarde.")
    before = dump()
    with pytest.raises(StaleIncident) as stale:
        lifecycle.resolve(cast.alice, seen.reference, code="fixed", summary="Fini", version=seen.version)
    assert stale.value.params == {"reference": seen.reference, "version": seen.version + 1, "by": "Bruno Keller"}
    assert dump() == before


def test_a_move_that_the_table_lacks_is_refused_with_those_that_it_has(cast: Cast) -> None:
    """S44, contract: 409 with the allowed actions."""
    reference = an_incident(cast.alice).reference
    refusal = refused(lambda: lifecycle.hold(cast.alice, reference, reason="user"))
    assert refusal.params == {
        "action": Action.HOLD,
        "current": Status.NEW,
        "reason": "no_such_move",
        "allowed_actions": [Action.TAKE, Action.ASSIGN, Action.TAKE_AND_START, Action.START_AND_RESOLVE],
    }


def call_each(actor: Actor, reference: str) -> list[Callable[[], object]]:
    resolution = {"code": "fixed", "summary": "Relancé"}
    return [
        lambda: lifecycle.assign(actor, reference, assignee="bruno"),
        lambda: lifecycle.take(actor, reference),
        lambda: lifecycle.start(actor, reference),
        lambda: lifecycle.take_and_start(actor, reference),
        lambda: lifecycle.hold(actor, reference, reason="user"),
        lambda: lifecycle.resume(actor, reference),
        lambda: lifecycle.escalate(actor, reference, mode="functional", team=N2, reason="…"),
        lambda: lifecycle.resolve(actor, reference, **resolution),
        lambda: lifecycle.start_and_resolve(actor, reference, **resolution),
        lambda: lifecycle.close(actor, reference),
        lambda: lifecycle.reopen(actor, reference, reason="…"),
    ]


def test_a_requester_can_do_nothing_to_an_incident_of_somebody_else(cast: Cast) -> None:
    """B4, A5: for Chloé it does not exist."""
    reference = resolved(cast.alice).reference
    before = dump()
    for call in call_each(cast.chloe, reference):
        with pytest.raises(NotFound):
            call()
    assert dump() == before


def test_a_requester_can_only_validate_or_reopen_an_own_one(cast: Cast) -> None:
    """B4, A5."""
    for made in (an_incident(cast.chloe), lifecycle.take_and_start(cast.alice, an_incident(cast.chloe).reference)):
        before = dump()
        for call in call_each(cast.chloe, made.reference):
            with pytest.raises((Forbidden, TransitionRefused)):
                call()
        assert dump() == before
        assert incidents.get(cast.chloe, made.reference).allowed_actions == ()


def test_who_is_known_no_more_does_nothing(cast: Cast) -> None:
    """D1: the actor is read afresh on every call."""
    reference = an_incident(cast.alice).reference
    with pytest.raises(Unauthenticated):
        lifecycle.take(Actor(999), reference)
    with pytest.raises(Unauthenticated):
        lifecycle.take(Actor(cast.alice.user_id, session="0" * 64), reference)
    session = sessions.sign_in("bruno", PASSWORD).actor
    people.set_active(cast.emile, "bruno", False)
    for actor in (cast.bruno, session):
        with pytest.raises(Unauthenticated):
            lifecycle.take(actor, reference)


def test_a_token_that_may_only_read_changes_nothing(cast: Cast) -> None:
    reference = an_incident(cast.alice).reference
    reader = tokens.holder(tokens.issue(cast.emile, "alice", name="tableau", scope="read"))
    assert incidents.get(reader, reference).reference == reference
    before = dump()
    for call in call_each(reader, reference):
        with pytest.raises(Forbidden):
            call()
    assert dump() == before


@pytest.mark.parametrize(
    "reference",
    [
        "INC-20260615-999999",
        "INC-20260615-00001",
        "",
        "INC-٢٠٢٦٠٦١٥-٠٠٠٠٠١",
        "a\0b",
        "\ud800",
        "x" * 10_000,
        "' OR 1=1 --",
    ],
)
def test_an_incident_that_does_not_exist_is_not_found_whatever_it_is_called(cast: Cast, reference: str) -> None:
    for call in (
        *call_each(cast.alice, reference),
        lambda: incidents.get(cast.alice, reference),
        lambda: incidents.history(cast.alice, reference),
        lambda: incidents.edit(cast.alice, reference, {"title": "x"}),
        lambda: incidents.comment(cast.alice, reference, body="x"),
    ):
        with pytest.raises(NotFound):
            call()
