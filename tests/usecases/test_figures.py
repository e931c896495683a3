"""Reports over small stories whose numbers are worked out by hand, on both databases; and every number opens exactly
the incidents that it counts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from data import db
from data.models import SlaPolicy
from data.vocabulary import ItemKind, Priority
from services import board, cmdb, impact, incidents, lifecycle, people, policies, satisfaction
from services.board import Query
from services.clock import MovedClock
from services.errors import Forbidden, Invalid
from services.figures import report
from services.figures.measures import Cell, Table
from services.figures.period import Period, last_days
from services.figures.report import Report
from services.sla import Policy, Target
from tests.personas import INFRASTRUCTURE, MONDAY, N1, N2, PARIS, Cast, an_incident, in_progress

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30), PARIS)
DONE = {"code": "fixed", "summary": "Service relancé."}
H = 3_600
PROMISES = ("response_times", "resolution_times")  # their last column is what was promised, not what was counted


def made(cast: Cast, period: Period = JUNE, **query: Any) -> Report:
    return report.build(cast.alice, period, Query(**query))


def kpis(found: Report) -> dict[str, Any]:
    return {each.name: each.cell.value for each in found.kpis}


def row(table: Table, head: object) -> list[Any]:
    """The values of the row about `head`, without it."""
    return next([cell.value for cell in cells[1:]] for cells in table.rows if cells[0].value == head)


def cells_of(found: Report) -> Iterator[tuple[str, Cell]]:
    yield from ((f"kpi {each.name}", each.cell) for each in found.kpis)
    for table in found.tables.values():
        for cells in table.rows:
            assert len(cells) == len(table.columns), table.name
            yield from ((f"{table.name} {cells[0].value} {place}", cell) for place, cell in enumerate(cells))


def test_a_reopened_incident_counts_by_its_first_resolution_and_by_all(cast: Cast, clock: MovedClock) -> None:
    """G9: cycle 1 respected, cycle 2 missed; the response is the first cycle's. S122."""
    reference = an_incident(cast.alice, priority="critical").reference
    clock.forward(minutes=30)
    lifecycle.take_and_start(cast.alice, reference)
    clock.forward(hours=2, minutes=30)
    lifecycle.resolve(cast.alice, reference, **DONE)
    figures = kpis(made(cast))
    assert (figures["resolution"], figures["every_resolution"], figures["reopened"]) == (1.0, 1.0, 0.0)
    clock.forward(hours=2)
    lifecycle.reopen(cast.alice, reference, reason="Cela recommence.")
    clock.forward(hours=4, minutes=30)
    lifecycle.resolve(cast.alice, reference, **DONE)
    figures = kpis(made(cast))
    assert (figures["resolution"], figures["every_resolution"], figures["response"]) == (1.0, 0.0, 1.0)
    assert (figures["mttr"], figures["mtta"]) == (3 * H, 1_800)
    assert (figures["created"], figures["settled"], figures["backlog"], figures["reopened"]) == (1, 1, 0, 1.0)


def test_a_breach_that_a_lowered_priority_hides_is_counted(cast: Cast, clock: MovedClock) -> None:
    """G8, S122."""
    reference = in_progress(cast.alice, priority="critical").reference
    clock.forward(hours=5)
    incidents.edit(cast.alice, reference, changes={"priority": "low"}, reason="Contourné.")
    clock.forward(hours=1)
    shown = lifecycle.resolve(cast.alice, reference, **DONE)
    assert shown.cycle.resolution.respected is True
    found = made(cast)
    assert kpis(found)["resolution"] == 0.0
    assert row(found.tables["by_team"], "report.none.team") == [1, 0, 1, 0.0, 6 * H]
    assert board.page(cast.alice, Query(resolution="missed")).total == 1
    assert board.page(cast.alice, Query(resolution="respected")).total == 0


def test_times_have_mean_and_nearest_rank_percentiles_by_priority(cast: Cast, clock: MovedClock) -> None:
    """S72: ten resolutions after 1 to 10 hours."""
    waiting = [in_progress(cast.alice, priority="low").reference for _ in range(10)]
    for reference in waiting:
        clock.forward(hours=1)
        lifecycle.resolve(cast.alice, reference, **DONE)
    table = made(cast).tables["resolution_times"]
    assert table.columns == ("priority", "incidents", "mean", "p50", "p90", "p95", "counted", "target")
    assert row(table, "priority.low") == [10, 5.5 * H, 5 * H, 9 * H, 10 * H, 5.5 * H, 72 * H]
    assert row(table, "priority.high") == [0, *[None] * 6]
    assert row(table, "report.all")[:2] == [10, 5.5 * H]


