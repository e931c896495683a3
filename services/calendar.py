"""When a clock runs. Pure.

Every SLA clock asks a calendar; the default one is open at all times (rules, "SLA": 24 × 7). One with opening hours
carries all that its sums depend on, holidays and clock changes as plain dates and instants, so that it gives the same
due time for ever, whatever a later version of a holiday or time zone library says.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any, Protocol

Range = tuple[int, int]
"""Minutes since midnight: open from the first, until the second; 1440 is the end of the day."""

DAY_MINUTES = 1440
LAST_YEAR = 9990

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_SECOND, _MINUTE, _DAY = 10**6, 60 * 10**6, 86_400 * 10**6


class Calendar(Protocol):
    """Opening time as arithmetic on instants (aware, UTC)."""

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The first instant at which `duration` of opening time has passed since `start`."""

    def add_at_most(self, start: datetime, duration: timedelta) -> datetime:
        """The last instant at which no more than `duration` of opening time has passed since `start`."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The opening time from `start` to `end`; negative when `end` is earlier."""


class AlwaysOpen:
    """24 × 7: elapsed time, so a night on which the clocks change has its true length (G11)."""

    def add(self, start: datetime, duration: timedelta) -> datetime:
        return start + duration

    def add_at_most(self, start: datetime, duration: timedelta) -> datetime:
        return start + duration

    def between(self, start: datetime, end: datetime) -> timedelta:
        return end - start


ALWAYS_OPEN = AlwaysOpen()


@dataclass(frozen=True, slots=True)
class _Year:
    """The openings of a local year in microseconds since the epoch; `sums` is what is open until each end."""

    starts: Sequence[int]
    ends: Sequence[int]
    sums: Sequence[int]

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0

    def until(self, at: int) -> int:
        """What is open in this year before `at`."""
        after = bisect_right(self.starts, at)
        return self.sums[after - 1] - max(0, self.ends[after - 1] - at) if after else 0


