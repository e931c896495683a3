"""Who is counted in a period: the incidents created, answered, resolved or reopened in it. Pure.

Each figure counts by the instant at which it was decided, so that the report of a past month says the same for ever
(S122); `where` is the same choice as the filter of a list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from data.queries.reports import Cycle, Fact, Spent
from data.vocabulary import Priority
from services.calendar import OpeningHours
from services.figures.measures import Where
from services.incident_view import hours_of
from services.sla import Policy


@dataclass(frozen=True)
class Cohorts:
    """`resolved` are those first resolved in the period, `settled` those resolved in it at least once; of these,
    `failed` have missed one of their resolutions up to its end."""

    start: datetime
    end: datetime
    created: list[Fact]
    answered: list[Fact]
    resolved: list[Fact]
    settled: frozenset[int]
    failed: frozenset[int]
    reopened: frozenset[int]

    @classmethod
    def of(cls, facts: Sequence[Fact], cycles: Sequence[Cycle], start: datetime, end: datetime) -> "Cohorts":
        low, high = int(start.timestamp()), int(end.timestamp())
        resolved = [each for each in facts if each.resolved is not None and low <= each.resolved < high]
        again = {each.incident for each in cycles if each.resolved is not None and low <= each.resolved < high}
        settled = again | {each.id for each in resolved}
        missed = {each.id for each in resolved if each.resolution_missed}
        missed |= {each.incident for each in cycles if each.missed and each.resolved and each.resolved < high}
        return cls(
            start,
            end,
            created=[each for each in facts if low <= each.created < high],
            answered=[each for each in facts if each.answered is not None and low <= each.answered < high],
            resolved=resolved,
            settled=frozenset(settled),
            failed=frozenset(missed & settled),
            reopened=frozenset(each.incident for each in cycles if each.number > 1 and low <= each.started < high),
        )

    def span(self, name: str) -> Where:
        """The filter for what happened within the period."""
        return span(name, self.start, self.end)


@dataclass(frozen=True)
class Counts:
    """How many `Cohorts` has of each, where nobody asks which."""

    settled: int
    failed: int
    reopened: int

    @classmethod
    def of(cls, first: Spent, cycles: Sequence[Cycle], start: datetime, end: datetime) -> "Counts":
        """Of the incidents first resolved in the period, and all cycles of those that were reopened."""
        low, high = int(start.timestamp()), int(end.timestamp())
        done = [each for each in cycles if each.resolved is not None and low <= each.resolved < high]
        at_first = {each.incident for each in done if each.number == 1}  # `first` has them
        late_at_first = {each.incident for each in done if each.number == 1 and each.missed}
        settled = {each.incident for each in done}
        missed = {each.incident for each in cycles if each.missed and each.resolved and each.resolved < high}
        return cls(
            settled=len(first.seconds) + len(settled - at_first),
            failed=first.missed + len((missed & settled) - late_at_first),
            reopened=len({each.incident for each in cycles if each.number > 1 and low <= each.started < high}),
        )


def span(name: str, start: datetime, end: datetime) -> Where:
    """The filter of a list for `name`, "created" for one, from `start` on and before `end`."""
    return {f"{name}_from": start, f"{name}_to": end}


@dataclass(frozen=True)
class Clocks:
    """Seconds as the SLA counts them, the only ones to hold against a target: without closed hours, and without the
    pauses that stop the clock. `policies` are the versions that the incidents follow."""

    policies: Mapping[int, Policy]

    def answers(self, answered: Sequence[Fact]) -> list[int]:
        """From creation to the first response."""
        return [self._spent(each, each.answered, each.answer_due, each.answer_target) for each in answered]

    def resolutions(self, resolved: Sequence[Fact]) -> list[int]:
        """From creation to the first resolution."""
        return [self._spent(each, each.resolved, each.resolution_due, each.resolution_target) for each in resolved]

    def _spent(self, fact: Fact, met: int | None, due: int, target: int) -> int:
        """The due time has every pause and closed hour in it: what is left until then is not spent."""
        hours, met = self._hours[fact.policy, fact.terms], met or 0
        left = due - met if hours is None else hours.seconds_between(met, due)
        return max(0, target - left)

    @cached_property
    def _hours(self) -> Mapping[tuple[int, str], OpeningHours | None]:
        return {
            (version, priority.value): hours_of(policy.calendar(priority))
            for version, policy in self.policies.items()
            for priority in Priority
        }


def answer_times(answered: Sequence[Fact]) -> list[int]:
    """Seconds from creation to the first response; a clock that was set back makes none negative."""
    return [max(0, (each.answered or 0) - each.created) for each in answered]


def resolution_times(resolved: Sequence[Fact]) -> list[int]:
    """Seconds from creation to the first resolution."""
    return [max(0, (each.resolved or 0) - each.created) for each in resolved]
