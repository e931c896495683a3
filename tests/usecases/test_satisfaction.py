"""Satisfaction: rated once, by the requester, after the resolution, and never changed (S83)."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from data.vocabulary import Fact, Status
from services import audit, board, incidents, lifecycle, portal, satisfaction
from services.clock import MovedClock
from services.errors import Forbidden, Invalid, NotFound, Refused
from services.figures import report
from services.figures.period import Period
from services.portal import Question
from services.reports import document, history
from tests.dump import dump, execute
from tests.personas import MONDAY, PARIS, Cast, an_incident

IN_SQLITE_ONLY = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
IN_POSTGRESQL_ONLY = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


def solved(cast: Cast, *, closed: bool = False) -> str:
    """The reference of an incident of Chloé's that Alice has resolved."""
    reference = an_incident(cast.chloe).reference
    lifecycle.start_and_resolve(cast.alice, reference, code="fixed", summary="Relancé.")
    if closed:
        lifecycle.close(cast.alice, reference)
    return reference


@pytest.mark.parametrize("closed", [False, True])
def test_the_requester_rates_what_is_resolved_or_closed_and_the_team_reads_it(cast: Cast, closed: bool) -> None:
    """S83: of a closed incident too, and nothing else of it changes."""
    reference = solved(cast, closed=closed)
    before = incidents.get(cast.alice, reference)
    rating = satisfaction.rate(cast.chloe, reference, score=4, comment=" Rapide, merci. ")
    assert (rating.score, rating.comment) == (4, "Rapide, merci.")
    after = incidents.get(cast.bruno, reference)
    assert (after.rating, after.may_rate, after.version) == (rating, False, before.version)
    assert after.status is (Status.CLOSED if closed else Status.RESOLVED)
    line = incidents.history(cast.chloe, reference).entries[-1]
    assert (line.fact, line.actor and line.actor.login, line.details) == (Fact.RATED, "chloe", {"score": 4})
    assert len(incidents.history(cast.alice, reference).entries[-1].details["sha256"]) == 64
    assert audit.verify_chain().broken_at is None


def test_a_rating_is_given_once(cast: Cast) -> None:
    """S83: neither again, nor after a reopening, nor by going round the services."""
    reference = solved(cast)
    satisfaction.rate(cast.chloe, reference, score=5)
    lifecycle.reopen(cast.chloe, reference, reason="Cela recommence.")
    lifecycle.resolve(cast.alice, reference, code="fixed", summary="Changé.")
    before = dump()
    with pytest.raises(Refused) as refused:
        satisfaction.rate(cast.chloe, reference, score=1)
    assert refused.value.code == "rated_already"
    assert not incidents.get(cast.chloe, reference).may_rate
    for statement, because in (
        ("UPDATE rating SET score = 1", "never changed"),
        ("DELETE FROM rating", "never deleted"),
    ):
        with pytest.raises(DBAPIError, match=because):
            execute(statement)
    assert dump() == before


@IN_SQLITE_ONLY
def test_sqlite_refuses_to_replace_a_rating(cast: Cast) -> None:
    satisfaction.rate(cast.chloe, solved(cast), score=5)
    with pytest.raises(DBAPIError, match="never replaced"):
        execute("INSERT OR REPLACE INTO rating SELECT incident_id, user_id, at, 1, comment FROM rating")


@IN_POSTGRESQL_ONLY
def test_postgresql_refuses_to_empty_the_ratings(cast: Cast) -> None:
    with pytest.raises(DBAPIError, match="never emptied"):
        execute("TRUNCATE rating")


