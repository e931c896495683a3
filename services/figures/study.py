"""What the tables of a report are made of: one look at the database, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from data.queries import people, reports
from data.queries.lists import Filters
from data.vocabulary import ItemKind
from services import board, policies
from services.figures.cohorts import Clocks, Cohorts
from services.figures.measures import Cell, Where, share
from services.figures.period import Period
from services.inputs import Form
from services.permissions import Right
from services.work import Reading

SECOND = timedelta(seconds=1)  # instants are whole seconds


@dataclass(frozen=True)
class Study:
    """The incidents that `base` narrows to, over `period` and the one before."""

    reading: Reading
    period: Period
    base: Where
    filters: Filters

    @classmethod
    def of(cls, reading: Reading, period: Period, query: board.Query) -> "Study":
        """Raises `Forbidden` for those who see no statistics, `Invalid` for a filter that does not exist."""
        reading.require(Right.SEE_STATISTICS)
        form = Form()
        filters = board.filters_of(reading, form, query, reading.now)
        form.check()
        defaults = board.Query()
        asked = {each.name: getattr(query, each.name) for each in fields(query)}
        base = {name: value for name, value in asked.items() if value != getattr(defaults, name)}
        return cls(reading, period, base, filters)

    @cached_property
    def _facts(self) -> tuple[list[reports.Fact], list[reports.Cycle]]:
        session, conditions = self.reading.session, self.filters.conditions
        span = self.period.before.start, self.period.end
        return reports.facts(session, conditions, *span), reports.later_cycles(session, conditions, *span)

    @cached_property
    def clocks(self) -> Clocks:
        """What the SLA counted of the time that each took."""
        return Clocks(policies.of_versions(self.reading.session, {each.policy for each in self._facts[0]}))

    @cached_property
    def now(self) -> Cohorts:
        """Who is counted in the period."""
        return Cohorts.of(*self._facts, self.period.start, self.period.end)

    @cached_property
    def before(self) -> Cohorts:
        """Who is counted in the period before."""
        return Cohorts.of(*self._facts, self.period.before.start, self.period.before.end)

    @property
    def cycles(self) -> list[reports.Cycle]:
        """The cycles of the incidents that were reopened, of both periods."""
        return self._facts[1]

    @property
    def until(self) -> datetime:
        """When the backlog is counted: at the end of the period, or now while it lasts."""
        return min(self.period.end, self.reading.now + SECOND)

    def open_at(self, at: datetime) -> Where:
        """The filter for what was open just before `at`."""
        return {"open_from": at - SECOND, "open_to": at}

    @cached_property
    def backlog(self) -> list[reports.Backlog]:
        """What was open at the end of the period, or is now."""
        return reports.backlog(self.reading.session, self.filters.conditions, self.until)

    def linked(self, kind: ItemKind) -> list[tuple[int, int]]:
        """(incident, item) of the period's incidents."""
        span = self.period.start, self.period.end
        return reports.linked(self.reading.session, kind, self.filters.conditions, *span)

    @cached_property
    def teams(self) -> Mapping[int, str]:
        """The name of each team."""
        return {team.id or 0: team.name for team in people.teams(self.reading.session)}

    def count(self, number: int, *where: Where) -> Cell:
        """A number of incidents, and how to list them."""
        return Cell("count", number, self.where(*where))

    def share(self, part: int, whole: int, *where: Where) -> Cell:
        """A share of the incidents that `where` lists."""
        return Cell("share", share(part, whole), self.where(*where))

    def time(self, seconds: int | None, *where: Where) -> Cell:
        """A time measured on the incidents that `where` lists."""
        return Cell("time", seconds, self.where(*where))

    def score(self, value: float | None, *where: Where) -> Cell:
        """What requesters gave the incidents that `where` lists."""
        return Cell("score", value, self.where(*where))

    def where(self, *more: Where) -> Where:
        """The filters of the report and these: the latter win."""
        found: dict[str, Any] = dict(self.base)
        for each in more:
            found |= each
        return found

    def shows(self, field: str, value: Any) -> bool:
        """Whether a row about `value` can have something in it: the report's own filters may exclude it."""
        if field not in self.base:
            return True
        asked = self.base[field]
        return str(value) in ([str(each) for each in asked] if isinstance(asked, list | tuple) else [str(asked)])
