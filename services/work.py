"""The unit of work: who, when, where and what, in one transaction (architecture, decisions 1 and 4).

    with begin(actor) as work:
        ...change rows of work.session...
        work.note(Fact.COMMENTED, incident=incident, comment=3)

Leaving the block appends the noted facts to the history, commits, and tells the bus; an exception undoes everything.
The only module that commits.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from data import db
from data.db import Session
from data.models import Incident
from data.queries import history, incidents, search, standing
from data.vocabulary import Fact, Role, Scope
from services import bus, chain, clock
from services.errors import AlreadyDone, DatabaseUnavailable, Forbidden, Unauthenticated
from services.notifications import outbox
from services.permissions import Right, Who, may
from services.views import PersonView

log = structlog.get_logger()

SYSTEM_NAME = "système"
# What such a line says is no word of an incident; after any other the search reads it anew.
_UNSEARCHED = frozenset(
    (
        *(Fact.REPORT_EXPORTED, Fact.SLA_CROSSED, Fact.HOLD_OVER),
        *(Fact.AFFECTED_ADDED, Fact.AFFECTED_REMOVED, Fact.KNOWN_PROBLEM_SET, Fact.KNOWN_PROBLEM_ENDED),
    )
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls, as the caller knows it: services read everything else afresh from the database (D1).

    `user_id` is None for the system itself. `session` is the digest of the browser session that the call comes from,
    `token` that of the API's token: it must still be alive (D2). `scope` is what a token may do. `call` is the caller's
    own name for what it asks: a second change by the same account under the same name has no effect.
    """

    user_id: int | None
    session: str | None = None
    token: str | None = None
    scope: Scope = Scope.WRITE
    call: str = ""


SYSTEM = Actor(None)


@dataclass(frozen=True, slots=True)
class Reading:
    """A look at one consistent state, by somebody known."""

    session: Session
    now: datetime
    who: Who
    person: PersonView | None

    def require(self, right: Right) -> None:
        """Raises `Forbidden` when the actor's role lacks the right."""
        if not may(self.who, right):
            raise Forbidden()

    @property
    def user_id(self) -> int:
        """The actor's account; only people and machines with one get here."""
        if self.who.user_id is None:
            raise Forbidden()
        return self.who.user_id


@dataclass(frozen=True, slots=True)
class _Note:
    fact: Fact
    incident: Incident | None
    public: bool
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work(Reading):
    """A change in the making."""

    notes: list[_Note] = field(default_factory=list)
    after: list[bus.News] = field(default_factory=list)

    def note(self, fact: Fact, *, incident: Incident | None = None, public: bool = False, **details: Any) -> None:
        """The history will say that the actor did this now. `public`: the requester may read it."""
        self.notes.append(_Note(fact, incident, public, details))

    def alone(self) -> None:
        """Nobody else changes anything until this is done: what is found free now (a login, a name) stays free."""
        db.lock_chain(self.session)

    def tell(self, news: bus.News) -> None:
        """The bus hears `news` once the change is committed."""
        self.after.append(news)


def change(old: object, new: object) -> dict[str, Any]:
    """What a line of history says of a value that is another now."""
    return {"from": old, "to": new}


@contextmanager
def look(actor: Actor, *, confined: bool = False) -> Iterator[Reading]:
    """A read-only view of the database for `actor`.

    `confined`: also for somebody who has to choose a password or add a second factor before anything else.
    Raises `Unauthenticated` when the account or session is over, `Forbidden` for such a session elsewhere,
    `DatabaseUnavailable`.
    """
    with _open(db.read_session()) as session:
        now = clock.now()
        yield Reading(session, now, *_identify(session, actor, now, confined))


@contextmanager
def begin(actor: Actor, *, confined: bool = False) -> Iterator[Work]:
    """A transaction of `actor`: all of the block takes effect, with its history, or nothing does.

    `confined` as for `look`. Raises `Unauthenticated` when the account or session is over, `Forbidden` for a token
    that may only read, `AlreadyDone` for a call that took effect before, `DatabaseUnavailable`.
    """
    if actor.scope is Scope.READ:
        raise Forbidden(reason="read_only_token")
    with _open(db.write_session()) as session:
        now = clock.now()
        work = Work(session, now, *_identify(session, actor, now, confined))
        if actor.call:
            _once(work, actor.call)
        yield work
        session.flush()
        search.index(session, _searched(work))
        news, seqs = _append(work)
        with bus.telling(seqs):
            session.commit()
    for told in (*news, *work.after):
        bus.publish(told)


