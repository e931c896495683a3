"""What is said on an incident, and who reads it (S138, S139; rules, "People, roles, visibility")."""

from collections.abc import Callable

import pytest

from data.vocabulary import Fact, Status, Visibility
from services import board, bus, incidents, lifecycle
from services.board import Query
from services.clock import MovedClock
from services.errors import Forbidden, Invalid, NotFound
from services.views import IncidentView
from services.work import Actor
from tests.dump import dump, value
from tests.personas import Cast, an_incident, closed, in_progress

CANARY = "CANARI-7f3a"


def of_chloe(cast: Cast, *, until: str = "in_progress") -> IncidentView:
    """Chloé's incident, on which Alice works."""
    incident = lifecycle.take_and_start(cast.alice, an_incident(cast.chloe).reference)
    if until == "on_hold":
        incident = lifecycle.hold(cast.alice, incident.reference, reason="user")
    elif until == "resolved":
        incident = lifecycle.resolve(cast.alice, incident.reference, code="fixed", summary="Relancé")
    return incident


def test_the_team_speaks_among_itself_unless_it_says_otherwise(cast: Cast) -> None:
    """S139."""
    reference = of_chloe(cast).reference
    among_us = incidents.comment(cast.alice, reference, body="Encore le même disque.")
    to_her = incidents.comment(cast.alice, reference, body="Nous y sommes.", visibility="public")
    assert (among_us.visibility, to_her.visibility) == (Visibility.INTERNAL, Visibility.PUBLIC)
    assert [said.body for said in incidents.history(cast.bruno, reference).comments.values()] == [
        "Encore le même disque.",
        "Nous y sommes.",
    ]


def test_a_requester_speaks_in_public_and_only_so(cast: Cast) -> None:
    """S138."""
    reference = of_chloe(cast).reference
    said = incidents.comment(cast.chloe, reference, body="Cela marche à nouveau par moments.")
    assert (said.visibility, said.by_requester, said.author.login) == (Visibility.PUBLIC, True, "chloe")
    before = dump()
    with pytest.raises(Forbidden):
        incidents.comment(cast.chloe, reference, body="…", visibility="internal")
    assert dump() == before


def test_what_the_team_says_among_itself_never_reaches_a_requester(cast: Cast) -> None:
    """A3, S139: not by page, history, search, list or news."""
    reference = of_chloe(cast).reference
    heard: list[bus.News] = []
    stop = bus.listen(heard.append)
    incidents.comment(cast.alice, reference, body=CANARY)
    stop()
    seen: list[Callable[[], object]] = [
        lambda: incidents.get(cast.chloe, reference),
        lambda: incidents.history(cast.chloe, reference),
        lambda: board.page(cast.chloe, Query()),
        lambda: board.page(cast.chloe, Query(q=CANARY)),
        lambda: board.similar(cast.chloe, CANARY),
        lambda: heard,
    ]
    for look in seen:
        assert CANARY not in repr(look())
    assert CANARY in repr(incidents.history(cast.bruno, reference))
    assert Fact.COMMENTED not in {entry.fact for entry in incidents.history(cast.chloe, reference).entries}


def test_the_history_does_not_hold_the_text_but_can_prove_it(cast: Cast) -> None:
    reference = of_chloe(cast).reference
    incidents.comment(cast.alice, reference, body=CANARY)
    (line,) = [entry for entry in incidents.history(cast.alice, reference).entries if entry.fact is Fact.COMMENTED]
    assert CANARY not in repr(line.details)
    assert line.details["comment"] in incidents.history(cast.alice, reference).comments
    assert line.public is False


def test_a_stranger_neither_reads_nor_speaks(cast: Cast) -> None:
    """B4."""
    reference = in_progress(cast.alice).reference
    incidents.comment(cast.alice, reference, body="…", visibility="public")
    for call in (
        lambda: incidents.history(cast.chloe, reference),
        lambda: incidents.comment(cast.chloe, reference, body="Moi aussi"),
    ):
        with pytest.raises(NotFound):
            call()


def test_the_reply_that_was_waited_for_sets_the_work_going_again(cast: Cast, clock: MovedClock) -> None:
    """Rules: a requester's public reply on a hold with reason user resumes the work."""
    held = of_chloe(cast, until="on_hold")
    clock.forward(minutes=30)
    incidents.comment(cast.chloe, held.reference, body="Voici le message exact.")
    now = incidents.get(cast.alice, held.reference)
    assert (now.status, now.hold, now.version) == (Status.IN_PROGRESS, None, held.version + 1)
    assert now.assignee is not None
    assert now.assignee.login == "alice"
    facts = [(e.fact, e.actor and e.actor.login) for e in incidents.history(cast.alice, held.reference).entries[-2:]]
    assert facts == [(Fact.COMMENTED, "chloe"), (Fact.STATUS_CHANGED, "chloe")]