def test_a_chain_of_escalations_is_one_handed_over_incident_and_shares_its_time(cast: Cast, clock: MovedClock) -> None:
    """Taking what nobody has is none; the teams' times add up to the whole."""
    kept = in_progress(cast.alice, priority="high", team=N1)
    moved = in_progress(cast.alice, priority="high", team=N1).reference
    clock.forward(hours=1)
    lifecycle.resolve(cast.alice, kept.reference, **DONE)
    lifecycle.escalate(cast.alice, moved, mode="hierarchical", reason="Trop difficile.")
    clock.forward(hours=2)
    lifecycle.take_and_start(cast.bruno, moved)
    lifecycle.escalate(cast.bruno, moved, mode="functional", team=INFRASTRUCTURE, reason="C’est le réseau.")
    clock.forward(hours=3)
    lifecycle.take_and_start(cast.diane, moved)
    lifecycle.resolve(cast.diane, moved, **DONE)
    lifecycle.reopen(cast.diane, moved, reason="Encore.")
    lifecycle.assign(cast.diane, moved, team=N2)  # after its first resolution: counts no more
    found = made(cast)
    assert kpis(found)["handed_over"] == 0.5
    assert row(found.tables["quality"], "report.quality.handed_over") == [1, 2, 0.5]
    held = found.tables["held"]
    assert row(held, N1)[:3] == [2, 2 * H, H]
    assert row(held, N2)[:3] == [1, 2 * H, 2 * H]
    assert row(held, INFRASTRUCTURE)[:3] == [1, 3 * H, 3 * H]
    assert board.page(cast.alice, Query(handed_over=True)).items[0].reference == moved


def test_days_are_local_also_when_the_clocks_change(cast: Cast, clock: MovedClock) -> None:
    """29 March 2026 has 23 hours in Paris: from 23:00 on the 28th to 22:00 on the 29th, UTC."""
    clock.at = MONDAY.replace(month=3, day=28, hour=23, minute=59, second=59)
    an_incident(cast.alice)
    clock.at = MONDAY.replace(month=3, day=29, hour=0, minute=0)
    an_incident(cast.alice)
    clock.at = MONDAY.replace(month=3, day=29, hour=23, minute=59, second=59)
    an_incident(cast.alice)
    clock.forward(seconds=1)
    an_incident(cast.alice)
    period = Period(date(2026, 3, 28), date(2026, 3, 30), PARIS)
    assert (period.end - period.start) == timedelta(hours=71)
    flow = made(cast, period).tables["flow"]
    assert [(cells[0].value.day, cells[1].value) for cells in flow.rows] == [(28, 1), (29, 2), (30, 1)]
    assert board.page(cast.alice, Query(**dict(flow.rows[1][1].where or {}))).total == 2
    assert kpis(made(cast, Period(date(2026, 3, 29), date(2026, 3, 29), PARIS)))["created"] == 2


def test_the_backlog_of_a_past_day_is_what_was_open_at_its_end(cast: Cast, clock: MovedClock) -> None:
    """What is resolved or reopened later does not change it; nor does a closing."""
    old = in_progress(cast.alice, priority="high").reference
    clock.forward(days=2)
    young = in_progress(cast.alice, priority="low").reference
    clock.forward(hours=1)
    then = last_days(1, clock(), PARIS)
    before = [cells[1].value for cells in made(cast, then).tables["backlog"].rows]
    assert before == [1, 1, 0, 0, 0]
    clock.forward(days=3)
    for reference in (old, young):
        lifecycle.resolve(cast.alice, reference, **DONE)
    past = made(cast, then)
    assert kpis(past)["backlog"] == 2
    assert sum(cells[1].value for cells in past.tables["backlog"].rows) == 2
    assert kpis(made(cast, last_days(1, clock(), PARIS)))["backlog"] == 0


def test_availability_counts_critical_outages_once(cast: Cast, clock: MovedClock) -> None:
    """S81: two that overlap, 6 hours in all, of two days."""
    application = cmdb.create(cast.alice, ItemKind.APPLICATIONS, {"name": "ERP"}).id
    links = {"applications": [application]}
    first = in_progress(cast.alice, severity="critical", links=links).reference
    clock.forward(hours=4)
    second = in_progress(cast.alice, severity="critical", links=links).reference
    an_incident(cast.alice, severity="minor", links=links)
    lifecycle.resolve(cast.alice, first, **DONE)
    clock.forward(hours=2)
    lifecycle.resolve(cast.alice, second, **DONE)
    clock.forward(days=3)
    table = made(cast, Period(date(2026, 6, 15), date(2026, 6, 16), PARIS)).tables["availability"]
    assert row(table, "ERP") == [1 - 6 / 48, 6 * H, 2]
    in_progress(cast.alice, severity="critical", links=links)
    clock.forward(hours=2)
    now_day = Period(clock.at.astimezone(PARIS).date(), clock.at.astimezone(PARIS).date(), PARIS)
    own_page = impact.availability(cast.alice, application, start=now_day.start, end=clock.at)
    assert own_page.down_s == 2 * H  # an open one lasts until now, and not a second longer
    assert row(made(cast, now_day).tables["availability"], "ERP") == [own_page.share, own_page.down_s, 1]


