"""What holds of every action, whoever does it to whatever (S44, D1, D7)."""

from collections.abc import Callable
from typing import Any

import pytest

from data.vocabulary import Action, Status
from services import incidents, lifecycle, people, sessions, tokens
from services.errors import Forbidden, NotFound, StaleIncident, TransitionRefused, Unauthenticated
from services.views import IncidentView
from services.work import Actor
from tests.dump import dump
from tests.personas import INFRASTRUCTURE, N2, PASSWORD, Cast, an_incident, in_progress, resolved
from tests.usecases.seen import refused

Given = dict[str, Any]


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
    assert stale.value.params == {
        "reference": seen.reference,
        "version": seen.version + 1,
        "by": "Bruno Keller",
        "allowed_actions": ["resume", "resolve", "assign"],
    }
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
