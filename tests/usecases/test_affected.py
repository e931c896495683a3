"""« Moi aussi »: joining what is declared already, and what those who join may read of it (B4, S4, S26, S126, S139)."""

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from data import db
from data.models import Notification
from data.vocabulary import Fact, ItemKind, Medium
from services import affected, board, cmdb, incidents, lifecycle, people
from services.errors import ClosedIncident, DeskError, Forbidden, Invalid, NotFound, Refused
from services.notifications import inbox, message
from services.notifications.outbox import Terms, configure
from services.reports import document, history
from services.work import Actor
from tests.dump import dump, execute
from tests.personas import PARIS, PASSWORD, Cast, an_incident, closed, in_progress

TITLE, ADVICE = "La messagerie est lente", "Passez par le webmail."
CANARY = "canari-9d2c"


@pytest.fixture
def gina(cast: Cast) -> Actor:
    """Another requester."""
    who = {"login": "gina", "name": "Gina Roux", "email": "Gina@example.org"}
    return Actor(people.create_user(cast.emile, role="requester", password=PASSWORD, **who).id)


def published(cast: Cast) -> str:
    """The reference of an incident of Chloé's, which Alice works on and has published."""
    made = an_incident(cast.chloe, title=f"Outlook {CANARY}", description=f"Mot de passe {CANARY}")
    incidents.comment(cast.alice, made.reference, body=f"Le serveur {CANARY} est tombé.", visibility="public")
    lifecycle.take_and_start(cast.alice, made.reference)
    affected.publish(cast.alice, made.reference, title=TITLE, advice=ADVICE)
    return made.reference


def known(actor: Actor) -> list[tuple[str, str | None, int, bool]]:
    return [(each.reference, each.title, each.people, each.joined) for each in affected.known_problems(actor)]


def test_a_requester_joins_what_the_team_has_published_and_takes_it_back(cast: Cast, gina: Actor) -> None:
    """Each is a line of history; saying it twice is saying it once, and nobody's edit is in the way of it."""
    reference = published(cast)
    before = incidents.get(cast.alice, reference).version
    assert known(gina) == [(reference, TITLE, 0, False)]
    assert known(cast.chloe) == []  # whose own it is
    assert [each.reference for each in affected.resembling(gina, "Messageries en panne")] == [reference]
    assert affected.resembling(gina, "L’imprimante fume") == affected.resembling(gina, "") == ()
    assert affected.resembling(gina, "Webmail en panne") == ()  # one word of the advice is not the same trouble
    assert len(affected.resembling(gina, "Je ne passe plus par le webmail")) == 1
    assert affected.join(gina, reference).joined == ()  # how many, and not who
    assert affected.join(gina, reference).count == 2
    assert known(gina) == [(reference, TITLE, 2, True)]
    touched = affected.touched(cast.alice, reference)
    assert (touched.count, [each.login for each in touched.joined]) == (2, ["gina"])
    assert {row["ref"]: row["people"] for row in board.open_rows()} == {reference: 2}
    assert incidents.get(cast.alice, reference).version == before
    affected.leave(gina, reference)
    assert known(gina) == [(reference, TITLE, 0, False)]
    with pytest.raises(NotFound):
        affected.leave(gina, reference)
    told = [line.fact for line in incidents.history(cast.alice, reference).entries]
    assert told[-3:] == [Fact.KNOWN_PROBLEM_SET, Fact.AFFECTED_ADDED, Fact.AFFECTED_REMOVED]
    paper = document.html(history.collect(cast.alice, reference), "fr", PARIS)
    assert "est aussi touché par l’incident" in paper
    assert ADVICE in paper


def test_who_has_joined_reads_what_the_team_wrote_for_all_and_nothing_else(cast: Cast, gina: Actor) -> None:
    """S139: by no list, no search, no bell and no letter; the history of the incident's own requester names nobody."""
    reference = published(cast)
    affected.join(gina, reference)
    lifecycle.resolve(cast.alice, reference, code="fixed", summary=f"Relancé {CANARY}", publish=True)
    for read in (incidents.get, incidents.history):
        with pytest.raises(NotFound):
            read(gina, reference)
    with pytest.raises(NotFound):
        incidents.comment(gina, reference, body="Et moi ?")
    assert board.page(gina, board.Query(q=CANARY)).total == board.page(gina, board.Query()).total == 0
    told = inbox.latest(gina, "fr")
    assert [(each.kind, each.title, each.own) for each in told] == [("resolved", TITLE, False)]
    assert CANARY not in repr(told) + repr(affected.known_problems(gina))
    assert "gina" not in repr(incidents.history(cast.chloe, reference)).lower()
    assert inbox.latest(cast.chloe, "fr")[0].own
    lifecycle.reopen(cast.chloe, reference, reason=f"Encore {CANARY}")
    assert [each.kind for each in inbox.latest(gina, "fr")] == ["reopened", "resolved"]
    affected.withdraw(cast.alice, reference)
    assert known(gina) == [(reference, TITLE, 2, True)]  # who follows it goes on
    affected.leave(gina, reference)
    assert (known(gina), inbox.latest(gina, "fr"), inbox.unread(gina)) == ([], (), 0)
    with pytest.raises(NotFound):
        affected.join(gina, reference)


