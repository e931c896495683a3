"""The tables of a report. What each number means is said in one sentence in the catalogs (`report.help.`)."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from data.queries import reports
from data.queries.reports import Fact
from data.queries.spans import EmployeeGroup
from data.vocabulary import Category, Impact, ItemKind, Priority, Severity, Unnamed, Verdict
from services.figures.cohorts import answer_times, resolution_times, span
from services.figures.measures import Cell, Table, Times, Where, covered
from services.figures.period import DAY, Buckets
from services.figures.study import Study

RECURRENT = 3  # incidents in the period that make an asset a recurrent one (S78)
MISSED: Where = {"resolution": Verdict.MISSED.value}
RESPECTED: Where = {"resolution": Verdict.RESPECTED.value}
AGES = (0, 1, 3, 7, 30)  # days from which on the backlog is counted apart

Measure = Callable[[Sequence[Fact]], list[int]]
Group = tuple[Cell, Hashable, Where]  # the head of a row, what its incidents have in common, and their filter


def compliance(study: Study) -> Table:
    """By day, week or month: first responses and first resolutions, and what was respected."""
    buckets = Buckets(study.period)
    answers = _counts(buckets, ((each.answered, each.answer_missed) for each in study.now.answered))
    resolutions = _counts(buckets, ((each.resolved, each.resolution_missed) for each in study.now.resolved))
    rows = []
    for place, bucket in enumerate(buckets.all):
        cells = [Cell("day", bucket.first)]
        for counts, name, verdict in ((answers, "answered", "response"), (resolutions, "first_resolved", "resolution")):
            within = span(name, bucket.start, bucket.end)
            kept, missed = counts[place, 0], counts[place, 1]
            cells += [
                study.count(kept + missed, within),
                study.count(missed, within, {verdict: Verdict.MISSED.value}),
                study.share(kept, kept + missed, within),
            ]
        rows.append(tuple(cells))
    columns = ("answered", "answer_missed", "answer_share", "resolved", "resolution_missed", "resolution_share")
    return Table("compliance", (study.period.grain, *columns), tuple(rows))


def flow(study: Study) -> Table:
    """By day, week or month: what was created, and what was resolved."""
    buckets = Buckets(study.period)
    low, high = int(study.period.start.timestamp()), int(study.period.end.timestamp())
    created = Counter(buckets.place(each.created) for each in study.now.created)
    solved = {(buckets.place(each.resolved or 0), each.id) for each in study.now.resolved}
    solved |= {
        (buckets.place(each.resolved), each.incident)
        for each in study.cycles
        if each.resolved is not None and low <= each.resolved < high
    }
    resolved = Counter(place for place, _ in solved)
    rows = tuple(
        (
            Cell("day", bucket.first),
            study.count(created[place], span("created", bucket.start, bucket.end)),
            study.count(resolved[place], span("resolved", bucket.start, bucket.end)),
        )
        for place, bucket in enumerate(buckets.all)
    )
    return Table("flow", (study.period.grain, "created", "resolved_any"), rows)


def response_times(study: Study) -> Table:
    """By priority: how long the first response took."""
    measured = answer_times, study.clocks.answers
    return _times(study, "response_times", study.now.answered, measured, "answered")


def solving_times(study: Study) -> Table:
    """By priority: how long the first resolution took."""
    measured = resolution_times, study.clocks.resolutions
    return _times(study, "resolution_times", study.now.resolved, measured, "first_resolved")


def volumes(study: Study) -> tuple[Table, ...]:
    """What was created, by each code of an incident (S72)."""
    return (
        _volume(study, "category", Category),
        _volume(study, "priority", Priority),
        _volume(study, "severity", Severity, Unnamed.SEVERITY),
        _volume(study, "impact", Impact, Unnamed.IMPACT),
    )


def by_team(study: Study) -> Table:
    """By the team that has the incident."""
    groups: list[Group] = [
        (Cell("text", name), team, {"team": team}) for team, name in study.teams.items() if study.shows("team", team)
    ]
    if "team" not in study.base:
        groups.append((Cell("code", "report.none.team"), None, {"without": (Unnamed.TEAM.value,)}))
    return _grouped(study, "by_team", "team", groups, lambda each: (each.team,))


def by_client(study: Study) -> Table:
    """By client that the incident affects, primary or not (S88)."""
    return _by_item(study, "by_client", "client", ItemKind.CLIENTS)


def by_application(study: Study) -> Table:
    """By application that the incident touches."""
    return _by_item(study, "by_application", "application", ItemKind.APPLICATIONS)


def by_department(study: Study) -> Table:
    """By department of the employees whom the incident affects (S84)."""
    return _by_employees(study, "by_department", "department", EmployeeGroup.DEPARTMENT)


def by_employee_team(study: Study) -> Table:
    """By team of the employees whom the incident affects (S84)."""
    return _by_employees(study, "by_employee_team", "employee_team", EmployeeGroup.TEAM)


def recurrent(study: Study) -> Table:
    """The assets with `RECURRENT` incidents or more in the period, most first (S78)."""
    created = {each.id: each.created for each in study.now.created}
    counts: Counter[int] = Counter()
    last: dict[int, int] = {}
    for incident, asset in study.linked(ItemKind.ASSETS):
        if incident in created:
            counts[asset] += 1
            last[asset] = max(last.get(asset, 0), created[incident])
    failing = {asset: count for asset, count in counts.items() if count >= RECURRENT and "asset" not in study.base}
    known = reports.assets(study.reading.session, list(failing))
    hosted = reports.hosted(study.reading.session, list(failing))
    ordered = sorted(failing, key=lambda asset: (-failing[asset], known[asset].name.casefold()))
    rows = tuple(
        (
            Cell("text", known[asset].name, {"asset": named(asset, known[asset].name)}),
            Cell("text", ", ".join(hosted.get(asset, []))),
            study.count(failing[asset], {"asset": named(asset, known[asset].name)}, study.now.span("created")),
            Cell("at", last[asset]),
        )
        for asset in ordered
    )
    return Table("recurrent", ("asset", "hosts", "incidents", "last"), rows)


def availability(study: Study) -> Table:
    """The share of the period, as far as it has passed, in which no critical incident was open on the application, the
    worst first (S81); as an application's own page says it."""
    start, end = study.period.start, min(study.period.end, study.reading.now)
    if end <= start:
        return Table("availability", ("application", "available", "down", "outages"), ())
    low, high = int(start.timestamp()), int(end.timestamp())
    down: dict[int, list[tuple[int, int]]] = {}
    incidents: dict[int, set[int]] = {}
    for application, incident, begun, over in reports.outages(
        study.reading.session, study.filters.conditions, start, end
    ):
        down.setdefault(application, []).append((max(low, begun), min(high, over or high)))
        incidents.setdefault(application, set()).add(incident)
    names = reports.names(study.reading.session, ItemKind.APPLICATIONS)
    shown = [each for each in names if _shows(study, "application", each, names)]
    lost = {application: covered(down.get(application, ())) for application in shown}
    rows = []
    for application in sorted(shown, key=lambda each: (-lost[each], names[each].casefold())):
        where: Where = {
            "application": named(application, names[application]),
            "severity": (Severity.CRITICAL.value,),
            "open_from": start,
            "open_to": end,
        }
        rows.append(
            (
                Cell("text", names[application], {"application": named(application, names[application])}),
                Cell("share", 1 - lost[application] / (high - low), study.where(where)),
                Cell("time", lost[application], study.where(where)),
                study.count(len(incidents.get(application, ())), where),
            )
        )
    return Table("availability", ("application", "available", "down", "outages"), tuple(rows))


