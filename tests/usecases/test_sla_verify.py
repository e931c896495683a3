"""`sla verify`: what is stored of clocks and states is what the history gives (S122, S143)."""

import json

import pytest

from services import audit, incidents, lifecycle
from services.clock import MovedClock
from tests.dump import drop_the_guards, execute
from tests.personas import Cast, in_progress, resolved


def test_of_a_damaged_history_the_incident_is_named_and_the_others_are_checked(cast: Cast) -> None:
    """S122: what its clocks would be cannot be worked out."""
    incident, _ = in_progress(cast.alice), in_progress(cast.alice)
    drop_the_guards()
    execute("DELETE FROM history WHERE incident_id = :id AND fact = 'created'", id=incident.id)
    assert [(each.reference, each.column) for each in audit.verify_sla()] == [(incident.reference, "history")]


@pytest.mark.parametrize(
    ("forgery", "column"),
    [
        ("resolution_respected = NOT resolution_respected", "resolution_respected"),
        ("resolution_due_at = started_at", "resolution_due_at"),
        ("response_met_at = NULL", "response_met_at"),
        ("policy_version = 2", "policy_version"),
    ],
)
def test_a_clock_that_is_not_what_the_events_give_is_found(cast: Cast, forgery: str, column: str) -> None:
    """S122: `sla verify` recomputes every stored verdict."""
    done = resolved(cast.alice)
    drop_the_guards()
    if column == "policy_version":
        execute("INSERT INTO sla_policy SELECT 2, created_at, terms FROM sla_policy")
    execute(f"UPDATE sla_cycle SET {forgery}")
    (found,) = audit.verify_sla()
    assert (found.reference, found.cycle, found.column) == (done.reference, 1, column)
    told = {"reference": done.reference, "cycle": 1, "column": column}
    assert json.loads(found.line()) == told | {"stored": str(found.stored), "computed": str(found.computed)}


@pytest.mark.parametrize(
    ("forgery", "columns"),
    [
        ("status = 'closed'", ["status"]),
        ("priority = 'low'", ["priority"]),
        ("reopen_count = 0", ["reopen_count"]),
        ("created_at = resolved_at", ["created_at"]),
        ("closed_at = resolved_at", ["closed_at"]),
        ("resolved_at = created_at, resolution_summary = 'Autre'", ["resolved_at", "resolution_summary"]),
        ("resolution_code = 'no_action'", ["resolution_code"]),
    ],
)
def test_a_state_that_is_not_what_the_events_give_is_found(
    cast: Cast, clock: MovedClock, forgery: str, columns: list[str]
) -> None:
    """S122, S143: what reports count by, and what a PDF says was done, follow from the history."""
    reference = in_progress(cast.alice).reference
    incidents.edit(cast.alice, reference, {"priority": "medium"}, reason="Peu de gens.")
    for code in ("workaround", "fixed"):
        clock.forward(hours=1)
        lifecycle.resolve(cast.alice, reference, code=code, summary="Relancé.")
        if code == "workaround":
            lifecycle.reopen(cast.alice, reference, reason="Revenu.")
    assert list(audit.verify_sla()) == []
    execute(f"UPDATE incident SET {forgery}")
    found = list(audit.verify_sla())
    assert [(each.reference, each.cycle, each.column) for each in found] == [(reference, 0, name) for name in columns]


def test_a_cycle_that_never_was_or_is_gone_is_found(cast: Cast) -> None:
    done = resolved(cast.alice)
    drop_the_guards()
    execute("UPDATE sla_cycle SET number = 2")
    found = list(audit.verify_sla())
    assert {difference.cycle for difference in found} == {1, 2}
    assert {difference.reference for difference in found} == {done.reference}
