"""When a clock runs. Pure.

Every SLA clock asks a calendar; today's only one is open at all times (rules, "SLA": 24 × 7 by default).
"""

from datetime import datetime, timedelta
from typing import Protocol


class Calendar(Protocol):
    """Opening time as arithmetic on instants (aware, UTC)."""

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The instant at which `duration` of opening time has passed since `start`."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The opening time from `start` to `end`; negative when `end` is earlier."""


class AlwaysOpen:
    """24 × 7: elapsed time, so a night on which the clocks change has its true length (G11)."""

    def add(self, start: datetime, duration: timedelta) -> datetime:
        return start + duration

    def between(self, start: datetime, end: datetime) -> timedelta:
        return end - start


ALWAYS_OPEN = AlwaysOpen()
