"""What lets people in: never in the database, never twice, never after it is over (D1, D2, D4; ASVS 7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from data import db
from services import bus, incidents, people, sessions, tokens
from services.clock import MovedClock
from services.errors import BadCredentials, Forbidden, TooManyAttempts, Unauthenticated
from services.sessions import SignedIn
from services.work import Actor
from tests.dump import counts, dump, value
from tests.personas import PASSWORD, Cast, an_incident

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def over(session: SignedIn) -> bool:
    """Whether neither the cookie nor a page that it opened gets anything any more."""
    with pytest.raises(Unauthenticated):
        sessions.resume(session.secret)
    for call in (incidents.get, incidents.history):
        with pytest.raises(Unauthenticated):
            call(session.actor, "INC-20260615-000001")
    with pytest.raises(Unauthenticated):
        an_incident(session.actor)
    return not sessions.alive(session.actor) and sessions.living([session.actor]) == set()


def test_the_database_holds_no_secret_that_opens_anything(cast: Cast) -> None:
    """Passwords by argon2id, cookies and tokens as a digest."""
    session = sessions.sign_in("alice", PASSWORD)
    token = tokens.issue(cast.emile, "alice", name="script")
    assert tokens.holder(token).user_id == sessions.resume(session.secret)[0].user_id == cast.alice.user_id
    everything = repr(dump())
    for secret in (PASSWORD, session.secret, token, token.removeprefix(tokens.PREFIX)):
        assert secret not in everything
    assert value("SELECT password_hash FROM \"user\" WHERE login = 'alice'").startswith("$argon2id$")


@ON_SQLITE
def test_not_even_the_file_holds_one(cast: Cast) -> None:
    """Also not in pages that are not in use, or in the log."""
    session = sessions.sign_in("alice", PASSWORD)
    token = tokens.issue(cast.emile, "alice", name="script")
    path = db.bound().writer.url.database
    for file in (path, f"{path}-wal"):
        with open(str(file), "rb") as opened:  # noqa: PTH123
            content = opened.read()
        for secret in (PASSWORD, session.secret, token):
            assert secret.encode() not in content


def test_each_signing_in_has_a_new_secret_of_256_bits(cast: Cast) -> None:
    """D4: nothing that somebody had before becomes a session."""
    assert cast
    planted = "a" * 43
    with pytest.raises(Unauthenticated):
        sessions.resume(planted)
    signed_in = [sessions.sign_in("alice", PASSWORD) for _ in range(3)]
    secrets = {each.secret for each in signed_in}
    assert len(secrets) == 3
    assert planted not in secrets
    assert all(len(secret) >= 43 for secret in secrets)
    with pytest.raises(Unauthenticated):
        sessions.resume(planted)


def test_a_cookie_is_worth_nothing_after_signing_out_nor_after_signing_in_again(cast: Cast) -> None:
    assert cast
    stolen = sessions.sign_in("alice", PASSWORD)
    other = sessions.sign_in("alice", PASSWORD)
    sessions.sign_out(stolen.actor)
    assert over(stolen)
    again = sessions.sign_in("alice", PASSWORD)
    assert over(stolen)
    assert sessions.alive(again.actor)
    assert sessions.alive(other.actor), "signing out here is not signing out there"


def test_signing_out_everywhere_ends_every_session(cast: Cast) -> None:
    """ASVS 7.4."""
    assert cast
    here, there = sessions.sign_in("alice", PASSWORD), sessions.sign_in("alice", PASSWORD)
    stays = sessions.sign_in("bruno", PASSWORD)
    sessions.sign_out_everywhere(here.actor)
    assert over(here)
    assert over(there)
    assert sessions.alive(stays.actor)


@pytest.mark.parametrize(
    "change",
    [
        lambda emile: people.change_role(emile, "alice", "dispatcher"),
        lambda emile: people.set_active(emile, "alice", False),
        lambda emile: people.set_password(emile, "alice", "another long password"),
    ],
    ids=["another role", "deactivated", "another password"],
)
def test_a_change_of_what_somebody_may_ends_their_sessions_and_tells_their_pages(
    cast: Cast, change: Callable[[Actor], object]
) -> None:
    """D2."""
    session, stays = sessions.sign_in("alice", PASSWORD), sessions.sign_in("bruno", PASSWORD)
    heard: list[bus.News] = []
    stop = bus.listen(heard.append)
    change(cast.emile)
    stop()
    alice = cast.alice.user_id or 0
    assert [news for news in heard if news != bus.BellChanged(alice)] == [bus.AccessChanged(alice)]
    assert over(session)
    assert sessions.alive(stays.actor)
    assert value("SELECT COUNT(*) FROM login_session") == 1


def test_a_session_from_before_a_change_is_over_even_if_its_row_were_still_there(cast: Cast) -> None:
    """D2: `auth_version` is compared on each call."""
    session = sessions.sign_in("alice", PASSWORD)
    with db.bound().writer.begin() as connection:
        connection.exec_driver_sql("UPDATE \"user\" SET auth_version = auth_version + 1 WHERE login = 'alice'")
    assert cast
    assert sessions.living([session.actor]) == set()
    with pytest.raises(Unauthenticated):
        an_incident(session.actor)


def test_somebody_who_may_not_sign_in_any_more_cannot(cast: Cast) -> None:
    people.set_active(cast.emile, "alice", False)
    token = tokens.issue(cast.emile, "bruno", name="script")
    people.set_active(cast.emile, "bruno", False)
    with pytest.raises(BadCredentials):
        sessions.sign_in("alice", PASSWORD)
    with pytest.raises(Unauthenticated):
        tokens.holder(token)


def test_a_new_role_holds_from_the_next_call_on(cast: Cast) -> None:
    """D1: the actor is read afresh."""
    with pytest.raises(Forbidden):
        people.set_active(cast.alice, "bruno", True)
    people.change_role(cast.emile, "alice", "admin")
    people.set_active(cast.alice, "bruno", True)


def test_an_idle_session_ends_and_one_in_use_goes_on(cast: Cast, clock: MovedClock) -> None:
    """ASVS 7.3.1."""
    assert cast
    idle, used = sessions.sign_in("alice", PASSWORD), sessions.sign_in("alice", PASSWORD)
    for _ in range(3):
        clock.forward(hours=5)
        sessions.resume(used.secret)
    assert over(idle)
    assert sessions.alive(used.actor)
    clock.forward(seconds=sessions.IDLE.total_seconds() - 1)
    assert sessions.alive(used.actor)
    clock.forward(seconds=1)
    assert over(used)


def test_no_session_outlives_its_week_however_much_it_is_used(cast: Cast, clock: MovedClock) -> None:
    """ASVS 7.3.2."""
    assert cast
    session = sessions.sign_in("alice", PASSWORD)
    for _ in range(int(sessions.ABSOLUTE / timedelta(hours=8)) - 1):
        clock.forward(hours=8)
        sessions.resume(session.secret)
    clock.forward(hours=8)
    assert over(session)


def test_a_remembered_session_lasts_a_month_and_no_longer(cast: Cast, clock: MovedClock) -> None:
    assert cast
    session = sessions.sign_in("alice", PASSWORD, remember=True)
    clock.forward(days=29, hours=23)
    assert sessions.resume(session.secret)[1].login == "alice"
    clock.forward(hours=1)
    assert over(session)


def test_expired_sessions_do_not_pile_up(cast: Cast, clock: MovedClock) -> None:
    assert cast
    for _ in range(3):
        sessions.sign_in("alice", PASSWORD)
    clock.forward(days=1)
    sessions.sign_in("bruno", PASSWORD)
    assert counts()["login_session"] == 1


def test_after_five_failures_the_account_waits_a_quarter_of_an_hour(cast: Cast, clock: MovedClock) -> None:
    assert cast
    left = []
    for _ in range(5):
        with pytest.raises(BadCredentials) as refused:
            sessions.sign_in("Alice ", "wrong")
        left.append(refused.value.params["left"])
    assert left == [4, 3, 2, 1, 0]
    clock.forward(minutes=10)
    with pytest.raises(TooManyAttempts) as waiting:
        sessions.sign_in("alice", PASSWORD)
    assert waiting.value.params["retry_after"] == 300
    assert sessions.sign_in("bruno", PASSWORD).secret
    clock.forward(minutes=5)
    assert sessions.sign_in("alice", PASSWORD).secret


def test_an_account_that_does_not_exist_is_refused_like_one_that_does(cast: Cast) -> None:
    """Who has an account is nobody's business."""
    assert cast
    told = []
    for login in ("alice", "nobody"):
        with pytest.raises(BadCredentials) as refused:
            sessions.sign_in(login, "wrong")
        told.append((refused.value.code, refused.value.params))
    assert told[0] == told[1]
    sessions.failures.forget("nobody")