@pytest.mark.parametrize("reason", ["supplier", "change", "other"])
def test_a_reply_does_not_end_a_wait_for_somebody_else(cast: Cast, reason: str) -> None:
    incident = of_chloe(cast)
    held = lifecycle.hold(cast.alice, incident.reference, reason=reason)
    incidents.comment(cast.chloe, incident.reference, body="Des nouvelles ?")
    assert incidents.get(cast.alice, incident.reference).status is Status.ON_HOLD
    assert incidents.get(cast.alice, incident.reference).version == held.version


@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_what_the_team_says_does_not_end_the_wait(cast: Cast, visibility: str) -> None:
    held = of_chloe(cast, until="on_hold")
    incidents.comment(cast.alice, held.reference, body="Relance envoyée.", visibility=visibility)
    assert incidents.get(cast.alice, held.reference).status is Status.ON_HOLD


def test_a_technician_who_declared_it_replies_as_a_requester_in_public_only(cast: Cast) -> None:
    held = lifecycle.hold(
        cast.bruno, lifecycle.take_and_start(cast.bruno, an_incident(cast.alice).reference).reference, reason="user"
    )
    incidents.comment(cast.alice, held.reference, body="Note pour nous.")
    assert incidents.get(cast.alice, held.reference).status is Status.ON_HOLD
    incidents.comment(cast.alice, held.reference, body="Voici.", visibility="public")
    assert incidents.get(cast.alice, held.reference).status is Status.IN_PROGRESS


def test_a_reply_after_the_resolution_asks_for_a_second_look_without_reopening(cast: Cast) -> None:
    """Rules: on a resolved incident it marks it « à revoir »."""
    done = of_chloe(cast, until="resolved")
    incidents.comment(cast.chloe, done.reference, body="Pas chez ma collègue.")
    now = incidents.get(cast.alice, done.reference)
    assert (now.status, now.to_review, now.version) == (Status.RESOLVED, True, done.version + 1)
    line = incidents.history(cast.alice, done.reference).entries[-1]
    assert (line.fact, line.details["to_review"]) == (Fact.COMMENTED, True)
    incidents.comment(cast.chloe, done.reference, body="Ni chez la mienne.")
    assert incidents.get(cast.alice, done.reference).version == now.version


@pytest.mark.parametrize("end", [lifecycle.close, lambda a, r: lifecycle.reopen(a, r, reason="Vu")])
def test_closing_and_reopening_are_the_second_look(cast: Cast, end: Callable[[Actor, str], IncidentView]) -> None:
    done = of_chloe(cast, until="resolved")
    incidents.comment(cast.chloe, done.reference, body="Pas chez ma collègue.")
    assert end(cast.alice, done.reference).to_review is False


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"body": None}, {"body": "required"}),
        ({"body": " \r\n "}, {"body": "required"}),
        ({"body": "x" * 20_001}, {"body": "too_long"}),
        ({"body": "a\0b"}, {"body": "control_characters"}),
        ({"body": "…", "visibility": "secret"}, {"visibility": "unknown_value"}),
        ({"body": 7, "visibility": ["public"]}, {"body": "wrong_type", "visibility": "unknown_value"}),
    ],
)
def test_a_comment_that_says_nothing_is_refused(cast: Cast, given: dict[str, object], errors: dict[str, str]) -> None:
    reference = of_chloe(cast).reference
    before = dump()
    with pytest.raises(Invalid) as invalid:
        incidents.comment(cast.alice, reference, **given)  # type: ignore[arg-type]
    assert {field: code for field, (code, _) in invalid.value.errors.items()} == errors
    assert dump() == before


def test_a_comment_tells_the_open_pages_and_leaves_the_version(cast: Cast) -> None:
    before = of_chloe(cast)
    heard: list[bus.News] = []
    stop = bus.listen(heard.append)
    incidents.comment(cast.alice, before.reference, body="Vu.")
    stop()
    (news,) = heard
    assert isinstance(news, bus.Changed)
    assert (news.reference, news.fact, news.actor_name) == (before.reference, Fact.COMMENTED, "Alice Martin")
    assert news.seq == value("SELECT MAX(seq) FROM history")
    assert incidents.get(cast.alice, before.reference).version == before.version


def test_nobody_hears_of_what_was_not_done(cast: Cast) -> None:
    """Decision 1: one event for each transaction, after it, and none for a refusal."""
    reference = closed(cast.alice).reference
    heard: list[bus.News] = []
    stop = bus.listen(heard.append)
    with pytest.raises(Exception, match="transition_refused"):
        lifecycle.take(cast.bruno, reference)
    stop()
    assert heard == []
