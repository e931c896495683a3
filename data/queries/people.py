"""Questions about people, teams, sessions and tokens."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, SQLModel, col, select

from data.db import insert
from data.models import (
    ApiToken,
    Draft,
    LoginSession,
    Membership,
    Organisation,
    RecoveryCode,
    SecondFactor,
    Team,
    User,
)
from data.vocabulary import Role

# Put together once: every call of a service asks it.
_MEMBERSHIPS = (
    select(Membership)
    .where(Membership.user_id == bindparam("user_id"))
    .order_by(col(Membership.main).desc(), col(Membership.team_id))
)


_ROLES = sa_select(col(User.id), col(User.role)).where(col(User.id).in_(bindparam("user_ids", expanding=True)))


def organisation(session: Session) -> Organisation | None:
    return session.get(Organisation, 1)


def user(session: Session, user_id: int) -> User | None:
    return session.get(User, user_id)


def user_by_login(session: Session, login: str) -> User | None:
    return session.exec(select(User).where(User.login == login)).first()


def active_by_email(session: Session, address: str) -> Sequence[User]:
    """The active accounts with this address, whatever its case; two where there are more."""
    query = select(User).where(func.lower(User.email) == address.lower(), col(User.active)).order_by(col(User.id))
    return session.exec(query.limit(2)).all()


def users_by_logins(session: Session, logins: Collection[str]) -> Sequence[User]:
    return session.exec(select(User).where(col(User.login).in_(logins))).all() if logins else ()


def roles(session: Session, user_ids: Collection[int]) -> dict[int, Role]:
    """By account."""
    rows = session.connection().execute(_ROLES, {"user_ids": list(user_ids)}) if user_ids else ()
    return {row.id: row.role for row in rows}


def these(session: Session, user_ids: Collection[int | None]) -> Sequence[User]:
    """The accounts with these ids."""
    wanted = [key for key in user_ids if key is not None]
    return session.exec(select(User).where(col(User.id).in_(wanted))).all() if wanted else ()


def these_teams(session: Session, team_ids: Collection[int | None]) -> Sequence[Team]:
    """The teams with these ids."""
    wanted = [key for key in team_ids if key is not None]
    return session.exec(select(Team).where(col(Team.id).in_(wanted))).all() if wanted else ()


def users(session: Session, *, roles: Sequence[Role] | None = None, active: bool | None = None) -> Sequence[User]:
    """By name."""
    query = select(User).order_by(User.name)
    if roles is not None:
        query = query.where(col(User.role).in_(roles))
    if active is not None:
        query = query.where(col(User.active) == active)
    return session.exec(query).all()


def any_user(session: Session) -> bool:
    return session.exec(select(User.id).limit(1)).first() is not None


def memberships(session: Session, user_id: int) -> Sequence[Membership]:
    """The main team first."""
    return session.exec(_MEMBERSHIPS, params={"user_id": user_id}).all()


def teams_of(session: Session, user_id: int) -> Sequence[Team]:
    """The main team first."""
    query = select(Team).join(Membership, col(Membership.team_id) == Team.id).where(Membership.user_id == user_id)
    return session.exec(query.order_by(col(Membership.main).desc(), col(Membership.team_id))).all()


def teams_of_people(session: Session) -> Sequence[tuple[int, Team]]:
    """(account, team) of every membership, each account's main team first."""
    query = select(Membership.user_id, Team).join(Team, col(Team.id) == Membership.team_id)
    return session.exec(query.order_by(col(Membership.main).desc(), col(Team.id))).all()


def end_memberships(session: Session, user_id: int) -> None:
    """The account is in no team."""
    session.execute(delete(Membership).where(col(Membership.user_id) == user_id))


def other_admin(session: Session, user_id: int) -> bool:
    """Whether somebody else is an active administrator."""
    query = select(User.id).where(User.role == Role.ADMIN, col(User.active), User.id != user_id)
    return session.exec(query.limit(1)).first() is not None


def tokens_of(session: Session, user_id: int) -> Sequence[ApiToken]:
    """The account's API tokens, the newest first."""
    return session.exec(select(ApiToken).where(ApiToken.user_id == user_id).order_by(col(ApiToken.id).desc())).all()


def token(session: Session, token_id: int) -> ApiToken | None:
    return session.get(ApiToken, token_id)


def team_uses(session: Session, team_id: int) -> dict[str, int]:
    """Table → how many of its rows name the team, for each table that has a key to teams."""
    uses: dict[str, int] = {}
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "team":
                count = select(func.count()).select_from(table).where(key.parent == team_id)
                uses[table.name] = uses.get(table.name, 0) + int(session.execute(count).scalar_one())
    return {name: count for name, count in uses.items() if count}


