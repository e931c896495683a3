"""When each step of each story happens, seen from a given `now`. Pure: no session, no clock; the same every time.

What is open hangs on `now` itself, so that the board is as it is meant to be at any hour of any day. What is over is
spread over the ninety days before: in office hours, and urgent work beyond them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from services.demo.stories import Beat, Story, all_stories

SEED = 5
ZONE = ZoneInfo("Europe/Paris")
DAYS = 90
OPENS, SHUTS = time(8, 0), time(18, 30)
# When things break, or are noticed, in minutes of the day: twice as often in the morning.
NOTICED = (range(485, 705), range(485, 705), range(820, 975))
MONITORED = (range(300, 1140),)

Later = Callable[[datetime, timedelta], datetime]
Line = list[tuple[datetime, Beat]]


@dataclass(frozen=True, slots=True)
class Step:
    """At `at` (UTC), `beat` of the story with this number."""

    at: datetime
    story: int
    beat: Beat


def steps_before(now: datetime) -> list[Step]:
    """Every step of every story, all before `now` (aware), in order of time."""
    now = now.astimezone(UTC)  # differences within another zone would be those of its clocks
    rng = Random(SEED)  # noqa: S311, the same chance each time
    told = all_stories()
    over = [number for number, story in enumerate(told) if story.age is None and story.after is None]
    rng.shuffle(over)
    lines = {number: _line_of_past(rng, told[number], now, place / len(over)) for place, number in enumerate(over)}
    begun = {told[number].key: line[0][0] for number, line in lines.items()}
    for number, story in enumerate(told):
        if story.age is not None:
            lines[number] = _line(story, now - story.age, elapsed)
        elif story.after is not None:
            lines[number] = _closed(rng, story, _line(story, begun[story.after] + story.after_by, elapsed))
    steps = [Step(at, number, beat) for number, line in lines.items() for at, beat in line]
    return sorted(steps, key=lambda step: (step.at, step.story))


def elapsed(begun: datetime, duration: timedelta) -> datetime:
    """`duration` later by the clock."""
    return begun + duration


def office_hours(begun: datetime, duration: timedelta) -> datetime:
    """`duration` of office time later, Monday to Friday."""
    at = begun.astimezone(ZONE)
    while True:
        opens, shuts = (at.replace(hour=h.hour, minute=h.minute, second=0) for h in (OPENS, SHUTS))
        if at.weekday() < 5:
            at = max(at, opens)
            if at + duration <= shuts:
                return (at + duration).astimezone(UTC)
            duration -= max(timedelta(0), shuts - at)
        at = opens + timedelta(days=1)


def _line_of_past(rng: Random, story: Story, now: datetime, share: float) -> Line:
    """The story from its declaration to its end, begun when `share` of the ninety days had passed, or weeks earlier."""
    minutes = rng.choice(MONITORED if story.new.get("source") == "monitoring" else NOTICED)
    moment = timedelta(minutes=rng.choice(minutes), seconds=rng.randrange(60))
    pace = rng.uniform(0.75, 1.2)
    day = (now.astimezone(ZONE) - timedelta(days=DAYS * (1 - share))).replace(hour=0, minute=0, second=0)
    if story.new.get("source") != "monitoring":
        day -= timedelta(days=max(0, day.weekday() - 4))
    state = rng.getstate()
    while True:
        rng.setstate(state)
        line = _closed(rng, story, _line(story, (day + moment).astimezone(UTC), _rhythm(story), pace))
        if line[-1][0] < now - timedelta(hours=1):
            return line
        day -= timedelta(days=7)


def _rhythm(story: Story) -> Later:
    return elapsed if story.new["priority"] in ("critical", "high") else office_hours


def _line(story: Story, begun: datetime, later: Later, pace: float = 1) -> Line:
    """When each beat comes; at a `pace` below 1 everything takes less time."""
    beats = (story.declaration, *story.beats)
    return [(later(begun, timedelta(seconds=round(beat.later.total_seconds() * pace))), beat) for beat in beats]


def _closed(rng: Random, story: Story, line: Line) -> Line:
    """`line` with the closing that follows a resolution: by half of the requesters soon, else by the team in days."""
    if line[-1][1].verb == "close":
        return line
    resolved, last = max((at, beat.login) for at, beat in line if beat.verb in ("resolve", "start_and_resolve"))
    by_requester = story.new.get("source", "portal") == "portal" and rng.random() < 0.5
    wait, by = (rng.randint(2, 11), story.declaration.login) if by_requester else (rng.randint(30, 50), last)
    at = office_hours(max(resolved, line[-1][0]), timedelta(hours=wait, minutes=rng.randrange(60)))
    return [*line, (at, Beat(at - line[0][0], by, "close", {}))]
