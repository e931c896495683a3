"""A call that names itself takes effect once, however often it arrives (R4)."""

from dataclasses import replace

import pytest

from data.vocabulary import Status
from services import incidents, lifecycle
from services.errors import AlreadyDone, TransitionRefused
from tests.dump import dump
from tests.personas import Cast, an_incident
from tests.storage.test_races import together


def test_the_second_time_nothing_happens(cast: Cast) -> None:
    reference = an_incident(cast.alice).reference
    alice = replace(cast.alice, call="comment 1")
    incidents.comment(alice, reference, body="Câble remplacé")
    before = dump()
    with pytest.raises(AlreadyDone):
        incidents.comment(alice, reference, body="Câble remplacé")
    assert dump() == before


def test_a_refused_call_is_not_spent(cast: Cast) -> None:
    reference = an_incident(cast.alice).reference
    alice = replace(cast.alice, call="hold 1")
    with pytest.raises(TransitionRefused):
        lifecycle.hold(alice, reference, reason="user")
    lifecycle.take_and_start(cast.alice, reference)
    assert lifecycle.hold(alice, reference, reason="user").status is Status.ON_HOLD


def test_the_name_is_each_account_s_own(cast: Cast) -> None:
    reference = an_incident(cast.alice).reference
    incidents.comment(replace(cast.alice, call="c"), reference, body="Un")
    incidents.comment(replace(cast.bruno, call="c"), reference, body="Deux")
    said = [each.body for each in incidents.history(cast.emile, reference).comments.values()]
    assert sorted(said) == ["Deux", "Un"]


def test_of_eight_at_once_one_has_an_effect(cast: Cast) -> None:
    reference = an_incident(cast.alice).reference
    alice = replace(cast.alice, call="once")
    came = together(*[lambda: incidents.comment(alice, reference, body="Une fois") for _ in range(8)])
    assert sum(isinstance(each, AlreadyDone) for each in came) == 7
    assert [each.body for each in incidents.history(cast.emile, reference).comments.values()] == ["Une fois"]
