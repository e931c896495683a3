"""What was resolved long enough ago closes by itself, where an administrator wants that (S123)."""

import pytest

from data.vocabulary import Fact, Status
from services import audit, closing, incidents, lifecycle
from services.clock import MovedClock
from services.errors import Forbidden, Invalid
from tests.personas import Cast, in_progress
from tests.usecases.seen import last


def resolved(cast: Cast) -> str:
    reference = in_progress(cast.alice).reference
    lifecycle.resolve(cast.alice, reference, code="fixed", summary="Relancé.")
    return reference


def close_all() -> int:
    """How many are closed now."""
    closed = 0
    while closing.close_one():
        closed += 1
    return closed


def test_nothing_closes_by_itself_unless_an_administrator_wants_it(cast: Cast, clock: MovedClock) -> None:
    resolved(cast)
    clock.forward(days=400)
    assert closing.days(cast.alice) is None
    assert close_all() == 0


def test_after_so_many_days_the_system_closes_with_a_line_of_history(cast: Cast, clock: MovedClock) -> None:
    closing.set_days(cast.emile, "5")
    reference, working = resolved(cast), in_progress(cast.alice).reference
    clock.forward(days=4, hours=23, minutes=59, seconds=59)
    assert close_all() == 0
    clock.forward(seconds=1)
    assert close_all() == 1
    assert close_all() == 0
    seen, line = incidents.get(cast.alice, reference), last(cast, incidents.get(cast.alice, reference))
    assert (seen.status, seen.closed_at) == (Status.CLOSED, clock.at)
    assert (line.fact, line.actor, line.details["validated_by"]) == (Fact.STATUS_CHANGED, None, "system")
    assert incidents.get(cast.alice, working).status is Status.IN_PROGRESS
    assert (audit.verify_chain().broken_at, list(audit.verify_sla())) == (None, [])


def test_what_is_to_be_looked_at_again_stays_open(cast: Cast, clock: MovedClock) -> None:
    """« À revoir », or reopened: not closed."""
    closing.set_days(cast.emile, 1)
    reference = resolved(cast)
    lifecycle.reopen(cast.alice, reference, reason="Encore")
    clock.forward(days=2)
    assert close_all() == 0


def test_a_requester_s_answer_keeps_it_from_closing(cast: Cast, clock: MovedClock) -> None:
    closing.set_days(cast.emile, 1)
    declared = incidents.create(
        cast.chloe, incidents.NewIncident(title="Panne", description="…", category="network", priority="low")
    )
    lifecycle.start_and_resolve(cast.alice, declared.reference, code="fixed", summary="Relancé.")
    incidents.comment(cast.chloe, declared.reference, body="Cela ne marche pas.")
    clock.forward(days=2)
    assert close_all() == 0


@pytest.mark.parametrize("wanted", ["0", "366", "-1", "x", "1.5", "٣"])
def test_days_that_make_no_sense_are_refused(cast: Cast, wanted: str) -> None:
    with pytest.raises(Invalid):
        closing.set_days(cast.emile, wanted)
    assert closing.days(cast.emile) is None


def test_only_an_administrator_sets_it_and_can_take_it_back(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        closing.set_days(cast.diane, 5)
    closing.set_days(cast.emile, 5)
    assert closing.days(cast.bruno) == 5
    closing.set_days(cast.emile, "")
    assert closing.days(cast.emile) is None