def test_only_the_requester_rates_and_only_what_is_resolved(cast: Cast) -> None:
    """B4; the database says the same."""
    reference, open_one, others = solved(cast), an_incident(cast.chloe).reference, an_incident(cast.alice).reference
    before = dump()
    for actor in (cast.alice, cast.diane, cast.emile):
        with pytest.raises(Forbidden):
            satisfaction.rate(actor, reference, score=5)
    with pytest.raises(NotFound):
        satisfaction.rate(cast.chloe, others, score=5)
    with pytest.raises(Refused) as refused:
        satisfaction.rate(cast.chloe, open_one, score=5)
    assert refused.value.code == "not_resolved"
    row = (
        "INSERT INTO rating (incident_id, user_id, at, score, comment)"
        " SELECT id, {who}, created_at, {score}, '' FROM incident WHERE reference = :r"
    )
    for which, who, score, because in (
        (open_one, "requester_id", 5, "only what is resolved"),
        (reference, "requester_id - 1", 5, "only the requester"),
        (reference, "requester_id", 6, "rating_score"),
    ):
        with pytest.raises(DBAPIError, match=because):
            execute(row.format(who=who, score=score), r=which)
    assert dump() == before


@pytest.mark.parametrize("score", [None, 0, 6, -1, True, "5", 4.0])
def test_a_score_is_a_whole_number_from_one_to_five(cast: Cast, score: object) -> None:
    reference = solved(cast)
    before = dump()
    with pytest.raises(Invalid) as refused:
        satisfaction.rate(cast.chloe, reference, score=score, comment="x" * 2_001)
    assert set(refused.value.errors) == {"score", "comment"}
    assert dump() == before


def test_a_report_asks_for_the_figures_of_a_period(cast: Cast, clock: MovedClock) -> None:
    """S83: by when it was said."""
    solved(cast)  # of which nobody says anything
    for score in (5, 5, 2):
        satisfaction.rate(cast.chloe, solved(cast), score=score)
    clock.forward(days=1)
    satisfaction.rate(cast.chloe, solved(cast), score=1)
    day, two = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    first, second, third = (
        report.build(cast.diane, Period(each.date(), each.date(), PARIS), board.Query()) for each in (MONDAY, day, two)
    )

    def read(found: report.Report) -> list[object]:
        kpis = {each.name: each.cell.value for each in found.kpis}
        scores = [row[1].value for row in found.tables["opinions"].rows]
        return [kpis["satisfaction"], kpis["opinions"], scores]

    assert read(first) == [4.0, 0.75, [2, 0, 0, 1, 0]]
    assert read(second) == [1.0, 1.0, [0, 0, 0, 0, 1]]
    assert read(third) == [None, None, [0, 0, 0, 0, 0]]
    assert [[cell.value for cell in row[1:]] for row in first.tables["satisfaction_by_team"].rows] == [
        [3, 4.0, 3, 0.75]
    ]
    assert [[cell.value for cell in row[1:]] for row in first.tables["satisfaction"].rows] == [[3, 4.0, 3, 0.75]]


def test_what_was_closed_lately_is_asked_about_at_the_end_of_the_portal(cast: Cast, clock: MovedClock) -> None:
    """S83: what was closed just now stays in its place."""
    old = solved(cast, closed=True)
    clock.forward(days=15)
    recent, still_open = solved(cast, closed=True), an_incident(cast.chloe).reference
    assert [own.incident.reference for own in portal.current(cast.chloe)] == [recent, still_open]
    clock.forward(hours=1)
    asked = [(own.incident.reference, own.question) for own in portal.current(cast.chloe)]
    assert asked == [(still_open, None), (recent, Question.OPINION)]
    satisfaction.rate(cast.chloe, recent, score=3)
    assert [own.incident.reference for own in portal.current(cast.chloe)] == [still_open]
    assert incidents.get(cast.chloe, old).may_rate


def test_the_report_has_the_rating(cast: Cast) -> None:
    """S83, S140."""
    reference = solved(cast, closed=True)
    satisfaction.rate(cast.chloe, reference, score=4, comment="Rapide <merci>.")
    for reader in (cast.alice, cast.chloe):
        page = document.html(history.collect(reader, reference), "fr", PARIS)
        assert "4/5" in page
        assert "Rapide &lt;merci&gt;." in page