def backlog(study: Study) -> Table:
    """What was open at the end of the period, or is now, by age and priority."""
    edges = [*(study.until - DAY * days for days in AGES), None]
    priorities = [each for each in Priority if study.shows("priority", each.value)]
    open_then = study.open_at(study.until)
    rows = []
    for name, (newest, oldest) in zip(AGES, pairwise(edges), strict=True):
        low, high = (int(edge.timestamp()) if edge else 0 for edge in (oldest, newest))
        found = Counter(each.priority for each in study.backlog if low <= each.created < high)
        aged: Where = {"created_to": newest} | ({"created_from": oldest} if oldest else {})
        cells = [study.count(found[each.value], open_then, aged, {"priority": (each.value,)}) for each in priorities]
        rows.append((Cell("code", f"report.age.{name}"), study.count(found.total(), open_then, aged), *cells))
    return Table("backlog", ("age", "open", *(f"priority.{each}" for each in priorities)), tuple(rows))


def named(item: int, name: str) -> str:
    """How a filter names an item: as people read it, where that is not a number."""
    return str(item) if name.isdigit() else name


def _shows(study: Study, field: str, item: int, names: Mapping[int, str]) -> bool:
    return study.shows(field, item) or study.shows(field, names[item])


def _counts(buckets: Buckets, decided: Iterable[tuple[int | None, int | None]]) -> Counter[tuple[int, int]]:
    return Counter((buckets.place(at or 0), missed or 0) for at, missed in decided)


