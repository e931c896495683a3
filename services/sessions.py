"""Signing in and out. The cookie holds 256 random bits, the database their SHA-256 only (D4)."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.models import LoginSession, User
from data.queries import people
from data.vocabulary import Fact
from services import bus
from services.attempts import OWN_PAGE, Attempts, known_browser, marked
from services.errors import BadCredentials, Invalid, Unauthenticated
from services.people import account, password_fits, put_password
from services.views import AccountView
from services.work import SYSTEM, Actor, begin, look, seen_by

IDLE = timedelta(hours=12)  # a working day at the desk without a click
ABSOLUTE = timedelta(days=7)
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`secret` goes into the cookie and nowhere else; `expires_at` is when the cookie may be forgotten.

    `mark` is what the browser sends from now on to be known again; it lets nobody in.
    """

    secret: str
    expires_at: datetime
    actor: Actor
    mark: str


failures = Attempts()


def digest_of(secret: str) -> str:
    """What the database keeps of a session's or token's secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def sign_in(
    login: str, password: str, *, remember: bool = False, agent: str = "", address: str = "", mark: str = ""
) -> SignedIn:
    """A new session, under a new secret, of the account with this login and password.

    `address` is where the caller is, `mark` what his browser was given when it last signed in.
    Raises `BadCredentials` (`left`: attempts that remain) after the same work whether or not the account exists, and
    `TooManyAttempts` as `services.attempts` has it: who has signed in before is not shut out by what others try.
    """
    login = login.strip().lower()[:64]
    attempt = failures.claim(login, address=address, known=known_browser(mark, login))
    user = _by_login(login)
    fits = password_fits(user.password_hash if user else None, password)
    if user is None or user.id is None or not fits or not user.active:
        raise BadCredentials(left=attempt.left)
    failures.forgive(attempt)
    secret = secrets.token_urlsafe(32)
    digest = digest_of(secret)
    with begin(Actor(user.id)) as work:
        people.forget_expired_sessions(work.session, work.now)
        expires_at = work.now + (REMEMBERED if remember else IDLE)
        row = LoginSession(
            digest=digest,
            user_id=user.id,
            auth_version=user.auth_version,
            created_at=work.now,
            seen_at=work.now,
            expires_at=expires_at,
            agent="".join(c for c in agent if c.isprintable())[:200],
        )
        work.session.add(row)
        work.note(Fact.SIGNED_IN)
    return SignedIn(secret, expires_at, Actor(user.id, digest), marked(mark, login))


def resume(secret: str) -> tuple[Actor, AccountView]:
    """The actor and account behind a cookie. Raises `Unauthenticated` when the session is over."""
    digest = digest_of(secret)
    with look(SYSTEM) as reading:
        live = people.login_session(reading.session, digest)
        if live is None:
            raise Unauthenticated()
        actor, seen_at, remembered = Actor(live.user_id, digest), live.seen_at, live.expires_at - live.seen_at > IDLE
        created_at, now = live.created_at, reading.now
        found = account(seen_by(reading, actor), live.user_id)
    if not remembered and now - seen_at > timedelta(minutes=5):
        with begin(actor) as work:
            people.touch_login_session(work.session, digest, now, min(now + IDLE, created_at + ABSOLUTE))
    return actor, found


def alive(actor: Actor) -> bool:
    """Whether the actor's account and session still hold: asked for each thing that an open page wants."""
    try:
        with look(actor):
            return True
    except Unauthenticated:
        return False


def living(actors: Iterable[Actor]) -> set[Actor]:
    """Those of `actors` whose account and session still hold, in one query."""
    by_digest = {actor.session: actor for actor in actors if actor.session is not None}
    with look(SYSTEM) as reading:
        live = people.living_sessions(reading.session, list(by_digest), reading.now)
    return {by_digest[digest] for digest in live}


def sign_out(actor: Actor) -> None:
    """The session is over, and so is every page that it opened."""
    with begin(actor) as work:
        people.end_login_sessions(work.session, digest=actor.session)
        work.note(Fact.SIGNED_OUT)
        work.tell(bus.AccessChanged(work.user_id))


def sign_out_everywhere(actor: Actor) -> None:
    """Every session of the actor is over, this one too, and so is every page that they opened."""
    with begin(actor) as work:
        people.end_login_sessions(work.session, user_id=work.user_id)
        work.note(Fact.SIGNED_OUT, everywhere=True)
        work.tell(bus.AccessChanged(work.user_id))


def change_password(actor: Actor, *, current: str, password: str) -> None:
    """The actor signs in with the new password from now on; every other session is over.

    Raises `Invalid`: `current` (code `bad_password`) for a wrong current password, `password` for a weak new one;
    `TooManyAttempts` as signing in does.
    """
    with look(actor) as reading:
        user = people.user(reading.session, reading.user_id)
    assert user is not None
    attempt = failures.claim(user.login, known=OWN_PAGE)
    if not password_fits(user.password_hash, current):
        raise Invalid(current="bad_password")
    failures.forgive(attempt)
    with begin(actor) as work:
        user = people.user(work.session, work.user_id)
        assert user is not None
        put_password(work, user, password, keep=actor.session)


def _by_login(login: str) -> User | None:
    if not login.isprintable():
        return None
    with look(SYSTEM) as reading:
        return people.user_by_login(reading.session, login)
