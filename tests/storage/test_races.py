"""Several at once: exactly one wins, the others are told, and nothing is ever half done (C1, C2, C3, D6, D7)."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest

from data import db
from data.queries import incidents as stored
from data.vocabulary import Fact, Status
from services import audit, drafts, incidents, lifecycle, people
from services.clock import MovedClock
from services.errors import AlreadyTaken, ClosedIncident, DeskError, Invalid, StaleIncident, TransitionRefused
from services.work import Actor
from tests.dump import value
from tests.house.tree import ROOT
from tests.personas import N1, PASSWORD, SECRET, Cast, an_incident, in_progress, on_hold, resolved

TAKERS, ROUNDS = 20, 20
RESOLUTION = {"code": "fixed", "summary": "Relancé"}


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What came of the calls, begun in the same moment: their results, or the refusals that they raised."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        except DeskError as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


@pytest.fixture
def takers(cast: Cast) -> list[Actor]:
    """Twenty technicians of Support N1."""
    accounts = [
        people.create_user(
            cast.emile, login=f"t{number}", name=f"T{number}", role="technician", password=PASSWORD, teams=[N1]
        )
        for number in range(TAKERS)
    ]
    return [Actor(account.id) for account in accounts]


def lines(cast: Cast, reference: str) -> list[tuple[Fact, str | None]]:
    return [(e.fact, e.details.get("action")) for e in incidents.history(cast.emile, reference).entries]


def test_who_comes_too_late_reads_so_while_somebody_else_is_still_writing(cast: Cast) -> None:
    """C1, S95: the refusal waits for no lock."""
    reference = an_incident(cast.diane, team=N1).reference
    lifecycle.take(cast.diane, reference)
    with db.write_session() as writing:  # SQLite: the one writer of all; PostgreSQL: a lock on this incident
        assert stored.locked(writing, reference)
        with pytest.raises(AlreadyTaken) as refusal:
            lifecycle.take(cast.alice, reference)
    assert refusal.value.params["by"] == "Diane Leroy"


@pytest.mark.parametrize("seen", [True, False], ids=["with the version seen", "without"])
def test_of_twenty_takers_one_wins_and_the_others_read_who(cast: Cast, takers: list[Actor], seen: bool) -> None:
    """C1, from threads."""
    for _ in range(ROUNDS // 2):
        incident = an_incident(cast.alice, team=N1)
        version = incident.version if seen else None
        calls = [lambda who=who: lifecycle.take(who, incident.reference, version=version) for who in takers]  # noqa: B023
        outcomes = together(*calls)
        winners = [each for each in outcomes if not isinstance(each, DeskError)]
        assert len(winners) == 1, Counter(repr(each) for each in outcomes)
        name = winners[0].assignee.name
        beaten = [each for each in outcomes if isinstance(each, AlreadyTaken)]
        assert [each.params["by"] for each in beaten] == [name] * (TAKERS - 1)
        assert lines(cast, incident.reference)[2:] == [(Fact.ASSIGNED, "take")]
        assert incidents.get(cast.alice, incident.reference).version == incident.version + 1
    assert audit.verify_chain().broken_at is None


def test_of_twenty_who_start_a_team_s_incident_one_works_on_it(cast: Cast, takers: list[Actor]) -> None:
    """S46: one first response, one assignee."""
    for action in (lifecycle.start, lifecycle.take_and_start):
        reference = an_incident(cast.alice, team=N1).reference
        outcomes = together(*(lambda who=who: action(who, reference) for who in takers))  # noqa: B023
        assert sum(isinstance(each, AlreadyTaken) for each in outcomes) == TAKERS - 1
        assert lines(cast, reference).count((Fact.STATUS_CHANGED, "start")) == 1


@contextmanager
def processes(url: str, groups: Sequence[Sequence[Actor]]) -> Iterator[list["subprocess.Popen[str]"]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.storage.taker", url, SECRET.decode(), *(str(who.user_id) for who in group)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for group in groups
    ]
    try:
        yield started
    finally:
        for process in started:
            process.communicate(timeout=30)
            assert process.returncode == 0


def test_of_twenty_takers_in_two_processes_one_wins(cast: Cast, takers: list[Actor]) -> None:
    """C1, from two processes on one database."""
    url = db.bound().url
    names = {who.user_id: f"T{number}" for number, who in enumerate(takers)}
    with processes(url, [takers[::2], takers[1::2]]) as both:
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for _ in range(ROUNDS):
            reference = an_incident(cast.alice, team=N1).reference
            for process in both:
                assert process.stdin is not None
                process.stdin.write(reference + "\n")
                process.stdin.flush()
            told = [each for process in both for each in json.loads(process.stdout.readline())]  # type: ignore[union-attr]
            assert Counter(what for _, what, _ in told) == {"won": 1, "beaten": TAKERS - 1}, told
            (winner,) = (who for who, what, _ in told if what == "won")
            assert {by for _, what, by in told if what == "beaten"} == {names[winner]}
            assert lines(cast, reference)[2:] == [(Fact.ASSIGNED, "take")]
    assert audit.verify_chain().broken_at is None


def test_opposite_moves_at_once_always_make_a_way_through_the_table(cast: Cast, clock: MovedClock) -> None:
    """C3: resolve, hold and escalate."""
    for made in (in_progress, on_hold) * 6:
        reference = made(cast.alice, team=N1).reference
        clock.forward(minutes=1)
        outcomes = together(
            lambda: lifecycle.resolve(cast.alice, reference, **RESOLUTION),  # noqa: B023
            lambda: lifecycle.hold(cast.bruno, reference, reason="user"),  # noqa: B023
            lambda: lifecycle.escalate(cast.diane, reference, mode="hierarchical", reason="…"),  # noqa: B023
            lambda: lifecycle.resume(cast.emile, reference),  # noqa: B023
        )
        refusals = [each for each in outcomes if isinstance(each, DeskError)]
        assert all(isinstance(refusal, TransitionRefused) for refusal in refusals), refusals
        assert len(refusals) < len(outcomes)
        changes = [e.details for e in incidents.history(cast.emile, reference).entries if e.fact is Fact.STATUS_CHANGED]
        assert all(before["to"] == after["from"] for before, after in pairwise(changes))
        assert incidents.get(cast.emile, reference).status == changes[-1]["to"]
    assert audit.verify_chain().broken_at is None
    assert list(audit.verify_sla()) == []


def test_of_opposite_moves_on_the_same_version_one_is_done(cast: Cast) -> None:
    """C2, C3: everybody else is told that it has changed."""
    for _ in range(5):
        seen = in_progress(cast.alice, team=N1)
        outcomes = together(
            lambda: lifecycle.resolve(cast.alice, seen.reference, **RESOLUTION, version=seen.version),  # noqa: B023
            lambda: lifecycle.hold(cast.bruno, seen.reference, reason="user", version=seen.version),  # noqa: B023
            lambda: incidents.edit(cast.diane, seen.reference, {"title": "Autre"}, version=seen.version),  # noqa: B023
            lambda: lifecycle.assign(cast.emile, seen.reference, assignee="bruno", version=seen.version),  # noqa: B023
        )
        assert Counter(type(each).__name__ for each in outcomes) == {"IncidentView": 1, "StaleIncident": 3}
        assert all(each.params["by"] for each in outcomes if isinstance(each, StaleIncident))


def test_two_that_are_each_the_other_s_duplicate_do_not_wait_for_each_other(cast: Cast) -> None:
    """Who is the later one is refused, unless both are at once (PostgreSQL): then each names the other."""
    for _ in range(8):
        first, second = in_progress(cast.alice).reference, in_progress(cast.bruno).reference
        duplicate = {"code": "duplicate", "summary": "Déjà connu"}
        outcomes = together(
            lambda: lifecycle.resolve(cast.alice, first, **duplicate, master=second),  # noqa: B023
            lambda: lifecycle.resolve(cast.bruno, second, **duplicate, master=first),  # noqa: B023
        )
        refused = [each for each in outcomes if isinstance(each, Invalid)]
        assert [[*each.errors] for each in refused] in ([], [["master"]])
        assert [each.status for each in outcomes if each not in refused] == [Status.RESOLVED] * (2 - len(refused))
        assert refused or not db.bound().is_sqlite


def test_a_comment_comes_before_the_closing_or_not_at_all(cast: Cast) -> None:
    """S126."""
    for _ in range(8):
        reference = resolved(cast.alice).reference
        done, said = together(
            lambda: lifecycle.close(cast.alice, reference),  # noqa: B023
            lambda: incidents.comment(cast.bruno, reference, body="Encore ceci."),  # noqa: B023
        )
        assert done.status is Status.CLOSED
        facts = [fact for fact, _ in lines(cast, reference)]
        assert facts[-1] is Fact.STATUS_CHANGED
        assert isinstance(said, ClosedIncident) is (Fact.COMMENTED not in facts)


def test_many_who_do_different_things_leave_one_unbroken_chain(cast: Cast, takers: list[Actor]) -> None:
    """Rules, "History"."""
    references = [an_incident(cast.alice).reference for _ in range(TAKERS)]
    together(
        *(
            lambda who=who, reference=reference: [
                lifecycle.take_and_start(who, reference),
                incidents.comment(who, reference, body="Vu."),
                lifecycle.resolve(who, reference, **RESOLUTION),
                lifecycle.close(who, reference),
            ]
            for who, reference in zip(takers, references, strict=True)
        )
    )
    report = audit.verify_chain()
    assert (report.broken_at, report.lines) == (None, value("SELECT MAX(seq) FROM history"))
    assert {incidents.get(cast.alice, reference).status for reference in references} == {Status.CLOSED}


def test_of_two_accounts_with_one_login_the_second_is_refused_by_field(cast: Cast) -> None:
    given: dict[str, Any] = {"name": "Gita", "role": "technician", "password": PASSWORD}
    outcomes = together(*(lambda: people.create_user(cast.emile, login="gita", **given) for _ in range(4)))
    refused = [each for each in outcomes if isinstance(each, Invalid)]
    assert [each.errors for each in refused] == [{"login": ("taken", {})}] * 3


def test_two_tabs_may_keep_their_drafts_at_once(cast: Cast) -> None:
    outcomes = together(
        *(lambda number=number: drafts.keep(cast.alice, "new", f"Texte {number}") for number in range(6))
    )
    assert outcomes == [None] * 6
    assert drafts.kept(cast.alice, "new").startswith("Texte ")