def test_a_letter_to_who_has_joined_has_no_word_of_the_incident(cast: Cast, gina: Actor) -> None:
    configure(Terms(PARIS, mail=True, public_url="https://vigie.example"))
    try:
        reference = published(cast)
        affected.join(gina, reference)
        lifecycle.resolve(cast.alice, reference, code="fixed", summary=CANARY, publish=True)
        with db.read_session() as session:
            rows = [row for row in session.exec(select(Notification)) if row.medium is Medium.EMAIL]
            letters = [message.compose(session, row) for row in rows if row.address == "Gina@example.org"]
        assert [(each.link, each.quote) for each in letters] == [("https://vigie.example/portal", "")]
        assert CANARY not in repr(letters)
        assert TITLE in letters[0].subject
    finally:
        configure(Terms(PARIS))


def test_the_team_adds_whoever_calls_and_counts_each_person_once(cast: Cast, gina: Actor) -> None:
    """S26: also the employees who are linked; of one that was never published the person reads no title."""
    assert gina
    both = [
        cmdb.create(cast.emile, ItemKind.EMPLOYEES, {"name": name, "email": email}).id
        for name, email in (("Gina Roux", "gina@example.org"), ("Luc Petit", None))
    ]
    made = an_incident(cast.chloe)
    incidents.edit(cast.alice, made.reference, {"employees": both})
    assert affected.touched(cast.alice, made.reference).count == 3
    assert affected.join(cast.alice, made.reference, person="gina").count == 3
    assert affected.join(cast.bruno, made.reference).count == 4
    assert known(gina) == [(made.reference, None, 4, True)]
    assert len(affected.candidates(cast.alice)) == 6
    refused: list[tuple[type[DeskError], Actor, str | None]] = [
        (Refused, cast.alice, "chloe"),
        (Invalid, cast.alice, "nobody"),
        (Forbidden, cast.chloe, "gina"),
        (Refused, cast.chloe, None),
    ]
    before = dump()
    for error, actor, person in refused:
        with pytest.raises(error):
            affected.join(actor, made.reference, person=person)
    with pytest.raises(Forbidden):
        affected.publish(cast.chloe, made.reference, title="x")
    with pytest.raises(NotFound):
        affected.publish(gina, made.reference, title="x")
    with pytest.raises(Invalid):
        affected.publish(cast.alice, made.reference, title=" ")
    assert dump() == before


def test_what_is_closed_takes_nobody_and_loses_nobody(cast: Cast, gina: Actor) -> None:
    """S126: by the services, and by the database."""
    reference = published(cast)
    affected.join(gina, reference)
    lifecycle.resolve(cast.alice, reference, code="fixed", summary="x")
    with pytest.raises(Refused):
        affected.publish(cast.alice, reference, title="y")
    lifecycle.close(cast.alice, reference)
    other = in_progress(cast.alice).id
    before = dump()
    with pytest.raises(NotFound):
        affected.join(gina, reference)
    for change in (
        lambda: affected.join(cast.alice, reference, person="alice"),
        lambda: affected.leave(gina, reference),
        lambda: affected.withdraw(cast.alice, reference),
        lambda: affected.publish(cast.alice, reference, title="x"),
    ):
        with pytest.raises(ClosedIncident):
            change()
    assert known(gina) == []
    final = closed(cast.alice).id
    before = dump()
    for statement in (
        "DELETE FROM affected_person",
        "UPDATE known_problem SET listed = true, title = 'x'",
        f"UPDATE affected_person SET incident_id = {other}",
        f"INSERT INTO affected_person (incident_id, user_id, at) SELECT {final}, user_id, at FROM affected_person",
        f"INSERT INTO known_problem SELECT {final}, title, advice, listed, at FROM known_problem",
    ):
        with pytest.raises(DBAPIError, match="a closed incident is final"):
            execute(statement)
    assert dump() == before
