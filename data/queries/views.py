"""Saved views of the board."""

from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, or_
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, func, select

from data.models import SavedView, User, UsualView

# Put together once: every opening of the board asks it.
_SEEN = (
    sa_select(
        *(col(column) for column in (SavedView.id, SavedView.name, SavedView.query, SavedView.shared)),
        col(SavedView.owner_id),
        col(User.name),
        col(UsualView.view_id).is_not(None),
    )
    .join_from(SavedView, User, col(User.id) == col(SavedView.owner_id))
    .outerjoin(UsualView, and_(col(UsualView.view_id) == col(SavedView.id), col(UsualView.user_id) == bindparam("me")))
    .where(or_(col(SavedView.owner_id) == bindparam("me"), col(SavedView.shared)))
    .order_by(col(SavedView.name), col(SavedView.id))
)


class Seen(NamedTuple):
    """A saved view as one person has it; `usual` where the person's board opens with it."""

    id: int
    name: str
    query: str
    shared: bool
    owner_id: int
    owner: str
    usual: bool


def seen_by(session: Session, user_id: int) -> list[Seen]:
    """A person's own views and the shared ones, by name."""
    return [Seen._make(row) for row in session.connection().execute(_SEEN, {"me": user_id})]


def by_id(session: Session, view_id: int) -> SavedView | None:
    return session.get(SavedView, view_id)


def own_by_name(session: Session, user_id: int, name: str) -> SavedView | None:
    return session.exec(select(SavedView).where(SavedView.owner_id == user_id, SavedView.name == name)).first()


def how_many(session: Session, user_id: int) -> int:
    return session.exec(select(func.count()).where(col(SavedView.owner_id) == user_id)).one()


def usual(session: Session, user_id: int) -> int | None:
    """The view with which this person's board opens."""
    row = session.get(UsualView, user_id)
    return row.view_id if row else None


def make_usual(session: Session, user_id: int, view_id: int | None) -> None:
    session.execute(delete(UsualView).where(col(UsualView.user_id) == user_id))
    if view_id is not None:
        session.add(UsualView(user_id=user_id, view_id=view_id))


def forget_usual(session: Session, view_id: int, *, but_of: int | None = None) -> None:
    """Nobody's board opens with it any more, or only that of `but_of`."""
    mine = delete(UsualView).where(col(UsualView.view_id) == view_id)
    session.execute(mine if but_of is None else mine.where(col(UsualView.user_id) != but_of))