@dataclass(frozen=True)
class OpeningHours:
    """Weekly opening ranges (Monday first) in the local time of `zone`, but on closed days.

    `offsets` says, oldest first, from which epoch second on local time is how many seconds ahead of UTC; the first
    entry also holds before it. `country` is where `holidays` (name by day) come from, `closed` are days of one's own.
    A range that a clock change touches has its true length: an hour that is skipped is not open, one that comes twice
    belongs to whatever is open when it ends. Raises ValueError when nothing is ever open.
    """

    name: str
    zone: str
    week: tuple[tuple[Range, ...], ...]
    offsets: tuple[tuple[int, int], ...]
    country: str | None = None
    holidays: Mapping[date, str] = field(default_factory=dict)
    closed: Mapping[date, str] = field(default_factory=dict)
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _bounds: dict[int, tuple[int, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not any(end > start for ranges in self.week for start, end in ranges):
            raise ValueError("never open")

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Raises ValueError for a negative duration, OverflowError beyond the year 9990."""
        if duration <= timedelta(0):
            if duration < timedelta(0):
                raise ValueError("negative duration")
            return start
        number, need = self._goal(start, duration)
        while (year := self._year(number)).total < need:
            number, need = number + 1, need - year.total
        last = bisect_left(year.sums, need)
        return _instant(year.ends[last] - (year.sums[last] - need))

    def add_at_most(self, start: datetime, duration: timedelta) -> datetime:
        """Where `duration` ends with the working day: when it opens again."""
        number, need = self._goal(start, duration)
        while (year := self._year(number)).total <= need:
            number, need = number + 1, need - year.total
        next_one = bisect_right(year.sums, need)
        return _instant(year.starts[next_one] + need - (year.sums[next_one - 1] if next_one else 0))

    def between(self, start: datetime, end: datetime) -> timedelta:
        return self._between(_micro(start), _micro(end)) * _MICROSECOND

    def seconds_between(self, start: int, end: int) -> int:
        """As `between`, of epoch seconds: for figures of very many."""
        return self._between(start * _SECOND, end * _SECOND) // _SECOND

    def _between(self, first: int, last: int) -> int:
        if last < first:
            return -self._between(last, first)
        first_year, last_year = self._year_of(first), self._year_of(last)
        whole = sum(self._year(number).total for number in range(first_year, last_year))
        return whole + self._year(last_year).until(last) - self._year(first_year).until(first)

    def is_open(self, at: datetime) -> bool:
        """Whether time counts just after `at`."""
        return self.add_at_most(at, timedelta(0)) == at

    def days_off(self, start: datetime, end: datetime) -> dict[date, str]:
        """The holidays and own closed days from `start` to `end` that would be open otherwise, in order."""
        first, last = self._local_day(_micro(start)), self._local_day(_micro(end))
        found = {day: name for day, name in {**self.holidays, **self.closed}.items() if first <= day <= last}
        return {day: found[day] for day in sorted(found) if self.week[day.weekday()]}

    @cached_property
    def sheet(self) -> dict[str, Any]:
        """What a browser needs for the same sums: days as numbers since 1970-01-01, minutes, epoch seconds."""
        days = sorted(day.toordinal() - _EPOCH_DAY for day in {*self.holidays, *self.closed})
        return {"week": self.week, "closed": days, "offsets": self.offsets}

    @cached_property
    def key(self) -> str:
        """Names what `sheet` says: another sheet, another key."""
        return hashlib.sha256(json.dumps(self.sheet, sort_keys=True).encode()).hexdigest()[:32]

    def _goal(self, start: datetime, duration: timedelta) -> tuple[int, int]:
        """The local year of `start`, and what will have been open in it, or it and later ones, at the goal."""
        at = _micro(start)
        number = self._year_of(at)
        return number, self._year(number).until(at) + duration // _MICROSECOND

    def _year(self, number: int) -> _Year:
        if number > LAST_YEAR:
            raise OverflowError("beyond the last year")
        if (year := self._years.get(number)) is None:
            year = self._years[number] = self._worked_out(number)
        return year

    def _worked_out(self, number: int) -> _Year:
        starts: list[int] = []
        ends: list[int] = []
        for day in range(date(number, 1, 1).toordinal(), date(number + 1, 1, 1).toordinal()):
            ranges = self.week[(day - 1) % 7]
            if not ranges or (off := date.fromordinal(day)) in self.holidays or off in self.closed:
                continue
            midnight = (day - _EPOCH_DAY) * _DAY
            for start, end in ranges:
                opens, closes = self._at(midnight + start * _MINUTE), self._at(midnight + end * _MINUTE)
                if closes > opens:
                    starts.append(opens)
                    ends.append(closes)
        return _Year(starts, ends, list(accumulate(end - start for start, end in zip(starts, ends, strict=True))))

    @cached_property
    def _regimes(self) -> list[int]:
        """The local time at which each offset but the last ends."""
        return [
            (until + offset) * _SECOND for (_, offset), (until, _) in zip(self.offsets, self.offsets[1:], strict=False)
        ]

    def _at(self, wall: int) -> int:
        """The instant of a local time: the earlier one of two, the clock change itself for one that is skipped."""
        regime = bisect_right(self._regimes, wall)
        since, offset = self.offsets[regime]
        at = wall - offset * _SECOND
        return max(at, since * _SECOND) if regime else at

    def _local_day(self, at: int) -> date:
        regime = max(0, bisect_right(self.offsets, (at // _SECOND, 86_400)) - 1)
        return date.fromordinal((at + self.offsets[regime][1] * _SECOND) // _DAY + _EPOCH_DAY)

    def _year_of(self, at: int) -> int:
        for number, (begins, ends) in list(self._bounds.items()):  # another thread may add one
            if begins <= at < ends:
                return number
        number = self._local_day(at).year
        while at < self._new_year(number):  # a clock change at new year
            number -= 1
        while at >= self._new_year(number + 1):
            number += 1
        self._bounds[number] = self._new_year(number), self._new_year(number + 1)
        return number

    def _new_year(self, number: int) -> int:
        return self._at((date(number, 1, 1).toordinal() - _EPOCH_DAY) * _DAY)


def _micro(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _instant(micro: int) -> datetime:
    return _EPOCH + micro * _MICROSECOND
