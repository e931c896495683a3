"""The workflow: one table of actions, and what is read off it (rules, "Workflow"; S34 to S47).

Buttons, refusals, the API's `allowed_actions`, the diagram that users see and the matrix test all come from `TABLE`.
Pure: no session, no clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from data.vocabulary import Action, Impact, Status

NEW, ASSIGNED, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED = Status


class Need(StrEnum):
    """What an action asks for; the codes of the dialogs' fields and of the API's bodies."""

    OWNER = "owner"  # a technician, a team, or both
    HOLD_REASON = "hold_reason"
    ESCALATION = "escalation"  # mode, reason, and the team when functional
    RESOLUTION = "resolution"  # code, summary; the master of a duplicate
    REASON = "reason"


class When(StrEnum):
    """What else must be true of the incident for a row to hold."""

    ALWAYS = "always"
    ENTERPRISE = "enterprise"  # impact is enterprise


@dataclass(frozen=True, slots=True)
class Move:
    """One row: `action` leads from each of `sources` to `target` (None: the status stays)."""

    action: Action
    sources: tuple[Status, ...]
    target: Status | None
    needs: Need | None = None
    when: When = When.ALWAYS


TABLE: tuple[Move, ...] = (
    Move(Action.TAKE, (NEW, ASSIGNED), ASSIGNED),
    Move(Action.TAKE, (IN_PROGRESS, ON_HOLD), None),
    Move(Action.START, (ASSIGNED,), IN_PROGRESS),
    Move(Action.RESUME, (ON_HOLD,), IN_PROGRESS),
    Move(Action.RESOLVE, (IN_PROGRESS, ON_HOLD), RESOLVED, Need.RESOLUTION),
    Move(Action.HOLD, (IN_PROGRESS,), ON_HOLD, Need.HOLD_REASON),
    Move(Action.ESCALATE, (IN_PROGRESS,), ASSIGNED, Need.ESCALATION),
    Move(Action.ESCALATE, (NEW, ASSIGNED, ON_HOLD), ASSIGNED, Need.ESCALATION, When.ENTERPRISE),
    Move(Action.ASSIGN, (NEW, ASSIGNED, IN_PROGRESS), ASSIGNED, Need.OWNER),
    Move(Action.ASSIGN, (ON_HOLD,), None, Need.OWNER),
    Move(Action.TAKE_AND_START, (NEW, ASSIGNED), IN_PROGRESS),
    Move(Action.START_AND_RESOLVE, (NEW, ASSIGNED), RESOLVED, Need.RESOLUTION),
    Move(Action.CLOSE, (RESOLVED,), CLOSED),
    Move(Action.REOPEN, (RESOLVED,), IN_PROGRESS, Need.REASON),
)

# One click, one transaction, one history event for each step.
COMPOSITES: dict[Action, tuple[Action, ...]] = {
    Action.TAKE_AND_START: (Action.TAKE, Action.START),
    Action.START_AND_RESOLVE: (Action.TAKE, Action.START, Action.RESOLVE),
}


def find(action: Action, status: Status, impact: Impact | None) -> Move | None:
    """The row for `action` from `status`, or None where there is none."""
    return next((move for move in _holding(status, impact) if move.action is action), None)


def moves(status: Status, impact: Impact | None) -> tuple[Move, ...]:
    """Every row that holds from `status`, in the order of the buttons: the next step first."""
    return tuple(_holding(status, impact))


def edges() -> Iterator[tuple[Status, Status, Action]]:
    """Each change of status that exists, without the composites: what the diagram draws (S35 to S37)."""
    for move in TABLE:
        if move.target and move.action not in COMPOSITES:
            yield from ((source, move.target, move.action) for source in move.sources if source is not move.target)


def _holding(status: Status, impact: Impact | None) -> Iterator[Move]:
    for move in TABLE:
        if status in move.sources and (move.when is When.ALWAYS or impact is Impact.ENTERPRISE):
            yield move
