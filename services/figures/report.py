"""The report of a period: its headlines and tables, each number with the list behind it."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from data.queries import lists, reports
from data.vocabulary import Unnamed, Verdict
from services import board
from services.figures import tables
from services.figures.cohorts import Cohorts, Counts, answer_times, resolution_times
from services.figures.measures import Cell, Kpi, Table, Times, Where, share
from services.figures.opinions import Opinions
from services.figures.owners import is_hand_over, stints
from services.figures.period import LONGEST, Period, last_days
from services.figures.study import SECOND, Study
from services.inputs import Form
from services.permissions import Right
from services.work import Actor, Reading, look

DAYS, MOST_DAYS = 30, 366


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown, in the order in which it is shown."""

    period: Period
    until_now: bool
    kpis: tuple[Kpi, ...]
    tables: Mapping[str, Table]


def build(actor: Actor, period: Period, query: board.Query) -> Report:
    """The report of what `query` narrows to. Raises `Forbidden`, or `Invalid` for a filter or period that is none."""
    with look(actor) as reading:
        reading.require(Right.SEE_STATISTICS)
        check(period)
        study = Study.of(reading, period, query)
        owners = _Owners(study)
        made = [part(study) for part in PARTS]
        opinions = Opinions(study)
        every = (*made[:4], *tables.volumes(study), *made[4:], owners.table(), _quality(study, owners))
        until_now = study.until < period.end
        kpis = (*_kpis(study, owners), *opinions.kpis())
        return Report(period, until_now, kpis, {table.name: table for table in (*every, *opinions.tables())})


PARTS: tuple[Callable[[Study], Table], ...] = (
    tables.compliance,
    tables.flow,
    tables.response_times,
    tables.solving_times,
    tables.backlog,
    tables.by_team,
    tables.by_client,
    tables.by_application,
    tables.by_department,
    tables.by_employee_team,
    tables.recurrent,
    tables.availability,
)


def check(period: Period) -> None:
    """Raises `Invalid` for a period that ends before it begins, or is longer than `LONGEST` days."""
    form = Form()
    if period.first.year < 2000 or period.last.year > 2999:
        form.wrong("from", "out_of_range", min="2000-01-01", max="2999-12-31")
    elif not 1 <= period.days <= LONGEST:
        form.wrong("to", "out_of_range", min=1, max=LONGEST)
    form.check()


def statistics(
    actor: Actor, zone: ZoneInfo, *, days: int | None = None, first: date | None = None, last: date | None = None
) -> dict[str, Any]:
    """Counts now, and the figures from the `first` day to the `last`, today where none is named, or of the last `days`
    (30), today included, in `zone`; for `GET /stats`. Raises `Invalid` for both, and for a period that is none."""
    with look(actor) as reading:
        reading.require(Right.SEE_STATISTICS)
        period = _asked(reading, zone, days, first, last)
        check(period)
        session, start, end = reading.session, period.start, period.end
        answers = reports.answers(session, start, end)
        solutions = reports.solutions(session, start, end)
        counts = Counts.of(solutions, reports.later_cycles(session, (), start, end), start, end)
        times = Times.of(solutions.seconds)
        return {
            "days": period.days,
            "from": period.first,
            "to": period.last,
            **lists.counts_now(session),
            "by_light": {light.value: number for light, number in lists.lights_now(session, reading.now).items()},
            "created": lists.created_between(session, start, end),
            "resolved": counts.settled,
            "reopened": counts.reopened,
            "backlog": reports.open_at(session, min(end, reading.now + SECOND)),
            "response_respected": _respected(answers),
            "resolution_respected": _respected(solutions),
            "every_resolution_respected": share(counts.settled - counts.failed, counts.settled),
            "mean_resolution_s": times.mean,
            "previous_mean_resolution_s": reports.mean_solution(session, period.before.start, start),
            "response_time": _times(Times.of(answers.seconds)),
            "resolution_time": _times(times),
        }


def _asked(reading: Reading, zone: ZoneInfo, days: int | None, first: date | None, last: date | None) -> Period:
    form = Form()
    if first is not None or last is not None:
        if days is not None:
            form.wrong("days", "extra")
        if first is None:
            form.wrong("from", "required")
        form.check()
        assert first is not None
        return Period(first, last or reading.now.astimezone(zone).date(), zone)
    if days is not None and not 1 <= days <= MOST_DAYS:
        form.wrong("days", "out_of_range", min=1, max=MOST_DAYS)
    form.check()
    return last_days(days or DAYS, reading.now, zone)


