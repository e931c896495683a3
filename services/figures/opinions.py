"""What requesters thought of it: answers, their mean, and how many of those who were asked gave one (S83).

An answer counts by when it was given. The response rate is of the incidents first resolved in the period: it can still
grow, as their requesters answer.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from data.queries import reports
from data.queries.reports import Opinion
from data.vocabulary import Unnamed
from services.figures.cohorts import Cohorts, span
from services.figures.measures import Cell, Kpi, Table, Where, share
from services.figures.period import Buckets, Period
from services.figures.study import Study
from services.satisfaction import SCORES

RATED: Where = {"rating": tuple(str(score) for score in SCORES)}


def mean(scores: Sequence[int]) -> float | None:
    """To two decimals; None of nothing."""
    return round(sum(scores) / len(scores), 2) if scores else None


@dataclass(frozen=True)
class Opinions:
    """The answers about the incidents of `study`."""

    study: Study

    @cached_property
    def now(self) -> list[Opinion]:
        """The answers given in the period."""
        return self._given(self.study.period)

    @cached_property
    def _answered(self) -> frozenset[int]:
        """Of the incidents first resolved in the period or the one before, those that have an answer."""
        session, conditions, period = self.study.reading.session, self.study.filters.conditions, self.study.period
        return reports.answered_for(session, conditions, period.before.start, period.end)

    def kpis(self) -> tuple[Kpi, ...]:
        """Mean score and response rate."""
        before = mean([each.score for each in self._given(self.study.period.before)])
        given, solved = self.study.now.span("rated"), self.study.now.span("first_resolved")
        return (
            Kpi(
                "satisfaction",
                self.study.score(mean([each.score for each in self.now]), given),
                before,
                "up",
            ),
            Kpi(
                "opinions",
                Cell("share", self._rate(self.study.now), self.study.where(solved, RATED)),
                self._rate(self.study.before),
                "up",
            ),
        )

    def tables(self) -> tuple[Table, ...]:
        """By day, week or month; by score; by team."""
        return self._by_period(), self._by_score(), self._by_team()

    def _given(self, period: Period) -> list[Opinion]:
        return reports.opinions(self.study.reading.session, self.study.filters.conditions, period.start, period.end)

    def _rate(self, cohorts: Cohorts) -> float | None:
        return share(sum(each.id in self._answered for each in cohorts.resolved), len(cohorts.resolved))

    def _by_period(self) -> Table:
        buckets, study = Buckets(self.study.period), self.study
        given = _grouped((buckets.place(each.at), each.score) for each in self.now)
        solved = _grouped((buckets.place(each.resolved or 0), each.id) for each in study.now.resolved)
        rows = []
        for place, bucket in enumerate(buckets.all):
            cells = self._cells(given[place], solved[place], {}, bucket.start, bucket.end)
            rows.append((Cell("day", bucket.first), *cells))
        return Table("satisfaction", (study.period.grain, *_COLUMNS), tuple(rows))

    def _by_score(self) -> Table:
        scores = [each.score for each in self.now]
        within = self.study.now.span("rated")
        rows = []
        for score in reversed(SCORES):
            where: Where = {"rating": (str(score),)}
            number = scores.count(score)
            rows.append(
                (
                    Cell("code", f"rating.{score}"),
                    self.study.count(number, within, where),
                    self.study.share(number, len(scores), within, where),
                )
            )
        return Table("opinions", ("score", "answers", "part"), tuple(rows))

    def _by_team(self) -> Table:
        study = self.study
        given = _grouped((each.team, each.score) for each in self.now)
        solved = _grouped((each.team, each.id) for each in study.now.resolved)
        groups: list[tuple[Cell, int | None, Where]] = [
            (Cell("text", name), team, {"team": team})
            for team, name in study.teams.items()
            if study.shows("team", team)
        ]
        if "team" not in study.base:
            groups.append((Cell("code", "report.none.team"), None, {"without": (Unnamed.TEAM.value,)}))
        rows = [
            (head, *self._cells(given[team], solved[team], where, study.period.start, study.period.end))
            for head, team, where in groups
            if given[team] or solved[team]
        ]
        rows.sort(key=lambda row: -row[1].value)
        return Table("satisfaction_by_team", ("team", *_COLUMNS), tuple(rows))

    def _cells(
        self, scores: Sequence[int], solved: Sequence[int], where: Where, start: datetime, end: datetime
    ) -> tuple[Cell, ...]:
        given, done = span("rated", start, end), span("first_resolved", start, end)
        answered = sum(each in self._answered for each in solved)
        return (
            self.study.count(len(scores), given, where),
            self.study.score(mean(scores), given, where),
            self.study.count(answered, done, where, RATED),
            self.study.share(answered, len(solved), done, where),
        )


_COLUMNS = ("answers", "mean_score", "answered_for", "answer_rate")


def _grouped(pairs: Iterable[tuple[Hashable, int]]) -> defaultdict[Hashable, list[int]]:
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
