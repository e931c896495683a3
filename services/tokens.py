"""API tokens: 256 random bits, shown once, kept as SHA-256."""

import secrets
from datetime import timedelta

from data.models import ApiToken
from data.queries import people, standing
from data.vocabulary import Fact, Scope
from services.errors import NotFound, Unauthenticated
from services.inputs import Form, required
from services.people import known
from services.permissions import Right
from services.sessions import digest_of
from services.work import SYSTEM, Actor, begin, is_over, look

PREFIX = "vigie_"


def issue(actor: Actor, login: str, *, name: str, scope: str = Scope.WRITE, expires_days: int | None = None) -> str:
    """A new token of the account, which nobody can read again. Raises `NotFound`, `Invalid`, `Forbidden`."""
    token = PREFIX + secrets.token_urlsafe(32)
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        form = Form()
        name = form.line("name", name, max_length=80)
        wanted = form.code("scope", scope, Scope)
        if expires_days is not None and not 1 <= expires_days <= 3650:
            form.wrong("expires", "out_of_range", min=1, max=3650)
        form.check()
        user = known(work, login)
        assert user.id is not None
        row = ApiToken(
            digest=digest_of(token),
            user_id=user.id,
            name=name,
            scope=required(wanted),
            created_at=work.now,
            expires_at=work.now + timedelta(days=expires_days) if expires_days else None,
        )
        work.session.add(row)
        work.note(Fact.TOKEN_CREATED, login=user.login, name=name, scope=row.scope.value, expires_days=expires_days)
    return token


def revoke(actor: Actor, login: str, token_id: int) -> None:
    """The account's token lets nobody in any more, from the next call on. Raises `NotFound`, `Forbidden`."""
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        user = known(work, login)
        row = people.token(work.session, token_id) if 0 < token_id < 2**63 else None
        if row is None or row.user_id != user.id:
            raise NotFound()
        if row.revoked_at is None:
            row.revoked_at = work.now
            work.note(Fact.TOKEN_REVOKED, login=user.login, name=row.name)


def holder(token: str) -> Actor:
    """The actor for whom the token speaks, and who is refused as soon as it no longer does.

    Raises `Unauthenticated` for a token that is unknown, revoked or expired.
    """
    digest = digest_of(token)
    with look(SYSTEM) as reading:
        found, now = standing.token_holder(reading.session, digest), reading.now
    if found is None or not found.active or is_over(found.expires_at, found.revoked_at, now):
        raise Unauthenticated()
    return Actor(found.user_id, token=digest, scope=found.scope)
