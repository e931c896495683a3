"""Changing what an incident says, and its priority with its due times (S62, S132; rules, "SLA", "Priority change")."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from data.vocabulary import Fact, Light, Priority, Status
from services import deadlines, incidents, lifecycle, preview, sheet
from services.clock import MovedClock
from services.errors import Forbidden, Invalid, NotFound, StaleIncident
from services.views import IncidentView
from tests.dump import dump
from tests.personas import Cast, an_incident, in_progress, on_hold, resolved

HOUR = timedelta(hours=1)


def change(cast: Cast, incident: IncidentView, priority: str, reason: str | None = None) -> IncidentView:
    return incidents.edit(cast.alice, incident.reference, {"priority": priority}, reason=reason)


def test_raising_the_priority_counts_from_the_creation_and_keeps_the_response(cast: Cast, clock: MovedClock) -> None:
    """G6."""
    created = an_incident(cast.alice, priority="low")
    clock.forward(minutes=30)
    lifecycle.take_and_start(cast.alice, created.reference)
    clock.forward(hours=2, minutes=30)
    seen = preview.priorities(cast.alice, created.reference)[Priority.CRITICAL]
    assert seen.response is None
    assert seen.resolution is not None
    assert (seen.resolution.old, seen.resolution.new) == (created.created_at + 72 * HOUR, created.created_at + 4 * HOUR)
    assert (seen.lowers, seen.resolution.late_at_once, seen.resolution.hides_breach) == (False, False, False)
    after = change(cast, created, "critical")
    assert after.cycle.resolution.due_at == created.created_at + 4 * HOUR
    assert after.cycle.response.respected is True
    assert after.cycle.resolution.light is Light.GREEN


def test_raising_it_too_late_is_warned_of_and_breaches_at_once(cast: Cast, clock: MovedClock) -> None:
    """G6, at 15:00."""
    created = in_progress(cast.alice, priority="low")
    clock.forward(hours=5)
    seen = preview.priorities(cast.alice, created.reference)[Priority.CRITICAL]
    assert seen.resolution is not None
    assert seen.resolution.late_at_once is True
    after = change(cast, created, "critical")
    assert (after.cycle.resolution.light, after.cycle.resolution.breached_before) == (Light.RED, False)


def test_lowering_it_hides_the_breach_but_keeps_it_counted(cast: Cast, clock: MovedClock) -> None:
    """G8."""
    created = in_progress(cast.alice)
    clock.forward(hours=5)
    seen = preview.priorities(cast.alice, created.reference)[Priority.LOW]
    assert seen.lowers is True
    assert seen.resolution is not None
    assert seen.resolution.hides_breach is True
    before = dump()
    with pytest.raises(Invalid) as invalid:
        change(cast, created, "low", " ")
    assert invalid.value.errors == {"reason": ("reason_required", {})}
    assert dump() == before
    after = change(cast, created, "low", "Un contournement existe")
    assert after.cycle.resolution.light is Light.GREEN
    assert after.cycle.resolution.due_at == created.created_at + 72 * HOUR
    assert after.cycle.resolution.breached_before is True
    done = lifecycle.resolve(cast.alice, created.reference, code="fixed", summary="Relancé")
    assert (done.cycle.resolution.respected, done.cycle.resolution.breached_before) == (True, True)


def test_the_history_has_both_priorities_their_due_times_and_the_reason(cast: Cast) -> None:
    """S132; rules: old and new priority and dues."""
    created = an_incident(cast.alice, priority="high")
    change(cast, created, "medium", "Un seul poste")
    line = incidents.history(cast.alice, created.reference).entries[-1]
    assert (line.fact, line.details["from"], line.details["to"]) == (Fact.PRIORITY_CHANGED, "high", "medium")
    assert line.details["reason"] == "Un seul poste"
    at = created.created_at
    assert line.details["due"] == {
        "response": [(at + 4 * HOUR).isoformat(), (at + 8 * HOUR).isoformat()],
        "resolution": [(at + 8 * HOUR).isoformat(), (at + 24 * HOUR).isoformat()],
    }


def test_only_lowering_needs_a_reason(cast: Cast) -> None:
    created = an_incident(cast.alice, priority="medium")
    assert change(cast, created, "high").priority is Priority.HIGH
    assert change(cast, created, "high").version == 2
    with pytest.raises(Invalid):
        change(cast, created, "low")


def test_the_preview_tells_of_every_priority_and_changes_nothing(cast: Cast) -> None:
    reference = on_hold(cast.alice, priority="high").reference
    before = dump()
    seen = preview.priorities(cast.alice, reference)
    assert {priority: change.lowers for priority, change in seen.items()} == {
        Priority.CRITICAL: False,
        Priority.HIGH: False,
        Priority.MEDIUM: True,
        Priority.LOW: True,
    }
    assert dump() == before


def test_a_preview_is_for_those_who_could_act_on_it(cast: Cast) -> None:
    reference = an_incident(cast.chloe).reference
    for look in (preview.priorities, preview.escalation, preview.pausing):
        with pytest.raises((Forbidden, NotFound)):
            look(cast.chloe, reference)


@pytest.mark.parametrize(
    "changes",
    [{"severity": "critical"}, {"severity": None}, {"impact": "enterprise"}, {"category": "other", "title": "Autre"}],
)
def test_nothing_but_the_priority_moves_a_due_time(cast: Cast, changes: Mapping[str, Any]) -> None:
    """S62."""
    created = an_incident(cast.alice, severity="minor")
    after = incidents.edit(cast.alice, created.reference, changes)
    assert after.cycle == created.cycle
    assert after.version == created.version + 1


def test_a_resolved_incident_keeps_its_verdict_when_its_priority_changes(cast: Cast, clock: MovedClock) -> None:
    """S122: the next cycle has the new priority."""
    done = resolved(cast.alice)
    after = change(cast, done, "low", "Requalifié")
    assert after.priority is Priority.LOW
    assert after.cycle.resolution == done.cycle.resolution
    again = lifecycle.reopen(cast.alice, done.reference, reason="Encore")
    assert again.cycle.resolution.due_at == again.cycle.started_at + 72 * HOUR
    assert clock.at == again.cycle.started_at
    (earlier,) = sheet.sheet(cast.alice, done.reference).earlier
    assert (earlier.priority, again.cycle.priority) == (Priority.CRITICAL, Priority.LOW)


def test_several_fields_change_in_one_version(cast: Cast) -> None:
    created = an_incident(cast.alice)
    changes = {"title": "Autre", "priority": "high", "severity": "minor", "source": "phone"}
    after = incidents.edit(cast.alice, created.reference, changes, reason="Requalifié")
    assert (after.version, after.title, after.priority, after.source) == (2, "Autre", "high", "phone")
    assert len(incidents.history(cast.alice, created.reference).entries) == 1 + len(changes)


def test_saving_what_is_there_already_writes_nothing(cast: Cast) -> None:
    created = an_incident(cast.alice)
    before = dump()
    after = incidents.edit(cast.alice, created.reference, {"title": f" {created.title}\n", "priority": "critical"})
    assert after.version == created.version
    assert dump() == before


def test_of_two_editors_the_second_is_told_and_overwrites_nothing(cast: Cast) -> None:
    """C2."""
    seen = an_incident(cast.alice)
    incidents.edit(cast.bruno, seen.reference, {"title": "De Bruno"}, version=seen.version)
    with pytest.raises(StaleIncident) as stale:
        incidents.edit(cast.alice, seen.reference, {"title": "D'Alice"}, version=seen.version)
    assert (stale.value.params["by"], stale.value.params["version"]) == ("Bruno Keller", 2)
    assert incidents.get(cast.alice, seen.reference).title == "De Bruno"


def test_a_requester_edits_nothing(cast: Cast) -> None:
    """B4."""
    reference = an_incident(cast.chloe).reference
    before = dump()
    with pytest.raises(Forbidden):
        incidents.edit(cast.chloe, reference, {"title": "x"})
    assert dump() == before


@pytest.mark.parametrize(
    "field",
    ["id", "reference", "status", "version", "requester", "requester_id", "assignee_id", "created_at", "cycle", "rôle"],
)
def test_a_field_that_is_not_to_be_edited_is_refused(cast: Cast, field: str) -> None:
    """A6: nothing is assigned in bulk."""
    reference = an_incident(cast.alice).reference
    before = dump()
    with pytest.raises(Invalid) as invalid:
        incidents.edit(cast.alice, reference, {field: "x", "title": "Autre"})
    assert invalid.value.errors == {field: ("extra", {})}
    assert dump() == before


def test_whose_pause_it_was_is_told_with_the_due_time(cast: Cast) -> None:
    """Rules: « Pourquoi cette échéance ? »."""
    reference = on_hold(cast.alice).reference
    (cycle,) = deadlines.cycles(cast.alice, reference)
    assert cycle.pauses == ()  # the default policy pauses for no reason
    assert incidents.get(cast.alice, reference).status is Status.ON_HOLD
    assert preview.pausing(cast.alice, reference) == frozenset()
