"""What is no incident is sent where it belongs (S7, S8)."""

from collections.abc import Callable

import pytest

from data.vocabulary import ResolutionCode, Status
from services import desk_settings, incidents, lifecycle, service_requests
from services.errors import Forbidden, Invalid, NotFound, Refused, StaleIncident, TransitionRefused
from services.work import Actor
from tests.dump import dump
from tests.personas import Cast, an_incident, closed

ADDRESS = "https://catalogue.example/demandes"


@pytest.fixture
def catalogue(cast: Cast) -> str:
    """The organisation has a catalogue of services."""
    desk_settings.save(cast.emile, {"name": "Acme", "catalogue_address": ADDRESS, "catalogue_label": "Le guichet"})
    return ADDRESS


def as_it_is(alice: Actor, reference: str) -> None:
    del alice, reference


def started(alice: Actor, reference: str) -> None:
    lifecycle.take_and_start(alice, reference)


def waiting(alice: Actor, reference: str) -> None:
    started(alice, reference)
    lifecycle.hold(alice, reference, reason="user")


@pytest.mark.parametrize("begun", [as_it_is, lifecycle.take, started, waiting])
def test_it_is_resolved_told_and_noted_in_one(
    cast: Cast, catalogue: str, begun: Callable[[Actor, str], object]
) -> None:
    """S8: from every open status, whole."""
    reference = an_incident(cast.chloe).reference
    begun(cast.alice, reference)
    done = service_requests.redirect(cast.alice, reference)
    assert (done.status, done.resolution and done.resolution.code) == (Status.RESOLVED, ResolutionCode.NO_ACTION)
    hers = incidents.history(cast.chloe, reference)
    (said,) = hers.comments.values()
    assert "Le guichet" in said.body
    assert catalogue in said.body
    resolved = next(entry for entry in hers.entries if entry.details.get("to") == "resolved")
    assert resolved.details["service_request"] is True


def test_ones_own_words_keep_the_address(cast: Cast, catalogue: str) -> None:
    reference = an_incident(cast.chloe).reference
    assert catalogue in (service_requests.prepared(cast.alice, reference) or "")
    service_requests.redirect(cast.alice, reference, message="Voyez le guichet.")
    (said,) = incidents.history(cast.chloe, reference).comments.values()
    assert said.body == f"Voyez le guichet.\n\n{catalogue}"


def test_a_refusal_leaves_everything_as_it_was(cast: Cast, catalogue: str) -> None:
    reference, done = an_incident(cast.chloe), closed(cast.alice).reference
    lifecycle.take(cast.alice, reference.reference)
    before = dump()
    for actor, which, more, refusal in (
        (cast.chloe, reference.reference, {}, Forbidden),
        (cast.alice, done, {}, TransitionRefused),
        (cast.alice, reference.reference, {"version": 1}, StaleIncident),
        (cast.alice, reference.reference, {"message": "a\0b"}, Invalid),
        (cast.alice, "INC-20260615-999999", {}, NotFound),
    ):
        with pytest.raises(refusal):
            service_requests.redirect(actor, which, **more)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        service_requests.prepared(cast.chloe, reference.reference)
    assert dump() == before


def test_without_a_catalogue_nothing_is_redirected(cast: Cast) -> None:
    reference = an_incident(cast.chloe).reference
    assert service_requests.prepared(cast.alice, reference) is None
    before = dump()
    with pytest.raises(Refused) as refused:
        service_requests.redirect(cast.alice, reference)
    assert refused.value.code == "no_catalogue"
    assert dump() == before
