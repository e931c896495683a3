"""Declaring an incident (S13 to S33, S54)."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from data.vocabulary import Action, Fact, Priority, Source, Status
from services import incidents
from services.clock import MovedClock
from services.errors import Forbidden, Invalid, KeyReused
from services.incidents import NewIncident
from services.work import Actor
from tests.dump import counts, dump
from tests.personas import N1, N2, PARIS, Cast, an_incident

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_new_incident_is_new_and_has_its_due_times(cast: Cast) -> None:
    """S2, S30 to S33, S48, S54."""
    incident = an_incident(cast.alice, priority="critical", source="phone")
    assert (incident.status, incident.version, incident.cycle.number) == (Status.NEW, 1, 1)
    assert (incident.requester.name, incident.assignee, incident.team) == ("Alice Martin", None, None)
    assert incident.source is Source.PHONE
    cycle = incident.cycle
    assert f"{cycle.response.due_at.astimezone(PARIS):%H:%M:%S}" == "11:00:00"
    assert f"{cycle.resolution.due_at.astimezone(PARIS):%H:%M:%S}" == "14:00:00"
    (first,) = incidents.history(cast.alice, incident.reference).entries
    assert (first.fact, first.details["status"], first.details["priority"]) == (Fact.CREATED, "new", "critical")


@pytest.mark.parametrize("priority", list(Priority))
@ON_SQLITE
def test_each_priority_fills_both_due_times(cast: Cast, priority: Priority) -> None:
    """S2, S48 to S51."""
    hours = {"critical": (1, 4), "high": (4, 8), "medium": (8, 24), "low": (24, 72)}
    incident = an_incident(cast.alice, priority=priority.value)
    response, resolution = (timedelta(hours=number) for number in hours[priority])
    assert incident.cycle.response.due_at - incident.created_at == response
    assert incident.cycle.resolution.due_at - incident.created_at == resolution


def test_an_incident_declared_for_a_technician_is_assigned_at_once(cast: Cast) -> None:
    """S28, S45."""
    incident = an_incident(cast.alice, assignee="bruno")
    assert (incident.status, incident.assignee and incident.assignee.login) == (Status.ASSIGNED, "bruno")
    assert incident.first_response_at is None
    facts = [
        (entry.fact, entry.details.get("action")) for entry in incidents.history(cast.alice, incident.reference).entries
    ]
    assert facts == [(Fact.CREATED, None), (Fact.STATUS_CHANGED, Action.ASSIGN)]


def test_an_incident_declared_for_a_team_waits_for_a_member(cast: Cast) -> None:
    """S28, S92."""
    incident = an_incident(cast.alice, team=N2)
    assert (incident.status, incident.assignee, incident.team and incident.team.name) == (Status.ASSIGNED, None, N2)


def test_a_team_is_named_in_any_case_and_with_its_accents(cast: Cast) -> None:
    assert an_incident(cast.alice, team="TÉLÉCOM OUEST").team is not None


def test_severity_impact_and_links_are_optional(cast: Cast) -> None:
    """S23."""
    incident = an_incident(cast.alice, links={"assets": [], "applications": [], "employees": [], "clients": []})
    assert (incident.severity, incident.impact) == (None, None)


@pytest.mark.parametrize("missing", ["title", "description", "category", "priority", "source"])
def test_what_is_missing_is_named_and_nothing_is_written(cast: Cast, missing: str) -> None:
    """S13."""
    before = counts()
    with pytest.raises(Invalid) as refused:
        an_incident(cast.alice, **{missing: None})
    assert refused.value.errors == {missing: ("required", {})}
    assert counts() == before


def test_every_wrong_field_is_named_at_once(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        incidents.create(cast.alice, NewIncident(title=" ", category="printer", severity="awful", source=None))
    assert set(refused.value.errors) == {"title", "description", "category", "priority", "severity", "source"}


def test_a_requester_declares_by_the_portal_and_chooses_no_owner(cast: Cast) -> None:
    """S17, B4."""
    assert an_incident(cast.chloe, source="monitoring").source is Source.PORTAL
    assert an_incident(cast.chloe, source="api").source is Source.API
    for field in ({"assignee": "alice"}, {"team": N1}):
        with pytest.raises(Invalid) as refused:
            an_incident(cast.chloe, **field)
        assert refused.value.errors == {next(iter(field)): ("not_yours_to_choose", {})}


def test_an_owner_must_be_a_technician_of_the_desk(cast: Cast) -> None:
    for assignee, code in (("chloe", "not_a_technician"), ("nobody", "unknown")):
        with pytest.raises(Invalid) as refused:
            an_incident(cast.alice, assignee=assignee)
        assert refused.value.errors["assignee"][0] == code


def test_the_system_declares_nothing(cast: Cast) -> None:
    """S146: every incident is somebody's."""
    with pytest.raises(Forbidden):
        an_incident(Actor(None))


