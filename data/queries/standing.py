"""Who asks, with all that every call needs to know of them: one query by the browser's session or the API's token."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel

from data import models  # noqa: F401 (declares the tables)
from data.vocabulary import Role, Scope

# By the tables, for the cost of mapped rows.
_USER, _SESSION, _TOKEN, _TEAMS = (
    SQLModel.metadata.tables[name] for name in ("user", "login_session", "api_token", "membership")
)
_STANDING = (
    select(
        *(_USER.c[name] for name in ("login", "name", "role", "active", "password_temporary", "auth_version")),
        *(_SESSION.c[name] for name in ("expires_at", "confined")),
        _SESSION.c.auth_version.label("session_version"),
        *(_TOKEN.c[name].label(f"token_{name}") for name in ("user_id", "expires_at", "revoked_at")),
        _TEAMS.c.team_id,
    )
    .outerjoin_from(_USER, _SESSION, _SESSION.c.digest == bindparam("session"))
    .outerjoin(_TOKEN, _TOKEN.c.digest == bindparam("token"))
    .outerjoin(_TEAMS, _TEAMS.c.user_id == _USER.c.id)
    .where(_USER.c.id == bindparam("user_id"))
)
_TEAM = SQLModel.metadata.tables["team"]
_ACCOUNT = ("id", "login", "name", "email", "role", "active", "locale", "theme", "single_keys", "password_temporary")
_RESUMED = (
    select(
        *(_USER.c[name] for name in (*_ACCOUNT, "auth_version")),
        *(_SESSION.c[name] for name in ("created_at", "seen_at", "expires_at", "confined")),
        _SESSION.c.auth_version.label("session_version"),
        *(_TEAM.c[name].label(f"team_{name}") for name in ("id", "name", "code", "parent_id", "external")),
    )
    .join_from(_SESSION, _USER, _USER.c.id == _SESSION.c.user_id)
    .outerjoin(_TEAMS, _TEAMS.c.user_id == _USER.c.id)
    .outerjoin(_TEAM, _TEAM.c.id == _TEAMS.c.team_id)
    .where(_SESSION.c.digest == bindparam("session"))
    .order_by(_TEAMS.c.main.desc(), _TEAMS.c.team_id)
)
_HOLDER = (
    select(_TOKEN.c.user_id, _TOKEN.c.scope, _TOKEN.c.expires_at, _TOKEN.c.revoked_at, _USER.c.active)
    .join_from(_TOKEN, _USER, _USER.c.id == _TOKEN.c.user_id)
    .where(_TOKEN.c.digest == bindparam("digest"))
)


class Standing(NamedTuple):
    """An account as every call of a service needs it; `expires_at`, `confined` and `session_version` are those of the
    browser session that was asked for, `token_…` those of the API's token: None where there is none."""

    login: str
    name: str
    role: Role
    active: bool
    password_temporary: bool
    auth_version: int
    expires_at: datetime | None
    confined: bool | None
    session_version: int | None
    token_user_id: int | None
    token_expires_at: datetime | None
    token_revoked_at: datetime | None
    teams: frozenset[int]


class TeamRow(NamedTuple):
    """A team as its members' pages name it."""

    id: int
    name: str
    code: str
    parent_id: int | None
    external: bool


class Resumed(NamedTuple):
    """A browser's session, its account and the account's teams, the main one first."""

    id: int
    login: str
    name: str
    email: str | None
    role: Role
    active: bool
    locale: str | None
    theme: str | None
    single_keys: bool
    password_temporary: bool
    auth_version: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    confined: bool
    session_version: int
    teams: tuple[TeamRow, ...]


class Holder(NamedTuple):
    """For whom a token speaks, and within what."""

    user_id: int
    scope: Scope
    expires_at: datetime | None
    revoked_at: datetime | None
    active: bool


def standing(session: Session, user_id: int, *, digest: str | None, token: str | None) -> Standing | None:
    """The account, its teams and its session of this digest or the token of that, in one query."""
    rows = session.connection().execute(_STANDING, {"user_id": user_id, "session": digest, "token": token}).all()
    teams = frozenset(row.team_id for row in rows if row.team_id is not None)
    return Standing._make((*rows[0][:-1], teams)) if rows else None


def resumed(session: Session, digest: str) -> Resumed | None:
    """The session of this digest with all that a page says of its owner, in one query."""
    rows = session.connection().execute(_RESUMED, {"session": digest}).all()
    if not rows:
        return None
    size = len(TeamRow._fields)
    teams = tuple(TeamRow._make(row[-size:]) for row in rows if row.team_id is not None)
    return Resumed._make((*rows[0][:-size], teams))


def token_holder(session: Session, digest: str) -> Holder | None:
    row = session.connection().execute(_HOLDER, {"digest": digest}).first()
    return Holder(*row) if row else None