def all_memberships(session: Session) -> Sequence[Membership]:
    return session.exec(select(Membership).order_by(col(Membership.main).desc())).all()


def team(session: Session, team_id: int) -> Team | None:
    return session.get(Team, team_id)


def team_by_name(session: Session, name: str) -> Team | None:
    """Whatever the case. Compared here: SQLite's own lower() leaves accented letters as they are."""
    wanted = name.casefold()
    return next((team for team in teams(session) if team.name.casefold() == wanted), None)


def teams(session: Session) -> Sequence[Team]:
    """In the order in which they were made."""
    return session.exec(select(Team).order_by(col(Team.id))).all()


def login_session(session: Session, digest: str) -> LoginSession | None:
    return session.get(LoginSession, digest)


def living_sessions(session: Session, digests: Sequence[str], now: datetime) -> Sequence[str]:
    """Those of `digests` that have not expired, of active accounts whose rights have not changed since."""
    query = (
        select(LoginSession.digest)
        .join(User, col(User.id) == LoginSession.user_id)
        .where(
            col(LoginSession.digest).in_(digests),
            col(LoginSession.expires_at) > now,
            col(User.active),
            LoginSession.auth_version == User.auth_version,
        )
    )
    return session.exec(query).all()


def touch_login_session(session: Session, digest: str, seen_at: datetime, expires_at: datetime) -> None:
    session.execute(
        update(LoginSession).where(col(LoginSession.digest) == digest).values(seen_at=seen_at, expires_at=expires_at)
    )


def end_login_sessions(
    session: Session, *, digest: str | None = None, user_id: int | None = None, keep: str | None = None
) -> int:
    """How many ended: the one with `digest`, or all of `user_id` but the one to keep."""
    condition = col(LoginSession.digest) == digest if digest is not None else col(LoginSession.user_id) == user_id
    return _changed(session, delete(LoginSession).where(condition, col(LoginSession.digest) != (keep or "")))


def forget_expired_sessions(session: Session, now: datetime) -> int:
    return _changed(session, delete(LoginSession).where(col(LoginSession.expires_at) <= now))


def second_factor(session: Session, user_id: int) -> SecondFactor | None:
    return session.get(SecondFactor, user_id)


def without_second_factor(session: Session, role: Role) -> Sequence[User]:
    """The active accounts of the role that have none."""
    query = select(User).outerjoin(SecondFactor, col(SecondFactor.user_id) == User.id)
    return session.exec(query.where(User.role == role, col(User.active), col(SecondFactor.user_id).is_(None))).all()


def spend_step(session: Session, user_id: int, step: int) -> bool:
    """Whether no code of this half minute or of a later one had been taken yet; now one has."""
    statement = update(SecondFactor).where(col(SecondFactor.user_id) == user_id, col(SecondFactor.last_step) < step)
    return _changed(session, statement.values(last_step=step)) == 1


def recovery_codes(session: Session, user_id: int) -> Sequence[RecoveryCode]:
    """Those that have not been used."""
    query = select(RecoveryCode).where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(query.order_by(col(RecoveryCode.id))).all()


def spend_recovery_code(session: Session, code_id: int, at: datetime) -> bool:
    """Whether the code was there and unused; now it has been used."""
    statement = update(RecoveryCode).where(col(RecoveryCode.id) == code_id, col(RecoveryCode.used_at).is_(None))
    return _changed(session, statement.values(used_at=at)) == 1


def forget_second_factor(session: Session, user_id: int) -> bool:
    """Whether the account had one; it and its recovery codes are gone."""
    forget_recovery_codes(session, user_id)
    return _changed(session, delete(SecondFactor).where(col(SecondFactor.user_id) == user_id)) == 1


def forget_recovery_codes(session: Session, user_id: int) -> None:
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))


def drafts(session: Session, user_id: int, places: Collection[str]) -> dict[str, str]:
    """place → text"""
    found = select(col(Draft.place), col(Draft.text)).where(col(Draft.user_id) == user_id, col(Draft.place).in_(places))
    return dict(session.exec(found).all())


def keep_draft(session: Session, user_id: int, place: str, text: str, at: datetime) -> None:
    """The draft at `place` is `text`; one statement, because two tabs may keep theirs at the same time."""
    values = {"text": text, "updated_at": at}
    statement = insert(session, Draft).values(user_id=user_id, place=place, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["user_id", "place"], set_=values))


def delete_draft(session: Session, user_id: int, place: str) -> None:
    session.execute(delete(Draft).where(col(Draft.user_id) == user_id, col(Draft.place) == place))


def _changed(session: Session, statement: Any) -> int:
    return int(getattr(session.execute(statement), "rowcount", 0))
