"""What a line of the history tells of before and after, besides its codes: whose it was, when it was due. Pure.

A requester's line lacks these details: of it nothing is told here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.vocabulary import Action

CLOCKS = ("response", "resolution")


@dataclass(frozen=True, slots=True)
class HandOver:
    """From whom to whom, by the names of then: a person, or a team where nobody was named.

    `team` is that of the person who has it now; None where it came from that team's queue, or to one.
    """

    former: str
    now: str
    team: str | None


@dataclass(frozen=True, slots=True)
class DueMove:
    """The due time of `clock` before and after."""

    clock: str
    old: datetime
    new: datetime


def hand_over(details: Mapping[str, Any]) -> HandOver | None:
    """Who had the incident before, and who has it since (S100); None where it was nobody's, or the line tells no owner.

    Where only the team of its person changed, or an escalation took it from both (S112), the former team stands beside
    the name.
    """
    before: Mapping[str, Any] = details.get("previous_owner") or {}
    after: Mapping[str, Any] = details.get("owner") or {}
    former, now = (side.get("name") or side.get("team") for side in (before, after))
    if not former or not now:
        return None
    stays = before.get("assignee") is not None and before["assignee"] == after.get("assignee")
    both = before.get("name") and before.get("team")
    if both and (stays or details.get("action") == Action.ESCALATE):
        former = f"{former} ({before['team']})"
    team = after.get("team")
    return HandOver(former, now, None if team in (former, now) else team)


def assigning(details: Mapping[str, Any], *, to_oneself: bool) -> str:
    """The word below `event.` for an assignment: with « to » only where nobody had the incident before."""
    if to_oneself:
        return "assigned_self"
    if hand_over(details):
        return "reassigned"
    return "assigned" if "owner" in details else "assigned_only"


def due_moves(details: Mapping[str, Any]) -> tuple[DueMove, ...]:
    """Each clock whose due time a change of priority has moved (S132); one that was met keeps its own (G6)."""
    told: Mapping[str, Any] = details.get("due") or {}
    moves = (DueMove(clock, *map(datetime.fromisoformat, told[clock])) for clock in CLOCKS if clock in told)
    return tuple(move for move in moves if move.old != move.new)
