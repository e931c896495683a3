"""What is given to a team and nobody takes: since when, for the board; and how long each team had it."""

from datetime import datetime
from importlib import import_module

from services import board, incidents, lifecycle
from services.clock import MovedClock
from services.sheet import sheet
from tests.dump import execute, value
from tests.personas import N1, N2, Cast, an_incident, in_progress

UP = {"mode": "hierarchical", "reason": "Trop profond"}


def since(incident_id: int) -> int | None:
    ((row,), _) = board.rows([incident_id])
    told: int | None = row["unclaimed_since"]
    return told


def epoch(at: datetime) -> int:
    return int(at.timestamp())


def test_a_hand_over_that_nobody_takes_shows_since_when(cast: Cast, clock: MovedClock) -> None:
    """S112, S115: an escalation must not get lost between two teams."""
    incident = in_progress(cast.alice, team=N1)
    assert since(incident.id) is None
    clock.forward(minutes=30)
    lifecycle.escalate(cast.alice, incident.reference, **UP)
    assert since(incident.id) == epoch(clock.at)
    given = epoch(clock.at)
    clock.forward(minutes=30)
    incidents.comment(cast.alice, incident.reference, body="Toujours personne ?")
    assert since(incident.id) == given
    lifecycle.take(cast.bruno, incident.reference)
    assert since(incident.id) is None


def test_another_team_and_a_reopening_count_anew(cast: Cast, clock: MovedClock) -> None:
    incident = an_incident(cast.diane, team=N1)
    assert since(incident.id) == epoch(clock.at)
    clock.forward(hours=1)
    lifecycle.assign(cast.diane, incident.reference, team=N2)
    assert since(incident.id) == epoch(clock.at)
    assert since(an_incident(cast.diane).id) is None  # nobody's at all: that is the queue, not a hand-over
    lifecycle.assign(cast.diane, incident.reference, assignee="bruno")
    assert since(incident.id) is None


def test_an_older_database_learns_it_from_the_history(cast: Cast, clock: MovedClock) -> None:
    waiting, taken = an_incident(cast.diane, team=N1), in_progress(cast.alice, team=N1)
    clock.forward(hours=1)
    lifecycle.escalate(cast.alice, taken.reference, **UP)
    before = since(waiting.id), since(taken.id)
    execute("UPDATE incident SET unclaimed_since = NULL")
    execute(import_module("data.migrations.versions.0006_unclaimed").FROM_HISTORY)
    assert (since(waiting.id), since(taken.id)) == before
    assert value("SELECT count(*) FROM incident WHERE unclaimed_since IS NOT NULL") == 2


def test_the_page_shows_how_long_each_team_had_it(cast: Cast, clock: MovedClock) -> None:
    """Rules, "SLA"; a requester does not see the teams."""
    incident = in_progress(cast.alice, team=N1)
    clock.forward(minutes=40)
    lifecycle.escalate(cast.alice, incident.reference, **UP)
    clock.forward(minutes=20)
    told = [(each.team, each.held_s, each.unclaimed_s) for each in sheet(cast.bruno, incident.reference).held]
    assert told == [(N1, 2_400, 0), (N2, 1_200, 1_200)]
    assert sheet(cast.chloe, an_incident(cast.chloe).reference).held == ()
