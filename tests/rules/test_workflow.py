"""The workflow table against the rules, written out here once more by hand: two clerks, one ledger."""

from itertools import product

import pytest

from data.vocabulary import Action, Impact, Status
from services import workflow
from services.workflow import Need

NEW, ASSIGNED, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED = Status

# action → status before → status after; a missing status refuses the action.
RULES = {
    "assign": {NEW: ASSIGNED, ASSIGNED: ASSIGNED, IN_PROGRESS: ASSIGNED, ON_HOLD: ON_HOLD},
    "take": {NEW: ASSIGNED, ASSIGNED: ASSIGNED, IN_PROGRESS: IN_PROGRESS, ON_HOLD: ON_HOLD},
    "start": {ASSIGNED: IN_PROGRESS},
    "take_and_start": {NEW: IN_PROGRESS, ASSIGNED: IN_PROGRESS},
    "hold": {IN_PROGRESS: ON_HOLD},
    "resume": {ON_HOLD: IN_PROGRESS},
    "escalate": {IN_PROGRESS: ASSIGNED},
    "resolve": {IN_PROGRESS: RESOLVED, ON_HOLD: RESOLVED},
    "start_and_resolve": {NEW: RESOLVED, ASSIGNED: RESOLVED},
    "close": {RESOLVED: CLOSED},
    "reopen": {RESOLVED: IN_PROGRESS},
}
ENTERPRISE_TOO = {"escalate": {NEW: ASSIGNED, ASSIGNED: ASSIGNED, ON_HOLD: ASSIGNED}}

# What the specification draws (S34 to S47), with the loops of reassignment and reopening; composites are not arrows.
ARROWS = {
    (NEW, ASSIGNED),
    (ASSIGNED, IN_PROGRESS),
    (IN_PROGRESS, ON_HOLD),
    (ON_HOLD, IN_PROGRESS),
    (IN_PROGRESS, RESOLVED),
    (ON_HOLD, RESOLVED),
    (RESOLVED, CLOSED),
    (RESOLVED, IN_PROGRESS),
    (IN_PROGRESS, ASSIGNED),
    (ON_HOLD, ASSIGNED),
}


def after(action: Action, status: Status, impact: Impact | None) -> Status | None:
    """Where the table leads, None where it refuses."""
    move = workflow.find(action, status, impact)
    return None if move is None else move.target or status


@pytest.mark.parametrize("impact", [None, *Impact])
@pytest.mark.parametrize("action", list(Action))
def test_every_action_leads_from_each_status_where_the_rules_say(action: Action, impact: Impact | None) -> None:
    """S34 to S47, S73, S107."""
    expected = dict(RULES[action])
    if impact is Impact.ENTERPRISE:
        expected |= ENTERPRISE_TOO.get(action, {})
    assert {status: to for status in Status if (to := after(action, status, impact))} == expected


def test_there_are_six_statuses_in_their_order_and_no_more() -> None:
    """S1, S34."""
    assert [*Status] == ["new", "assigned", "in_progress", "on_hold", "resolved", "closed"]
    assert {status for row in workflow.TABLE for status in (*row.sources, row.target)} - {None} == {*Status}


def test_no_other_pair_of_statuses_can_be_reached() -> None:
    """S44: of the 36 pairs of statuses, those of the rules and no other."""
    reached = {
        (before, to)
        for action, before, impact in product(Action, Status, [None, *Impact])
        if (to := after(action, before, impact))
    }
    by_rule = [*RULES.values(), *ENTERPRISE_TOO.values()]
    assert reached == {(before, to) for moves in by_rule for before, to in moves.items()}
    assert len(reached) == 16


def test_nothing_leaves_a_closed_incident() -> None:
    """S43."""
    assert workflow.moves(CLOSED, Impact.ENTERPRISE) == ()


def test_an_incident_begins_new_and_never_returns_there() -> None:
    """S33."""
    assert NEW not in {move.target for move in workflow.TABLE}


def test_the_diagram_draws_every_change_of_status_once_with_its_loops() -> None:
    """S35 to S37."""
    edges = list(workflow.edges())
    assert {(before, to) for before, to, _ in edges} == ARROWS
    assert len(edges) == len(set(edges))
    assert (IN_PROGRESS, ASSIGNED, Action.ASSIGN) in edges
    assert (RESOLVED, IN_PROGRESS, Action.REOPEN) in edges


def test_at_most_one_row_holds_for_an_action_and_a_status() -> None:
    for action, status, impact in product(Action, Status, [None, *Impact]):
        assert sum(move.action is action for move in workflow.moves(status, impact)) <= 1


@pytest.mark.parametrize(
    ("action", "need"),
    [
        (Action.ASSIGN, Need.OWNER),
        (Action.TAKE, None),
        (Action.START, None),
        (Action.TAKE_AND_START, None),
        (Action.HOLD, Need.HOLD_REASON),
        (Action.RESUME, None),
        (Action.ESCALATE, Need.ESCALATION),
        (Action.RESOLVE, Need.RESOLUTION),
        (Action.START_AND_RESOLVE, Need.RESOLUTION),
        (Action.CLOSE, None),
        (Action.REOPEN, Need.REASON),
    ],
)
def test_an_action_asks_for_the_same_from_every_status(action: Action, need: Need | None) -> None:
    assert {move.needs for move in workflow.TABLE if move.action is action} == {need}


@pytest.mark.parametrize("composite", list(workflow.COMPOSITES))
def test_a_composite_is_a_walk_along_single_rows(composite: Action) -> None:
    """One click for what could be done in as many steps."""
    for before in RULES[composite]:
        status = before
        for part in workflow.COMPOSITES[composite]:
            to = after(part, status, None)
            assert to is not None, f"{part} from {status}"
            status = to
        assert status is after(composite, before, None)
