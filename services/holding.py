"""How long each team has held an incident, worked out from its history (rules, "SLA": the time that each team held it).

Pure. A team holds an incident from the line that gave it to the team to the one that gave it to another, on hold too;
between a resolution and a reopening nobody does. Names are those of the lines, as the teams were called then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from data.vocabulary import Fact, Status

NOTHING = timedelta()


class HistoryLine(Protocol):
    """What a line of history tells; `services.views.EntryView` and `services.policies.Line` are such."""

    @property
    def fact(self) -> Fact: ...
    @property
    def at(self) -> datetime: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Holding:
    """One uninterrupted time with one owner: `team` and `person` are names, None for none; `end` None: it lasts."""

    team: str | None
    person: str | None
    start: datetime
    end: datetime | None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class TeamTime:
    """All the times of one team, None: of no team. `waiting_s` of `held_s` was on hold; `unclaimed_s` of it the team
    had the incident and nobody had taken it. Whole seconds of elapsed time. `grows_from`: it has the incident now, and
    will have held it for as long as has gone by since then; None: it has it no more."""

    team: str | None
    held_s: int
    waiting_s: int
    unclaimed_s: int
    times: int
    grows_from: datetime | None


def holdings(lines: Iterable[HistoryLine]) -> tuple[Holding, ...]:
    """Who held the incident when, oldest first, without a gap but where it was resolved.

    `lines` is its whole history in order. A time without length is none; that the clock was set back makes none
    negative.
    """
    found: list[Holding] = []
    team: str | None = None
    person: str | None = None
    status: str | None = None
    since: datetime | None = None

    def until(at: datetime) -> None:
        if since is not None and since < at and status not in (Status.RESOLVED, Status.CLOSED):
            found.append(Holding(team, person, since, at, status == Status.ON_HOLD))

    for line in lines:
        details = line.details
        if line.fact is not Fact.CREATED and "owner" not in details and line.fact is not Fact.STATUS_CHANGED:
            continue
        until(line.at)
        since = line.at if since is None else max(since, line.at)
        if line.fact is Fact.CREATED:
            status = details["status"]
        elif line.fact is Fact.STATUS_CHANGED:
            status = details["to"]
        if "owner" in details:
            team, person = details["owner"]["team"], details["owner"]["name"]
    if since is not None and status not in (Status.RESOLVED, Status.CLOSED):
        found.append(Holding(team, person, since, None, status == Status.ON_HOLD))
    return tuple(found)


def time_held_by_team(lines: Iterable[HistoryLine], now: datetime) -> tuple[TeamTime, ...]:
    """How long each team has held the incident until `now`, in the order in which they first had it."""
    held: dict[str | None, list[Holding]] = {}
    times: dict[str | None, int] = {}
    before: Holding | None = None
    for each in holdings(lines):
        held.setdefault(each.team, []).append(each)
        apart = before is None or before.team != each.team or before.end != each.start
        times[each.team] = times.get(each.team, 0) + apart
        before = each
    return tuple(_team_time(team, spans, times[team], now) for team, spans in held.items())


def _team_time(team: str | None, spans: list[Holding], times: int, now: datetime) -> TeamTime:
    held = _seconds(spans, now)
    return TeamTime(
        team,
        held_s=held,
        waiting_s=_seconds([each for each in spans if each.waiting], now),
        unclaimed_s=_seconds([each for each in spans if each.team is not None and each.person is None], now),
        times=times,
        grows_from=now - timedelta(seconds=held) if spans[-1].end is None else None,
    )


def _seconds(spans: list[Holding], now: datetime) -> int:
    total = sum((max(NOTHING, (each.end or now) - each.start) for each in spans), NOTHING)
    return int(total.total_seconds())