def test_an_error_message_is_kept_as_it_was_pasted(cast: Cast) -> None:
    """S15."""
    pasted = "Erreur :\r\n\tORA-01017: invalid username/password\r\n\r\n<b>Fatal</b> & 'fin' {x} %s — 😀"
    incident = an_incident(cast.alice, description=pasted)
    assert incident.description == pasted.replace("\r\n", "\n")


def test_a_title_stays_on_one_line(cast: Cast) -> None:
    """S14."""
    assert an_incident(cast.alice, title="  Une\r\nseule\tligne ").title == "Une seule ligne"


def test_a_reference_is_the_day_in_paris_and_the_number_of_the_day(cast: Cast, clock: MovedClock) -> None:
    """S31: 00:30 in Paris is still the day before in UTC."""
    clock.at = datetime(2026, 6, 15, 21, 59, 59, tzinfo=UTC)
    last_of_monday = an_incident(cast.alice)
    clock.forward(seconds=1)
    first_of_tuesday, second_of_tuesday = an_incident(cast.alice), an_incident(cast.bruno)
    assert last_of_monday.reference == "INC-20260615-000001"
    assert first_of_tuesday.reference == "INC-20260616-000001"
    assert second_of_tuesday.reference == "INC-20260616-000002"


def test_a_refused_declaration_leaves_no_gap_in_the_numbers(cast: Cast) -> None:
    first = an_incident(cast.alice).reference
    with pytest.raises(Invalid):
        an_incident(cast.alice, assignee="nobody")
    second = an_incident(cast.alice).reference
    assert [int(reference[-6:]) for reference in (first, second)] == [1, 2]


def test_a_thousand_declarations_from_many_threads_have_a_thousand_references(cast: Cast) -> None:
    """S31."""

    def declare(_: int) -> str:
        time.sleep(0.001)  # who has just declared one lets the others go first: a pool of one connection has no queue
        return an_incident(cast.alice).reference

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(declare, range(1_000)))
    assert sorted(made) == [f"INC-20260615-{number:06d}" for number in range(1, 1_001)]
    assert all(re.fullmatch(r"INC-\d{8}-.{6}", reference) for reference in made)


def test_the_same_call_again_gives_the_same_incident_and_writes_nothing(cast: Cast) -> None:
    new = NewIncident(title="Disque plein", description="/var à 100 %", category="hardware", priority="high")
    first = incidents.create(cast.alice, new, key="alert-17")
    before = dump()
    assert incidents.create(cast.alice, new, key="alert-17").reference == first.reference
    assert dump() == before


def test_the_same_key_for_another_declaration_is_refused(cast: Cast) -> None:
    new = NewIncident(title="Disque plein", description="/var à 100 %", category="hardware", priority="high")
    incidents.create(cast.alice, new, key="alert-17")
    before = dump()
    with pytest.raises(KeyReused):
        incidents.create(
            cast.alice, NewIncident(title="Autre", description="…", category="other", priority="low"), key="alert-17"
        )
    assert dump() == before


def test_a_key_is_its_owner_s(cast: Cast) -> None:
    new = NewIncident(title="Disque plein", description="/var à 100 %", category="hardware", priority="high")
    by_alice, by_bruno = (incidents.create(actor, new, key="alert-17") for actor in (cast.alice, cast.bruno))
    assert by_alice.reference != by_bruno.reference


def test_fifty_copies_of_one_alert_at_once_make_one_incident(cast: Cast) -> None:
    new = NewIncident(title="Disque plein", description="/var à 100 %", category="hardware", priority="high")
    with ThreadPoolExecutor(10) as threads:
        made = set(threads.map(lambda _: incidents.create(cast.alice, new, key="alert-17").reference, range(50)))
    assert len(made) == 1
    assert counts()["incident"] == 1