def test_what_a_browser_says_of_itself_is_kept_short_and_printable(cast: Cast) -> None:
    assert cast
    sessions.sign_in("alice", PASSWORD, agent="Firefox\0\r\n\ud800" + "x" * 1_000)
    agent = value("SELECT agent FROM login_session")
    assert agent == ("Firefox" + "x" * 1_000)[:200]


def test_a_token_expires_on_its_day(cast: Cast, clock: MovedClock) -> None:
    token = tokens.issue(cast.emile, "alice", name="script", expires_days=1)
    clock.forward(hours=23, minutes=59, seconds=59)
    assert tokens.holder(token).user_id == cast.alice.user_id
    clock.forward(seconds=1)
    with pytest.raises(Unauthenticated):
        tokens.holder(token)


def test_changing_one_s_password_asks_for_the_old_one(cast: Cast) -> None:
    assert cast
    here, there = sessions.sign_in("alice", PASSWORD), sessions.sign_in("alice", PASSWORD)
    with pytest.raises(Exception, match="invalid"):
        sessions.change_password(here.actor, current="wrong", password="another long password")
    sessions.change_password(here.actor, current=PASSWORD, password="another long password")
    assert sessions.alive(here.actor)
    assert over(there)
    with pytest.raises(BadCredentials):
        sessions.sign_in("alice", PASSWORD)
    assert sessions.sign_in("alice", "another long password").secret