@contextmanager
def _open(opened: AbstractContextManager[Session]) -> Iterator[Session]:
    """The session. A database that is away for now is a refusal with a sentence, and no bug."""
    try:
        with opened as session:
            yield session
    except db.AWAY as error:
        if not db.is_away(error):
            raise
        log.warning("the database is away", reason=str(getattr(error, "orig", error)).splitlines()[0])
        raise DatabaseUnavailable() from error


def holds(found: standing.Standing | standing.Resumed, now: datetime) -> bool:
    """Whether the session lets its owner in: not expired, the account active, its rights as they were then."""
    in_time = found.expires_at is not None and found.expires_at > now
    return in_time and found.active and found.session_version == found.auth_version


def is_over(expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a token lets nobody in any more."""
    return revoked_at is not None or (expires_at is not None and expires_at <= now)


def _identify(session: Session, actor: Actor, now: datetime, confined: bool) -> tuple[Who, PersonView | None]:
    if actor.user_id is None:
        return Who(None, Role.ADMIN, frozenset()), None
    user = standing.standing(session, actor.user_id, digest=actor.session, token=actor.token)
    if user is None or not user.active:
        raise Unauthenticated()
    if actor.session is not None:
        if not holds(user, now):
            raise Unauthenticated()
        if (user.confined or user.password_temporary) and not confined:
            raise Forbidden(reason="own_account_first")
    over = user.token_user_id != actor.user_id or is_over(user.token_expires_at, user.token_revoked_at, now)
    if actor.token is not None and over:
        raise Unauthenticated()
    return Who(actor.user_id, user.role, user.teams), PersonView(actor.user_id, user.login, user.name)


def _once(work: Work, call: str) -> None:
    """The name of the call is spent with this transaction; waits for a simultaneous one of that name to end."""
    if not incidents.claim_key(work.session, work.user_id, f"call:{call}", "", "", work.now):
        raise AlreadyDone()


def _searched(work: Work) -> list[Incident]:
    """The incidents whose words may have changed."""
    changed = [note.incident for note in work.notes if note.incident is not None and note.fact not in _UNSEARCHED]
    return [*{incident.id: incident for incident in changed}.values()]


def _append(work: Work) -> tuple[list[bus.News], list[int]]:
    """The noted facts are the next lines of the chain, with these numbers, and whom they concern is going to be told.

    Taken last, so that others wait as briefly as possible.
    """
    if not work.notes:
        return [], []
    db.lock_chain(work.session)
    seq, before = history.head(work.session) or (0, chain.GENESIS)
    lines: list[dict[str, Any]] = []
    told: list[outbox.Told] = []
    news: dict[int, bus.Changed] = {}
    name = work.person.name if work.person else SYSTEM_NAME
    for note in work.notes:
        seq += 1
        incident_id = note.incident.id if note.incident else None
        details = chain.details_text(note.details)
        before = chain.seal(before, seq, work.now, work.who.user_id, incident_id, note.fact, note.public, details)
        lines.append(
            {
                "seq": seq,
                "at": work.now,
                "actor_id": work.who.user_id,
                "incident_id": incident_id,
                "fact": note.fact,
                "public": note.public,
                "details": details,
                "hash": before,
            }
        )
        told.append(outbox.Told(seq, note.fact, note.incident, note.details))
        if note.incident is not None and incident_id is not None:
            news[incident_id] = bus.Changed(
                incident_id,
                note.incident.reference,
                note.incident.version,
                note.fact,
                work.who.user_id,
                name,
                seq,
                note.incident.requester_id,
            )
    history.append(work.session, lines)
    owners = outbox.enqueue(work.session, work.now, work.who.user_id, told)
    db.notify(work.session)
    return [*news.values(), *map(bus.BellChanged, owners)], [line["seq"] for line in lines]
