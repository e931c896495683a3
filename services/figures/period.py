"""Periods of whole days in the organisation's time zone. Pure.

A day runs from local midnight to local midnight: 23 or 25 hours when the clocks change.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

Grain = Literal["day", "week", "month"]

DAY = timedelta(days=1)
LONGEST = 3 * 366  # days
PRESETS = ("7d", "30d", "90d", "month", "last_month", "quarter", "year")
DEFAULT = "30d"
DAILY, WEEKLY = 31, 26 * 7  # up to so many days are shown day by day, week by week


@dataclass(frozen=True, slots=True)
class Period:
    """From the start of the `first` day to the end of the `last` one, in `zone`."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant that no longer belongs to it."""
        return midnight(self.last + DAY, self.zone)

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        return Period(self.first - DAY * self.days, self.first - DAY, self.zone)

    @property
    def grain(self) -> Grain:
        return "day" if self.days <= DAILY else "week" if self.days <= WEEKLY else "month"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day, week (from Monday) or month of a period, as far as it lies within."""

    first: date
    start: datetime
    end: datetime


class Buckets:
    """The buckets of a period, and the place of an instant among them."""

    def __init__(self, period: Period) -> None:
        firsts = [*_firsts(period), period.last + DAY]
        edges = [midnight(first, period.zone) for first in firsts]
        self.all = [Bucket(first, start, end) for first, (start, end) in zip(firsts[:-1], pairwise(edges), strict=True)]
        self._starts = [int(edge.timestamp()) for edge in edges[:-1]]

    def place(self, epoch: int) -> int:
        """Of an instant within the period."""
        return bisect_right(self._starts, epoch) - 1


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def preset(name: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """The period of that name as of `now`, today included; `last_month` is the whole month before this one."""
    today = now.astimezone(zone).date()
    match name:
        case "7d" | "30d" | "90d":
            return Period(today - DAY * (int(name[:-1]) - 1), today, zone)
        case "month":
            return Period(today.replace(day=1), today, zone)
        case "last_month":
            last = today.replace(day=1) - DAY
            return Period(last.replace(day=1), last, zone)
        case "quarter":
            return Period(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today, zone)
        case "year":
            return Period(today.replace(month=1, day=1), today, zone)
    return None


def last_days(days: int, now: datetime, zone: ZoneInfo) -> Period:
    """The last so many days, today included."""
    today = now.astimezone(zone).date()
    return Period(today - DAY * (days - 1), today, zone)


def _firsts(period: Period) -> Sequence[date]:
    days = [period.first + DAY * number for number in range(period.days)]
    match period.grain:
        case "day":
            return days
        case "week":
            return [day for day in days if day == period.first or day.weekday() == 0]
        case "month":
            return [day for day in days if day == period.first or day.day == 1]