def _times(study: Study, name: str, facts: Sequence[Fact], measured: tuple[Measure, Measure], cohort: str) -> Table:
    """`measured`: the time that went by, and as much of it as the SLA counted, which alone compares to the target."""
    whole = list(zip(facts, *(measure(facts) for measure in measured), strict=True))
    within = study.now.span(cohort)
    rows = []
    for code in (None, *Priority):
        if code is not None and not study.shows("priority", code.value):
            continue
        own = whole if code is None else [each for each in whole if each[0].priority == code]
        times, where = Times.of(elapsed for _, elapsed, _ in own), {} if code is None else {"priority": (code.value,)}
        counted = Times.of(spent for *_, spent in own)
        targets = [each.answer_target if cohort == "answered" else each.resolution_target for each, *_ in own]
        target = round(sum(targets) / len(targets)) if targets and code is not None else None
        values = (times.mean, times.p50, times.p90, times.p95, counted.mean)
        rows.append(
            (
                Cell("code", f"priority.{code}" if code else "report.all"),
                study.count(times.count, within, where),
                *(study.time(value, within, where) for value in values),
                Cell("time", target),
            )
        )
    return Table(name, ("priority", "incidents", "mean", "p50", "p90", "p95", "counted", "target"), tuple(rows))


def _volume(study: Study, field: str, codes: Any, unnamed: Unnamed | None = None) -> Table:
    within = study.now.span("created")
    counts = Counter(getattr(each, field) for each in study.now.created)
    groups: list[tuple[str, str | None, Where]] = [
        (f"{field}.{code}", code.value, {field: (code.value,)}) for code in codes if study.shows(field, code.value)
    ]
    if unnamed is not None and field not in study.base:
        groups.append((f"report.none.{field}", None, {"without": (unnamed.value,)}))
    total = sum(counts[value] for _, value, _ in groups)
    rows = tuple(
        (
            Cell("code", key),
            study.count(counts[value], within, where),
            study.share(counts[value], total, within, where),
        )
        for key, value, where in groups
    )
    return Table(f"by_{field}", (field, "created", "part"), rows)


def _by_employees(study: Study, name: str, field: str, group: EmployeeGroup) -> Table:
    conditions, period = study.filters.conditions, study.period
    of: dict[int, list[str]] = {}
    for incident, each in reports.employee_groups(study.reading.session, group, conditions, period.start, period.end):
        of.setdefault(incident, []).append(each)
    names = sorted({named for each in of.values() for named in each}, key=str.casefold)
    groups: list[Group] = [(Cell("text", each), each, {field: each}) for each in names if study.shows(field, each)]
    return _grouped(study, name, field, groups, lambda each: of.get(each.id, ()))


def _by_item(study: Study, name: str, field: str, kind: ItemKind) -> Table:
    of: dict[int, list[int]] = {}
    for incident, item in study.linked(kind):
        of.setdefault(incident, []).append(item)
    touched = {item for each in of.values() for item in each}
    names = reports.names(study.reading.session, kind)
    shown = sorted(
        (item for item in touched if _shows(study, field, item, names)), key=lambda item: names[item].casefold()
    )
    wheres: list[tuple[int, Where]] = [(item, {field: named(item, names[item])}) for item in shown]
    groups: list[Group] = [(Cell("text", names[item], where), item, where) for item, where in wheres]
    return _grouped(study, name, field, groups, lambda each: of.get(each.id, ()))


def _grouped(
    study: Study, name: str, head: str, groups: Sequence[Group], keys: Callable[[Fact], Iterable[Hashable]]
) -> Table:
    """Created, first resolved, of these missed, and the mean time; most created first."""
    created = Counter(key for each in study.now.created for key in keys(each))
    resolved: dict[Hashable, list[Fact]] = {}
    for each in study.now.resolved:
        for key in keys(each):
            resolved.setdefault(key, []).append(each)
    rows = []
    within, solved = study.now.span("created"), study.now.span("first_resolved")
    for cell, key, where in sorted(groups, key=lambda group: -created[group[1]]):
        own = resolved.get(key, [])
        missed = sum(1 for each in own if each.resolution_missed)
        times = resolution_times(own)
        rows.append(
            (
                cell,
                study.count(created[key], within, where),
                study.count(len(own) - missed, solved, where, RESPECTED),
                study.count(missed, solved, where, MISSED),
                study.share(len(own) - missed, len(own), solved, where),
                study.time(round(sum(times) / len(times)) if times else None, solved, where),
            )
        )
    return Table(name, (head, "created", "respected", "missed", "resolution_share", "mttr"), tuple(rows))
