"""Signing in and out. The cookie holds 256 random bits, the database their SHA-256 only (D4).

Where the account has a second factor the right password opens no session: it gives a ticket, which together with a code
does (ASVS 6.3.3).
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from data.models import LoginSession, User
from data.queries import people, standing
from data.vocabulary import Fact, Role
from services import bus, clock, codes, sealed
from services.attempts import OWN_PAGE, Attempts, known_browser, marked
from services.codes import Code, guesses
from services.errors import BadCode, BadCredentials, CodeNeeded, Invalid, Unauthenticated
from services.people import account_view, password_fits, put_password
from services.permissions import Who
from services.sealed import SealBroken
from services.views import AccountView, PersonView, TeamView
from services.work import SYSTEM, Actor, Reading, begin, holds, look

Result = TypeVar("Result")

IDLE = timedelta(hours=12)  # a working day at the desk without a click
ABSOLUTE = timedelta(days=7)
REMEMBERED = timedelta(days=30)
TICKET = timedelta(minutes=5)  # to find the telephone and type its code
_TICKETS = "password was right"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`secret` goes into the cookie and nowhere else; `expires_at` is when the cookie may be forgotten.

    `mark` is what the browser sends from now on to be known again; it lets nobody in.
    """

    secret: str
    expires_at: datetime
    actor: Actor
    mark: str
    remember: bool = False


failures = Attempts()


def digest_of(secret: str) -> str:
    """What the database keeps of a session's or token's secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def sign_in(
    login: str, password: str, *, remember: bool = False, agent: str = "", address: str = "", mark: str = ""
) -> SignedIn:
    """A new session, under a new secret, of the account with this login and password.

    `address` is where the caller is, `mark` what his browser was given when it last signed in.
    Raises `BadCredentials` (`left`: attempts that remain) after the same work whether or not the account exists,
    `TooManyAttempts` as `services.attempts` has it (who has signed in before is not shut out by what others try), and
    `CodeNeeded` where the account has a second factor: no session exists yet.
    """
    login = login.strip().lower()[:64]
    attempt = failures.claim(login, address=address, known=known_browser(mark, login))
    user = _by_login(login)
    fits = password_fits(user.password_hash if user else None, password)
    if user is None or user.id is None or not fits or not user.active:
        raise BadCredentials(left=attempt.left)
    failures.forgive(attempt)
    ticket = _Ticket(user.id, user.auth_version, remember)
    return _open(ticket, login, None, agent, mark)


def with_code(ticket: str, code: str, *, agent: str = "", address: str = "", mark: str = "") -> SignedIn:
    """A new session for whoever gave the right password some minutes ago, and now a code of the account.

    Raises `BadCode` (`left`: attempts that remain), `TooManyAttempts` after as many wrong codes as wrong passwords, and
    `Unauthenticated` for a ticket that is no longer one: begin again.
    """
    holds = _read(ticket)
    with look(Actor(holds.user_id), confined=True) as reading:
        user = people.user(reading.session, holds.user_id)
    if user is None or user.auth_version != holds.auth_version:
        raise Unauthenticated()
    attempt = guesses.claim(user.login, address=address, known=known_browser(mark, user.login))
    found = codes.judge(holds.user_id, code)
    if found is None:
        raise BadCode(left=attempt.left)
    try:
        signed_in = _open(holds, user.login, found, agent, mark)
    except CodeNeeded:  # somebody was faster with this very code
        raise BadCode(left=attempt.left) from None
    guesses.forgive(attempt)
    return signed_in


@dataclass(frozen=True, slots=True)
class _Ticket:
    user_id: int
    auth_version: int
    remember: bool


def _read(ticket: str) -> _Ticket:
    try:
        user_id, auth_version, remember, until = json.loads(sealed.unseal(_TICKETS, ticket[:2_000]))
    except SealBroken:
        raise Unauthenticated() from None
    if clock.now().timestamp() > until:
        raise Unauthenticated()
    return _Ticket(user_id, auth_version, remember)


def _open(ticket: _Ticket, login: str, code: Code | None, agent: str, mark: str) -> SignedIn:
    """The session, if nothing more is needed for it in this very transaction. Raises `CodeNeeded`."""
    secret = secrets.token_urlsafe(32)
    digest = digest_of(secret)
    with begin(Actor(ticket.user_id)) as work:
        user_id, factor = ticket.user_id, people.second_factor(work.session, ticket.user_id)
        if factor is not None and not (code and codes.take(work, user_id, code)):
            until = int((work.now + TICKET).timestamp())
            raise CodeNeeded(sealed.seal(_TICKETS, json.dumps([user_id, ticket.auth_version, ticket.remember, until])))
        people.forget_expired_sessions(work.session, work.now)
        expires_at = work.now + (REMEMBERED if ticket.remember else IDLE)
        row = LoginSession(
            digest=digest,
            user_id=user_id,
            auth_version=ticket.auth_version,
            created_at=work.now,
            seen_at=work.now,
            expires_at=expires_at,
            agent="".join(c for c in agent if c.isprintable())[:200],
            confined=factor is None and factor_required(work),
        )
        work.session.add(row)
        if code and code.recovery_id is not None:
            work.note(Fact.RECOVERY_CODE_USED, left=len(people.recovery_codes(work.session, user_id)))
        work.note(Fact.SIGNED_IN)
    return SignedIn(secret, expires_at, Actor(user_id, digest), marked(mark, login), ticket.remember)


def factor_required(reading: Reading) -> bool:
    """Whether the organisation asks a second factor of the actor's role."""
    found = people.organisation(reading.session)
    return reading.who.role is Role.ADMIN and found is not None and found.second_factor_admins


