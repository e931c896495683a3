"""Whose an incident was, from the lines of its history up to its first resolution. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Stint:
    """A time during which one team (None: nobody's) had the incident, in epoch seconds."""

    team: str | None
    start: int
    end: int


def is_hand_over(details: Mapping[str, Any]) -> bool:
    """Whether the line takes the incident from a person or from a team, for another or back into the queue.

    Whoever takes what is his team's, or nobody's, takes it from nobody.
    """
    before, after = details["previous_owner"], details["owner"]
    return any(before[who] is not None and before[who] != after[who] for who in ("assignee", "team"))


def stints(created: int, lines: Iterable[tuple[int, Mapping[str, Any]]], until: int) -> Sequence[Stint]:
    """Which team had it when, from its creation to `until`; times that follow each other with one team are one.

    The order of the lines is the truth: one that seems earlier than the one before it happened with it.
    """
    until = max(created, until)
    found: list[Stint] = []
    team, since, latest = None, created, created
    for at, details in lines:
        now, latest = details["owner"]["team"], max(at, latest)
        if now != team:
            moment = min(latest, until)
            found.append(Stint(team, since, moment))
            team, since = now, moment
    return [*found, Stint(team, since, until)]
