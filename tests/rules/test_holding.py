"""How long each team has held an incident, out of lines written by hand (rules, "SLA")."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from data.vocabulary import Fact
from services.figures.owners import stints
from services.holding import holdings, time_held_by_team

TEN = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    fact: Fact
    minute: int
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return TEN + timedelta(minutes=self.minute)


def created() -> Line:
    return Line(Fact.CREATED, 0, {"status": "new"})


def moved(minute: int, to: str, team: str | None = None, person: str | None = None) -> Line:
    owner = {"owner": {"team": team, "name": person}} if team or person else {}
    return Line(Fact.STATUS_CHANGED, minute, {"to": to, **owner})


def held(*lines: Line, until: int) -> list[tuple[str | None, int, int, int, int]]:
    """(team, minutes held, on hold, unclaimed, how many times)."""
    return [
        (each.team, each.held_s // 60, each.waiting_s // 60, each.unclaimed_s // 60, each.times)
        for each in time_held_by_team(lines, TEN + timedelta(minutes=until))
    ]


def test_each_team_holds_from_the_line_that_gave_it_to_the_next() -> None:
    """S114: an escalation ends one team's time and begins the other's; nobody's time before is told too."""
    story = (
        created(),
        moved(10, "assigned", "N1"),
        moved(15, "in_progress", "N1", "Alice"),
        moved(60, "assigned", "N2"),
        moved(90, "in_progress", "N2", "Bruno"),
    )
    assert held(*story, until=100) == [(None, 10, 0, 0, 1), ("N1", 50, 0, 5, 1), ("N2", 40, 0, 30, 1)]


def test_the_wait_counts_and_is_told_apart() -> None:
    story = (
        created(),
        moved(0, "in_progress", "N1", "Alice"),
        moved(20, "on_hold"),
        Line(Fact.ASSIGNED, 30, {"owner": {"team": "N2", "name": None}}),
        moved(45, "in_progress"),
    )
    assert held(*story, until=50) == [("N1", 30, 10, 0, 1), ("N2", 20, 15, 20, 1)]


def test_nobody_holds_what_is_resolved_until_it_is_reopened() -> None:
    story = (
        created(),
        moved(0, "in_progress", "N1", "Alice"),
        moved(30, "resolved"),
        moved(90, "in_progress"),
        moved(100, "resolved"),
        moved(200, "closed"),
    )
    assert held(*story, until=1_000) == [("N1", 40, 0, 0, 2)]
    assert [each.end is None for each in holdings(story)] == [False, False]


def test_a_team_that_gets_it_back_has_one_sum() -> None:
    story = (created(), moved(0, "assigned", "N1"), moved(10, "assigned", "N2"), moved(30, "assigned", "N1"))
    assert held(*story, until=35) == [("N1", 15, 0, 15, 2), ("N2", 20, 0, 20, 1)]
    now = TEN + timedelta(minutes=35)
    first, second = time_held_by_team(story, now)
    assert first.grows_from == now - timedelta(minutes=15)
    assert second.grows_from is None


def test_a_clock_that_was_set_back_makes_no_time_negative() -> None:
    story = (created(), moved(30, "assigned", "N1"), moved(20, "assigned", "N2"), moved(40, "assigned", "N1"))
    assert held(*story, until=40) == [(None, 30, 0, 0, 1), ("N2", 10, 0, 10, 1), ("N1", 0, 0, 0, 1)]


def test_what_says_nothing_of_owner_or_status_moves_nothing() -> None:
    story = (created(), moved(0, "assigned", "N1"), Line(Fact.COMMENTED, 5, {"comment": 1}))
    assert len(holdings(story)) == 1
    assert held(*story, until=9) == [("N1", 9, 0, 9, 1)]


def test_the_lighter_sum_of_reports_agrees_with_the_page() -> None:
    """Up to the first resolution both say the same of each team, whoever had it when."""
    luck = Random(7)
    for _ in range(200):
        minute, owner = 0, None
        story: list[Line] = [created()]
        for _ in range(luck.randrange(1, 9)):
            minute += luck.choice((-1, 0, 1, 5, 60))
            team = luck.choice((None, "N1", "N2", "N3"))
            now = {"assignee": None, "team": team, "name": None}
            details = {"to": "in_progress", "owner": now, "previous_owner": owner or {"assignee": None, "team": None}}
            story.append(Line(Fact.STATUS_CHANGED, minute, details))
            owner = now
        end = max(0, *(each.minute for each in story)) + 30
        page = {
            each.team: each.held_s for each in time_held_by_team(story, TEN + timedelta(minutes=end)) if each.held_s
        }
        lines = [(int(each.at.timestamp()), each.details) for each in story if "owner" in each.details]
        report: Counter[str | None] = Counter()
        for stint in stints(int(TEN.timestamp()), lines, int((TEN + timedelta(minutes=end)).timestamp())):
            report[stint.team] += stint.end - stint.start
        assert {team: seconds for team, seconds in report.items() if seconds} == page