def test_each_number_opens_exactly_the_incidents_that_it_counts(cast: Cast, clock: MovedClock) -> None:
    """S72, S78, S83, S84, S88: for the whole desk, and narrowed to a team, priority, client and department."""
    told = many_stories(cast, clock)
    without_a_team(cast, clock)
    day = Period(date(2026, 6, 15), date(2026, 6, 15), PARIS)
    asked: list[tuple[Period, dict[str, Any]]] = [
        (JUNE, {}),
        (day, {"team": told["n1"]}),
        (JUNE, {"priority": ("high",)}),
        (JUNE, {"client": str(told["client"])}),
    ]
    for period, query in asked:
        found = made(cast, period, **query)
        opened = {f"{cell.value} {cell.where}": (name, cell) for name, cell in cells_of(found) if cell.kind == "count"}
        assert sum(1 for _, cell in opened.values() if cell.value) > 15
        measured = [(name, cell) for name, cell in cells_of(found) if cell.kind in ("share", "score", "time")]
        closed = {name for name, cell in measured if cell.value and cell.where is None}
        assert {" ".join((name.split()[0], name.split()[-1])) for name in closed} <= {f"{each} 7" for each in PROMISES}
        for cells in found.tables["held"].rows:
            assert all(cell.where == cells[1].where for cell in cells[2:])
        for name, cell in opened.values():
            assert cell.where is not None, name
            assert board.page(cast.alice, Query(**cell.where, limit=1)).total == cell.value, (name, cell.where)


def test_tables_by_client_department_and_asset(cast: Cast, clock: MovedClock) -> None:
    """S78, S84, S88."""
    many_stories(cast, clock)
    found = made(cast).tables
    assert row(found["by_client"], "Horizon")[:3] == [4, 1, 1]
    assert row(found["by_department"], "Comptabilité")[:3] == [4, 1, 1]
    assert row(found["by_employee_team"], "Paie")[:3] == [4, 1, 1]
    assert [[cell.value for cell in cells[:3]] for cells in found["recurrent"].rows] == [["SRV-01", "ERP", 4]]
    assert row(found["by_category"], "category.network") == [2, 0.2857]
    assert row(found["by_severity"], "report.none.severity")[0] == 6


def test_later_terms_move_no_verdict(cast: Cast, clock: MovedClock) -> None:
    """G14, S122: the report of a past month says the same after the matrix has become strict."""
    many_stories(cast, clock)
    before = made(cast)
    with_strict_terms()
    clock.forward(days=40)
    after = made(cast)
    for name in ("compliance", "by_team", "by_client", "resolution_times", "response_times", "flow", "quality"):
        assert after.tables[name] == before.tables[name], name


def test_reports_are_the_team_s_and_their_filters_too(cast: Cast, clock: MovedClock) -> None:
    """B4."""
    with pytest.raises(Forbidden):
        report.build(cast.chloe, JUNE, Query())
    with pytest.raises(Invalid) as refusal:
        board.page(cast.chloe, Query(handed_over=True, held_by=N1))
    assert set(refusal.value.errors) == {"handed_over", "held_by"}
    for period in (Period(date(2026, 6, 2), date(2026, 6, 1), PARIS), Period(date(1, 1, 1), date(9999, 12, 31), PARIS)):
        with pytest.raises(Invalid):
            made(cast, period)
    for query in (
        {"response": "late"},
        {"without": ("colour",)},
        {"held_by": "\0"},
        {"department": "x" * 200},
        {"rating": ("6",)},
    ):
        with pytest.raises(Invalid):
            board.page(cast.alice, Query(**query))


def with_strict_terms() -> None:
    """A minute for everything, from now on."""
    minute = Target(timedelta(minutes=1), timedelta(minutes=1))
    with_terms(Policy(2, dict.fromkeys(Priority, minute)))


def with_terms(policy: Policy) -> None:
    """They hold for new cycles."""
    with db.write_session() as session:
        session.add(SlaPolicy(version=policy.version, created_at=MONDAY, terms=policies.terms_text(policy)))
        session.commit()


