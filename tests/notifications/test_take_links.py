"""The link in a notification: it shows « Je prends » once, to whoever may, and grants nothing."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import col, select

from data import db
from data.models import Notification
from services import incidents, lifecycle
from services.clock import MovedClock
from services.errors import NotFound
from services.notifications import chat, take_links
from services.notifications.message import Message, compose
from tests.dump import dump
from tests.personas import N1, Cast, an_incident


@pytest.fixture(autouse=True)
def _signed() -> Iterator[None]:
    take_links.use_secret(b"a secret of the tests")
    yield
    take_links._key.clear()


def told(reference_of: int, login_id: int | None) -> Message:
    """What the notification of the newest event says to this person."""
    with db.read_session() as session:
        rows = session.exec(
            select(Notification)
            .where(Notification.incident_id == reference_of, Notification.user_id == login_id)
            .order_by(col(Notification.id).desc())
        )
        return compose(session, rows.first())  # type: ignore[arg-type]


def token_of(message: Message) -> str:
    return message.link.partition("/take/")[2]


def test_it_is_good_for_one_time_and_changes_nothing(cast: Cast) -> None:
    made = an_incident(cast.chloe)
    lifecycle.assign(cast.diane, made.reference, team=N1)
    message = told(made.id, cast.alice.user_id)
    assert message.action == "Je prends"
    token = token_of(message)
    before = {name: rows for name, rows in dump().items() if name != "spent_link"}
    assert take_links.follow(cast.alice, made.reference, token).live
    assert {name: rows for name, rows in dump().items() if name != "spent_link"} == before
    assert not take_links.follow(cast.alice, made.reference, token).live
    assert not take_links.follow(cast.diane, made.reference, token).live
    assert token_of(told(made.id, cast.alice.user_id)) == token  # a letter that is sent again is the same letter


def test_who_may_not_take_spends_nothing(cast: Cast) -> None:
    made = an_incident(cast.chloe)
    lifecycle.assign(cast.diane, made.reference, team=N1)
    token = token_of(told(made.id, cast.alice.user_id))
    assert not take_links.follow(cast.chloe, made.reference, token).live
    hidden = an_incident(cast.alice)
    with pytest.raises(NotFound):
        take_links.follow(cast.chloe, hidden.reference, token)
    assert take_links.follow(cast.alice, made.reference, token).live


def test_it_ends_after_a_day_and_with_the_taking(cast: Cast, clock: MovedClock) -> None:
    made, other = an_incident(cast.chloe), an_incident(cast.chloe)
    for each in (made, other):
        lifecycle.assign(cast.diane, each.reference, team=N1)
    late, taken = token_of(told(made.id, cast.alice.user_id)), token_of(told(other.id, cast.alice.user_id))
    assert not take_links.follow(cast.alice, other.reference, late).live  # another incident's
    lifecycle.take(cast.alice, other.reference)
    assert not take_links.follow(cast.alice, other.reference, taken).live
    assert token_of(told(other.id, cast.alice.user_id)) == ""
    clock.forward(days=1, minutes=1)
    assert not take_links.follow(cast.alice, made.reference, late).live


@pytest.mark.parametrize("forged", ["", "x", "é", "A" * 59, "AAAA" * 50])
def test_what_we_did_not_sign_is_dead(cast: Cast, forged: str) -> None:
    made = an_incident(cast.chloe)
    assert not take_links.follow(cast.alice, made.reference, forged).live


def test_one_bit_kills_it(cast: Cast) -> None:
    made = an_incident(cast.chloe)
    lifecycle.assign(cast.diane, made.reference, team=N1)
    token = token_of(told(made.id, cast.alice.user_id))
    assert not take_links.follow(
        cast.alice, made.reference, token[:8] + ("A" if token[8] != "A" else "B") + token[9:]
    ).live


def test_a_requester_s_letter_has_the_plain_link(cast: Cast) -> None:
    made = an_incident(cast.chloe)
    incidents.comment(cast.alice, made.reference, body="Nous regardons", visibility="public")
    message = told(made.id, cast.chloe.user_id)
    assert message.link.endswith(made.reference)
    assert message.action == ""


def test_ntfy_gets_a_button_that_opens_the_link(cast: Cast) -> None:
    made = an_incident(cast.chloe)
    lifecycle.assign(cast.diane, made.reference, team=N1)
    message = told(made.id, cast.alice.user_id)
    asked = parse_qs(urlsplit(chat._with_button(message, "ntfys://push.example/desk")).query)
    assert asked == {"click": [message.link], "actions": [f"view, Je prends, {message.link}"]}
    assert chat._with_button(message, "slack://a/b/c") == "slack://a/b/c"
    service = chat.service_of(chat._with_button(message, "ntfys://push.example/desk"))
    assert service is not None
    assert "actions=view" in str(service.url())