def resume(secret: str) -> tuple[Actor, AccountView]:
    """The actor and account behind a cookie. Raises `Unauthenticated` when the session is over."""
    return resume_and(secret, lambda _: None)[:2]


def resume_and(secret: str, read: Callable[[Reading], Result]) -> tuple[Actor, AccountView, Result | None]:
    """As `resume`, and what `read` finds for this actor in the same visit to the database.

    None for somebody who has to see to his own account before anything else: `read` is not asked.
    """
    digest, found = digest_of(secret), None
    with look(SYSTEM) as reading:
        live, now = standing.resumed(reading.session, digest), reading.now
        if live is None or not holds(live, now):
            raise Unauthenticated()
        actor = Actor(live.id, digest)
        if not (live.confined or live.password_temporary):
            who = Who(live.id, live.role, frozenset(team.id for team in live.teams))
            found = read(replace(reading, who=who, person=PersonView(live.id, live.login, live.name)))
    if live.expires_at - live.seen_at <= IDLE and now - live.seen_at > timedelta(minutes=5):  # not one to be remembered
        with begin(actor, confined=True) as work:
            people.touch_login_session(work.session, digest, now, min(now + IDLE, live.created_at + ABSOLUTE))
    own = tuple(TeamView(*team) for team in live.teams)
    return actor, replace(account_view(live, own), confined=live.confined), found


def alive(actor: Actor) -> bool:
    """Whether the actor's account and session still hold: asked for each thing that an open page wants."""
    try:
        with look(actor, confined=True):
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
    with begin(actor, confined=True) as work:
        people.end_login_sessions(work.session, digest=actor.session)
        work.note(Fact.SIGNED_OUT)
        work.tell(bus.AccessChanged(work.user_id))


def sign_out_everywhere(actor: Actor) -> None:
    """Every session of the actor is over, this one too, and so is every page that they opened."""
    with begin(actor, confined=True) as work:
        people.end_login_sessions(work.session, user_id=work.user_id)
        work.note(Fact.SIGNED_OUT, everywhere=True)
        work.tell(bus.AccessChanged(work.user_id))


def change_password(actor: Actor, *, current: str, password: str) -> None:
    """The actor signs in with the new password from now on; every other session is over.

    Raises `Invalid`: `current` (code `bad_password`) for a wrong current password, `password` for a weak new one;
    `TooManyAttempts` as signing in does.
    """
    check_own_password(actor, current)
    with begin(actor, confined=True) as work:
        user = people.user(work.session, work.user_id)
        assert user is not None
        put_password(work, user, password, keep=actor.session)


def check_own_password(actor: Actor, password: str) -> User:
    """The actor's account, whose password this is.

    Raises `Invalid` (`current`, code `bad_password`), `TooManyAttempts` as signing in does.
    """
    with look(actor, confined=True) as reading:
        user = people.user(reading.session, reading.user_id)
    assert user is not None
    attempt = failures.claim(user.login, known=OWN_PAGE)
    if not password_fits(user.password_hash, password):
        raise Invalid(current="bad_password")
    failures.forgive(attempt)
    return user


def _by_login(login: str) -> User | None:
    if not login.isprintable():
        return None
    with look(SYSTEM) as reading:
        return people.user_by_login(reading.session, login)