def without_a_team(cast: Cast, clock: MovedClock) -> None:
    """Resolved incidents that no team had at first, in between, to the end, while the clock was wrong; or not even for
    a second, or only after their first resolution."""
    clock.at = MONDAY + timedelta(days=3)
    lifecycle.start_and_resolve(cast.alice, an_incident(cast.alice).reference, **DONE)
    lifecycle.resolve(cast.alice, in_progress(cast.alice, team=N1).reference, **DONE)
    late = an_incident(cast.alice).reference
    clock.forward(hours=1)
    for shift in (timedelta(0), timedelta(hours=-2), timedelta(minutes=-5)):
        waiting, lent = an_incident(cast.alice).reference, in_progress(cast.alice, team=N1).reference
        clock.forward(minutes=10)
        clock.at += shift
        lifecycle.assign(cast.alice, waiting, team=N1)
        lifecycle.assign(cast.alice, lent, assignee="emile")
        clock.forward(minutes=10)
        lifecycle.assign(cast.alice, lent, team=N1)
        lifecycle.start_and_resolve(cast.alice, waiting, **DONE)
        lifecycle.start_and_resolve(cast.alice, lent, **DONE)
        lifecycle.reopen(cast.alice, lent, reason="Encore.")
        lifecycle.assign(cast.alice, lent, assignee="emile")
        clock.at -= shift
    fleeting = in_progress(cast.alice, team=N1).reference
    for minutes, owner in ((20, {"team": N2}), (-10, {"assignee": "emile"}), (5, {"team": N1}), (15, {})):
        clock.at += timedelta(minutes=minutes)
        if owner:
            lifecycle.assign(cast.alice, fleeting, **owner)
    lifecycle.assign(cast.alice, fleeting, assignee="emile")
    for reference in (fleeting, late):
        lifecycle.start_and_resolve(cast.alice, reference, **DONE)
    an_incident(cast.alice)


def many_stories(cast: Cast, clock: MovedClock) -> dict[str, int]:
    """Seven incidents: respected, missed, hidden, reopened, handed over, open, old."""
    clock.at = MONDAY - timedelta(days=20)
    an_incident(cast.alice, priority="low", category="hardware")
    clock.at = MONDAY
    application = cmdb.create(cast.alice, ItemKind.APPLICATIONS, {"name": "ERP"}).id
    asset = cmdb.create(
        cast.alice, ItemKind.ASSETS, {"name": "SRV-01", "type": "server", "applications": [application]}
    ).id
    client = cmdb.create(cast.alice, ItemKind.CLIENTS, {"name": "Horizon", "type": "external"}).id
    employees = [
        cmdb.create(cast.alice, ItemKind.EMPLOYEES, {"name": name, "department": "Comptabilité", "team": "Paie"}).id
        for name in "AB"
    ]
    links = {"assets": [asset], "applications": [application], "clients": [client], "employees": employees}
    touched = [
        in_progress(cast.alice, priority=priority, team=N1, links=links).reference
        for priority in ("critical", "high", "high", "medium")
    ]
    critical, high, other_high, _ = touched
    clock.forward(hours=3)
    lifecycle.resolve(cast.alice, critical, **DONE)
    lifecycle.reopen(cast.alice, critical, reason="Encore.")
    clock.forward(hours=6)
    lifecycle.resolve(cast.alice, critical, **DONE)
    lifecycle.resolve(cast.alice, high, **DONE)
    incidents.edit(cast.alice, other_high, changes={"category": "network"})
    lifecycle.escalate(cast.alice, other_high, mode="hierarchical", reason="Trop difficile.")
    clock.forward(days=1)
    lifecycle.take_and_start(cast.bruno, other_high)
    hidden = in_progress(cast.bruno, priority="critical", category="network", severity="critical").reference
    lifecycle.hold(cast.bruno, hidden, reason="user")
    clock.forward(hours=5)
    incidents.edit(cast.bruno, hidden, changes={"priority": "medium"}, reason="Contourné.")
    lifecycle.resolve(cast.bruno, hidden, **DONE)
    last = an_incident(cast.diane, priority="critical", impact="enterprise").reference
    clock.forward(hours=2)
    lifecycle.start_and_resolve(cast.diane, last, **DONE)
    lifecycle.close(cast.diane, last)
    rated = an_incident(cast.chloe).reference
    lifecycle.start_and_resolve(cast.diane, rated, **DONE)
    satisfaction.rate(cast.chloe, rated, score=4)
    teams = {team.name: team.id for team in people.all_teams(cast.alice)}
    return {"n1": teams[N1], "client": client}