def _kpis(study: Study, owners: "_Owners") -> tuple[Kpi, ...]:
    now, before = study.now, study.before
    answers, solutions = (Times.of(measured) for measured in _durations(now))
    answers_before, solutions_before = (Times.of(measured) for measured in _durations(before))
    answered, solved, settled = (now.span(each) for each in ("answered", "first_resolved", "resolved"))

    def kept(cohorts: Cohorts) -> list[float | None]:
        every = share(len(cohorts.settled - cohorts.failed), len(cohorts.settled))
        return [_kept(cohorts.resolved, "resolution_missed"), every, _kept(cohorts.answered, "answer_missed")]

    first, every, response = kept(now)
    first_before, every_before, response_before = kept(before)
    reopened = share(len(now.reopened), len(now.settled))
    open_before = len(reports.backlog(study.reading.session, study.filters.conditions, study.period.start))
    return (
        Kpi("resolution", Cell("share", first, study.where(solved)), first_before, "up"),
        Kpi("every_resolution", Cell("share", every, study.where(settled)), every_before, "up"),
        Kpi("response", Cell("share", response, study.where(answered)), response_before, "up"),
        Kpi("mttr", study.time(solutions.mean, solved), solutions_before.mean, "down"),
        Kpi("mtta", study.time(answers.mean, answered), answers_before.mean, "down"),
        Kpi("created", study.count(len(now.created), now.span("created")), len(before.created)),
        Kpi("settled", study.count(len(now.settled), settled), len(before.settled)),
        Kpi("backlog", study.count(len(study.backlog), study.open_at(study.until)), open_before, "down"),
        Kpi(
            "reopened",
            Cell("share", reopened, study.where(now.span("reopened"))),
            share(len(before.reopened), len(before.settled)),
            "down",
        ),
        Kpi(
            "handed_over",
            Cell("share", share(owners.moved, len(now.resolved)), study.where(solved, {"handed_over": True})),
            share(owners.moved_before, len(before.resolved)),
            "down",
        ),
    )


def _quality(study: Study, owners: "_Owners") -> Table:
    """What had to be done again, or by others."""
    now = study.now
    solved, settled, reopened = (now.span(each) for each in ("first_resolved", "resolved", "reopened"))
    lines: tuple[tuple[str, int, Where, int, Where], ...] = (
        ("failed", len(now.failed), {**settled, "every_resolution": Verdict.MISSED.value}, len(now.settled), settled),
        ("reopened", len(now.reopened), reopened, len(now.settled), settled),
        ("handed_over", owners.moved, {**solved, "handed_over": True}, len(now.resolved), solved),
    )
    rows = tuple(
        (
            Cell("code", f"report.quality.{name}"),
            study.count(part, where),
            study.count(whole, of),
            study.share(part, whole, where),
        )
        for name, part, where, whole, of in lines
    )
    return Table("quality", ("figure", "incidents", "among", "part"), rows)


class _Owners:
    """Hand-overs, and how long each team had them, of the incidents first resolved in the period."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._lines: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        span = study.period.before.start, study.period.end
        for incident, at, details in reports.owner_lines(study.reading.session, study.filters.conditions, *span):
            self._lines[incident].append((at, json.loads(details)))

    @cached_property
    def moved(self) -> int:
        """How many of them went from hand to hand."""
        return self._moved(self.study.now)

    @cached_property
    def moved_before(self) -> int:
        """The same of the period before."""
        return self._moved(self.study.before)

    def _moved(self, cohorts: Cohorts) -> int:
        lines = self._lines
        return sum(
            1 for each in cohorts.resolved if any(is_hand_over(details) for _, details in lines.get(each.id, ()))
        )

    def table(self) -> Table:
        """By team: how long it had them, the longest in all first."""
        held: dict[str | None, list[int]] = defaultdict(list)
        for each in self.study.now.resolved:
            spent: dict[str | None, int] = defaultdict(int)
            for stint in stints(each.created, self._lines.get(each.id, ()), each.resolved or each.created):
                spent[stint.team] += stint.end - stint.start
            for team, seconds in spent.items():
                if team is not None or seconds:
                    held[team].append(seconds)
        whole = sum(map(sum, held.values()))
        solved = self.study.now.span("first_resolved")
        rows = []
        for team in sorted(held, key=lambda team: -sum(held[team])):
            own: list[int] = held[team]
            where: Where = {"without": (Unnamed.HOLDER.value,)} if team is None else {"held_by": team}
            rows.append(
                (
                    Cell("code", "report.none.team") if team is None else Cell("text", team),
                    self.study.count(len(own), solved, where),
                    self.study.time(sum(own), solved, where),
                    self.study.time(round(sum(own) / len(own)), solved, where),
                    self.study.share(sum(own), whole, solved, where),
                )
            )
        return Table("held", ("team", "incidents", "held", "held_mean", "part"), tuple(rows))


def _durations(cohorts: Cohorts) -> tuple[list[int], list[int]]:
    return answer_times(cohorts.answered), resolution_times(cohorts.resolved)


def _kept(decided: list[reports.Fact], verdict: str) -> float | None:
    return share(sum(1 for each in decided if not getattr(each, verdict)), len(decided))


def _respected(spent: reports.Spent) -> float | None:
    return share(len(spent.seconds) - spent.missed, len(spent.seconds))


def _times(times: Times) -> dict[str, int | None]:
    return {"count": times.count, "mean_s": times.mean, "p50_s": times.p50, "p90_s": times.p90, "p95_s": times.p95}
