"""What incidents are to each other, and resolving an incident with its duplicates (S142; rules, "Workflow")."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from data.vocabulary import Fact, ResolutionCode, Status
from services import incidents, lifecycle, relations
from services.errors import ClosedIncident, Forbidden, Invalid, NotFound, Refused
from services.notifications import inbox
from services.reports import document, history
from services.sheet import sheet
from services.work import Actor
from tests.dump import dump, execute
from tests.personas import N1, N2, PARIS, Cast, an_incident, closed, in_progress, on_hold, resolved

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def seen(actor: Actor, reference: str) -> list[tuple[str, str]]:
    return [(each.said, each.reference) for each in sheet(actor, reference).related]


def as_duplicate(cast: Cast, reference: str, master: str) -> None:
    relations.relate(cast.alice, reference, other=master, kind="duplicate")


def test_a_relation_shows_at_both_ends_and_in_both_histories(cast: Cast) -> None:
    """S142."""
    one, two = an_incident(cast.chloe), an_incident(cast.alice)
    relations.relate(cast.alice, one.reference, other=two.reference, kind="related")
    as_duplicate(cast, one.reference, two.reference)  # what it is said to be last
    assert seen(cast.alice, one.reference) == [("duplicate", two.reference)]
    assert seen(cast.alice, two.reference) == [("duplicate_of_this", one.reference)]
    for mine, theirs, reverse in ((one, two, False), (two, one, True)):
        line = incidents.history(cast.alice, mine.reference).entries[-1]
        assert (line.fact, line.public) == (Fact.RELATED, False)
        assert (line.details["other"], line.details["reverse"]) == (theirs.reference, reverse)
        report = history.collect(cast.alice, mine.reference)
        assert theirs.reference in document.html(report, "fr", PARIS)
    own = history.collect(cast.chloe, one.reference)  # whose list of others is none of her business
    assert two.reference not in document.html(own, "fr", PARIS) + history.attached(own)
    assert seen(cast.chloe, one.reference) == []
    relations.unrelate(cast.bruno, two.reference, other=one.reference)
    assert seen(cast.alice, one.reference) == seen(cast.alice, two.reference) == []
    with pytest.raises(NotFound):
        relations.unrelate(cast.bruno, two.reference, other=one.reference)


def test_a_master_resolves_its_open_duplicates_from_wherever_they_are(cast: Cast) -> None:
    """Rules: start_and_resolve for what nobody has begun, resolve for the rest; another team's stay open."""
    master = in_progress(cast.alice, team=N1)
    given: dict[str, Any] = {
        "new": an_incident(cast.chloe),
        "assigned": an_incident(cast.diane, team=N1),
        "work": in_progress(cast.bruno),
        "hold": on_hold(cast.alice),
        "foreign": an_incident(cast.diane, team=N2),
        "done": resolved(cast.alice),
    }
    for name, each in given.items():
        if name != "done":
            as_duplicate(cast, each.reference, master.reference)
    assert relations.duplicates_to_resolve(cast.alice, master.reference) == (4, 1)
    lifecycle.resolve(
        cast.alice, master.reference, code="fixed", summary="Routeur remplacé.", publish=True, duplicates=True
    )
    after = {name: incidents.get(cast.alice, each.reference) for name, each in given.items()}
    for name in ("new", "assigned", "work", "hold"):
        assert after[name].status is Status.RESOLVED, name
        assert after[name].resolution is not None
        assert after[name].resolution.code is ResolutionCode.DUPLICATE
        assert after[name].master_reference == master.reference
        assert after[name].cycle.resolution.met_at is not None
    assert after["foreign"].status is Status.ASSIGNED
    assert after["done"].version == given["done"].version
    moves = [
        (line.details["from"], line.details["to"])
        for line in incidents.history(cast.alice, given["new"].reference).entries
        if line.fact is Fact.STATUS_CHANGED
    ]
    assert moves == [("new", "assigned"), ("assigned", "in_progress"), ("in_progress", "resolved")]
    assert [told.reference for told in inbox.latest(cast.chloe, "fr")] == [given["new"].reference]
    said = incidents.history(cast.chloe, given["new"].reference).comments.values()
    assert [comment.body for comment in said] == ["Routeur remplacé."]


def test_what_was_resolved_as_a_duplicate_is_one_until_it_is_reopened(cast: Cast) -> None:
    """S117, S142: it shows at both ends, once, and only a reopening parts the two."""
    one, master = an_incident(cast.alice).reference, an_incident(cast.alice).reference
    relations.relate(cast.alice, one, other=master, kind="related")
    lifecycle.start_and_resolve(cast.alice, one, code="duplicate", summary="Le même.", master=master)
    for asked, said, named in ((one, "duplicate", master), (master, "duplicate_of_this", one)):
        assert seen(cast.alice, asked) == [(said, named)]
        assert [each.resolved for each in relations.related(cast.alice, asked)] == [True]
        with pytest.raises(Refused) as refused:
            relations.unrelate(cast.alice, asked, other=named)
        assert refused.value.code == "resolved_as_duplicate"
    lifecycle.reopen(cast.alice, one, reason="Non, autre chose.")
    assert seen(cast.alice, one) == [("related", master)]
    assert seen(cast.alice, master) == [("related", one)]
    relations.unrelate(cast.alice, one, other=master)
    assert seen(cast.alice, master) == []


