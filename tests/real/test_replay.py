"""The main job on real input: 280 incidents of another desk live again in Vigie, with the outcome that they had.

`pytest tests/real -s` prints the table of what differs and why; VIGIE_REPLAY_TABLE=FILE also writes it.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from data import db
from data.vocabulary import Fact, Status
from services import audit, board, chain, incidents, workflow
from services import clock as service_clock
from services.clock import MovedClock
from services.views import EntryView, IncidentView
from tests.personas import MONDAY, SECRET
from tests.real.log import FILE, Logged, changes_of, read
from tests.real.replay import Replay, replay

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"the real incidents are not there: {FILE} (VIGIE_REAL_DATA names another place)"
)

# Name of a difference → how many incidents, how many times, why. Whatever is not here fails.
DIFFERENCES = {
    "owned_but_new": (75, 203, "the log says New although a team or a person owns it; in Vigie that is Assigned"),
    "handed_over_at_work": (
        66,
        327,
        "the log stays In progress for a new owner; in Vigie the new owner starts first",
    ),
    "team_cleared": (42, 62, "the log empties the team and counts that; in Vigie an owner is only ever replaced"),
    "first_team_not_logged": (11, 11, "the log counts one team more than its events show"),
    "updated_after_closing": (2, 3, "the log goes on changing a closed incident; Vigie refuses"),
    "closing_moved_by_an_update": (2, 2, "the log's closing instant is that of an update after the closing"),
    "resolution_not_stated": (18, 18, "the log resolves the incident without stating when"),
    "resolution_stated_otherwise": (13, 13, "the log states another instant than that of its own last resolution"),
}


@dataclass(frozen=True)
class Replayed:
    log: list[Logged]
    done: Replay
    histories: dict[str, tuple[EntryView, ...]]


# One incident in so many: what PostgreSQL could do otherwise shows in any of them, and takes longer.
ONE_IN = {"sqlite": 1, "postgresql": 4}


@pytest.fixture(scope="module", params=list(ONE_IN))
def replayed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replayed]:
    """The log, once for each database, which stays bound: the tests below only look at it."""
    template = request.getfixturevalue(f"_{request.param}_template")
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("real") / "vigie.db"
        shutil.copy(template, file)
        url = f"sqlite:///{file}"
    else:
        cluster = request.getfixturevalue("cluster")
        name = cluster.new_database(template)
        url = cluster.url(name)
    chain.use_secret(SECRET)
    db.bind(url)
    log, clock = read()[:: ONE_IN[request.param]], MovedClock(MONDAY)
    with service_clock.running_on(clock):
        done = replay(log, clock)
        histories = {ref: incidents.history(done.admin, view.reference).entries for ref, view in done.views.items()}
        yield Replayed(log, done, histories)
    db.dispose()


def test_every_possible_step_is_accepted_and_every_impossible_one_refused(replayed: Replayed) -> None:
    done = replayed.done
    possible = [event for logged in replayed.log for event in logged.events if event.possible]
    assert done.accepted.total() == len(possible)
    assert done.accepted["steps"] == sum(bool(event.path) for event in possible)
    for (status, action), times in done.refused.items():
        assert times > 0
        assert not any(
            status in move.sources and move.when == "always" for move in workflow.TABLE if move.action is action
        )


def test_the_outcome_is_the_logs_own_but_for_what_is_explained(replayed: Replayed) -> None:
    outcomes = [_compare(logged, replayed.done, replayed.histories[logged.ref]) for logged in replayed.log]
    rows = {
        name: (len(refs), refs.total(), DIFFERENCES.get(name, (0, 0, "?"))[2])
        for name, refs in replayed.done.differences.items()
    }
    _show(replayed, outcomes, rows)
    assert set(rows) <= set(DIFFERENCES)
    if len(replayed.log) == len(read()):
        assert rows == DIFFERENCES


def test_the_incidents_are_on_the_board_while_they_are_open_and_in_the_archive_afterwards(replayed: Replayed) -> None:
    assert max(len(shown) for shown, _ in replayed.done.boards) > len(replayed.log) // 10
    assert all(shown == opened for shown, opened in replayed.done.boards)
    assert board.open_rows() == []
    found: list[IncidentView] = []
    query = board.Query(limit=200, sort="created")
    while len(found) < len(replayed.log):
        page = board.page(replayed.done.admin, query)
        assert page.total == len(replayed.log)
        found += page.items
        query = board.Query(limit=200, sort="created", cursor=page.next_cursor)
    assert {view.reference for view in found} == {view.reference for view in replayed.done.views.values()}


def test_the_chain_is_whole_and_every_verdict_what_the_events_give(replayed: Replayed) -> None:
    report = audit.verify_chain()
    assert report.broken_at is None
    assert report.lines > sum(len(history) for history in replayed.histories.values())
    assert list(audit.verify_sla()) == []


Outcome = dict[str, tuple[int, int]]  # resolved, reopened, reassigned → times in the log, in Vigie


def _compare(logged: Logged, done: Replay, history: tuple[EntryView, ...]) -> Outcome:
    view, ref = done.views[logged.ref], logged.ref
    assert view.status is Status.CLOSED
    assert _came_to(Status.RESOLVED, history) == logged.passed(Status.RESOLVED)
    assert view.resolved_at == logged.passed(Status.RESOLVED)[-1]
    assert view.closed_at == logged.passed(Status.CLOSED)[-1]
    assert view.reopen_count == logged.reopened
    if logged.resolved_at is None:
        done.differ("resolution_not_stated", ref)
    elif logged.resolved_at != view.resolved_at:
        done.differ("resolution_stated_otherwise", ref)
    if logged.closed_at != view.closed_at:
        assert logged.closed_at in [event.at for event in logged.events if not event.possible]
        done.differ("closing_moved_by_an_update", ref)
    return {
        "resolved": (len(logged.passed(Status.RESOLVED)), len(_came_to(Status.RESOLVED, history))),
        "reopened": (logged.reopened, view.reopen_count),
        "reassigned": (logged.reassigned, _compare_reassignments(logged, done, history)),
    }


def _compare_reassignments(logged: Logged, done: Replay, history: tuple[EntryView, ...]) -> int:
    """How often the team was replaced in Vigie; what the log counts beyond that is named, or fails."""
    owners = [entry.details["owner"]["team"] for entry in history if "owner" in entry.details]
    lived = changes_of([team for team in owners if team])
    shown = list(logged.teams())
    cleared = changes_of(shown) - changes_of([team for team in shown if team])
    unlogged = logged.reassigned - changes_of(shown)
    if cleared:
        done.differ("team_cleared", logged.ref, cleared)
    if unlogged:
        assert unlogged == 1
        done.differ("first_team_not_logged", logged.ref)
    assert lived + cleared + unlogged == logged.reassigned, logged.ref
    return lived


def _came_to(status: Status, history: tuple[EntryView, ...]) -> list[datetime]:
    return [entry.at for entry in history if entry.fact is Fact.STATUS_CHANGED and entry.details["to"] == status]


def _show(replayed: Replayed, outcomes: list[Outcome], rows: dict[str, tuple[int, int, str]]) -> None:
    done = replayed.done
    written = sum(map(len, replayed.histories.values()))
    lines = [
        f"{len(replayed.log)} incidents; {done.accepted.total()} events accepted, {done.accepted['steps']} of them "
        f"with a new status; {done.refused.total()} impossible moves tried, all refused; {written} lines of history.",
        "",
        "| outcome | times in the log | times in Vigie | incidents that agree |",
        "|---|---:|---:|---:|",
    ]
    for name in outcomes[0]:
        pairs = [outcome[name] for outcome in outcomes]
        logged, lived = (sum(side) for side in zip(*pairs, strict=True))
        lines.append(f"| {name} | {logged} | {lived} | {sum(a == b for a, b in pairs)} |")
    lines += ["", "| difference | incidents | times | why |", "|---|---:|---:|---|"]
    lines += [f"| {name} | {refs} | {times} | {why} |" for name, (refs, times, why) in sorted(rows.items())]
    print("\n" + "\n".join(lines))
    if file := os.environ.get("VIGIE_REPLAY_TABLE"):
        Path(file).write_text("\n".join(lines) + "\n", encoding="utf-8")
