"""What people do with their own account: the password, the sessions on other devices."""

from collections.abc import Iterator

import pytest

from services import bus, people, sessions
from services.attempts import ATTEMPTS
from services.errors import BadCredentials, Invalid, TooManyAttempts, Unauthenticated
from services.work import Actor
from tests.personas import PASSWORD, Cast

NEW_PASSWORD = "another horse battery"

pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture(autouse=True)
def _no_failures() -> Iterator[None]:
    yield
    sessions.failures.forget("alice")


@pytest.fixture
def here() -> Actor:
    return sessions.sign_in("alice", PASSWORD).actor


def test_a_new_password_ends_every_other_session_and_tells_their_pages(here: Actor, cast: Cast) -> None:
    there = sessions.sign_in("alice", PASSWORD).actor
    told: list[bus.News] = []
    stop = bus.listen(told.append)
    sessions.change_password(here, current=PASSWORD, password=NEW_PASSWORD)
    stop()
    assert bus.AccessChanged(cast.alice.user_id or 0) in told
    assert (sessions.alive(here), sessions.alive(there)) == (True, False)
    assert sessions.living([here, there]) == {here}
    with pytest.raises(BadCredentials):
        sessions.sign_in("alice", PASSWORD)
    assert sessions.alive(sessions.sign_in("alice", NEW_PASSWORD).actor)


@pytest.mark.parametrize(
    ("current", "password", "field", "code"),
    [
        ("wrong", NEW_PASSWORD, "current", "bad_password"),
        ("", NEW_PASSWORD, "current", "bad_password"),
        (PASSWORD, "short", "password", "weak_password"),
        (PASSWORD, "x" * 201, "password", "too_long"),
    ],
)
def test_a_password_that_is_refused_stays_what_it_was(
    here: Actor, current: str, password: str, field: str, code: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        sessions.change_password(here, current=current, password=password)
    assert {name: why for name, (why, _) in invalid.value.errors.items()} == {field: code}
    assert sessions.alive(here)
    assert sessions.alive(sessions.sign_in("alice", PASSWORD).actor)


def test_the_current_password_cannot_be_guessed_from_an_open_page(here: Actor) -> None:
    for _ in range(ATTEMPTS):
        with pytest.raises(Invalid):
            sessions.change_password(here, current="a guess", password=NEW_PASSWORD)
    with pytest.raises(TooManyAttempts):
        sessions.change_password(here, current=PASSWORD, password=NEW_PASSWORD)


def test_signing_out_everywhere_ends_every_session(here: Actor) -> None:
    there, bruno = sessions.sign_in("alice", PASSWORD).actor, sessions.sign_in("bruno", PASSWORD).actor
    sessions.sign_out_everywhere(here)
    assert sessions.living([here, there, bruno]) == {bruno}
    with pytest.raises(Unauthenticated):
        people.me(here)