def test_without_the_box_the_duplicates_stay_open_and_a_refusal_leaves_all_as_it_was(cast: Cast) -> None:
    master, one = in_progress(cast.alice), in_progress(cast.bruno)
    as_duplicate(cast, one.reference, master.reference)
    before = dump()
    with pytest.raises(Invalid):
        lifecycle.resolve(cast.alice, master.reference, code="fixed", summary="", duplicates=True)
    assert dump() == before
    lifecycle.resolve(cast.alice, master.reference, code="fixed", summary="Relancé.")
    assert incidents.get(cast.alice, one.reference).status is Status.IN_PROGRESS


def test_a_recurrence_of_what_is_closed_is_a_new_incident(cast: Cast) -> None:
    """Rules: `closed` is final, S126; not a line is added to it, and yet it shows there."""
    old = closed(cast.alice)
    lines = incidents.history(cast.alice, old.reference)
    new = an_incident(cast.alice, recurrence_of=old.reference)
    assert seen(cast.alice, new.reference) == [("recurrence", old.reference)]
    assert seen(cast.alice, old.reference) == [("recurrence_of_this", new.reference)]
    assert incidents.history(cast.alice, old.reference) == lines
    for call in (
        lambda: relations.relate(cast.alice, old.reference, other=new.reference, kind="related"),
        lambda: relations.unrelate(cast.alice, old.reference, other=new.reference),
    ):
        with pytest.raises(ClosedIncident):
            call()
    with pytest.raises(Invalid) as invalid:
        an_incident(cast.chloe, recurrence_of=old.reference)
    assert list(invalid.value.errors) == ["recurrence_of"]


def test_the_database_keeps_what_a_closed_incident_was(cast: Cast) -> None:
    """S126: whatever program comes by."""
    one, two = in_progress(cast.alice), in_progress(cast.alice)
    relations.relate(cast.alice, one.reference, other=two.reference, kind="related")
    lifecycle.resolve(cast.alice, one.reference, code="fixed", summary="x")
    lifecycle.close(cast.alice, one.reference)
    before = dump()
    for statement in (
        "DELETE FROM incident_relation",
        "UPDATE incident_relation SET kind = 'duplicate'",
        f"INSERT INTO incident_relation VALUES ({one.id}, {one.id}, 'related')",
    ):
        with pytest.raises(DBAPIError, match="a closed incident is final"):
            execute(statement)
    assert dump() == before


@SQLITE
def test_no_incident_is_the_duplicate_of_its_own_duplicate(cast: Cast) -> None:
    """One of them has to be a master: whether they were related as duplicates, or resolved as such."""
    one, two, third = (an_incident(cast.alice).reference for _ in range(3))
    as_duplicate(cast, two, one)
    lifecycle.start_and_resolve(cast.alice, third, code="duplicate", summary="Le même.", master=two)
    for master in (two, third):
        with pytest.raises(Invalid) as refused:
            lifecycle.start_and_resolve(cast.alice, one, code="duplicate", summary="Le même.", master=master)
        assert {field: code for field, (code, _) in refused.value.errors.items()} == {"master": "its_own_duplicate"}
    lifecycle.reopen(cast.alice, third, reason="Non, autre chose.")
    lifecycle.start_and_resolve(cast.alice, one, code="duplicate", summary="Le même.", master=third)


@SQLITE
@pytest.mark.parametrize(
    ("kind", "other", "wrong"),
    [
        ("cousin", "two", {"kind": "unknown_value"}),
        ("related", "one", {"other": "itself"}),
        ("related", "INC-20200101-000001", {"other": "unknown"}),
        ("duplicate", "duplicate of one", {"other": "its_own_duplicate"}),
    ],
)
def test_what_cannot_be_names_the_field(cast: Cast, kind: str, other: str, wrong: dict[str, str]) -> None:
    one, two, third = (an_incident(cast.alice).reference for _ in range(3))
    as_duplicate(cast, third, two)
    as_duplicate(cast, two, one)
    named = {"one": one, "two": two, "duplicate of one": third}.get(other, other)
    before = dump()
    with pytest.raises(Invalid) as invalid:
        relations.relate(cast.alice, one, other=named, kind=kind)
    assert {field: code for field, (code, _) in invalid.value.errors.items()} == wrong
    assert dump() == before


@SQLITE
def test_a_requester_relates_nothing_and_is_told_of_nothing(cast: Cast) -> None:
    own, other = an_incident(cast.chloe).reference, an_incident(cast.alice).reference
    with pytest.raises(Forbidden):
        relations.relate(cast.chloe, own, other=other, kind="related")
    with pytest.raises(Forbidden):
        relations.related(cast.chloe, own)
    with pytest.raises(NotFound):
        relations.related(cast.chloe, other)
